// What an open pull request will be once it is merged, by each method that the repository allows, and the release that would then come
// next. Nothing of the pull request is executed; its text is only read. Works for forks as for branches.

import type { Classification } from '../core/change.ts';
import { judgeUnits } from '../core/history.ts';
import { type MergeMethod, type OpenPull, predictUnit } from '../core/preview.ts';
import type { GitHubPort, Observed } from './github-port.ts';
import { type GitHubPlanRequest, observeGitHub, planLine, readLine } from './plan-github.ts';

export interface PreviewRequest extends Omit<GitHubPlanRequest, 'line' | 'releaseAs'> {
  readonly number: number;
}

export interface MethodPreview {
  readonly method: MergeMethod;
  readonly classification: Classification;
  /** The line's next release with it; null where there would be none. */
  readonly version: string | null;
  readonly kind: string;
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
}

/** Reads the pull request and its base line. Unknown where the pull request cannot be seen. */
export async function previewOnGitHub(github: GitHubPort, request: PreviewRequest): Promise<Observed<Preview>> {
  const seen = await github.pull(request.number);
  if (!seen.known) return seen;
  const { pull, commits } = seen.value;
  const situation = await observeGitHub(github, { line: pull.base, readPolicy: request.readPolicy });
  const read = await readLine(github, situation);
  const before = planLine(situation, read, {});
  const { repository } = situation.scene;
  const open: OpenPull = {
    number: pull.number,
    title: pull.title,
    body: pull.body,
    labels: pull.labels,
    branch: pull.head.ref,
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
    const after = planLine(situation, read, {}, [unit]).plan;
    return {
      method,
      classification: change?.classification ?? excluded(left?.says ?? 'it would be left out'),
      version: after.version,
      kind: after.kind,
      objections: after.objections.map((one) => one.says),
    };
  });
  const agree = new Set(methods.map((one) => `${one.classification.status} ${one.classification.bump} ${one.version}`)).size <= 1;
  return {
    known: true,
    value: { number: pull.number, title: pull.title, line: situation.line.name, before: before.plan.version, methods, agree },
  };
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
