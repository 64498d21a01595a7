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

  it('are read from any text, and soon', () => {
    fc.assert(fc.property(fc.string(), (text) => Array.isArray(readOwners(text))));
    const since = performance.now();
    for (const one of ['*', '/', '\\', '@', '#', '[', '**/']) ownersOf(readOwners(`${one.repeat(20_000)} @a`), ['a/b/c.ts']);
    expect(performance.now() - since).toBeLessThan(1_000);
  });
});
