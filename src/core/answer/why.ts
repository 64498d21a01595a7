// What `/why` says: every requirement of a gate with its verdict, since when and until when, and folded below it what was seen. Members of
// teams are not told: whoever may read a comment need not be one.

import type { ApprovalFact, CheckFact, DeploymentFact, GateFacts } from '../gate/facts.ts';
import type { Decision, Finding } from '../gate/finding.ts';
import { timeText, VERDICTS } from '../gate/status-page.ts';
import { inlineText } from '../notes/markdown.ts';
import type { Observed } from '../observed.ts';
import type { Occasion } from '../policy/environment.ts';
import { counted, folded, joined, nameSpan, table } from '../summary/page.ts';
import { runText } from './deploy.ts';
import { type Spot, spotText, unmetText } from './gate.ts';
import { ANSWER_LIMIT, shortSha } from './page.ts';

export interface Why {
  readonly spot: Spot;
  readonly decision: Decision;
  readonly facts: GateFacts;
  /** Where the policy was read. */
  readonly policy: { readonly path: string; readonly branch: string; readonly sha: string; readonly file: boolean };
  /** The deployment that waits, its address, and since when. */
  readonly waits: { readonly url: string; readonly since: string } | null;
  /** Where none waits: it is there already. */
  readonly arrival?: Arrival | null;
  /** Where addresses of the repository begin: `https://github.com/acme/app`. */
  readonly base: string;
  /** What is where, as Markdown. */
  readonly where?: string;
  readonly limit?: number;
}

/** A commit that is in the environment, or was let in and is on its way. */
export interface Arrival {
  readonly isThere: boolean;
  /** ISO 8601. */
  readonly since: string;
  readonly run: number | null;
  /** How it came in; null: its gate was not asked, as far as is known. `by`: who let it past the gate, where that is told. */
  readonly gate: {
    readonly outcome: 'approve' | 'bypassed';
    readonly at: string;
    readonly findings: readonly Finding[];
    readonly by: string | null;
  } | null;
}

/** As much of the evidence as fits, and all requirements. */
export function whyPage(why: Why): string {
  const { decision, where = '', limit = ANSWER_LIMIT } = why;
  let page = '';
  const findings = why.arrival?.gate?.findings ?? decision.findings;
  // What stands in the way first, where not all of it fits.
  const sorted = findings.toSorted((one, other) => Number(one.verdict === 'met') - Number(other.verdict === 'met'));
  for (const [rows, most, words] of SIZES) {
    const shown = sorted.length > rows ? sorted.slice(0, rows) : findings;
    page = joined([
      headline(why),
      summary(why),
      table(
        ['Requirement', 'Verdict', 'Why', 'Since', 'Could pass'],
        shown.map((one) => rowOf(one, words)),
        { left: 0, noun: 'requirement' },
      ),
      sorted.length > rows ? `…and ${counted(sorted.length - rows, 'more requirement')}.` : '',
      where,
      evidence(why, most),
    ]);
    if (page.length <= limit) return page;
  }
  return page;
}

/** Requirements, rows of each list of evidence, and characters of a reason. */
const SIZES = [
  [200, 100, 1_000],
  [200, 30, 600],
  [100, 10, 300],
  [100, 0, 200],
  [30, 0, 150],
  [10, 0, 150],
] as const;

const OUTCOMES: Readonly<Record<Decision['outcome'], string>> = { approve: '🟢 open', reject: '🔴 shut', wait: '🟡 waits' };
/** Where nothing waits there. */
const WOULD: Readonly<Record<Decision['outcome'], string>> = {
  approve: '🟢 would open',
  reject: '🔴 would stay shut',
  wait: '🟡 would wait',
};

function headline({ spot, decision, waits, arrival = null }: Why): string {
  const arrived = arrival === null ? null : arrival.isThere ? '✅ deployed' : '🟢 let in';
  const how = arrived ?? (waits === null ? WOULD : OUTCOMES)[decision.outcome];
  return `### ${spotText(spot)}: ${how}`;
}

function summary({ spot, decision, facts, waits, arrival = null, base }: Why): string {
  const { findings, occasion, again } = decision;
  const what =
    occasion !== null
      ? `It counts as ${OCCASION[occasion]}.`
      : facts.release === undefined
        ? ''
        : 'What sort of release it is is not known.';
  if (arrival !== null) return sentences([arrivalText(arrival, base), what, tableText(arrival)]);
  const where =
    waits === null
      ? 'No deployment of it waits there now; this is what one would be asked.'
      : `[Run ${spot.run}](${waits.url}) has been waiting since ${timeText(waits.since)}.`;
  const next = again === null || decision.outcome !== 'wait' ? '' : `The clock may change that at ${timeText(again)}.`;
  return sentences([unmetText(findings), what, where, next]);
}

function arrivalText({ isThere, since, run, gate }: Arrival, base: string): string {
  const how = run === null ? '' : ` by ${runText(run, base)}`;
  const there = isThere
    ? `It has been there since ${timeText(since)}${how === '' ? '' : `, deployed${how}`}.`
    : `It is being deployed${how}.`;
  if (gate === null) return `${there} Its gate was not asked, as far as is known here.`;
  const { outcome, at, findings, by } = gate;
  if (outcome === 'bypassed') {
    return `${there} ${by === null ? 'Somebody' : nameSpan(by)} let it past the gate, which was seen at ${timeText(at)}.`;
  }
  const named = (code: Finding['code']) => findings.flatMap((one) => (one.code === code ? (one.who ?? []) : []));
  const says = [
    ['approved by', named('approved')],
    ['overridden by', named('waived')],
  ].flatMap(([how, who]) => (who?.length ? [`${how} ${[...new Set(who)].map(nameSpan).join(', ')}`] : []));
  return `${there} The gate let it in at ${timeText(at)}${says.length === 0 ? '' : `, ${says.join(', ')}`}.`;
}

