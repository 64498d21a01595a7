// Units of a range joined with the pull requests that GitHub knows for their commits: one merged pull request is one change, by whatever
// method it was merged.

import type { Person, Proposal } from './change.ts';
import { readMessage } from './message.ts';
import type { Unit, Units } from './unit.ts';

/** A merged pull request as far as a change needs it. */
export interface MergedPull {
  readonly number: number;
  readonly title: string;
  readonly body: string;
  readonly labels: readonly string[];
  readonly branch: string;
  readonly author: Person;
  /** The commit that the merge made, or the last of a rebase. */
  readonly mergeSha: string | null;
  /** True where its branch is in the repository itself, so that somebody who may write stands behind its words. */
  readonly inside?: boolean;
  readonly override?: NonNullable<Proposal['override']>;
}

/** `pullOf` tells the pull request that brought a commit onto the line; commits that no pull request brought stand for themselves. */
export function withPulls({ units, integrated }: Units, pullOf: (sha: string) => MergedPull | null): Units {
  const joined: Unit[] = [];
  const at = new Map<number, number>();
  for (const unit of units) {
    const pull = pullOf(unit.commit.sha);
    if (pull === null) {
      joined.push(unit);
      continue;
    }
    const index = at.get(pull.number);
    if (index === undefined) {
      at.set(pull.number, joined.length);
      joined.push(unitOfPull(unit, pull));
    } else {
      // A rebase left several commits: the newest stands for the pull request, and all of them are what it brought.
      const first = joined[index] as Unit;
      const brought = first.brought.length === 0 ? [first.commit] : first.brought;
      joined[index] = { ...first, brought: [...brought, ...(unit.brought.length === 0 ? [unit.commit] : unit.brought)] };
    }
  }
  return { units: joined, integrated };
}

function unitOfPull(unit: Unit, pull: MergedPull): Unit {
  const message = readMessage(pull.title, pull.body);
  return {
    commit: unit.commit,
    // What only the commit can say is kept: what it picked, reverts, or asks for.
    message: {
      ...message,
      pickedFrom: [...new Set([...message.pickedFrom, ...unit.message.pickedFrom])],
      revert:
        message.revert === null
          ? unit.message.revert
          : { ...message.revert, shas: [...message.revert.shas, ...(unit.message.revert?.shas ?? [])] },
      // The author of a pull request may change its text long after it was reviewed and merged; nobody from outside names a version.
      releaseAs: (pull.inside === true ? message.releaseAs : null) ?? unit.message.releaseAs,
      breaking: message.breaking.length > 0 ? message.breaking : unit.message.breaking,
      coAuthors: [...message.coAuthors, ...unit.message.coAuthors],
      // The body of a pull request is prose: only its override block and its footers state changes, its lists do not.
      statements: message.statements.filter((one) => one.where !== 'list'),
    },
    pr: pull.number,
    branch: pull.branch,
    brought: unit.brought.length > 0 ? unit.brought : [unit.commit],
    pull: { labels: pull.labels, author: pull.author, ...(pull.override === undefined ? {} : { override: pull.override }) },
  };
}
