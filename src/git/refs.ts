// Every tag and branch of a clone, as they stand, from one process.
import type { Ref, Refs, RemoteRef } from '../flows/ports.ts';
import { askGit } from './process.ts';

/**
 * By `git rev-parse`, which for 12,000 tags takes a third of the time of `git for-each-ref`: first what the refs are, then what they are
 * called, in the same order. Unpeeled, as git would have to open each annotated tag. A flag that prints a word parts the lists.
 */
export async function readRefs(dir: string): Promise<Refs> {
  const part = '--is-shallow-repository';
  const lists = ['--branches', part, '--remotes', part, '--tags', part, '--symbolic', '--branches', '--remotes', '--tags'];
  // Where HEAD has no commit yet, or origin/HEAD is not known, git stops there without a word.
  const text = await askGit(dir, ['rev-parse', '--revs-only', part, ...lists, '--symbolic-full-name', 'HEAD', 'refs/remotes/origin/HEAD']);
  const word = text.slice(0, text.indexOf('\n') + 1);
  const heads = shasAt(text, word.length, word);
  const remotes = shasAt(text, heads.end, word);
  const tags = shasAt(text, remotes.end, word);
  const names = text.slice(tags.end).split('\n');
  const afterHeads = heads.count;
  const afterRemotes = afterHeads + remotes.count;
  const full = names.slice(afterRemotes + tags.count);
  return {
    tags: refsOf(names.slice(afterRemotes, afterRemotes + tags.count), tags),
    heads: refsOf(names.slice(0, afterHeads), heads),
    remoteHeads: remoteHeadsOf(refsOf(names.slice(afterHeads, afterRemotes), remotes)),
    current: shortName(full, 'refs/heads/'),
    defaultBranch: shortName(full, 'refs/remotes/origin/'),
  };
}

/** Lines of one length each. */
interface Shas {
  readonly lines: string;
  readonly width: number;
  readonly count: number;
  /** Where the next list begins. */
  readonly end: number;
}

function shasAt(text: string, start: number, word: string): Shas {
  const end = text.startsWith(word, start) ? start : text.indexOf(`\n${word}`, start) + 1;
  const width = text.indexOf('\n', start) + 1 - start;
  return { lines: text.slice(start, end), width, count: (end - start) / width, end: end + word.length };
}

/** There may be tens of thousands: what is done for each is short, for V8 not to spend more time on compiling it than it takes. */
function refsOf(names: readonly string[], { lines, width }: Shas): readonly Ref[] {
  return names.map((name, index) => ({ name, sha: lines.slice(index * width, index * width + width - 1) }));
}

function remoteHeadsOf(refs: readonly Ref[]): readonly RemoteRef[] {
  const heads = refs.map(({ name, sha }) => {
    const slash = name.indexOf('/');
    return { remote: name.slice(0, slash), name: name.slice(slash + 1), sha };
  });
  return heads.filter(({ name }) => name !== 'HEAD');
}

function shortName(full: readonly string[], prefix: string): string | null {
  const name = full.find((one) => one.startsWith(prefix))?.slice(prefix.length);
  return name === undefined || name === 'HEAD' ? null : name;
}
