// `shiplock backtest`: how often a policy would have chosen what people really released, and with --learn a policy that agrees better.

import type { Score } from '../core/backtest.ts';
import type { Learnt } from '../core/learn.ts';
import { type Backtest, backtestClone } from '../flows/clone/backtest.ts';
import { localGit as git } from '../git/local.ts';
import type { Values } from './arguments.ts';
import { loadPolicy } from './policy.ts';
import { EXIT, plain, type Terminal } from './terminal.ts';

export async function run(values: Values, terminal: Terminal): Promise<number> {
  const dir = typeof values.repo === 'string' ? values.repo : '.';
  const policy = await loadPolicy(typeof values.policy === 'string' ? values.policy : undefined, dir);
  const result = await backtestClone(git, {
    dir,
    policy,
    learn: values.learn === true,
    progress: (says) => terminal.progress(says),
  });
  if (values.json === true) terminal.print(JSON.stringify(backtestJson(result), null, 2));
  else terminal.print(backtestWords(result, terminal));
  return EXIT.done;
}

/** The settings as the policy file nests them: `{classify: {types: {refactor: 'none'}}}`. */
export function settingsTree(settings: Learnt['settings']): Record<string, unknown> {
  const tree: Record<string, unknown> = {};
  for (const { path, value } of settings) {
    let at = tree;
    for (const key of path.slice(0, -1)) {
      if (!Object.hasOwn(at, key)) at[key] = {};
      at = at[key] as Record<string, unknown>;
    }
    at[path.at(-1) ?? ''] = value;
  }
  return tree;
}

function backtestJson({ score, learnt }: Backtest): unknown {
  return {
    ...score,
    learnt:
      learnt === null
        ? null
        : {
            policy: { version: 1, ...settingsTree(learnt.settings) },
            trainedOn: learnt.trainedOn,
            scoredOn: learnt.score.releases,
            agreement: learnt.score.agreement,
            kindAgreement: learnt.score.kindAgreement,
            none: learnt.score.none,
            settings: learnt.settings.map(({ path, value, gain }) => ({ key: path.join('.'), value, gain })),
          },
  };
}

const SHOWN = 15;

function backtestWords({ score, learnt }: Backtest, terminal: Terminal): string {
  const { paint } = terminal;
  if (score.releases === 0) {
    return 'There is nothing to replay: this needs version tags, at least two of them on one line of history. If this is a shallow clone, fetch all: `git fetch --unshallow --tags`.';
  }
  const half = learnt === null ? '' : ' of the newer half';
  const lines = [
    `${paint('bold', `${score.releases} releases${half} replayed`)}${score.empty > 0 ? paint('dim', `  (${score.empty} more held nothing but their own release commit)`) : ''}`,
    '',
    `  ${paint('bold', percent(score.agreement))} the same bump as people released`,
    `  ${paint('bold', percent(score.kindAgreement))} maintenance told from feature`,
    `  ${score.none} that people released and this policy would not`,
    '',
    ...confusionRows(score),
  ];
  if (score.disagreements.length > 0) lines.push('', paint('bold', 'Where they differ'));
  for (const one of score.disagreements.slice(-SHOWN).reverse()) {
    lines.push(`  ${one.tag}  released ${one.released.bump}, chosen ${one.chosen.bump}`);
    for (const because of one.because.slice(0, 2)) lines.push(paint('dim', `      ${plain(because).slice(0, terminal.width - 8)}`));
  }
  if (score.disagreements.length > SHOWN)
    lines.push(paint('dim', `  … and ${score.disagreements.length - SHOWN} older; \`--json\` has them all`));
  if (learnt !== null) lines.push('', ...learntRows(learnt, terminal));
  return lines.join('\n');
}

function learntRows(learnt: Learnt, { paint }: Terminal): string[] {
  if (learnt.settings.length === 0) {
    return [`${paint('bold', 'Learnt')} from ${learnt.trainedOn} older releases: the policy in force already agrees best.`];
  }
  return [
    `${paint('bold', 'Learnt')} from ${learnt.trainedOn} older releases; on the newer ones, which it never saw, ${paint('bold', percent(learnt.score.agreement))} the same bump:`,
    ...learnt.settings.map(({ path, value, gain }) => `  ${path.join('.')}: ${value}${paint('dim', `   (${gain} more right)`)}`),
    paint('dim', '  `shiplock init --learn` writes them to .github/shiplock.yml'),
  ];
}

function confusionRows(score: Score): string[] {
  const bumps = ['none', 'patch', 'minor', 'major'];
  const columns = bumps.filter((bump) => Object.values(score.confusion).some((row) => row[bump] !== undefined));
  const rows = bumps.filter((bump) => score.confusion[bump] !== undefined);
  return [
    `  ${'chosen \\ released'.padEnd(18)}${columns.map((bump) => bump.padStart(7)).join('')}`,
    ...rows.map(
      (chosen) => `  ${chosen.padEnd(18)}${columns.map((bump) => String(score.confusion[chosen]?.[bump] ?? 0).padStart(7)).join('')}`,
    ),
  ];
}

function percent(share: number | null): string {
  return share === null ? '–' : `${(share * 100).toFixed(1)} %`;
}
