// What of a repository moves its plans, as a mark for each line: where a mark is another than the last time, something happened that no event
// may have told of.

import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

export interface RepositoryFacts {
  readonly defaultBranch: string;
  /** Names of the release lines. */
  readonly lines: readonly string[];
  readonly tags: readonly { readonly name: string; readonly sha: string }[];
  readonly releases: readonly { readonly id: number; readonly tag: string; readonly draft: boolean }[];
  /** Blob of the policy file. */
  readonly policy: string | null;
}

/** What all lines of a repository share. Texts of releases are people's, and of no weight here. */
export function repositoryMark({ defaultBranch, lines, tags, releases, policy }: RepositoryFacts): string {
  const facts = [
    defaultBranch,
    [...lines].sort(),
    tags.map(({ name, sha }) => `${sha} ${name}`).sort(),
    releases.map(({ id, tag, draft }) => `${id} ${draft} ${tag}`).sort(),
    policy,
  ];
  return bytesToHex(sha256(utf8ToBytes(JSON.stringify(facts)))).slice(0, 32);
}

export interface RepositoryMarks {
  readonly shared: string;
  /** Head of each line that was looked at. */
  readonly heads: Readonly<Record<string, string>>;
}

/** Lines to be planned anew: those whose head is another, and all where what they share is. */
export function movedLines(before: RepositoryMarks | null, now: RepositoryMarks): string[] {
  const same = before !== null && before.shared === now.shared;
  return Object.keys(now.heads).filter((line) => !same || !Object.hasOwn(before.heads, line) || before.heads[line] !== now.heads[line]);
}
