// A repository's whole past in two processes side by side: every tag with its commit and date, and every commit behind the tags.
import type { HistoryRequest, HistoryTag, WholeHistory } from '../flows/ports.ts';
import { peel } from './ancestry.ts';
import { askGit, safeRevision, startGit } from './process.ts';
import { COMMIT_FORMAT, commitReader, isoDate, splitRecords } from './records.ts';
import { readBoundary } from './shallow.ts';

export async function readWholeHistory(dir: string, request: HistoryRequest): Promise<WholeHistory> {
  const roots: string[] = [];
  let commits = 0;
  const read = commitReader((commit) => {
    commits += 1;
    if (commit.parents.length === 0) roots.push(commit.sha);
    request.onCommit(commit);
  });
  const heads = (request.heads ?? []).map((head) => safeRevision(head));
  const log = startGit(dir, ['log', '-z', '--topo-order', COMMIT_FORMAT, '--tags', '--end-of-options', ...heads, '--'], splitRecords(read));
  try {
    const tags = await readTags(dir);
    await log.done;
    return { tags, commits, boundary: roots.length === 0 ? [] : await readBoundary(dir, roots) };
  } finally {
    log.stop();
  }
}

async function readTags(dir: string): Promise<readonly HistoryTag[]> {
  const format = '--format=%(refname) %(objecttype) %(objectname) %(*objecttype) %(*objectname) %(creatordate:iso-strict)';
  const lines = (await askGit(dir, ['for-each-ref', format, 'refs/tags'])).split('\n');
  lines.pop();
  const tags: HistoryTag[] = [];
  const nested: number[] = [];
  for (const line of lines) {
    const [ref = '', type, sha = '', innerType, innerSha = '', date = ''] = line.split(' ');
    const annotated = type === 'tag';
    // Before git 2.45 only one tag is looked through.
    if (innerType === 'tag') nested.push(tags.length);
    const commit = annotated ? (innerType === 'commit' ? innerSha : null) : type === 'commit' ? sha : null;
    tags.push({ name: ref.slice('refs/tags/'.length), commit, date: date === '' ? null : isoDate(date), annotated });
  }
  const peeled = await peel(
    dir,
    nested.map((index) => `refs/tags/${tags[index]?.name}`),
  );
  nested.forEach((index, at) => {
    const tag = tags[index];
    if (tag !== undefined) tags[index] = { ...tag, commit: peeled[at] ?? null };
  });
  return tags;
}
