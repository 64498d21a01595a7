// A set of commits → the units that it is made of: a pull request put together from its merge, or a commit that stands for itself. The set
// is a graph; nothing here goes by date.

import type { Commit, Person, Proposal } from './change.ts';
import { type Message, readMessage } from './message.ts';
import { isReleaseTitle } from './release-title.ts';

/** One change before it is judged: the commit it is known by and all that it brought. */
export interface Unit {
  readonly commit: Commit;
  readonly message: Message;
  readonly pr: number | null;
  /** Source branch of its merge, where the merge names it. */
  readonly branch: string | null;
  /** Commits that its merge brought in; empty for a direct or squashed commit. */
  readonly brought: readonly Commit[];
  /** What GitHub knows of its pull request besides; absent where only git was asked. */
  readonly pull?: {
    readonly labels: readonly string[];
    readonly author: Person;
    readonly override?: NonNullable<Proposal['override']>;
  };
}

export interface Units {
  /** In the order of the commits given, children before parents. */
  readonly units: readonly Unit[];
  /** Source branches of merges that brought in changes of their own, such as `next`. */
  readonly integrated: readonly string[];
}

interface Collected {
  readonly units: Unit[];
  readonly integrated: string[];
}

/** Takes `commits` (of `base..head`, children before parents) apart. Every commit ends up in at most one unit. */
export function unitsOf(commits: readonly Commit[], head: string): Units {
  const collected: Collected = { units: [], integrated: [] };
  collectUnits(commits, head, collected, 0);
  const order = new Map<string, number>();
  commits.forEach((commit, index) => {
    order.set(commit.sha, index);
  });
  collected.units.sort((a, b) => (order.get(a.commit.sha) ?? 0) - (order.get(b.commit.sha) ?? 0));
  return collected;
}

/** A commit whose message was read before its unit is made. */
interface ReadCommit extends Commit {
  message?: Message;
}

/**
 * Reads a commit's message ahead: whoever streams commits in has the time while git is still writing. It is kept with the commit itself,
 * because a map of a hundred thousand entries costs more than it saves.
 */
export function readAhead(commit: ReadCommit): void {
  commit.message = readMessage(commit.subject, commit.body);
}

function messageOf(commit: ReadCommit): Message {
  return commit.message ?? readMessage(commit.subject, commit.body);
}

/** How a unit is called in a sentence: `#12`, or a short SHA. */
export function nameOf(unit: Unit): string {
  return unit.pr === null ? unit.commit.sha.slice(0, 7) : `#${unit.pr}`;
}

/** Merges nested deeper than this are taken commit by commit, so that a made-up history cannot cost quadratic time. */
const DEPTH_LIMIT = 40;

/**
 * Splits a set of commits into units along the first parents of its head. Going up from the oldest, whatever a merge reaches that was not
 * reached before is what it brought: a topological difference, in linear time.
 */
function collectUnits(commits: readonly Commit[], head: string, into: Collected, depth: number): void {
  if (!commits.some((commit) => commit.parents.length > 1) || depth > DEPTH_LIMIT) {
    for (const commit of commits) if (commit.parents.length < 2) into.units.push(unitOf(commit));
    return;
  }
  const bySha = new Map<string, Commit>();
  for (const commit of commits) bySha.set(commit.sha, commit);
  const chain: Commit[] = [];
  for (let at = bySha.get(head); at !== undefined; at = bySha.get(at.parents[0] ?? '')) chain.push(at);
  const reached = new Set<string>();
  for (const commit of chain) reached.add(commit.sha);
  for (let index = chain.length - 1; index >= 0; index -= 1) {
    const commit = chain[index] as Commit;
    if (commit.parents.length < 2) into.units.push(unitOf(commit));
    else takeMerge(commit, reach(commit.parents.slice(1), bySha, reached), into, depth);
  }
  // What no first parent leads to: other heads of the set, when it was cut out of a larger history.
  for (const commit of commits) {
    if (reached.has(commit.sha)) continue;
    reached.add(commit.sha);
    if (commit.parents.length < 2) into.units.push(unitOf(commit));
    else takeMerge(commit, reach(commit.parents.slice(1), bySha, reached), into, depth);
  }
}

