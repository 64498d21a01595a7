// What a release waits for because people said so on GitHub: open issues and pull requests with the label `release-blocker`, and whatever
// is open in the milestone that is named like the release. A repository that uses neither notices nothing.

import type { Objection } from './change.ts';
import { readVersion } from './version.ts';

/** Compared without case, as GitHub does. */
export const BLOCKER = 'release-blocker';

export interface ScopeItem {
  readonly number: number;
  /** Title of its milestone; null: it has none. */
  readonly milestone: string | null;
  /** Branch that a pull request is for; null: it is an issue. */
  readonly base: string | null;
}

export interface ReleaseScope {
  /** Open ones with the label, of which `unread` more are there. */
  readonly blockers: readonly ScopeItem[];
  readonly unread: number;
  readonly milestones: readonly { readonly title: string; readonly open: number }[];
  /** There are open milestones beyond these. */
  readonly moreMilestones: boolean;
}

/** The release that it is about. */
export interface Scoped {
  /** The line's branch. */
  readonly branch: string;
  readonly version: string;
  readonly tag: string;
}

const MOST_NAMED = 10;

export function scopeObjections({ blockers, unread, milestones }: ReleaseScope, release: Scoped): Objection[] {
  const found: Objection[] = [];
  const numbers = blockers.filter((one) => isAbout(one, release)).map(({ number }) => number);
  const count = numbers.length + unread;
  if (count > 0) {
    const listed = numbers.slice(0, MOST_NAMED).map((number) => `#${number}`);
    const more = count - listed.length;
    const names = [...listed, ...(more > 0 ? [`${more} more`] : [])].join(', ').replace(/, ([^,]*)$/, ' and $1');
    const says =
      count === 1
        ? `${names === '1 more' ? 'An issue' : names} is open and labelled ${BLOCKER}: close it, or take the label off.`
        : `${names} are open and labelled ${BLOCKER}: close them, or take the label off.`;
    found.push({ code: 'release-blocker', says });
  }
  for (const { title, open } of milestones) {
    if (open === 0 || !isNamedLike(title, release)) continue;
    const items = open === 1 ? 'an open item: close it or move it' : `${open} open items: close them or move them`;
    found.push({ code: 'open-milestone', says: `The milestone ${title.trim()} has ${items} to another milestone.` });
  }
  return found;
}

/** True for what objects to a release as a whole, and to no change in it. */
export function isScopeObjection({ code }: Objection): boolean {
  return code === 'release-blocker' || code === 'open-milestone';
}

/** One that is for another version or another branch holds that up, and not this one. */
function isAbout({ milestone, base }: ScopeItem, release: Scoped): boolean {
  if (base !== null && base !== release.branch) return false;
  if (milestone === null || isNamedLike(milestone, release)) return true;
  return readVersion(milestone.trim().replace(/^v/i, '')) === null;
}

function isNamedLike(title: string, { version, tag }: Scoped): boolean {
  return [version, `v${version}`, tag].some((name) => name.toLowerCase() === title.trim().toLowerCase());
}
