// Changes of a range that its line has already, under other SHAs: picked with git's own note, or picked without and merged back.

import type { Commit } from '../../core/change.ts';
import { slotOf } from '../../core/line-range.ts';
import type { Units } from '../../core/unit.ts';
import type { GitPort } from '../ports.ts';
import type { CloneRange } from './observe-clone.ts';

/** Originals of picks in the range that the last release contains already. */
export async function pickedBefore(
  git: GitPort,
  dir: string,
  units: Units,
  { since }: CloneRange,
): Promise<{ released?: ReadonlySet<string> }> {
  if (since === null) return {};
  const named = new Set(units.units.flatMap((unit) => unit.message.pickedFrom));
  if (named.size === 0) return {};
  const resolved = await git.resolve(dir, [...named]);
  const shas = [...new Set([...resolved.values()].filter((sha): sha is string => sha !== null))];
  const { ancestors } = await git.readAncestors(dir, { of: since.sha, shas });
  const released = new Set<string>();
  for (const [name, sha] of resolved) if (sha !== null && ancestors.has(sha)) released.add(name);
  return { released };
}

/** Patches compared at most when an old line was merged back. */
const TWINS_LIMIT = 2_000;

/** Where an old line was merged back, changes that were picked from it before are in this line already, under other SHAs. */
export async function twinsBefore(
  git: GitPort,
  dir: string,
  units: Units,
  { since, commits }: CloneRange,
): Promise<{ twins?: ReadonlyMap<string, string> }> {
  if (since === null || !units.integrated.some((branch) => slotOf(branch) !== null)) return {};
  const inRange = new Set(commits.map((commit) => commit.sha));
  const forks = new Set(commits.flatMap((commit) => commit.parents).filter((sha) => !inRange.has(sha) && sha !== since.sha));
  if (forks.size === 0) return {};
  const before: Commit[] = [];
  for (const fork of forks) {
    await git.readRange(dir, { head: since.sha, base: fork, onCommit: (commit) => before.push(commit) });
    if (before.length > TWINS_LIMIT) break;
  }
  // A pick keeps its author and the author's date: only such pairs are worth a diff.
  const byOrigin = new Map<string, Commit[]>();
  for (const commit of before.slice(0, TWINS_LIMIT)) {
    const key = originOf(commit);
    byOrigin.set(key, [...(byOrigin.get(key) ?? []), commit]);
  }
  const pairs = units.units.flatMap((unit) => (byOrigin.get(originOf(unit.commit)) ?? []).map((twin) => [unit.commit, twin] as const));
  if (pairs.length === 0) return {};
  const patches = await git.readPatchIds(dir, [...new Set(pairs.flat())]);
  const twins = new Map<string, string>();
  for (const [commit, twin] of pairs) {
    const patch = patches.get(commit.sha);
    if (patch !== undefined && patch === patches.get(twin.sha)) twins.set(commit.sha, twin.sha);
  }
  return { twins };
}

function originOf(commit: Commit): string {
  return `${commit.author.email ?? commit.author.name}\0${commit.date}`;
}
