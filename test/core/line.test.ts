import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Bump } from '../../src/core/change.ts';
import { accepts, baseCandidates, type LineFacts, lineOf, newestCandidate, type PlacedLine, takesLatest } from '../../src/core/line.ts';
import { capOfOldLine, type LineHistory, lineRanges } from '../../src/core/line-range.ts';
import { compareVersions, isWithin, type Range, readVersion, type Version } from '../../src/core/version.ts';
import { anyVersion, stableVersion } from './version-arbitraries.ts';

const unset: LineFacts = { lines: [], defaultBranch: 'main', branches: [] };

/** The line of a branch in a repository of these branches, without a policy. */
function line(branch: string, ...branches: string[]): PlacedLine {
  const found = lineOf(branch, { ...unset, branches: ['main', branch, ...branches] }).line;
  if (found === null) throw new Error(`${branch} is no line`);
  return found;
}

function say(range: Range): string {
  return `${range.min}–${range.below ?? ''}`;
}

describe('which branch is a line', () => {
  it.each([
    ['1.x', '1.0.0–2.0.0'],
    ['1.x.x', '1.0.0–2.0.0'],
    ['1.2.x', '1.2.0–1.3.0'],
    ['0.x', '0.0.0–1.0.0'],
    ['0.3.x', '0.3.0–0.4.0'],
    ['12.X', '12.0.0–13.0.0'],
    ['v5.x', '5.0.0–6.0.0'],
    ['release-1.x', '1.0.0–2.0.0'],
    ['release-2.7', '2.7.0–2.8.0'],
    ['release/2.7.x', '2.7.0–2.8.0'],
    ['release/v2.7', '2.7.0–2.8.0'],
    ['maint/1.x', '1.0.0–2.0.0'],
    ['maintenance/1.2', '1.2.0–1.3.0'],
    ['support/3.x', '3.0.0–4.0.0'],
    ['stable/4.2.x', '4.2.0–4.3.0'],
    ['stable-2.9', '2.9.0–2.10.0'],
    ['hotfix/1.4', '1.4.0–1.5.0'],
  ])('%s maintains %s', (branch, range) => {
    const found = line(branch);
    expect([found.kind, say(found.range), found.prerelease]).toEqual(['maintenance', range, null]);
    expect(found.accepts).toEqual(/\d\.\d/.test(branch) ? ['patch'] : ['patch', 'minor']);
  });

  it.each([
    'v5',
    '5',
    '2.0',
    'v5.4',
    'release-5',
    'release/1.2.3',
    '01.x',
    '1.02.x',
    'x.x',
    '1.x-staging',
    'feature/1.x',
    'next',
    'beta',
    'develop',
    '',
  ])('%j is none', (branch) => {
    expect(lineOf(branch, { ...unset, branches: [branch, 'main'] })).toEqual({
      line: null,
      says: `${branch} is not a release line: it is neither the default branch nor named like 1.x, 1.2.x or release-1.2.`,
      problems: [],
    });
  });

  it('a name of hostile length is none, soon', () => {
    const names = ['1', '1.', 'release-', '0'].map((piece) => `${piece.repeat(20_000)}.x`);
    const begins = performance.now();
    for (const name of names) expect(lineOf(name, { ...unset, branches: names }).line).toBeNull();
    expect(performance.now() - begins).toBeLessThan(500);
  });

  it('the default branch takes everything; where it could not be seen, main and master do', () => {
    const everything = { kind: 'main', range: { min: '0.0.0', below: null }, accepts: ['patch', 'minor', 'major'] };
    expect(lineOf('trunk', { ...unset, defaultBranch: 'trunk' }).line).toMatchObject(everything);
    expect(lineOf('main', { ...unset, defaultBranch: 'trunk' }).line).toBeNull();
    for (const name of ['main', 'master']) expect(lineOf(name, { ...unset, defaultBranch: null }).line).toMatchObject(everything);
    expect(lineOf('trunk', { ...unset, defaultBranch: null }).line).toBeNull();
  });

  it('a default branch with numbers in its name stays within them', () => {
    const found = lineOf('11.x', { lines: [], defaultBranch: '11.x', branches: ['10.x', '11.x'] }).line as PlacedLine;
    expect(found).toMatchObject({ kind: 'main', range: { min: '11.0.0', below: '12.0.0' }, accepts: ['patch', 'minor'] });
    expect(accepts(found, '11.4.0', 'minor')).toBeNull();
    expect(accepts(found, '11.4.0', 'major')?.code).toBe('outside-range');
  });
});

