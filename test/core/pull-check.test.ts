// The words of the checks on pull requests and policies, and of the comment about a label: short, plain, and without power for what others wrote.
import { describe, expect, it } from 'vitest';
import { classify } from '../../src/core/classify.ts';
import { parsePolicy, problemLines } from '../../src/core/policy/file.ts';
import {
  type CheckText,
  checkOfAll,
  classifyCommand,
  noPolicyCheck,
  type PreviewedPull,
  policyCheck,
  previewCheck,
  shownOf,
  shownOfPreview,
} from '../../src/core/summary/pull-check.ts';
import { GUARDED_MARK, guardedLabelText } from '../../src/core/summary/settled.ts';

const place = { repository: { host: 'github.com', owner: 'acme', name: 'app' }, classify: '/classify' };

function previewed(titles: Readonly<Record<string, string>>, more: Partial<PreviewedPull> = {}): PreviewedPull {
  const methods = Object.entries(titles).map(([method, title]) => {
    const classification = classify({ title });
    const version = { none: null, patch: '1.0.1', minor: '1.1.0', major: '2.0.0' }[classification.bump];
    return { method, classification, bump: classification.bump, version, objections: [] };
  });
  const agree = new Set(methods.map((one) => one.version)).size <= 1;
  return { number: 5, title: 'it', line: 'main', before: null, methods, agree, remarks: [], ...more };
}

describe('the check of an open pull request', () => {
  it('is about each way to merge it where they differ', () => {
    const check = previewCheck(previewed({ squash: 'fix: it', merge: 'feat: it' }), place);
    expect(check).toMatchObject({ conclusion: 'success', title: 'It depends on the merge: 1.0.1 by squash, 1.1.0 by merge' });
    expect(check.summary).toContain('| squash | maintenance | `1.0.1` |');
    expect(check.summary).toContain('| merge | feature | `1.1.0` |');
    expect(shownOfPreview(previewed({ squash: 'fix: it', merge: 'feat: it' }))).toBe('feature');
  });

  it('says nothing where there is no way to merge', () => {
    expect(previewCheck(previewed({}), place)).toMatchObject({ conclusion: 'neutral', title: 'It cannot be merged here' });
  });

  it('names no number where the line is held back by something else', () => {
    const { methods, ...rest } = previewed({ squash: 'feat: it' });
    const held = { ...rest, methods: methods.map((one) => ({ ...one, version: null })) };
    expect(previewCheck(held, place)).toMatchObject({ conclusion: 'success', title: 'feature · minor' });
  });

  it('shows no power of a hostile title', () => {
    const title = '</details> @everyone ![x](https://evil.example/x) `/release publish` | <!-- shiplock:begin';
    const { summary } = previewCheck(previewed({ squash: title }, { title }), place);
    expect(summary).not.toMatch(/<\/details>|<!--|(?<!`)@everyone|!\[x\]\(/);
  });
});

it('a verdict is one word', () => {
  expect(['feat!: x', 'feat: x', 'fix: x', 'ci: x'].map((title) => shownOf(classify({ title })))).toEqual([
    'breaking',
    'feature',
    'maintenance',
    'none',
  ]);
  expect(shownOf(classify({ title: 'feat: x', labels: ['bug'] }))).toBe('disputed');
});

describe('one check for several pull requests', () => {
  const check = (conclusion: CheckText['conclusion']): CheckText => ({ conclusion, title: `is ${conclusion}`, summary: 'Because.' });

  it('of one it is its own', () => {
    expect(checkOfAll([{ number: 1, base: 'main', check: check('success') }])).toEqual(check('success'));
  });

  it.each([
    [['success', 'neutral', 'action_required', 'failure'], 'failure', '#4 into b4: is failure'],
    [['success', 'action_required', 'action_required'], 'action_required', '#2 into b2: is action_required'],
    [['neutral', 'success'], 'neutral', '#1 into b1: is neutral'],
  ] as const)('of %j it is the worst, in any order', (conclusions, worst, title) => {
    const pulls = conclusions.map((one, index) => ({ number: index + 1, base: `b${index + 1}`, check: check(one) }));
    const all = checkOfAll(pulls);
    expect(all).toMatchObject({ conclusion: worst, title });
    expect(checkOfAll(pulls.toReversed())).toEqual(all);
    for (const { number, base } of pulls) expect(all.summary).toContain(`# Into \`${base}\` by #${number}: is `);
  });
});

describe('a policy with problems', () => {
  const parsed = parsePolicy('version: 1\nrelease:\n  mood: "<img src=x>"\nlines: 5\n');
  const lines = parsed.ok ? [] : problemLines(parsed.problems, '.github/shiplock.yml');

  it('is told with each place', () => {
    const check = policyCheck('.github/shiplock.yml', lines);
    expect(check).toMatchObject({ conclusion: 'failure', title: '.github/shiplock.yml has problems, so nothing is released' });
    expect(check.summary).toContain('- .github/shiplock.yml:3:3: release.mood');
    expect(check.summary).toContain('- .github/shiplock.yml:4:8: lines');
    expect(check.summary).not.toContain('<img');
    expect(noPolicyCheck('.github/shiplock.yml', lines).summary).toContain('- .github/shiplock.yml:4:8: lines');
  });

  it('with very many, some are counted', () => {
    const many = Array.from({ length: 60 }, (_, index) => `p:${index}:1: odd`);
    expect(policyCheck('p', many).summary).toContain('- …and 10 more');
  });
});

describe('the comment about a label', () => {
  it.each([
    [true, 'I took the label `release: none` off again', '`/classify none`'],
    [false, 'I put the label `release: none` on again', '`/classify maintenance`'],
  ])('added %s', (added, what, how) => {
    const text = guardedLabelText({ label: 'release: none', by: 'eve', added, classify: classifyCommand('') });
    expect(text.startsWith(GUARDED_MARK)).toBe(true);
    expect(text).toContain(what);
    expect(text).toContain(how);
    expect(text).toContain('`eve` does not have it here');
  });

  it('with a prefix the command has it', () => {
    expect(guardedLabelText({ label: 'release: none', by: 'eve', added: true, classify: classifyCommand('ship') })).toContain(
      '`/ship classify none`',
    );
  });
});
