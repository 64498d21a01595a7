// Puts the questions that were asked of semantic-release's range functions to ours, and words our answers as it words its own.
// What it has and we have not (npm channels, a `range` key beside a branch's name) is mapped where that is fair and else left out.

import type { Bump } from '../../src/core/change.ts';
import { baseCandidates, type LineFacts, lineOf, type PlacedLine } from '../../src/core/line.ts';
import { type LineHistory, lineRanges } from '../../src/core/line-range.ts';
import { nextVersion } from '../../src/core/next-version.ts';
import { compareVersions, isPrerelease, type Range, sortNewestFirst } from '../../src/core/version.ts';

interface TheirTag {
  readonly version: string;
}

interface TheirBranch {
  readonly name: string;
  readonly type?: 'release' | 'maintenance' | 'prerelease';
  readonly range?: string;
  readonly prerelease?: string | boolean;
  readonly tags: readonly TheirTag[];
}

export interface Vector {
  readonly fn: string;
  readonly args: readonly unknown[];
  readonly result: unknown;
}

/** Our answer, and theirs reduced to what both know. */
export interface Answers {
  readonly ours: unknown;
  readonly theirs: unknown;
}

export function answer({ fn, args, result }: Vector): Answers {
  const [first, second] = args;
  if (fn === 'normalize.maintenance' || fn === 'normalize.release')
    return answerRanges(fn, first as TheirBranches, result as readonly TheirRange[]);
  if (fn === 'normalize.prerelease') return answerPrereleases(first as TheirBranches, result as readonly TheirBranch[]);
  if (fn === 'getNextVersion') return { ours: next(first as NextQuestion), theirs: result };
  if (fn === 'getLastRelease')
    return { ours: last(first as LastQuestion, second as { before?: string } | undefined), theirs: (result as TheirTag).version ?? null };
  return { ours: `we have no ${fn}`, theirs: result };
}

interface TheirBranches {
  readonly release?: readonly TheirBranch[];
  readonly maintenance?: readonly TheirBranch[];
  readonly prerelease?: readonly TheirBranch[];
}

interface TheirRange {
  readonly name: string;
  readonly type: string;
  readonly range: string;
  readonly accept: readonly Bump[];
  readonly mergeRange?: string;
}

/** The name that gives us the range which they take from a key beside the name. */
function ourName({ name, range }: TheirBranch): string {
  if (range === undefined) return name;
  return /^\d+$/.test(range) ? `${range}.x` : range;
}

function facts({ release = [], maintenance = [], prerelease = [] }: TheirBranches): LineFacts {
  const prereleaseLines = prerelease.map(({ name, prerelease: id }) => ({ branch: name, prerelease: id === true ? name : String(id) }));
  return {
    lines: [
      ...release.map(({ name }) => ({ branch: name })),
      ...prereleaseLines,
      { branch: '[0-9]+.x' },
      { branch: '[0-9]+.([0-9]+|x).x' },
    ],
    defaultBranch: release[0]?.name ?? null,
    branches: [...release, ...maintenance, ...prerelease].map(ourName),
  };
}

function answerRanges(fn: string, branches: TheirBranches, result: readonly TheirRange[]): Answers {
  const known = facts(branches);
  const theirs = new Map<string, TheirBranch>();
  const lines = [...(branches.maintenance ?? []), ...(branches.release ?? [])].flatMap((branch, index): LineHistory[] => {
    const { line } = lineOf(ourName(branch), known);
    if (line === null) return [];
    // Two of their branches may have one range: the key keeps them apart, the line stays what its name made it.
    const key = `${index} ${branch.name}`;
    theirs.set(key, branch);
    return [{ ...line, name: key, versions: branch.tags.map(({ version }) => version) }];
  });
  const wanted = fn === 'normalize.maintenance' ? 'maintenance' : 'main';
  const ours = lineRanges(lines, '1.0.0').flatMap(({ name, range, accepts }) => {
    const line = lines.find((one) => one.name === name) as LineHistory;
    if (line.kind !== wanted) return [];
    const common = { name: (theirs.get(name) as TheirBranch).name, range: say(range), accept: accepts };
    return wanted === 'main' ? [common] : [{ ...common, mergeRange: say(line.range) }];
  });
  return {
    ours,
    theirs: result.map(({ name, range, accept, mergeRange }) => ({
      name,
      range: sayTheirs(range),
      accept,
      ...(mergeRange ? { mergeRange } : {}),
    })),
  };
}

/** An empty range is empty, however it is written: theirs run backwards (`>=1.1.0 <1.0.0`), ours end where they begin. */
function say({ min, below }: Range): string {
  if (below !== null && compareVersions(below, min) <= 0) return 'empty';
  return below === null ? `>=${min}` : `>=${min} <${below}`;
}

function sayTheirs(range: string): string {
  const bounds = /^>=(\S+)(?: <(\S+))?$/.exec(range);
  return say({ min: bounds?.[1] ?? range, below: bounds?.[2] ?? null });
}

function answerPrereleases(branches: TheirBranches, result: readonly TheirBranch[]): Answers {
  const known = facts(branches);
  const ours = (branches.prerelease ?? []).flatMap(({ name }) => {
    const { line } = lineOf(name, known);
    return line === null ? [] : [{ name: line.name, type: line.kind, prerelease: line.prerelease }];
  });
  return { ours, theirs: result.map(({ name, type, prerelease }) => ({ name, type, prerelease })) };
}

interface NextQuestion {
  readonly branch: TheirBranch;
  readonly nextRelease: { readonly type: Bump };
  readonly lastRelease: { readonly version?: string };
}

function next({ branch, nextRelease, lastRelease }: NextQuestion): unknown {
  const versions = branch.tags.map(({ version }) => version);
  const found = nextVersion({
    last: lastRelease.version?.replace(/^v/, '') ?? null,
    bump: nextRelease.type,
    initial: '1.0.0',
    before1: { breaking: 'minor', feature: 'minor' },
    prerelease: typeof branch.prerelease === 'string' ? branch.prerelease : null,
    existing: versions,
    prereleases: versions.filter(isPrerelease),
    stable: sortNewestFirst(versions).find((version) => !isPrerelease(version)) ?? null,
  });
  return found !== null && 'version' in found ? found.version : found;
}

interface LastQuestion {
  readonly branch: TheirBranch;
}

/** Their branch's tags are those of its history, so our first candidate is the base; `before` asks for the one below a version. */
function last({ branch }: LastQuestion, { before }: { readonly before?: string } = {}): string | null {
  const { name, prerelease, type } = branch;
  const own = prerelease === undefined ? { branch: name } : { branch: name, prerelease: prerelease === true ? name : String(prerelease) };
  const { line } = lineOf(name, { lines: [own], defaultBranch: type === 'maintenance' ? null : name, branches: [name] });
  const candidates = baseCandidates(
    line as PlacedLine,
    branch.tags.map(({ version }) => version),
  );
  return candidates.find((version) => before === undefined || compareVersions(version, before) < 0) ?? null;
}
