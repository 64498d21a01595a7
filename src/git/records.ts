// git's output as it streams in → records between NULs, and commits out of them. Each record becomes strings of its own, since a slice
// of a larger string keeps all of that string alive for as long as a title is kept.
import type { Commit, Person } from '../core/change.ts';

/** A record's bytes, which are valid during the call alone. */
export type RecordTaker = (bytes: Buffer, start: number, end: number) => void;

/** Takes chunks; calls back with each record. */
export function splitRecords(onRecord: RecordTaker): (chunk: Buffer) => undefined {
  let rest: Buffer[] = [];
  return (chunk) => {
    let start = 0;
    for (let end = chunk.indexOf(0); end !== -1; end = chunk.indexOf(0, start)) {
      if (rest.length === 0) onRecord(chunk, start, end);
      else {
        rest.push(chunk.subarray(start, end));
        const whole = Buffer.concat(rest);
        rest = [];
        onRecord(whole, 0, whole.length);
      }
      start = end + 1;
    }
    if (start < chunk.length) rest.push(start === 0 ? chunk : chunk.subarray(start));
  };
}

/** For `git log -z`: two records a commit, first what git makes, a line each, then the message as it is. */
export const COMMIT_FORMAT = '--format=tformat:%H %P%n%S%n%aI%n%an%n%ae%x00%B';

/** Takes records of COMMIT_FORMAT, and calls back with each commit and the revision by which git came to it (`%S`). */
export function commitReader(onCommit: (commit: Commit, source: string) => void): RecordTaker {
  // People who wrote many commits are told once.
  const people = new Map<string, Person>();
  let header: string | null = null;
  return (bytes, start, end) => {
    if (header === null) {
      header = bytes.toString('utf8', start, end);
      return;
    }
    // A name or an address has no line feed, as the header of a commit is made of lines.
    const space = header.indexOf(' ');
    const second = header.indexOf('\n', space);
    const third = header.indexOf('\n', second + 1);
    const fourth = header.indexOf('\n', third + 1);
    const parents = header.slice(space + 1, second);
    const date = header.slice(third + 1, fourth);
    const who = header.slice(fourth + 1);
    let author = people.get(who);
    if (author === undefined) {
      author = personOf(who);
      people.set(who, author);
    }
    const text = messageOf(bytes.toString('utf8', start, end));
    const cut = text.indexOf('\n');
    const commit: Commit = {
      sha: header.slice(0, space),
      parents: parents === '' ? [] : parents.split(' '),
      author,
      // git writes the placeholder itself where a commit has no author line; the epoch is what it writes for dates it cannot read.
      date: date === '' || date === '%aI' ? '1970-01-01T00:00:00Z' : isoDate(date),
      // As GitHub and conventional-commits-parser have it, and not as `%s`, which folds the first paragraph into one line:
      // `feat: x` directly followed by `BREAKING CHANGE: y` would lose its footer.
      subject: cut === -1 ? text : subjectOf(text, cut),
      body: cut === -1 ? '' : bodyOf(text, cut + 1),
    };
    const source = header.slice(second + 1, third);
    header = null;
    onCommit(commit, source);
  };
}

/** Newer versions of git write `Z`, older ones `+00:00`. */
export function isoDate(date: string): string {
  return date.endsWith('+00:00') ? `${date.slice(0, -6)}Z` : date;
}

function personOf(who: string): Person {
  const cut = who.indexOf('\n');
  const name = who.slice(0, cut);
  return cut === who.length - 1 ? { name } : { name, email: who.slice(cut + 1) };
}

/** Line ends of Windows become line feeds, as in every other text that is read. */
function messageOf(text: string): string {
  return (text.includes('\r') ? text.replaceAll('\r\n', '\n') : text).trim();
}

function subjectOf(text: string, end: number): string {
  const subject = text.slice(0, end).trimEnd();
  // A copy, so that a title which is kept does not keep a long message.
  return text.length > 1_024 ? Buffer.from(subject).toString() : subject;
}

/** Without the blank lines that come first, but with the spaces before its first word. */
function bodyOf(text: string, start: number): string {
  let line = start;
  for (let at = start; isSpace(text.charCodeAt(at)); at += 1) if (text.charCodeAt(at) === LINE_FEED) line = at + 1;
  return text.slice(line);
}

const LINE_FEED = 10;

function isSpace(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13);
}
