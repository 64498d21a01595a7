// The status of a commit's gates as people read it in the release's thread: one kept comment, a table of environments, what each asks, and
// since when it is so; and the short words of one decision for GitHub's own page and for who is to be told of it.

import { withoutCommands } from '../answer/page.ts';
import { inlineText } from '../notes/markdown.ts';
import { alert, joined, nameSpan, table } from '../summary/page.ts';
import { instantOf } from './clock.ts';
import type { Decision, Finding, Verdict } from './finding.ts';

/** What was last decided of a commit for an environment; plain data. */
export interface GateStatus {
  /** As GitHub spells it. */
  readonly environment: string;
  readonly sha: string;
  /** `bypassed`: it went on without us; `ended`: it waits no longer, and did not go on. */
  readonly outcome: Decision['outcome'] | 'bypassed' | 'ended';
  /** ISO 8601: when that was decided, and when the gate was first asked. */
  readonly at: string;
  readonly since: string;
  readonly run: number;
  readonly attempt: number;
  readonly version: string | null;
  readonly findings: readonly SeenFinding[];
  /** Why GitHub could not be told, in words that say what to do. */
  readonly trouble: string | null;
  /** Login of who let it on without us, where that is told. */
  readonly by?: string;
  /** What commands began with when it was decided, where that is anything. */
  readonly prefix?: string;
}

export interface SeenFinding extends Finding {
  /** ISO 8601: since when this verdict stands, as far as we saw. */
  readonly seen: string;
}

/** A verdict that stands as it stood keeps its time. */
export function seenFindings(findings: readonly Finding[], before: readonly SeenFinding[], now: string): SeenFinding[] {
  return findings.map((one) => {
    const same = before.find(({ requirement, code }) => requirement === one.requirement && code === one.code);
    return { ...one, seen: one.since ?? same?.seen ?? now };
  });
}

/** Tells the status of a commit from other comments of ours; whether it is ours its author tells. */
export function statusMark(sha: string): string {
  return `<!-- shiplock:status ${sha} -->`;
}

export interface StatusPlace {
  readonly host: string;
  readonly owner: string;
  readonly name: string;
}

/** The kept comment; `where`: what is where, as Markdown. */
export function statusPage(sha: string, gates: readonly GateStatus[], place: StatusPlace, where = ''): string {
  const version = gates.map((one) => one.version).find((one) => one !== null) ?? null;
  const [newest] = gates.toSorted((a, b) => (instantOf(b.at) ?? 0) - (instantOf(a.at) ?? 0));
  const command = (name: string) => nameSpan(`/${newest?.prefix === undefined ? '' : `${newest.prefix} `}${name} ENVIRONMENT`);
  const rows = gates.flatMap((gate) => rowsOf(gate, place));
  const troubles = gates.flatMap(({ environment, trouble }) => (trouble === null ? [] : [`${environment}: ${trouble}`]));
  return withoutCommands(
    joined([
      `${statusMark(sha)}\n### Gates of ${version === null ? '' : `${nameSpan(version)} at `}${nameSpan(sha.slice(0, 7))}`,
      table(['Environment', 'Requirement', 'Verdict', 'Why', 'Since'], rows.slice(0, MOST), {
        left: rows.length - MOST,
        noun: 'requirement',
      }),
      where,
      alert('WARNING', 'GitHub could not be told.', troubles, 10),
      `It is kept up to date. ${command('why')} shows the evidence, ${command('approve')} approves exactly this commit.`,
    ]),
  );
}

const MOST = 100;
const RANK: Readonly<Record<Verdict, number>> = { unmet: 0, unknown: 1, pending: 2, met: 3 };
export const VERDICTS: Readonly<Record<Verdict, string>> = {
  unmet: '❌ unmet',
  unknown: '❔ unknown',
  pending: '⏳ pending',
  met: '✅ met',
};
const OUTCOMES: Readonly<Record<GateStatus['outcome'], string>> = {
  approve: '🟢 open',
  reject: '🔴 rejected',
  wait: '🟡 waits',
  bypassed: '⚠️ passed without us',
  ended: '⚪ over',
};

function rowsOf(gate: GateStatus, { host, owner, name }: StatusPlace): string[][] {
  const { environment, outcome, findings, run, at } = gate;
  const where = `[run ${run}](https://${host}/${owner}/${name}/actions/runs/${run})`;
  const head = [nameSpan(environment), `**${OUTCOMES[outcome]}**`, '', where, timeText(at)];
  const shown = findings.toSorted((a, b) => RANK[a.verdict] - RANK[b.verdict]);
  const rows = shown.map(({ requirement, verdict, says, seen }) => {
    return ['', inlineText(requirement), VERDICTS[verdict], inlineText(says, 400), timeText(seen)];
  });
  return [head, ...rows];
}

