// The record of a release beside its other files on GitHub: all entries about its commits, for whoever audits it without asking the App.

import type { GitHubPort, ReleaseSeen } from '../github-port.ts';
import type { StorePort } from '../store-port.ts';
import { exportRecord } from './export-record.ts';

export const RECORD_ASSET = 'shiplock-record.jsonl';

export interface AttachFacts {
  readonly github: Pick<GitHubPort, 'uploadAsset'>;
  readonly store: Pick<StorePort, 'head' | 'entries' | 'note'>;
  /** Key of the record. */
  readonly repository: string;
}

/**
 * Attaches the entries about these commits as an excerpt, in the place of one from before. Free texts of people are left out: what is
 * attached cannot be erased where it was copied to. False: there is no entry about them.
 */
export async function attachRecord(
  { github, store, repository }: AttachFacts,
  release: ReleaseSeen,
  shas: ReadonlySet<string>,
): Promise<boolean> {
  const lines: string[] = [];
  for await (const line of exportRecord(store, repository, { shas, withoutTexts: true })) lines.push(`${line}\n`);
  // The first line and the last are there in any case.
  if (lines.length <= 2) return false;
  const bytes = new TextEncoder().encode(lines.join(''));
  await github.uploadAsset(release, { name: RECORD_ASSET, type: 'application/jsonl', bytes });
  return true;
}
