// What an open pull request will be once it is merged, by each method that the repository allows, and the release that would then come
// next. Nothing of the pull request is executed; its text is only read. Works for forks as for branches.

import type { Bump, Classification, Kind, Objection } from '../../core/change.ts';
import { judgeUnits } from '../../core/history.ts';
import { type MergeMethod, type OpenPull, predictUnit } from '../../core/preview.ts';
import { isScopeObjection } from '../../core/scope.ts';
import { effectiveBump } from '../../core/version.ts';
import type { GitHubPort, Observed } from '../github-port.ts';
import { type GitHubPlanRequest, type GitHubSituation, type LineRead, observeGitHub, planLine, readLine } from '../release/plan-github.ts';

/** A pull request as one read gives it: its commits are those of its head. */
export type PullRead = Extract<Awaited<ReturnType<GitHubPort['pull']>>, { known: true }>['value'];

export interface PreviewRequest extends Omit<GitHubPlanRequest, 'line' | 'releaseAs'> {
  readonly number: number;
}

export interface MethodPreview {
  readonly method: MergeMethod;
  readonly classification: Classification;
  /** What it asks of the version once the policy's rules for versions below 1.0 are applied. */
  readonly bump: Bump;
  /** The line's next release with it; null where there would be none. */
  readonly version: string | null;
  /** What that release is. */
  readonly kind: Kind;
  /** What would stand in its way and does not already. */
  readonly objections: readonly string[];
}

export interface Preview {
  readonly number: number;
  readonly title: string;
  readonly line: string;
  /** The line's next release without it. */
  readonly before: string | null;
  /** One for each enabled method; where all agree, people need to be told once. */
  readonly methods: readonly MethodPreview[];
  readonly agree: boolean;
  /** What was assumed, in words. */
  readonly remarks: readonly string[];
}

/** Reads the pull request and its base line. Unknown where the pull request cannot be seen. */
export async function previewOnGitHub(github: GitHubPort, request: PreviewRequest): Promise<Observed<Preview>> {
  const seen = await github.pull(request.number);
  if (!seen.known) return seen;
  const situation = await observeGitHub(github, { line: seen.value.pull.base, readPolicy: request.readPolicy });
  return { known: true, value: await previewPull(github, situation, seen.value) };
}

/** The preview of a pull request that was read, on its base as it was observed; `asked`: the version that the next release is to have. */
export async function previewPull(
  github: GitHubPort,
  situation: GitHubSituation,
  { pull, commits }: PullRead,
  asked: Pick<GitHubPlanRequest, 'releaseAs'> = {},
): Promise<Preview> {
  const line = await readLine(github, situation);
  const read = pull.state === 'merged' ? without(line, pull.number) : line;
  const before = planLine(situation, read, asked);
  const { repository } = situation.scene;
  const open: OpenPull = {
    number: pull.number,
    title: pull.title,
    body: pull.body,
    labels: pull.labels,
    branch: pull.head.ref,
    inside: pull.head.repository === `${repository.owner}/${repository.name}`,
    author: pull.author,
    owner: pull.head.repository?.split('/')[0] ?? repository.owner,
    commits,
  };
  const methods = repository.methods.map((method): MethodPreview => {
    const unit = predictUnit(open, method, repository);
    const merged = { units: [unit, ...read.units.units], integrated: read.units.integrated };
    const history = judgeUnits(merged, { policy: situation.policy, released: read.released });
    const change = history.changes.find((one) => one.pr === pull.number);
    const left = history.excluded.find((one) => one.pr === pull.number);
    const after = planLine(situation, read, asked, [unit]).plan;
    const classification = change?.classification ?? excluded(left?.says ?? 'it would be left out');
    return {
      method,
      classification,
      bump: effectiveBump(classification.bump, read.since?.version ?? null, situation.policy.release.before1),
      version: after.version,
      kind: after.kind,
      // What the next release waits for, which may be this very pull request, is no fault of a change.
      objections: after.objections.filter((one) => !isScopeObjection(one) && isNewTo(before.plan.objections)(one)).map((one) => one.says),
    };
  });
  const agree = new Set(methods.map((one) => `${one.classification.status} ${one.classification.bump} ${one.version}`)).size <= 1;
  const { remarks } = situation;
  return { number: pull.number, title: pull.title, line: situation.line.name, before: before.plan.version, methods, agree, remarks };
}

/** A pull request that was merged meanwhile is in what was read: what it would be is asked as if it were not. */
function without(read: LineRead, number: number): LineRead {
  return { ...read, units: { ...read.units, units: read.units.units.filter((unit) => unit.pr !== number) } };
}

/** Each disputed change is an objection of its own; of the others a plan has one of a kind, worded for all its changes. */
function isNewTo(known: readonly Objection[]): (objection: Objection) => boolean {
  return ({ code, says }) => !known.some((one) => one.code === code && (code !== 'disputed' || one.says === says));
}

function excluded(says: string): Classification {
  return {
    status: 'excluded',
    kind: 'none',
    subkind: null,
    breaking: false,
    bump: 'none',
    section: 'none',
    because: [{ source: 'title', kind: 'none', breaking: false, says }],
  };
}
