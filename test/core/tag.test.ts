import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { detectTagTemplate, detectVersionTags, readTags, type Tag, tagOf, versionOfTag } from '../../src/core/tag.ts';
import { anyVersion } from './version-arbitraries.ts';

const tags = (...names: string[]): Tag[] => names.map((name) => ({ name }));
const many = (prefix: string, count: number): Tag[] => Array.from({ length: count }, (_, index) => ({ name: `${prefix}1.${index}.0` }));

describe('a tag and its version', () => {
  it.each([
    ['v{version}', '1.2.3', undefined, 'v1.2.3'],
    ['{version}', '1.2.3-rc.1', undefined, '1.2.3-rc.1'],
    ['{name}-v{version}', '1.2.3', 'core', 'core-v1.2.3'],
    ['{name}@{version}', '1.2.3', '@acme/core', '@acme/core@1.2.3'],
    ['release/{version}-final', '1.2.3', undefined, 'release/1.2.3-final'],
    ['{name}-v{version}', '1.2.3', '$&', '$&-v1.2.3'],
  ])('%s of %s (%s) is %s, and is read back', (template, version, name, tag) => {
    expect(tagOf(template, version, name)).toBe(tag);
    expect(versionOfTag(template, tag, name)).toBe(version);
  });

  it.each([
    'v1',
    'latest',
    'v1.2',
    '1.2.3.4',
    'v1.2.3.4',
    'foo',
    'v1.02.3',
    'V1.2.3',
    'vv1.2.3',
    'core-v1.2.3',
    'v1.2.3 ',
    '',
    'v',
    `v${'1'.repeat(20_000)}`,
  ])('%j names no version under v{version}', (tag) => {
    expect(versionOfTag('v{version}', tag)).toBeNull();
  });

  it('no tag names a version under a template that has no place for one', () => {
    expect(versionOfTag('release', 'release')).toBeNull();
  });

  it('survives writing and reading, whatever the template', () => {
    fc.assert(
      fc.property(
        anyVersion,
        fc.string(),
        fc.string({ maxLength: 5 }),
        fc.stringMatching(/^[a-z@/.-]{0,9}$/),
        (version, before, after, name) => {
          fc.pre(!/[{}]/.test(before + after));
          expect(versionOfTag(`${before}{version}${after}`, tagOf(`${before}{version}${after}`, version, name), name)).toBe(version);
        },
      ),
    );
  });

  it('reads a list in its order, each tag once, and keeps what belongs to the tag', () => {
    const list = ['1.0.0', 'latest', 'v1.1.0', 'core-v9.0.0'].map((name, index) => ({ name, sha: String(index) }));
    expect(readTags(list, ['v{version}', '{version}'])).toEqual([
      { tag: { name: '1.0.0', sha: '0' }, version: '1.0.0' },
      { tag: { name: 'v1.1.0', sha: '2' }, version: '1.1.0' },
    ]);
  });
});

