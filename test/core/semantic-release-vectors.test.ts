// Holds our lines against what semantic-release's own functions answered in 113 recorded cases. Where we differ, it is meant, and said here.
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { answer, type Vector } from './semantic-release-adapter.ts';

const folder = process.env.SHIPLOCK_DATA_DIR ?? fileURLToPath(new URL('../../../shared/data', import.meta.url));
const file = `${folder}/vectors/semantic-release-branches.jsonl`;
const vectors = existsSync(file)
  ? readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Vector)
  : [];

interface Difference {
  /** Places in the file, counted from 0. */
  readonly cases: readonly number[];
  readonly fn: string;
  readonly why: string;
  /** What we answer instead for the named lines; null for a line that we do not have. Every other line's answer is the same. */
  readonly instead?: Readonly<Record<string, { readonly range: string; readonly accept: readonly string[] } | null>>;
}

const differences: readonly Difference[] = [
  {
    cases: [2],
    fn: 'normalize.maintenance',
    why: '2.x.x is cut at 2.0.0, the latest of main: it may release at once, where semantic-release waits until main has moved on',
    instead: { '2.x.x': { range: '>=2.0.0 <3.0.0', accept: ['patch', 'minor'] } },
  },
  {
    cases: [80],
    fn: 'normalize.maintenance',
    why: '1.0.x is cut at 1.0.1, the latest of main: it may release at once',
    instead: { '1.0.x': { range: '>=1.0.1 <1.1.0', accept: ['patch'] } },
  },
  {
    cases: [92],
    fn: 'normalize.maintenance',
    why: '1.x is cut at 1.1.1, the latest of main: it may release at once',
    instead: { '1.x': { range: '>=1.1.1 <2.0.0', accept: ['patch', 'minor'] } },
  },
  {
    cases: [82],
    fn: 'normalize.release',
    why: '1.0.x is cut at 1.0.1, the latest of main, and owns the patches after it; 1.1.0 is out on next, so nothing is left for main',
    instead: { master: { range: 'empty', accept: [] } },
  },
  {
    cases: [88, 91, 94],
    fn: 'normalize.release',
    why: '2.0.0 is out on next-major, two lines up: semantic-release looks one line up only and would let main make it again',
    instead: { master: { range: '>=1.1.1 <2.0.0', accept: ['patch', 'minor'] } },
  },
  {
    cases: [105],
    fn: 'normalize.prerelease',
    why: 'an empty prerelease identifier makes versions that nobody could read back, so that the line is refused',
    instead: { beta: null },
  },
  {
    cases: [40, 43, 46, 49, 52, 53, 54, 55, 58],
    fn: 'getReleaseToAdd',
    why: 'it adds a version to a second npm channel, which it keeps in git notes; with us a version is released once, so we have no such function',
  },
];
const listed = new Map(differences.flatMap((difference) => difference.cases.map((index) => [index, difference] as const)));

function replaced(theirs: unknown, instead: NonNullable<Difference['instead']>): unknown {
  return (theirs as readonly { readonly name: string }[]).flatMap((line) => {
    const ours = instead[line.name];
    return ours === undefined ? [line] : ours === null ? [] : [{ ...line, ...ours }];
  });
}

describe.runIf(vectors.length > 0)('semantic-release’s recorded answers', () => {
  const counts = { agree: 0, differ: 0 };

  it.each(vectors.map((vector, index) => [index, vector.fn, vector] as const))('case %i, %s', (index, fn, vector) => {
    const { ours, theirs } = answer(vector);
    const difference = listed.get(index);
    if (difference === undefined) {
      expect(ours).toEqual(theirs);
      counts.agree += 1;
      return;
    }
    expect(fn).toBe(difference.fn);
    expect(ours, `case ${index} is listed as different, but both agree`).not.toEqual(theirs);
    if (difference.instead !== undefined) expect(ours).toEqual(replaced(theirs, difference.instead));
    counts.differ += 1;
  });

  it('are all asked, and every difference is listed', () => {
    expect(counts).toEqual({ agree: vectors.length - listed.size, differ: listed.size });
    console.info(`semantic-release: ${counts.agree} of ${vectors.length} answers agree, ${counts.differ} differ as listed`);
  });
});

it('has semantic-release’s recorded answers to hold ours against', (ctx) => {
  if (vectors.length === 0) ctx.skip(`skipped: there is no ${file}; set SHIPLOCK_DATA_DIR to a folder that holds vectors/`);
  expect(vectors).toHaveLength(113);
});
