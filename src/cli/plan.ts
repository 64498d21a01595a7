// `shiplock plan`: the flow's answer as JSON, or as words for a person.

import { localGit } from '../git/local.ts';
import type { Values } from './arguments.ts';
import { EXIT, type Terminal } from './terminal.ts';

export async function run(values: Values, terminal: Terminal): Promise<number> {
  const dir = text(values.repo) ?? '.';
  // Git is at work while the rest of the code is loaded: half of a short plan is waiting for one or the other.
  const git = begun(dir);
  const [{ loadPolicy }, { planFromClone }] = await Promise.all([import('./policy.ts'), import('../flows/clone/plan.ts')]);
  const policy = await loadPolicy(text(values.policy), dir);
  const planned = await planFromClone(git, {
    dir,
    policy,
    ...optional('line', text(values.line)),
    ...optional('since', text(values.since)),
    ...optional('to', text(values.to)),
    ...optional('releaseAs', text(values['release-as'])),
    newcomers: values.newcomers === true,
    progress: (says) => terminal.progress(says),
  });
  for (const remark of planned.remarks) terminal.warn(remark);
  if (values.json === true) {
    const { planJsonText } = await import('../core/plan-json.ts');
    terminal.printPieces(planJsonText(planned));
  } else {
    const { planWords } = await import('./plan-words.ts');
    terminal.print(planWords(planned, terminal));
  }
  const plans = planned.packages ?? [planned];
  const objections = plans.flatMap((plan) => plan.objections);
  // What is no version at all is a slip on the command line, not an answer about the release.
  if (values['release-as'] !== undefined && objections.some((one) => one.code === 'release-as-invalid')) return EXIT.usage;
  return objections.length > 0 ? EXIT.no : EXIT.done;
}

/** The clone's port, with its first reading under way. */
function begun(dir: string): typeof localGit {
  const refs = localGit.readRefs(dir);
  // Whoever reads it is told of a failure; until then nobody is listening.
  refs.catch(() => undefined);
  return { ...localGit, readRefs: (other) => (other === dir ? refs : localGit.readRefs(other)) };
}

function text(value: string | boolean | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function optional<K extends string>(key: K, value: string | undefined): { [P in K]?: string } {
  return (value === undefined ? {} : { [key]: value }) as { [P in K]?: string };
}