describe('the template that a repository uses', () => {
  it.each<[string, Tag[], string[]]>([
    ['none: the usual one', [], ['v{version}']],
    ['none that is a version: the usual one', tags('latest', 'v1', 'v2', '2024-01-01'), ['v{version}']],
    ['v', tags('v1.0.0', 'v1.1.0', 'v1'), ['v{version}']],
    ['bare', tags('1.0.0', '1.1.0'), ['{version}']],
    ['bare first, v since', tags('1.0.0', '1.1.0', 'v1.2.0'), ['v{version}', '{version}']],
    ['v first, bare since', tags('2.0.0', 'v1.1.0', 'v1.2.0', 'v1.10.0'), ['{version}', 'v{version}']],
    ['a word for releases', tags('release-1.0.0', 'release-1.1.0'), ['release-{version}']],
    ['a word for releases, then v', tags('release/1.0.0', 'release/1.1.0', 'v2.0.0'), ['v{version}', 'release/{version}']],
    ['a name', tags('jquery-1.0.0', 'jquery-1.1.0'), ['jquery-{version}']],
    ['a name glued on', tags('go1.20.1', 'go1.20.2', 'go1.9'), ['go{version}']],
    ['a name that changed its style', tags('cca@1.0.0', 'cca@1.1.0', 'cca-v2.0.0'), ['cca-v{version}', 'cca@{version}']],
    ['a name with a number', tags('log4j-2.17.1', 'log4j-2.17.2'), ['log4j-{version}']],
    ['prereleases', tags('v1.0.0-rc.1', 'v1.0.0-rc.2'), ['v{version}']],
    ['v beside packages', [...many('v', 20), ...many('create-app@', 60), ...many('plugin@', 60)], ['v{version}']],
    ['a few v from before the packages', [...many('v', 2), ...many('create-app@', 60), ...many('plugin@', 61)], ['plugin@{version}']],
    [
      'as many v as a package has, among many packages',
      [...many('v', 3), ...Array.from({ length: 20 }, (_, index) => many(`p${'x'.repeat(index)}@`, 2)).flat()],
      ['v{version}'],
    ],
    ['one package alone', tags('@acme/core@1.0.0', '@acme/core@1.1.0'), ['@acme/core@{version}']],
  ])('%s', (_, list, read) => {
    expect(detectTagTemplate(list)).toEqual({ read, write: read[0] });
  });

  it('tells the newest style by the date where the dates are known, else by the number', () => {
    const moved = [
      { name: '2024.1.0', date: '2024-02-01T00:00:00+02:00' },
      { name: 'v3.0.0', date: '2024-02-01T00:00:00Z' },
      { name: 'v2.0.0', date: '2023-01-01T00:00:00Z' },
    ];
    expect(detectTagTemplate(moved).write).toBe('v{version}');
    expect(detectTagTemplate(moved.map(({ name }) => ({ name, date: null }))).write).toBe('{version}');
    expect(detectTagTemplate(moved.map(({ name }) => ({ name, date: 'yesterday' }))).write).toBe('{version}');
  });

  it.each<[string, string, Tag[], string[]]>([
    ['its own style', 'core', tags('core@1.0.0', 'core@1.1.0', 'cli-v1.0.0'), ['{name}@{version}']],
    ['its own style, changed', 'core', tags('core@1.0.0', 'core-v1.1.0', 'v3.0.0'), ['{name}-v{version}', '{name}@{version}']],
    ['its name without the scope', '@acme/core', tags('core-v1.0.0', 'core-v1.1.0'), ['core-v{version}']],
    ['its folder as Go modules have it', 'sdk', tags('sdk/v1.0.0', 'v1.0.0'), ['{name}/v{version}']],
    ['no tags yet: as its siblings', 'new', tags('core@1.0.0', 'cli@1.0.0', 'v2.0.0'), ['{name}@{version}']],
    ['no tags yet: as its siblings', 'new', tags('core-v1.0.0', 'cli-v1.0.0', 'v2.0.0'), ['{name}-v{version}']],
    ['no tags at all', 'new', [], ['{name}-v{version}']],
    ['no tags at all, scoped', '@acme/new', tags('v1.0.0'), ['{name}@{version}']],
  ])('for a package: %s', (_, name, list, read) => {
    expect(detectTagTemplate(list, name)).toEqual({ read, write: read[0] });
  });

  it('reads every tag it was found by', () => {
    const prefix = fc.constantFrom('v', '', 'V', 'release-', 'rel/v', 'version_');
    fc.assert(
      fc.property(fc.array(fc.tuple(prefix, anyVersion), { minLength: 1, maxLength: 20 }), (pairs) => {
        const list = pairs.map(([before, version]) => ({ name: before + version }));
        const { read, write } = detectTagTemplate(list);
        expect(readTags(list, read).map(({ version }) => version)).toEqual(pairs.map(([, version]) => version));
        expect(read).toContain(write);
      }),
    );
  });

  it.each<[string, Tag[]]>([
    ['of one style', tags('v1.0.0', 'latest', 'v1.1.0-rc.1')],
    ['of several', tags('1.0.0', 'v1.1.0', 'core@1.0.0', 'v1.2.0', 'release-2.0.0')],
    ['of two styles, one with a tag that is of both', tags('1.0.0', '1.0.0+v1.2.3+b', '1.0.0+v1.2.3', '1.0.0+v1.2.4+b')],
    ['of packages', tags('core@1.0.0', 'cli@1.1.0', 'core@1.2.0')],
    ['and names too long to look into', tags('v1.0.0', `v1.0.0-${'a'.repeat(298)}`)],
    ['that are none', tags('latest')],
  ])('comes with the versions of the tags that it reads: %s', (_, list) => {
    for (const name of [undefined, 'core', 'cli', 'new']) {
      const found = detectVersionTags(list, name);
      expect(found.templates).toEqual(detectTagTemplate(list, name));
      const read = found.tags.map(({ tag, version }) => ({ tag, version: version.text }));
      expect(read).toEqual(readTags(list, found.templates.read, name));
    }
  });

  it('is soon found among 12,000 tags, and in hostile ones', () => {
    const list = Array.from({ length: 12_000 }, (_, index) => ({
      name: `v${index % 40}.${index % 300}.${index}`,
      date: '2024-01-01T00:00:00Z',
    }));
    const hostile = ['1-', '1.', '-', '1.1.1-', '@/v', '0'].flatMap((piece) => tags(`${piece.repeat(60)}!`, piece.repeat(20_000)));
    const begins = performance.now();
    expect(detectTagTemplate([...list, ...hostile]).write).toBe('v{version}');
    expect(performance.now() - begins).toBeLessThan(500);
  });
});