describe('lines that the policy names', () => {
  const policy = {
    lines: [{ branch: 'main' }, { branch: '[0-9]+.x' }, { branch: 'next', prerelease: 'rc' }, { branch: 'preview-.*', prerelease: 'beta' }],
    defaultBranch: 'main',
    branches: ['main', 'next', '1.x'],
  };

  it.each([
    ['main', 'main', null],
    ['1.x', 'maintenance', null],
    ['10.x', 'maintenance', null],
    ['next', 'prerelease', 'rc'],
    ['preview-2', 'prerelease', 'beta'],
  ])('%s is %s', (branch, kind, prerelease) => {
    expect(lineOf(branch, policy)).toMatchObject({ line: { kind, prerelease }, problems: [] });
  });

  it.each(['1.2.x', '10x', 'maintenance', 'develop'])('%s is none, because they are all there are', (branch) => {
    expect(lineOf(branch, policy)).toEqual({
      line: null,
      says: `${branch} is not a release line: none of the policy's lines matches it.`,
      problems: [],
    });
  });

  it('a line without a number and without an identifier makes stable versions', () => {
    expect(lineOf('next', { lines: [{ branch: 'main' }, { branch: 'next' }], defaultBranch: 'main', branches: [] }).line).toMatchObject({
      kind: 'main',
      range: { min: '0.0.0', below: null },
    });
  });

  it('a prerelease line may be bound to numbers', () => {
    expect(lineOf('2.x', { lines: [{ branch: '[0-9]+.x', prerelease: 'rc' }], defaultBranch: 'main', branches: [] }).line).toMatchObject({
      kind: 'prerelease',
      range: { min: '2.0.0', below: '3.0.0' },
    });
  });

  it('a pattern that cannot be used is said, and the other lines hold', () => {
    const hostile = { ...unset, lines: [{ branch: '(a+)+b' }, { branch: '[' }, { branch: 'main' }] };
    expect(lineOf('main', hostile)).toMatchObject({
      line: { kind: 'main' },
      problems: [
        'The line "(a+)+b" is refused: the group that ends at 4 repeats what varies by itself.',
        expect.stringMatching(/^The line "\[" is refused: /),
      ],
    });
    expect(lineOf('a'.repeat(5_000), hostile).line).toBeNull();
  });

  it('a name that is no pattern is still a name', () => {
    expect(lineOf('c++', { lines: [{ branch: 'c++' }], defaultBranch: 'main', branches: ['c++'] })).toMatchObject({
      line: { kind: 'main' },
      problems: [],
    });
  });

  it.each(['', 'rc 1', 'rc_1', '01'])(
    'the identifier %j makes no line, nor lets the next rule release the branch as stable',
    (prerelease) => {
      const found = lineOf('next', {
        lines: [{ branch: 'next', prerelease }, { branch: '.*' }],
        defaultBranch: 'main',
        branches: ['next'],
      });
      expect(found.line).toBeNull();
      expect(found.says).toBe("next is not a release line: its prerelease identifier in the policy's lines is not valid.");
      expect(found.problems).toEqual([`The line "next" cannot make versions like 1.0.0-${prerelease}.1: use letters, digits and hyphens.`]);
    },
  );

  it('says in one sentence what a branch is', () => {
    expect(lineOf('main', policy).says).toBe('main takes patch, minor and major releases.');
    expect(lineOf('1.x', policy).says).toBe('1.x takes patch and minor releases from 1.0.0 up to, not including, 2.0.0.');
    expect(lineOf('next', policy).says).toBe('next makes rc prereleases.');
  });
});