function reach(from: readonly string[], bySha: ReadonlyMap<string, Commit>, reached: Set<string>): Commit[] {
  const found: Commit[] = [];
  const stack = [...from];
  for (let sha = stack.pop(); sha !== undefined; sha = stack.pop()) {
    const commit = bySha.get(sha);
    if (commit === undefined || reached.has(sha)) continue;
    reached.add(sha);
    found.push(commit);
    stack.push(...commit.parents);
  }
  return found;
}

function takeMerge(merge: Commit, brought: readonly Commit[], into: Collected, depth: number): void {
  const asks = readMerge(merge);
  const tip = merge.parents[1] ?? '';
  if (asks === null || (brought.length > 0 && brought.some((one) => isOwnPull(one)))) {
    // A merge of branches, or of an integration branch: what it brought stands for itself, and the merge is nothing besides.
    if (asks?.branch !== undefined && asks.branch !== null) into.integrated.push(asks.branch);
    else if (asks === null) {
      const branch = mergedBranch(merge.subject);
      if (branch !== null) into.integrated.push(branch);
    }
    collectUnits(brought, tip, into, depth + 1);
    return;
  }
  const only = brought.length === 1 ? brought[0] : undefined;
  const title = asks.title ?? only?.subject ?? asks.branch ?? merge.subject;
  const message = readMessage(title, asks.title === null && only !== undefined ? only.body : asks.body);
  into.units.push({ commit: merge, message, pr: asks.pr ?? message.prs.at(-1) ?? null, branch: asks.branch, brought });
}

function isOwnPull(commit: Commit): boolean {
  if (commit.parents.length > 1) return readMerge(commit) !== null;
  return /\((?:#|!)\d{1,10}\)$/.test(commit.subject.slice(-24)) || isReleaseTitle(commit.subject);
}

interface MergeMessage {
  readonly pr: number | null;
  readonly branch: string | null;
  readonly title: string | null;
  readonly body: string;
}

/** The pull request that a merge commit merges, in the words of GitHub, GitLab, Bitbucket and Azure; null for a merge of branches. */
function readMerge(merge: Commit): MergeMessage | null {
  const subject = merge.subject.slice(0, 500);
  const github = /^Merge pull request #(\d{1,10})(?: from [\w.-]+\/(\S+))?/.exec(subject);
  if (github !== null) return { ...splitBody(merge.body), pr: Number(github[1]), branch: github[2] ?? null };
  const bitbucket = /^Merged in (\S+) \(pull request #(\d{1,10})\)/.exec(subject);
  if (bitbucket !== null) return { ...splitBody(merge.body), pr: Number(bitbucket[2]), branch: bitbucket[1] ?? null };
  const azure = /^Merged PR (\d{1,10}): (.+)$/.exec(subject);
  if (azure !== null) return { pr: Number(azure[1]), branch: null, title: azure[2] ?? null, body: merge.body };
  const gitlab = /^See merge request \S*!(\d{1,10})$/m.exec(merge.body);
  if (gitlab !== null) {
    const branch = mergedBranch(subject);
    if (branch !== null) return { ...splitBody(merge.body), pr: Number(gitlab[1]), branch };
  }
  if (/^Merge\b/.test(subject)) return null;
  // GitHub can be set to title merge commits with the pull request's own title.
  return { pr: null, branch: null, title: subject, body: merge.body };
}

function splitBody(body: string): Pick<MergeMessage, 'title' | 'body'> {
  const text = body.trimStart();
  const cut = text.indexOf('\n');
  const title = (cut < 0 ? text : text.slice(0, cut)).trim();
  return title === '' ? { title: null, body: '' } : { title, body: cut < 0 ? '' : text.slice(cut + 1) };
}

function mergedBranch(subject: string): string | null {
  const match = /^Merge (?:remote-tracking )?branch(?:es)? ['"]?(?:(?:refs\/)?(?:remotes\/)?(?:origin|upstream)\/)?([^\s'"]+)/.exec(
    subject,
  );
  return match?.[1] ?? null;
}

function unitOf(commit: Commit): Unit {
  const message = messageOf(commit);
  return { commit, message, pr: message.prs.at(-1) ?? null, branch: null, brought: [] };
}
