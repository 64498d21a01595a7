// `shiplock metrics`: DORA's four keys of a repository's environments, read from GitHub.

import { elapsedText } from '../core/elapsed.ts';
import type { EnvironmentMetrics, Spread } from '../core/metrics.ts';
import { releaseBranch } from '../core/release-pull.ts';
import { type Measured, measure } from '../flows/deployment/metrics.ts';
import type { GitHubPort } from '../flows/github-port.ts';
import { gatesAt } from '../github/gates.ts';
import { placeOf, portAt } from '../github/github.ts';
import { UsageProblem, type Values } from './arguments.ts';
import { gitHubOptionsOf } from './github.ts';
import { EXIT, plain, type Terminal } from './terminal.ts';

const DAY = 86_400_000;
const DAYS = 90;
const MOST_DAYS = 366;

export async function run(values: Values, terminal: Terminal): Promise<number> {
  const days = daysOf(values.days);
  const options = gitHubOptionsOf(values, process.env, terminal);
  const place = placeOf(options);
  const environment = typeof values.environment === 'string' ? values.environment : null;
  const to = Date.now();
  terminal.progress('Reading deployments …');
  const github = portAt(place, options);
  const eyes = { github, gates: gatesAt(place), deployers: () => deployersIn(github, terminal) };
  const seen = await measure(eyes, { environment, from: to - days * DAY, to });
  if (!seen.known) {
    terminal.warn(plain(seen.why));
    return EXIT.no;
  }
  const repository = `${options.owner}/${options.name}`;
  for (const remark of seen.value.remarks) terminal.warn(plain(remark));
  terminal.print(values.json === true ? JSON.stringify(jsonOf(repository, seen.value)) : wordsOf(repository, days, seen.value, terminal));
  return EXIT.done;
}

/** By the policy of the default branch, which is read where it matters. */
async function deployersIn(github: Pick<GitHubPort, 'scene'>, terminal: Terminal): Promise<readonly string[]> {
  const { policy } = await github.scene({ releaseBranch });
  if (policy === null) return [];
  const { parsePolicy } = await import('../core/policy/file.ts');
  const parsed = parsePolicy(policy.text);
  if (!parsed.ok)
    terminal.warn('The policy on GitHub is not valid, so that it names nobody whose deployments count besides those of Apps.');
  return parsed.ok ? parsed.policy.deployers : [];
}

function daysOf(written: unknown): number {
  if (typeof written !== 'string') return DAYS;
  const days = /^[0-9]{1,3}$/.test(written) ? Number(written) : 0;
  if (days < 1 || days > MOST_DAYS) throw new UsageProblem(`--days takes a number from 1 to ${MOST_DAYS}.`);
  return days;
}

function jsonOf(repository: string, { environments, tags }: Measured): object {
  return {
    repository,
    environments: environments.map(({ failures, ...one }) => ({
      ...one,
      failures: failures.map((failure) => ({ ...failure, tag: tags.get(failure.sha) ?? null })),
    })),
  };
}

function wordsOf(repository: string, days: number, { environments, tags }: Measured, terminal: Terminal): string {
  const { paint } = terminal;
  const head = `${plain(repository)}, the last ${days === 1 ? 'day' : `${days} days`}`;
  return [head, ...environments.map((one) => environmentWords(one, tags, paint))].join('\n\n');
}

function environmentWords(one: EnvironmentMetrics, tags: Measured['tags'], paint: Terminal['paint']): string {
  const rows = [
    ['deployment frequency', frequencyWords(one)],
    ['lead time for changes', leadTimeWords(one)],
    ['change failure rate', failureWords(one)],
    ['time to restore', restoreWords(one)],
  ] as const;
  const failures = one.failures.map(({ sha, how, since, restored }) => {
    const what = tags.get(sha) ?? sha.slice(0, 7);
    return `  ${paint('red', plain(what))} ${how}, ${since.slice(0, 16)}Z ${restored === null ? 'and since' : `to ${restored.slice(0, 16)}Z`}`;
  });
  return [
    paint('bold', plain(one.environment)),
    ...rows.map(([name, says]) => `  ${name.padEnd(21)}  ${plain(says)}`),
    ...failures,
    ...one.remarks.map((remark) => paint('dim', `  ${plain(remark)}`)),
  ].join('\n');
}

function frequencyWords({ frequency, days }: EnvironmentMetrics): string {
  if (!frequency.known) return `unknown: ${frequency.why}`;
  const { deployments, rollbacks, repeats } = frequency.value;
  const besides = [
    ...(rollbacks > 0 ? [counted(rollbacks, 'rollback')] : []),
    ...(repeats > 0 ? [`${counted(repeats, 'deployment')} of what stood there`] : []),
  ];
  const more = besides.length === 0 ? '' : `, and ${besides.join(' and ')}`;
  const often = deployments < 2 ? '' : `, one every ${elapsedText((days * 86_400) / deployments)}`;
  return `${counted(deployments, 'deployment')}${often}${more}`;
}

function leadTimeWords({ leadTime }: EnvironmentMetrics): string {
  if (!leadTime.known) return `unknown: ${leadTime.why}`;
  const { changes, unmeasured } = leadTime.value;
  const less = unmeasured === 0 ? '' : `; ${counted(unmeasured, 'deployment')} not measured`;
  return `${spreadWords(leadTime.value)} (${counted(changes, 'commit')}${less})`;
}

function failureWords({ failureRate }: EnvironmentMetrics): string {
  if (!failureRate.known) return `unknown: ${failureRate.why}`;
  const { rate, failed, of, atLeast } = failureRate.value;
  return `${atLeast ? 'at least ' : ''}${Math.round(rate * 1000) / 10} % (${failed} of ${of})`;
}

function restoreWords({ restore }: EnvironmentMetrics): string {
  if (!restore.known) return `unknown: ${restore.why}`;
  const { times, restored, open } = restore.value;
  const still = open === 0 ? '' : `; ${counted(open, 'failure')} not restored yet`;
  return times === null
    ? `unknown: ${counted(open, 'failure')} not restored yet`
    : `${spreadWords(times)} (${counted(restored, 'failure')}${still})`;
}

function spreadWords({ median, p90 }: Spread): string {
  return `median ${elapsedText(median)}, nine in ten within ${elapsedText(p90)}`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