describe('what semantic-release gets wrong', () => {
  it('1.9.x comes before 1.10.x, and 1.x begins above both', () => {
    const branches = ['1.9.x', '1.10.x', '1.x'];
    expect(branches.map((name) => say(line(name, ...branches).range))).toEqual(['1.9.0–1.10.0', '1.10.0–1.11.0', '1.11.0–2.0.0']);
    const histories = ['1.x', '1.10.x', '1.9.x'].map((name): LineHistory => ({ ...line(name, ...branches), versions: [] }));
    expect(lineRanges(histories, '0.1.0').map(({ name }) => name)).toEqual(branches);
  });

  it('2.x begins at 2.0.0 though 1.1.x exists', () => {
    expect(say(line('2.x', '1.1.x').range)).toBe('2.0.0–3.0.0');
  });

  it('0.x may be maintained', () => {
    const zero = line('0.x');
    expect(say(zero.range)).toBe('0.0.0–1.0.0');
    expect(accepts(zero, '0.4.2', 'patch', { elsewhere: ['1.0.0'] })).toBeNull();
    expect(
      lineRanges(
        [
          { ...zero, versions: ['0.4.2'] },
          { ...line('main'), versions: ['0.4.2', '1.0.0'] },
        ],
        '0.1.0',
      )[0],
    ).toEqual({ name: '0.x', range: { min: '0.4.2', below: '1.0.0' }, accepts: ['patch', 'minor'] });
  });

  it('1.0.x that is cut at the latest 1.0.0 may release 1.0.1 at once, and main goes on with a minor', () => {
    expect(accepts(line('1.0.x'), '1.0.0', 'patch')).toBeNull();
    const main = line('main', '1.0.x');
    expect(accepts(main, '1.0.0', 'minor')).toBeNull();
    expect(accepts(main, '1.0.0', 'major')).toBeNull();
    expect(accepts(main, '1.0.0', 'patch')).toEqual({
      code: 'outside-range',
      says: '1.0.1 belongs to 1.0.x (1.0.0 up to, not including, 1.1.0). Release it from there, or ask for 1.1.0 or more with release-as.',
    });
    const histories = [
      { ...line('1.0.x'), versions: ['1.0.0'] },
      { ...line('main'), versions: ['1.0.0'] },
    ];
    expect(lineRanges(histories, '0.1.0').map(({ name, range }) => `${name} ${say(range)}`)).toEqual(['1.0.x 1.0.0–1.1.0', 'main 1.1.0–']);
  });
});

