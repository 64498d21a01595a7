// Who has contributed before: a walk through the history, made only where first contributions are asked for.
import { startGit, tagRevision } from './process.ts';
import { splitRecords } from './records.ts';

export async function readAuthors(dir: string, base: string, among?: ReadonlySet<string>): Promise<ReadonlySet<string>> {
  const seen = new Set<string>();
  const wanted = among === undefined ? null : new Set(Array.from(among, (email) => email.toLowerCase()));
  if (wanted?.size === 0) return seen;
  const take = splitRecords((bytes, start, end) => {
    const email = bytes.toString('utf8', start, end).toLowerCase();
    if (wanted !== null && !wanted.has(email)) return;
    seen.add(email);
    if (seen.size === wanted?.size) log.stop();
  });
  const log = startGit(dir, ['log', '-z', '--format=tformat:%ae', '--end-of-options', tagRevision(base), '--'], take);
  await log.done;
  return seen;
}
