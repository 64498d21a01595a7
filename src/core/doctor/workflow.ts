// A workflow's file as the doctor reads it: what starts it, and which of its jobs enter an environment, ask a gate, or call another
// workflow. https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax

import { isMap, type Raw, readConfig, valueAt } from '../import/config.ts';

export interface WorkflowText {
  /** `.github/workflows/deploy.yml`. */
  readonly path: string;
  /** Null: GitHub knows it, and the default branch has no such file. */
  readonly text: string | null;
  /** GitHub's word, such as `disabled_manually`; null where it was not asked. */
  readonly state: string | null;
}

export interface Workflow {
  readonly path: string;
  readonly state: string | null;
  /** Names of the events that start it. */
  readonly events: readonly string[];
  /** Inputs by name; null: it cannot be dispatched, or called. */
  readonly dispatch: Raw | null;
  readonly call: Raw | null;
  readonly permissions: unknown;
  readonly jobs: readonly Job[];
}

export interface Job {
  readonly key: string;
  /** As written, with its expressions; null: none. */
  readonly environment: string | null;
  readonly needs: readonly string[];
  readonly condition: string;
  /** What is called in place of steps, and with what. */
  readonly calls: string | null;
  readonly inputs: Raw;
  readonly matrix: Raw;
  readonly permissions: unknown;
  /** The environments whose gate its steps ask, as written. */
  readonly gates: readonly string[];
}

/** The workflow, or what is wrong with its file. */
export function workflowOf({ path, text, state }: WorkflowText & { readonly text: string }): Workflow | { readonly problem: string } {
  const read = readConfig({ path, text });
  if (!read.ok) return { problem: read.problems[0] ?? 'it cannot be read' };
  if (!isMap(read.value)) return { problem: `${path}:1:1: it holds no workflow` };
  const on = valueAt(read.value, 'on');
  const events = typeof on === 'string' ? [on] : Array.isArray(on) ? textsOf(on) : isMap(on) ? Object.keys(on) : [];
  const inputsOf = (event: string): Raw | null => (events.includes(event) ? mapAt(isMap(on) ? mapAt(on, event) : {}, 'inputs') : null);
  return {
    path,
    state,
    events,
    dispatch: inputsOf('workflow_dispatch'),
    call: inputsOf('workflow_call'),
    permissions: valueAt(read.value, 'permissions'),
    jobs: Object.entries(mapAt(read.value, 'jobs')).flatMap(([key, job]) => (isMap(job) ? [jobOf(key, job)] : [])),
  };
}

function jobOf(key: string, job: Raw): Job {
  const environment = valueAt(job, 'environment');
  const uses = valueAt(job, 'uses');
  const needs = valueAt(job, 'needs');
  const steps = valueAt(job, 'steps');
  return {
    key,
    environment: textOf(isMap(environment) ? valueAt(environment, 'name') : environment),
    needs: typeof needs === 'string' ? [needs] : textsOf(needs),
    condition: textOf(valueAt(job, 'if')) ?? '',
    calls: typeof uses === 'string' ? uses : null,
    inputs: mapAt(job, 'with'),
    matrix: mapAt(mapAt(job, 'strategy'), 'matrix'),
    permissions: valueAt(job, 'permissions'),
    gates: (Array.isArray(steps) ? (steps as unknown[]) : []).flatMap(gateOf),
  };
}

/** The environment of a step that uses this Action with `task: gate`, from wherever it was forked or vendored to. */
function gateOf(step: unknown): string[] {
  if (!isMap(step)) return [];
  const uses = valueAt(step, 'uses');
  const inputs = mapAt(step, 'with');
  if (typeof uses !== 'string' || valueAt(inputs, 'task') !== 'gate') return [];
  const action = (uses.split('@', 1)[0] ?? '').toLowerCase();
  if (!action.startsWith('./') && !action.endsWith('/shiplock')) return [];
  return [textOf(valueAt(inputs, 'environment')) ?? ''];
}

function mapAt(map: Raw, key: string): Raw {
  const value = valueAt(map, key);
  return isMap(value) ? value : {};
}

/** A scalar as the text that GitHub makes of it; null where there is none. */
export function textOf(value: unknown): string | null {
  if (typeof value === 'string') return value === '' ? null : value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : null;
}

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? (value as unknown[]).flatMap((one) => textOf(one) ?? []) : [];
}
