// Imports in tests: what an outcome gave, or why it gave nothing; its remarks by key.

import { expect } from 'vitest';
import { settlePolicy } from '../../src/core/import/policy.ts';
import type { Imported, ImportOutcome, NodePackage, Remark } from '../../src/core/import/report.ts';
import { parsePolicy } from '../../src/core/policy/file.ts';

/** The import, which must have succeeded, and whose policy must be one that is read as it was written, with nothing taken out. */
export function importedOf<Rules>(outcome: ImportOutcome<Rules>): Imported<Rules> {
  if (!outcome.ok) throw new Error(outcome.problems.join('\n'));
  const { text, policy, refused } = settlePolicy(outcome.imported.overrides);
  expect(refused).toEqual([]);
  expect(parsePolicy(text)).toEqual({ ok: true, policy });
  return outcome.imported;
}

/** What is said of a key, in one line. */
export function said(remarks: readonly Remark[], key: string): string {
  return remarks
    .filter((one) => one.key === key)
    .map(({ says }) => says)
    .join(' | ');
}

export function keysOf(remarks: readonly Remark[]): string[] {
  return [...new Set(remarks.map(({ key }) => key))];
}

export function nodePackage(path: string, name: string | null, version: string | null, more: Partial<NodePackage> = {}): NodePackage {
  return { path, name, version, private: false, dependencies: {}, ...more };
}