/** What the table below is of. */
function tableText({ gate }: Arrival): string {
  if (gate === null) return 'Below is what a deployment of it that asked now would be told.';
  return gate.outcome === 'approve'
    ? 'Below is what its gate asked, and how that was met.'
    : 'Below is what its gate asked, and how that stood then.';
}

function sentences(all: readonly string[]): string {
  return all.filter((one) => one !== '').join(' ');
}

const OCCASION: Readonly<Record<Occasion, string>> = {
  maintenance: 'a maintenance release',
  security: 'a security release',
  feature: 'a feature release',
  breaking: 'a breaking release',
  rollback: 'a step back to what was there before',
};

function rowOf({ requirement, verdict, says, since, opensAt }: Finding, words: number): readonly string[] {
  return [
    inlineText(requirement, 100),
    VERDICTS[verdict],
    inlineText(says, words),
    since === undefined ? '' : timeText(since),
    opensAt === undefined ? '' : timeText(opensAt),
  ];
}

function evidence({ facts, policy }: Why, most: number): string {
  const { release, checks, baseline, approvals, deployments = {}, run } = facts;
  const inner = joined([
    `- ${policyText(policy)}\n- Looked at ${timeText(facts.now)}.${run === undefined || run === null ? '' : ` Begun by ${run.initiators === null ? 'nobody that GitHub names' : run.initiators.map(({ login }) => nameSpan(login)).join(', ')}, for ${nameSpan(run.event)}.`}`,
    release === undefined
      ? ''
      : seen(
          'The release',
          release,
          (one) => [[one.tag ?? 'no tag', one.kind, one.occasion ?? 'not known'].map(nameSpan).join(' · ')],
          most,
        ),
    checks === undefined ? '' : seen('Checks of the commit', checks, (all) => newestFirst(all).map(checkRow), most),
    baseline === undefined
      ? ''
      : seen(
          'The release before',
          baseline,
          (one) =>
            one === null ? [] : [`${nameSpan(one.tag)} at ${shortSha(one.sha)}, with ${counted(one.checks.length, 'report')} of checks`],
          most,
        ),
    approvals === undefined ? '' : seen('What was said of it', approvals, (all) => all.map(approvalRow), most),
    ...Object.entries(deployments).map(([name, of]) =>
      seen(`Deployments to ${nameSpan(name)}`, of, (all) => all.map((one) => deploymentRow(one, facts.sha)), most),
    ),
  ]);
  return most === 0 ? '' : folded('What was seen', inner);
}

function policyText({ path, branch, sha, file }: Why['policy']): string {
  const place = `the default branch, ${nameSpan(branch)} at ${shortSha(sha)}`;
  return file ? `Decided by ${nameSpan(path)} of ${place}.` : `Decided by the built-in policy: ${place}, has no ${nameSpan(path)}.`;
}

function seen<T>(title: string, fact: Observed<T>, rows: (value: T) => readonly string[], most: number): string {
  if (!fact.known) return `**${title}** could not be seen: ${inlineText(fact.why, 300)}`;
  const all = rows(fact.value);
  if (all.length === 0) return `**${title}**: none.`;
  const shown = all.slice(0, most).map((row) => `- ${row}`);
  if (all.length > most) shown.push(`- …and ${all.length - most} more`);
  return joined([`**${title}**`, shown.join('\n')]);
}

function newestFirst(checks: readonly CheckFact[]): readonly CheckFact[] {
  return checks.toSorted((one, other) => (other.id ?? 0) - (one.id ?? 0));
}

function checkRow({ name, app, kind, state, completedAt, startedAt }: CheckFact): string {
  const by = app === null ? (kind === 'status' ? 'a status' : 'no app that is known') : nameSpan(app);
  const at = completedAt ?? startedAt;
  return `${nameSpan(name)} of ${by}: ${nameSpan(state)}${at === null ? '' : `, ${timeText(at)}`}`;
}

const SOURCES: Readonly<Record<string, string>> = {
  command: 'by a command',
  'deployment-review': 'on GitHub’s page of the deployment',
  review: 'in a review of the pull request',
};

function approvalRow({ by, state, at, source, bot }: ApprovalFact): string {
  const where = Object.hasOwn(SOURCES, source) ? (SOURCES[source] ?? '') : nameSpan(source);
  return `${nameSpan(by.login)}${bot ? ' (no person)' : ''}: ${nameSpan(state)} ${where}, ${timeText(at)}`;
}

function deploymentRow({ sha, state, createdAt, succeededAt, endedAt, by }: DeploymentFact, own: string): string {
  const stood = succeededAt ? `, there since ${timeText(succeededAt)}${endedAt ? ` until ${timeText(endedAt)}` : ''}` : '';
  const said = succeededAt && by && by.app === null ? `, posted by ${nameSpan(by.login)} through the API` : '';
  return `${sha === own ? '**this commit**' : shortSha(sha)}: ${nameSpan(state)}, begun ${timeText(createdAt)}${stood}${said}`;
}
