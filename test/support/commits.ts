// Commits for tests, written as a list from oldest to newest; parents default to the commit before.
import type { Commit } from '../../src/core/change.ts';

export interface Sketch {
  /** Short name; the SHA is made from it. */
  readonly id: string;
  readonly subject: string;
  readonly body?: string;
  readonly parents?: readonly string[];
  readonly author?: string;
  readonly files?: readonly string[];
}

/** A 40-digit SHA that begins with the hexadecimal digits of the name. */
export function shaOf(id: string): string {
  let hex = '';
  for (const char of id) hex += char.charCodeAt(0).toString(16).padStart(2, '0');
  return hex.padEnd(40, '0').slice(0, 40);
}

/** The commits newest first, as git tells a range. */
export function commitsOf(sketches: readonly Sketch[]): Commit[] {
  return sketches
    .map((one, index): Commit => {
      const before = sketches[index - 1];
      const parents = one.parents ?? (before === undefined ? ['base'] : [before.id]);
      return {
        sha: shaOf(one.id),
        parents: parents.map(shaOf),
        author: { name: one.author ?? 'Ada', email: `${(one.author ?? 'Ada').toLowerCase()}@example.com` },
        date: '2026-01-01T00:00:00Z',
        subject: one.subject,
        body: one.body ?? '',
        ...(one.files === undefined ? {} : { files: one.files }),
      };
    })
    .reverse();
}
