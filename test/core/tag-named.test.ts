// Which release is meant by a tag, by a package and a version, or by a version alone.
import { describe, expect, it } from 'vitest';
import { releaseTags, tagNamed } from '../../src/core/tag-named.ts';

const core = { name: 'core', path: 'packages/core', tag: null };
const cli = { name: '@acme/cli', path: 'packages/cli', tag: '{name}@{version}' };
const tags = (...names: string[]) => names.map((name) => ({ name }));
const MONO = tags('v1.0.0', 'v2.0.0', 'core-v1.1.0', 'core-v1.2.0', '@acme/cli@1.2.0', '@acme/cli@3.0.0', 'nightly', 'v1');

function named(text: string, given = MONO, packages = [core, cli], tag: string | null = 'v{version}'): string | null {
  const found = tagNamed(given, { packages, release: { tag } }, text);
  if (found === null) return null;
  return 'several' in found ? `several: ${found.several.map(({ name }) => name).join(' ')}` : `${found.tag.name} ${found.package}`;
}

describe('a release is named', () => {
  it.each<[string, string, string | null]>([
    ['by its tag', 'core-v1.1.0', 'core-v1.1.0 core'],
    ['by the tag of the repository', 'v2.0.0', 'v2.0.0 null'],
    ['by a scoped tag', '@acme/cli@3.0.0', '@acme/cli@3.0.0 @acme/cli'],
    ['by a package and a version', 'core@1.2.0', 'core-v1.2.0 core'],
    ['by a package and a version with its letter', 'core@v1.2.0', 'core-v1.2.0 core'],
    ['by a version that one package has', '1.1.0', 'core-v1.1.0 core'],
    ['not by a version that several have', '1.2.0', 'several: core-v1.2.0 @acme/cli@1.2.0'],
    ['not by a package that is none', 'web@1.2.0', null],
    ['not by a version that its package never had', 'core@9.0.0', null],
    ['not by a tag that no pattern writes', 'nightly', null],
    ['not by a tag that is no strict version', 'v1', null],
    ['not by an empty word', '', null],
  ])('%s: %s', (_, text, expected) => {
    expect(named(text)).toBe(expected);
  });

  it('elsewhere where the repository has that version itself', () => {
    expect(named('2.0.0')).toBeNull();
    expect(named('1.0.0', tags('v1.0.0', 'core-v1.0.0'))).toBeNull();
  });

  it('by a tag even without packages, and by no other pattern', () => {
    expect(named('release-1.0.0', tags('release-1.0.0'), [], null)).toBe('release-1.0.0 null');
    expect(named('core-v1.2.0', MONO, [])).toBeNull();
  });

  it('with all of the same package beside it, the highest first', () => {
    const found = tagNamed(MONO, { packages: [core, cli], release: { tag: 'v{version}' } }, 'core-v1.1.0');
    expect(found).toMatchObject({ version: '1.1.0', siblings: [{ tag: { name: 'core-v1.2.0' } }, { tag: { name: 'core-v1.1.0' } }] });
  });
});

it('all tags that are releases can be told', () => {
  expect(releaseTags(MONO, { packages: [core], release: { tag: 'v{version}' } })).toEqual([
    'v2.0.0',
    'v1.0.0',
    'core-v1.2.0',
    'core-v1.1.0',
  ]);
});