describe('what fits on a line', () => {
  it('a feature does not fit on 1.2.x, with the lines that would take it', () => {
    expect(accepts(line('1.2.x', '1.x', '2.x'), '1.2.4', 'minor', { shas: ['abc'] })).toEqual({
      code: 'feature-on-maintenance-line',
      says: '1.2.x takes patch releases only (1.2.0 up to, not including, 1.3.0), but these changes ask for a minor release, 1.3.0. 1.x or main would take it: move the change there, or classify it anew.',
      shas: ['abc'],
    });
  });

  it('a breaking change does not fit on 1.x', () => {
    expect(accepts(line('1.x', '1.2.x', '2.x'), '1.5.0', 'major')).toEqual({
      code: 'feature-on-maintenance-line',
      says: '1.x takes patch and minor releases only (1.3.0 up to, not including, 2.0.0), but these changes ask for a major release, 2.0.0. main would take it: move the change there, or classify it anew.',
    });
  });

  it.each<[string, string | null, Bump]>([
    ['1.2.x', '1.2.4', 'patch'],
    ['1.2.x', '1.2.4', 'none'],
    ['1.x', '1.2.4', 'minor'],
    ['main', '1.2.4', 'major'],
    ['main', null, 'minor'],
  ])('%s takes after %s a %s', (name, last, bump) => {
    expect(accepts(line(name), last, bump)).toBeNull();
  });

  it('a fix on 1.x whose base belongs to 1.1.x is released there', () => {
    expect(accepts(line('1.x', '1.1.x'), '1.1.4', 'minor')).toBeNull();
    expect(accepts(line('1.x', '1.1.x'), '1.1.4', 'patch')).toEqual({
      code: 'outside-range',
      says: '1.1.5 is outside the range of 1.x (1.2.0 up to, not including, 2.0.0). 1.1.x would take it: move the change there, or classify it anew.',
    });
  });

  it('a maintenance line without a release has nothing to maintain', () => {
    expect(accepts(line('1.x'), null, 'patch')).toEqual({
      code: 'outside-range',
      says: '1.x maintains 1.0.0 up to, not including, 2.0.0, but its history holds no release. Cut it from the release it is to maintain, or fetch the tags if they are missing here.',
    });
  });

  it('a branch whose history holds no release does not begin anew where releases exist', () => {
    expect(accepts(line('main'), null, 'minor', { version: '0.1.0', elsewhere: ['2.3.0', '2.4.0'] })).toEqual({
      code: 'outside-range',
      says: "0.1.0 does not fit on main: 2.3.0 is released, and this line's history holds no release. Merge the newer releases into main, or release from a newer line.",
    });
  });

  it('what 1.x released above main is not for main to repeat', () => {
    expect(accepts(line('main', '1.x'), '1.5.0', 'minor')).toBeNull();
    const main = { elsewhere: ['1.5.1', '1.6.0'] };
    expect(accepts(line('main', '1.x'), '1.5.0', 'minor', main)?.says).toMatch(/^1\.6\.0 belongs to 1\.x /);
    expect(accepts(line('main', '1.x'), '1.5.0', 'major', main)).toBeNull();
  });

  it('a chain of release branches is passed as a whole', () => {
    const main = line('main', 'release-1.0', 'release-1.1', 'release-1.2');
    expect(accepts(main, '1.0.0', 'minor', { elsewhere: ['1.1.0', '1.2.0'] })?.says).toMatch(
      /^1\.1\.0 belongs to release-1\.2 .* ask for 1\.3\.0 or more/,
    );
    expect(accepts(main, '1.0.0', 'minor', { version: '1.3.0', elsewhere: ['1.1.0', '1.2.0'] })).toBeNull();
  });

  it('a promotion is held against the line as the version it becomes', () => {
    expect(accepts(line('1.x'), '1.2.0', 'patch', { version: '2.0.0' })?.code).toBe('outside-range');
    expect(accepts(line('1.x'), '1.2.0', 'patch', { version: '1.3.0' })).toBeNull();
  });

  it('a prerelease line takes everything, and what it has offered does not bind main', () => {
    const facts = {
      lines: [{ branch: 'main' }, { branch: 'next-.*', prerelease: 'rc' }],
      defaultBranch: 'main',
      branches: ['main', 'next-2'],
    };
    const next = lineOf('next-2', facts).line as PlacedLine;
    const main = lineOf('main', facts).line as PlacedLine;
    expect(accepts(next, '1.2.0', 'major', { version: '2.0.0-rc.1', elsewhere: ['1.3.0'] })).toBeNull();
    expect(accepts(main, '1.2.0', 'major', { elsewhere: ['2.0.0-rc.1', '2.0.0-rc2'] })).toBeNull();
    expect(accepts(main, '1.2.0', 'major', { elsewhere: ['2.0.0-rcx.1'] })?.code).toBe('outside-range');
  });

  it('never lets a version through that is outside the range of its line', () => {
    const branches = ['0.x', '1.x', '1.0.x', '1.2.x', '2.0.x', '3.x'];
    const bump = fc.constantFrom<Bump>('patch', 'minor', 'major');
    fc.assert(
      fc.property(
        fc.constantFrom('main', ...branches),
        bump,
        stableVersion,
        stableVersion,
        fc.array(anyVersion),
        (name, asked, last, version, elsewhere) => {
          const found = line(name, ...branches);
          const objection = accepts(found, last, asked, { version, elsewhere });
          if (objection === null) expect(isWithin(version, found.range)).toBe(true);
          else expect(objection.says).toMatch(/\.$/);
        },
      ),
    );
  });
});

