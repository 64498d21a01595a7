// Reverts and what they take back, paired by SHA, by pull request, or by the title they quote, across the whole range.

import type { Commit, Excluded } from './change.ts';
import { readMessage } from './message.ts';
import { nameOf, type Unit } from './unit.ts';

/** Why a unit is left out of a release. */
export type Left = Pick<Excluded, 'code' | 'says'>;

/** Newest first: a revert that still stands takes its target with it, and both leave; a revert that was itself reverted does nothing. */
export function pairReverts(units: readonly Unit[]): Map<number, Left> {
  const out = new Map<number, Left>();
  if (!units.some((unit) => unit.message.revert !== null)) return out;
  const wanted = wantedBy(units);
  const byTitle = new Map<string, number[]>();
  const byPr = new Map<number, number[]>();
  const bySha = new Map<string, number>();
  units.forEach((unit, index) => {
    if (wanted.titles.has(unit.message.title)) push(byTitle, unit.message.title, index);
    if (unit.pr !== null && wanted.prs.has(unit.pr)) push(byPr, unit.pr, index);
    if (wanted.shas.size === 0) return;
    const sha = unit.commit.sha.slice(0, 7);
    if (wanted.shas.has(sha)) bySha.set(sha, index);
    // A revert of one commit out of several is a change of its own; of the only one, it is a revert of the pull request.
    const only = unit.brought.length === 1 ? (unit.brought[0] as Commit).sha.slice(0, 7) : '';
    if (wanted.shas.has(only)) bySha.set(only, index);
  });
  units.forEach((unit, index) => {
    const { revert } = unit.message;
    if (revert === null || out.has(index)) return;
    const targets = new Set<number>();
    for (const sha of revert.shas) {
      const at = bySha.get(sha.slice(0, 7));
      if (at !== undefined && shaMatches(units[at] as Unit, sha)) targets.add(at);
    }
    for (const pr of revert.prs) for (const at of byPr.get(pr) ?? []) targets.add(at);
    if (targets.size === 0 && revert.title !== null) {
      const at = (byTitle.get(readMessage(revert.title).title) ?? byTitle.get(revert.title))?.find((one) => one > index && !out.has(one));
      if (at !== undefined) targets.add(at);
    }
    targets.delete(index);
    const live = [...targets].filter((at) => at > index && !out.has(at));
    if (live.length === 0) return;
    for (const at of live) out.set(at, { code: 'reverted', says: `it was taken back by ${nameOf(unit)}` });
    out.set(index, { code: 'revert', says: `it takes back ${live.map((at) => nameOf(units[at] as Unit)).join(', ')} of the same release` });
  });
  return out;
}

/** What reverts speak of: in a long history few of its units, so that only these are looked up. */
function wantedBy(units: readonly Unit[]) {
  const shas = new Set<string>();
  const prs = new Set<number>();
  const titles = new Set<string>();
  for (const { message } of units) {
    if (message.revert === null) continue;
    for (const sha of message.revert.shas) shas.add(sha.slice(0, 7));
    for (const pr of message.revert.prs) prs.add(pr);
    if (message.revert.title !== null) titles.add(message.revert.title).add(readMessage(message.revert.title).title);
  }
  return { shas, prs, titles };
}

function shaMatches(unit: Unit, sha: string): boolean {
  return unit.commit.sha.startsWith(sha) || unit.brought.some((one) => one.sha.startsWith(sha));
}

function push<K>(map: Map<K, number[]>, key: K, value: number): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
