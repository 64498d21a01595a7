// The change files of changesets (.changeset/*.md): which packages each of them releases, and how.

import { clip, isMap, type Place, type Raw, readConfig, shownValue, textsAt } from './config.ts';
import type { SourceFile } from './report.ts';

export type ChangesetBump = 'major' | 'minor' | 'patch' | 'none';

/** A change file that waits for its release. */
export interface PendingChangeset {
  /** Path of the file. */
  readonly path: string;
  readonly releases: readonly { readonly name: string; readonly bump: ChangesetBump }[];
}

const FRONT_MATTER = /^\s{0,100}---([\s\S]*?)\r?\n[\t ]{0,20}---[\t ]*(?:\r?\n|$)/;

/** What waits for the next release. In prerelease mode (`mode`), what a prerelease has had stays on disk until the mode is left. */
export function pendingOf(
  files: readonly SourceFile[],
  pre: Raw | null,
  mode: 'pre' | 'exit' | null,
  { ledger }: Place,
): PendingChangeset[] {
  const used = pre === null ? [] : textsAt(pre, 'changesets', { ledger, at: 'pre.json: ' });
  const pending: PendingChangeset[] = [];
  for (const { path, text } of files) {
    const id = path.replace(/^.*\//, '').replace(/\.md$/, '');
    // In prerelease mode, what a prerelease has had stays until the mode is left.
    if (mode === 'pre' && (used.includes(id) || path.includes('/pre/'))) continue;
    const front = FRONT_MATTER.exec(text.slice(0, 20_000));
    const read = front === null ? null : readConfig({ path, text: front[1] ?? '' });
    if (read === null || !read.ok || (read.value !== null && !isMap(read.value))) {
      ledger.cannot.push({ key: clip(path), says: 'is no change file: it has no list of packages between two lines of ---' });
      continue;
    }
    const releases = Object.entries(read.value ?? {}).flatMap(([name, bump]) => {
      if (bump === 'major' || bump === 'minor' || bump === 'patch' || bump === 'none') return [{ name, bump } as const];
      ledger.cannot.push({ key: clip(path), says: `${shownValue(bump)} for ${clip(name)} is none of major, minor, patch and none` });
      return [];
    });
    pending.push({ path, releases });
  }
  return pending;
}
