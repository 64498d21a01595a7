// Conventional Commits 1.0.0 (https://www.conventionalcommits.org/en/v1.0.0/#specification), its sixteen rules, one assertion each.
import { describe, expect, it } from 'vitest';
import { classify } from '../../src/core/classify.ts';
import { readMessage } from '../../src/core/message.ts';

const bump = (title: string, body?: string) => classify(body === undefined ? { title } : { title, body }).bump;

describe('Conventional Commits 1.0.0', () => {
  it('1: a type, an optional scope, an optional !, then a colon and a space', () => {
    expect(readMessage('feat(parser)!: read arrays').statements).toEqual([
      { type: 'feat', scope: 'parser', breaking: true, subject: 'read arrays', where: 'header' },
    ]);
    expect(readMessage('feat:read arrays').statements).toEqual([]);
  });
  it('2: feat is a feature', () => expect(bump('feat: read arrays')).toBe('minor'));
  it('3: fix is maintenance', () => expect(bump('fix: read empty arrays')).toBe('patch'));
  it('4: a scope is a noun in parentheses after the type', () => expect(readMessage('fix(parser): x').statements[0]?.scope).toBe('parser'));
  it('5: the description follows the colon and space', () =>
    expect(readMessage('fix: array parsing issue').subject).toBe('array parsing issue'));
  it('6: a body may follow after one blank line', () => expect(bump('fix: x', '\nmore about it')).toBe('patch'));
  it('7: a body is free form, of any number of paragraphs', () => expect(bump('fix: x', '\none\n\ntwo: three\n\nfour')).toBe('patch'));
  it('8: footers follow after one blank line', () => {
    const message = readMessage('fix: x', '\nbody\n\nReviewed-by: Z\nRefs: #123\nRelease-As: 2.0.0');
    expect(message.releaseAs).toBe('2.0.0');
    expect(message.references).toMatchObject([{ number: 123 }]);
  });
  it('9: a footer token has hyphens for spaces, BREAKING CHANGE excepted', () => {
    expect(readMessage('fix: x', '\nCo-authored-by: A B <a@b.c>').coAuthors).toEqual([{ name: 'A B', email: 'a@b.c' }]);
  });
  it('10: a footer value may have spaces and newlines, and ends at the next footer', () => {
    const body = '\nBREAKING CHANGE: the first line\nand the second\n\nand a paragraph\nReviewed-by: Z';
    expect(readMessage('feat: x', body).breaking).toEqual(['the first line\nand the second\n\nand a paragraph']);
  });
  it('11: a breaking change is in the prefix or in a footer', () => {
    expect([bump('feat!: x'), bump('feat: x', '\nBREAKING CHANGE: y')]).toEqual(['major', 'major']);
  });
  it('12: as a footer it is BREAKING CHANGE, a colon, a space and a description', () => {
    expect(readMessage('chore: x', '\nBREAKING CHANGE: env wins').breaking).toEqual(['env wins']);
  });
  it('13: as a prefix it is ! before the colon, of any type', () => {
    expect(bump('chore(deps)!: drop Node 18')).toBe('major');
    expect(classify({ title: 'refactor!: x' })).toMatchObject({ kind: 'feature', breaking: true });
  });
  it('14: other types may be used', () => expect(bump('docs: update the guide')).toBe('none'));
  it('15: no case matters, but BREAKING CHANGE is in capitals', () => {
    expect([bump('FEAT: x'), bump('Feat: x'), bump('fIx: x')]).toEqual(['minor', 'minor', 'patch']);
    const lower = classify({ title: 'fix: x', body: '\nbreaking change: y' });
    expect(lower.bump).toBe('patch');
    expect(lower.because.map((one) => one.says).join()).toContain('in capitals');
  });
  it('16: BREAKING-CHANGE means the same as BREAKING CHANGE', () => expect(bump('fix: x', '\nBREAKING-CHANGE: y')).toBe('major'));
});

describe('where release tools differ, ours is', () => {
  it.each([
    ['feat!: x', '', 'major'],
    ['feat(api)!: x', '', 'major'],
    ['feat: x', '\nBREAKING CHANGE: y', 'major'],
    ['fix: x', '\nBREAKING-CHANGE: y', 'major'],
    ['fix: x', '\nbreaking change: y', 'patch'],
    ['fix: x', '\nWrite BREAKING CHANGE: when it breaks', 'patch'],
    ['feat: x', '\nSELECT\nMIN(COALESCE(a, b))\nFROM t', 'minor'],
    ['feat: a (#1)', '\n* feat!: b\n\n* fix: c', 'major'],
    ['FEAT: x', '', 'minor'],
    ['Feat: x', '', 'minor'],
    ['feat:x', '', 'none'],
    ['Revert "feat: add x"', '\nThis reverts commit 0123456789abcdef.', 'patch'],
    ['✨ feat: x', '', 'minor'],
    [':sparkles: feat: x', '', 'minor'],
    ['feat: x', '\n---------\n\nBREAKING CHANGE: y', 'major'],
    ['fix: a', '\nfeat: b', 'minor'],
    ['fix (jsx/dom): keep it', '', 'patch'],
    ['chore: x', '\nBREAKING CHANGE: none', 'patch'],
  ])('%j with body %j is %s', (title, body, expected) => {
    expect(bump(title, body)).toBe(expected);
  });

  it('a Release-As in the middle of a squash body is honoured', () => {
    expect(readMessage('feat: a (#2)', '\n* feat: b\n\nRelease-As: 3.0.0\n\n* fix: c').releaseAs).toBe('3.0.0');
  });

  it('a title without the space is not conventional, and a hint says so', () => {
    expect(classify({ title: 'feat:x' }).status).toBe('disputed');
    expect(
      classify({ title: 'feat:x' })
        .because.map((one) => one.says)
        .join(),
    ).toContain('no space after the colon');
  });

  it('the commits that a dependency bot quotes in its body are another project’s', () => {
    const body = `\nBumps [x](https://github.com/x/x) from 1.0.0 to 2.0.0.\n<details>\n<summary>Commits</summary>\n\n* feat!: theirs\n</details>\n`;
    expect(classify({ title: 'build(deps): bump x from 1.0.0 to 2.0.0', body })).toMatchObject({ bump: 'patch', subkind: 'dependency' });
  });

  it('an override block stands for the whole message', () => {
    const body = '\nBEGIN_COMMIT_OVERRIDE\nfix: really a fix\nEND_COMMIT_OVERRIDE';
    expect(classify({ title: 'feat: x', body }).bump).toBe('patch');
  });
});