/** To the minute, in UTC: `2026-11-22 10:00Z`. */
export function timeText(at: string): string {
  return instantOf(at) === null ? '' : `${at.slice(0, 16).replace('T', ' ')}Z`;
}

/** GitHub's limit of a comment on a deployment, and what the last line takes of it. */
const LONGEST = 1_024;
const TAIL = 60;

export interface ReportInput {
  readonly environment: string;
  readonly decision: Pick<Decision, 'outcome' | 'findings'>;
  /** Address of the thread; null: there is none yet. */
  readonly thread: string | null;
  /** GitHub takes no report after this one. */
  readonly last: boolean;
}

/** Why it waits, or how it was decided: Markdown that GitHub shows beside the job, with room for the record's mark. */
export function reportText({ environment, decision, thread, last }: ReportInput): string {
  const { outcome, findings } = decision;
  const open = findings.filter(({ verdict }) => verdict !== 'met').toSorted((a, b) => RANK[a.verdict] - RANK[b.verdict]);
  const asked =
    open.length > 0
      ? findings.length === 1
        ? 'its one requirement is not met'
        : `${open.length} of ${findings.length} not met`
      : findings.length === 1
        ? 'its one requirement is met'
        : `all ${findings.length} requirements met`;
  const does = { approve: 'is open', wait: 'waits', reject: 'stays shut' }[outcome];
  const title = `**${inlineText(`The gate of ${environment} ${does}`, 120)}**: ${asked}.`;
  const foot =
    thread === null
      ? ''
      : last
        ? `GitHub takes no more reports for this deployment: what follows stands in ${thread}.`
        : `[All requirements](${thread})`;
  let room = LONGEST - TAIL - title.length - foot.length - 4;
  const lines: string[] = [];
  for (const [index, one] of open.entries()) {
    const line = `- ${VERDICTS[one.verdict].slice(0, 2).trim()} ${inlineText(one.requirement, 60)}: ${inlineText(one.says, 220)}`;
    const more = `- …and ${open.length - index} more`;
    if (line.length + 1 + (index + 1 < open.length ? more.length + 1 : 0) > room) {
      if (more.length + 1 <= room) lines.push(more);
      break;
    }
    room -= line.length + 1;
    lines.push(line);
  }
  return withoutCommands(joined([title, lines.join('\n'), foot]));
}

/** Tells the word on one decision from others. */
export function wordMark({ run, attempt, environment, outcome }: Pick<GateStatus, 'run' | 'attempt' | 'environment' | 'outcome'>): string {
  const name = environment.toLowerCase().replace(/[^a-z0-9._-]/g, '-');
  return `<!-- shiplock:decided ${run} ${attempt} ${name} ${outcome} -->`;
}

/** The new comment that tells of a decision; null: nobody needs to be told anew. */
export function wordOf(gate: GateStatus): string | null {
  const { environment, outcome, findings, version, sha } = gate;
  const what = `${version === null ? '' : `${nameSpan(version)}, `}${nameSpan(sha.slice(0, 7))}`;
  const says = WORDS[outcome];
  if (says === null) return null;
  const unmet = findings.filter(({ verdict }) => verdict !== 'met');
  const reasons =
    outcome === 'reject' ? unmet.slice(0, 10).map((one) => `- ${inlineText(one.requirement)}: ${inlineText(one.says, 400)}`) : [];
  return withoutCommands(joined([`${wordMark(gate)}\n**${nameSpan(environment)}** ${says} (${what}).`, reasons.join('\n')]));
}

const WORDS: Readonly<Record<GateStatus['outcome'], string | null>> = {
  approve: 'is open: every requirement is met, and GitHub was told so',
  reject: 'was rejected, and the deployment is stopped',
  bypassed: 'was passed without us: somebody let the deployment in before the gate was open, which is in the record',
  wait: null,
  ended: null,
};

/** Title and text of the issue in which a commit is talked about that no pull request brought. */
export function threadIssue(sha: string, tag: string | null): { readonly title: string; readonly body: string } {
  const what = tag === null ? `\`${sha.slice(0, 7)}\`` : `${tag} (\`${sha.slice(0, 7)}\`)`;
  return {
    title: `Deployment of ${tag ?? sha.slice(0, 7)}`,
    // The mark is the first line: by it an issue that was opened already is found again.
    body: `<!-- shiplock:thread ${sha} -->\n\nGates wait for ${what}, which did not come by a pull request of its own. Their status is kept below, and commands that name an environment are read here.`,
  };
}
