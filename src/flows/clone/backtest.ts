// Replay a clone's own releases: read its whole history once, score the policy on it, and learn one where that is asked.

import { type PastRelease, type Score, scorePolicy } from '../../core/backtest.ts';
import type { Commit } from '../../core/change.ts';
import { halves, type Learnt, learnPolicy } from '../../core/learn.ts';
import { pastReleases } from '../../core/past.ts';
import type { Policy } from '../../core/policy.ts';
import { detectTagTemplate, readTags } from '../../core/tag.ts';
import { type GitPort, GitProblem } from '../ports.ts';

export interface BacktestRequest {
  readonly dir: string;
  readonly policy: Policy;
  /** Learn on the older half and score both policies on the newer half only. */
  readonly learn: boolean;
  readonly progress?: (says: string) => void;
}

export interface Backtest {
  /** The given policy's score: of all releases, or of the newer half where another was learnt beside it. */
  readonly score: Score;
  readonly learnt: Learnt | null;
}

/** Throws `GitProblem` where the clone cannot answer. */
export async function backtestClone(git: GitPort, request: BacktestRequest): Promise<Backtest> {
  const releases = await readPast(git, request);
  request.progress?.(`Judging ${releases.length} releases…`);
  if (!request.learn) return { score: scorePolicy(releases, request.policy), learnt: null };
  const learnt = learnPolicy(releases, request.policy, (round) => request.progress?.(`Learning from the older half, round ${round}…`));
  return { score: scorePolicy(halves(releases).newer, request.policy), learnt };
}

async function readPast(git: GitPort, { dir, policy, progress }: BacktestRequest): Promise<PastRelease[]> {
  const refs = await git.readRefs(dir);
  const commits: Commit[] = [];
  const branches = [...refs.heads, ...refs.remoteHeads];
  const history = await git.readWholeHistory(dir, {
    heads: [...new Set(branches.map((ref) => ref.sha))],
    onCommit: (commit) => {
      commits.push(commit);
      if (commits.length % 20_000 === 0) progress?.(`Read ${commits.length} commits…`);
    },
  });
  if (history.boundary.length > 0) {
    const says =
      'This clone is shallow, so past releases cannot be replayed. Run `git fetch --unshallow --tags`; with actions/checkout set `fetch-depth: 0`.';
    throw new GitProblem('shallow', says);
  }
  const dated = history.tags.map(({ name, date }) => ({ name, date }));
  const templates = policy.release.tag === null ? detectTagTemplate(dated) : { read: [policy.release.tag] };
  const tags = readTags(history.tags, templates.read).flatMap(({ tag, version }) =>
    tag.commit === null ? [] : [{ tag: tag.name, version, commit: tag.commit, date: tag.date }],
  );
  const name = refs.defaultBranch ?? ['main', 'master'].find((one) => branches.some((ref) => ref.name === one)) ?? refs.current;
  const main = branches.find((ref) => ref.name === name)?.sha ?? null;
  return pastReleases({ commits, tags, main, branches });
}
