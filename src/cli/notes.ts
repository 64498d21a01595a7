// `shiplock notes`: the release notes of any range.

import { planFromClone } from '../flows/clone/plan.ts';
import { localGit as git } from '../git/local.ts';
import type { Values } from './arguments.ts';
import { loadPolicy } from './policy.ts';
import { EXIT, type Terminal } from './terminal.ts';

export async function run(values: Values, terminal: Terminal): Promise<number> {
  const dir = typeof values.repo === 'string' ? values.repo : '.';
  const policy = await loadPolicy(typeof values.policy === 'string' ? values.policy : undefined, dir);
  const planned = await planFromClone(git, {
    dir,
    policy,
    ...(typeof values.since === 'string' ? { since: values.since } : {}),
    ...(typeof values.to === 'string' ? { to: values.to } : {}),
    newcomers: true,
    progress: (says) => terminal.progress(says),
  });
  if (values.json === true) {
    const { since, head, notes } = planned;
    const { version, tag } = planned.released ?? planned;
    terminal.print(JSON.stringify({ since, head, version, tag, notes }, null, 2));
  } else terminal.print(planned.notes);
  return EXIT.done;
}
