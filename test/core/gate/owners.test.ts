// CODEOWNERS as GitHub documents it: the last rule that matches counts.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ownersOf, readOwners } from '../../../src/core/gate/owners.ts';

/** The example of docs.github.com, "About code owners". */
const DOCUMENTED = `# This is a comment.
*       @global-owner1 @global-owner2
*.js    @js-owner #This is an inline comment.
*.go docs@example.com
*.txt @octo-org/octocats
/build/logs/ @doctocat
docs/* docs@example.com @docs-owner
apps/ @octocat
/docs/ @doctocat
/scripts/ @doctocat @octocat
**/logs @octocat-logs
/apps/ @octocat-apps
/apps/github
`;

describe('owners', () => {
  const rules = readOwners(DOCUMENTED);
  it.each([
    ['README.md', ['@global-owner1', '@global-owner2']],
    ['src/a.js', ['@js-owner']],
    ['main.go', []],
    ['notes.txt', ['@octo-org/octocats']],
    ['build/logs/today/a.bin', ['@octocat-logs']],
    ['docs/a/b.md', ['@doctocat']],
    ['scripts/run', ['@doctocat', '@octocat']],
    ['deep/logs/x.bin', ['@octocat-logs']],
    ['apps/web/x', ['@octocat-apps']],
    ['lib/apps/x', ['@octocat']],
    ['apps/github/x', []],
  ])('of %s are %j', (file, owners) => {
    expect([...ownersOf(rules, [file])].sort()).toEqual(owners);
  });

  it('of several files are those of any', () => {
    expect([...ownersOf(rules, ['a.js', 'b.txt'])].sort()).toEqual(['@js-owner', '@octo-org/octocats']);
    expect(ownersOf(rules, []).size).toBe(0);
    expect(ownersOf([], ['a.js']).size).toBe(0);
  });

  it('`docs/*` is what lies in the folder, no deeper; names are without case, spaces escaped', () => {
    const some = readOwners('docs/* @In\r\n/a\\ b.txt @Space\n! @no\n[ab] @no\n');
    expect([...ownersOf(some, ['docs/a.md'])]).toEqual(['@in']);
    expect(ownersOf(some, ['docs/a/b.md', 'a', 'x/docs/a.md']).size).toBe(0);
    expect([...ownersOf(some, ['a b.txt'])]).toEqual(['@space']);
  });

  it.each<[string, string, string, readonly string[]]>([
    ['words apart by tabs, and any space around them', ' \t*.js\t @a \t@b ', '*.js', ['@a', '@b']],
    ['no word of a comment', '*.js @a # @b', '*.js', ['@a']],
    ['a `#` within a name', 'c#/ @a#b @c', 'c#/', ['@c']],
    ['a backslash that nothing follows', 'docs\\', 'docs\\', []],
    ['a file that is called like an owner', '@acme @a', '@acme', ['@a']],
    ['no address, no team within a team, and nothing that only begins like an owner', '* a@b.c @a/b/c @a! @a, @.b-c_d', '*', ['@.b-c_d']],
  ])('in a line: %s', (_, line, pattern, owned) => {
    expect(readOwners(line)).toEqual([{ pattern, owners: owned }]);
  });

  it.each<[string, string, readonly string[], readonly string[]]>([
    ['`/` is everything', '/', ['a', 'b/c'], []],
    ['`/*` is what lies at the top, no deeper', '/*', ['a'], ['b/c', 'b/c/d']],
    ['`*` is everything', '*', ['a', 'b/c'], []],
    ['`docs/**/*` is all that is in the folder, however deep', 'docs/**/*', ['docs/a', 'docs/a/b'], ['a']],
    ['a slash too many changes nothing', '//docs//', ['docs/a', 'docs/a/b'], ['a/docs/b', 'docs']],
    ['a folder’s name without a slash before it is at home everywhere', 'docs/', ['docs/a', 'a/docs/b'], ['docs']],
  ])('%s', (_, pattern, mine, others) => {
    const rule = readOwners(`${pattern} @a`);
    expect([...mine, ...others].filter((file) => ownersOf(rule, [file]).has('@a'))).toEqual(mine);
  });

  it('are those of the first 5,000 rules, which is more than anybody has', () => {
    expect(readOwners('* @a\n'.repeat(5_001))).toHaveLength(5_000);
  });

  it('are read from any text, and soon', () => {
    fc.assert(fc.property(fc.string(), (text) => Array.isArray(readOwners(text))));
    const since = performance.now();
    for (const one of ['*', '/', '\\', '@', '#', '[', '**/']) ownersOf(readOwners(`${one.repeat(20_000)} @a`), ['a/b/c.ts']);
    expect(performance.now() - since).toBeLessThan(1_000);
  });
});