describe('an old line below newer versions', () => {
  it.each<[string, string[], Bump[], string | null]>([
    ['2.7.3', [], ['patch', 'minor', 'major'], null],
    ['2.7.3', ['2.6.0', '2.7.3', '2.7.0-rc.1'], ['patch', 'minor', 'major'], null],
    ['2.7.3', ['2.8.0-rc1'], ['patch'], '2.8.0-rc1'],
    ['2.7.3', ['3.1.0', '2.9.0', 'latest'], ['patch'], '2.9.0'],
    ['2.7.3', ['3.0.0'], ['patch', 'minor'], '3.0.0'],
    ['2.7.3', ['2.7.4'], [], '2.7.4'],
    ['2.7.3', ['2.7.5-rc.1'], [], '2.7.5-rc.1'],
    ['2.8.0-rc.1', ['2.8.0'], [], '2.8.0'],
  ])('after %s, with %j elsewhere, %j fit', (last, elsewhere, permits, below) => {
    expect(capOfOldLine(last, elsewhere)).toMatchObject({ permits, below });
  });

  it('says what stands in the way', () => {
    expect(capOfOldLine('2.7.3', ['2.8.0-rc1']).says).toBe(
      "2.8.0-rc1 exists outside this line's history, and after 2.7.3 only patch releases fit in between.",
    );
    expect(capOfOldLine('2.7.3', ['2.7.4']).says).toBe(
      "2.7.4 exists outside this line's history, and after 2.7.3 nothing fits in between.",
    );
    expect(capOfOldLine(null, ['2.7.4'])).toEqual({
      permits: [],
      below: '2.7.4',
      says: "2.7.4 is released, and this line's history holds no release.",
    });
    expect(accepts(line('main'), '2.7.3', 'minor', { elsewhere: ['2.8.0-rc1'] })?.says).toBe(
      "2.8.0 does not fit on main: 2.8.0-rc1 exists outside this line's history, and after 2.7.3 only patch releases fit in between. Merge the newer releases into main, or release from a newer line.",
    );
  });

  it('never takes "latest" from a newer one', () => {
    expect(takesLatest('1.9.1', ['1.9.0', '2.0.0', '1.9.1'])).toBe(false);
    expect(takesLatest('1.9.1', ['1.9.0', '2.0.0-rc.1', '1.9.1', 'v9'])).toBe(true);
    expect(takesLatest('1.10.0', ['1.9.0'])).toBe(true);
    expect(takesLatest('2.0.0-rc.1', ['1.9.0'])).toBe(false);
    expect(takesLatest('latest', [])).toBe(false);
  });
});

