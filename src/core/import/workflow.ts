// The steps of a GitHub workflow that use an action, with their inputs: where a tool is told which configuration it is to read.

import { isMap, type Raw, readConfig, valueAt } from './config.ts';
import type { SourceFile } from './report.ts';

/** Inputs of each step that uses one of the actions (`owner/name`, at whatever version, in whatever folder). A file that is no workflow has none. */
export function inputsOfAction(file: SourceFile, actions: readonly string[]): Raw[] {
  if (!actions.some((action) => file.text.includes(action))) return [];
  const read = readConfig(file);
  const jobs = read.ok && isMap(read.value) ? valueAt(read.value, 'jobs') : undefined;
  if (!isMap(jobs)) return [];
  const steps = Object.values(jobs).flatMap((job) => {
    const list = isMap(job) ? valueAt(job, 'steps') : undefined;
    return Array.isArray(list) ? (list as unknown[]) : [];
  });
  return steps.flatMap((step) => {
    const uses = isMap(step) ? valueAt(step, 'uses') : undefined;
    if (!isMap(step) || typeof uses !== 'string' || !actions.some((action) => isOf(uses, action))) return [];
    const inputs = valueAt(step, 'with');
    return [isMap(inputs) ? inputs : {}];
  });
}

function isOf(uses: string, action: string): boolean {
  return uses.startsWith(action) && /^[@/]/.test(uses.slice(action.length));
}