describe('the base of a release', () => {
  const tagged = (text: string) => ({ version: readVersion(text) as Version });
  const versions = ['1.9.0', '1.10.0', '2.0.0-rc.1', '2.0.0', '1.2.0', '2.1.0-rc.2', '2.1.0-rc1', '2.1.0-beta.1', '0.9.0'];

  it.each([
    ['main', ['2.0.0', '1.10.0', '1.9.0', '1.2.0', '0.9.0']],
    ['1.x', ['1.10.0', '1.9.0', '1.2.0', '0.9.0']],
    ['1.9.x', ['1.9.0', '1.2.0', '0.9.0']],
  ])('on %s is tried newest first, stable versions alone', (name, candidates) => {
    expect(baseCandidates(line(name), versions)).toEqual(candidates);
    expect(newestCandidate(line(name), versions.map(tagged))?.version.text).toBe(candidates[0]);
    expect(newestCandidate(line(name), versions.toReversed().map(tagged))?.version.text).toBe(candidates[0]);
  });

  it('may be a prerelease of its own on a prerelease line', () => {
    const next = lineOf('next', { lines: [{ branch: 'next', prerelease: 'rc' }], defaultBranch: 'main', branches: [] }).line as PlacedLine;
    expect(baseCandidates(next, versions)).toEqual(['2.1.0-rc1', '2.1.0-rc.2', '2.0.0', '2.0.0-rc.1', '1.10.0', '1.9.0', '1.2.0', '0.9.0']);
  });

  it('is none where no version fits', () => {
    expect(newestCandidate(line('1.9.x'), ['2.0.0', '1.9.0-rc.1'].map(tagged))).toBeNull();
    expect(newestCandidate(line('main'), ['1.0.0+a', '1.0.0+b'].map(tagged))?.version.text).toBe('1.0.0+a');
  });

  it('is found among 12,000 versions soon', () => {
    const many = Array.from({ length: 12_000 }, (_, index) => `${(index * 7) % 40}.${(index * 13) % 300}.${index}`);
    const begins = performance.now();
    expect(baseCandidates(line('main'), many)).toHaveLength(12_000);
    expect(performance.now() - begins).toBeLessThan(500);
  });
});

describe('laws of ranges', () => {
  const branchName = fc.oneof(
    fc.constantFrom(0, 1, 2, 9, 10, 11).map((major) => `${major}.x`),
    fc.tuple(fc.constantFrom(0, 1, 2, 10), fc.constantFrom(0, 1, 2, 9, 10, 11)).map(([major, minor]) => `${major}.${minor}.x`),
  );

  it('maintenance lines share no version, and each begins where its number says or above', () => {
    fc.assert(
      fc.property(fc.uniqueArray(branchName, { maxLength: 12 }), (branches) => {
        const ranges = lineRanges(
          branches.map((name) => ({ ...line(name, ...branches), versions: [] })),
          '0.1.0',
        ).map(({ name }) => line(name, ...branches));
        for (const [index, one] of ranges.entries()) {
          const after = ranges[index + 1];
          if (after !== undefined) expect(compareVersions(one.range.below as string, after.range.min)).toBeLessThanOrEqual(0);
          expect(
            compareVersions(one.range.min, one.name.replaceAll('x', '0').split('.').concat('0', '0').slice(0, 3).join('.')),
          ).toBeGreaterThanOrEqual(0);
          if (!/\d\.\d/.test(one.name)) expect(compareVersions(one.range.min, one.range.below as string)).toBeLessThan(0);
        }
      }),
    );
  });

  it('what lines may release next overlaps nowhere, among maintenance lines', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.constantFrom('1.x', '1.0.x', '1.1.x', '1.10.x', '2.x'), { minLength: 1 }),
        fc.array(stableVersion, { maxLength: 6 }),
        fc.nat({ max: 6 }),
        (branches, versions, cut) => {
          const histories = branches.map((name): LineHistory => {
            const found = line(name, ...branches);
            return {
              ...found,
              versions: versions.slice(0, cut).filter((version) => compareVersions(version, found.range.below as string) < 0),
            };
          });
          const ranges = lineRanges([...histories, { ...line('main', ...branches), versions }], '0.1.0').filter(
            ({ accepts: bumps }) => bumps.length > 0,
          );
          for (const one of ranges.filter(({ name }) => name !== 'main')) {
            for (const other of ranges.filter(({ name }) => name !== 'main' && name !== one.name)) {
              expect(
                compareVersions(one.range.below as string, other.range.min) <= 0 ||
                  compareVersions(other.range.below as string, one.range.min) <= 0,
              ).toBe(true);
            }
          }
        },
      ),
    );
  });
});
