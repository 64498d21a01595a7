// What answers say: in words that nobody else's text can turn into something else, and that hold what people need to go on.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BackportOf, backportBody, byHandText, noSuchLineText, openedText } from '../../src/core/answer/backport.ts';
import { type Answered, answerMark, answerText, withoutCommands } from '../../src/core/answer/page.ts';
import { planAnswer } from '../../src/core/answer/plan.ts';
import {
  cannotReleaseAsText,
  draftedText,
  movedText,
  notMergedText,
  publishedText,
  unpublishedText,
} from '../../src/core/answer/publish.ts';
import { policyText, troubleText } from '../../src/core/answer/refusal.ts';
import { labelTakenText } from '../../src/core/answer/settle.ts';
import type { Change } from '../../src/core/change.ts';
import { classify } from '../../src/core/classify.ts';
import type { PlannedRelease } from '../../src/core/plan-json.ts';
import { isExpected, lastShown, readShown, type Shown } from '../../src/core/shown.ts';
import { hostileText, leaksOf, parseMarkdown, shapeOf } from '../support/markdown.ts';

const SHA = 'a'.repeat(40);
const REPOSITORY = { host: 'github.com', owner: 'acme', name: 'app' };
const BASE = 'https://github.com/acme/app';

function changeOf(title: string, pr: number | null = 7): Change {
  return {
    sha: SHA,
    pr,
    title,
    subject: title,
    scope: null,
    classification: classify({ title }),
    authors: [{ name: 'Ada' }],
    references: [],
    advisories: [],
    dependency: null,
    upgrade: [],
    pickedFrom: [],
    packages: [],
  };
}

function plannedOf(titles: readonly string[], says: readonly string[] = []): PlannedRelease {
  return {
    line: 'main',
    package: null,
    since: { tag: 'v1.0.0', version: '1.0.0', sha: SHA },
    kind: 'maintenance',
    bump: 'patch',
    version: '1.0.1',
    tag: 'v1.0.1',
    prerelease: false,
    latest: true,
    because: says,
    changes: titles.map((title) => changeOf(title)),
    excluded: titles.map((title) => ({ sha: SHA, pr: null, title, code: 'no-release', says: `"${title}" asks for none` })),
    objections: says.map((one) => ({ code: 'disputed', says: one })),
    alarms: [],
    notes: '',
    head: SHA,
    remarks: says,
  };
}

const SHOWN: Shown = { head: SHA, version: '1.0.1', tag: 'v1.0.1', where: 'draft', at: '2026-01-01T00:00:00Z', pull: null };

/** Every sentence that holds words of others, made of one text. */
const SAYINGS: Readonly<Record<string, (text: string) => string>> = {
  'a plan': (text) => planAnswer({ planned: plannedOf([text, 'fix: x'], [text]), repository: REPOSITORY, next: '' }),
  'what moved': (text) =>
    movedText({
      shown: { ...SHOWN, tag: text },
      planned: { version: text, head: 'b'.repeat(40), line: text },
      between: [{ pr: 7, sha: SHA, title: text }],
      base: BASE,
      command: '/release publish',
    }),
  'what is out': (text) => publishedText(text, `${BASE}/releases/tag/${text}`, [text]),
  'what could not be published': (text) => unpublishedText([text]),
  'a draft': (text) => draftedText({ name: text, url: `${BASE}/releases/1`, kind: 'draft' }, { line: text, since: text, held: [text] }),
  'a version that cannot be': (text) => cannotReleaseAsText(text, [text]),
  'why GitHub did not merge': (text) => notMergedText(7, text),
  'a line that is none': (text) => noSuchLineText(text, [text], text, text),
  'a backport': (text) => openedText(7, { number: 7, url: `${BASE}/pull/7`, line: text, objections: [text] }),
  'what to do by hand': (text) => byHandText(text, { number: 7, title: text, line: text, commits: [SHA], merge: false, base: BASE }),
  'what a backport is': (text) => backportBody({ number: 7, line: text, commits: [], comment: 1, by: text }),
  'a policy’s problems': (text) => policyText('.github/shiplock.yml', [text]),
  trouble: (text) => troubleText(text),
  'a label': (text) => labelTakenText(text),
};

const OURS = [BASE, '#7'];
const OUR_HTML =
  /^html: (?:<\/?(?:details|summary)>|<summary>(?:Why|Release notes)<\/summary>|<details>\n<summary>[\w ]+<\/summary>|<!-- shiplock:backport 1 -->)\s*$/;

describe('S-17: in every answer, text from others', () => {
  it.each(Object.entries(SAYINGS))('%s: neither pings, links, hides nor commands', (_, say) => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const answers: Answered[] = [{ text: null, done: true, says: say(text) }];
        const page = answerText(9, 'ada', answers).replace(`${answerMark(9)}\n@ada`, '');
        expect(leaksOf(page, OURS).filter((leak) => !OUR_HTML.test(leak))).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('of a command is quoted as code, and its author is mentioned once', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const page = answerText(9, 'ada', [
          { text: `/hold production ${text}`, done: true, says: 'It is held.' },
          { text: `/unhold ${text}`, done: false, says: 'It is not.' },
        ]);
        expect(leaksOf(page.replace(`${answerMark(9)}\n@ada`, ''))).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('cannot end the mark that an answer is found by', () => {
    const page = answerText(9, 'x --> @all', [{ text: null, done: true, says: 'Done.' }]);
    expect(page.startsWith('<!-- shiplock:answer 9 -->\n')).toBe(true);
    expect(leaksOf(page).filter((leak) => !leak.startsWith('html: <!-- shiplock:answer 9 -->'))).toEqual([]);
  });
});

describe('an answer', () => {
  it.each([
    ['/release publish', '&#47;release publish'],
    ['  /release publish\n\t/x', '  &#47;release publish\n\t&#47;x'],
    ['see /release publish', 'see /release publish'],
  ])('never begins a line with a slash: %j', (text, expected) => {
    expect(withoutCommands(text)).toBe(expected);
  });

  it('begins its own block where it is one', () => {
    const page = answerText(9, 'ada', [{ text: null, done: true, says: '### Heading' }]);
    expect(shapeOf(parseMarkdown(page))).toBe('root(html()paragraph()heading())');
  });

  it('fits into a comment, whatever it holds', () => {
    const titles = Array.from({ length: 2_000 }, (_, index) => `fix: number ${index} ${'x'.repeat(60)}`);
    const says = planAnswer({ planned: { ...plannedOf(titles), notes: 'n'.repeat(120_000) }, repository: REPOSITORY, next: 'Next.' });
    expect(says.length).toBeLessThanOrEqual(60_000);
    expect(says).toContain('…and 1900 more');
    expect(says).toContain('Next.');
    const long = answerText(9, 'ada', [{ text: null, done: true, says: `${'word '.repeat(20)}\n`.repeat(900) }]);
    expect(long.length).toBeLessThan(65_536);
    expect(long.endsWith('…')).toBe(true);
  });
});

describe('commands to run by hand', () => {
  const by = { number: 7, title: 'fix: x', commits: [SHA, 'b'.repeat(40)], base: BASE };

  it.each([
    ['1.x', false, `git cherry-pick -x ${SHA} ${'b'.repeat(40)}\n`, 'git switch -c backport/7-to-1.x origin/1.x\n'],
    ['1.x', true, `git cherry-pick -x -m 1 ${SHA}`, 'git push -u origin backport/7-to-1.x\n'],
    ["$(rm -rf ~)'`", false, 'git cherry-pick', "git switch -c 'backport/7-to-$(rm -rf ~)'\\''`' 'origin/$(rm -rf ~)'\\''`'\n"],
  ])('S-15: for %s (a merge: %s) hold nothing that a shell would take for more than a word', (line, merge, picks, branch) => {
    const says = byHandText('It conflicts.', { ...by, line, merge });
    expect(says).toContain(picks);
    expect(says).toContain(branch);
  });

  it('link the page that opens the pull request', () => {
    expect(byHandText('It conflicts.', { ...by, line: 'old/1.x (lts)', merge: false })).toContain(
      `(${BASE}/compare/old/1.x%20%28lts%29...backport/7-to-old/1.x%20%28lts%29?expand=1)`,
    );
  });

  it('a backport names each commit as git and the plan read it', () => {
    const of: BackportOf = { number: 7, line: '1.x', commits: [SHA, 'b'.repeat(40)], comment: 5, by: 'ada' };
    expect(backportBody(of)).toMatch(/\n\(cherry picked from commit a{40}\)\n\(cherry picked from commit b{40}\)$/);
  });
});

describe('what was last shown', () => {
  const at = (time: string | null, more: Partial<Shown> = {}): Shown => ({ ...SHOWN, at: time, ...more });
  const COMMENT = '2026-01-01T10:00:00Z';

  it.each([
    ['nothing', [], null],
    ['before', [at('2026-01-01T09:59:59Z', { version: '1' })], '1'],
    ['in the same second', [at(COMMENT)], null],
    ['after', [at('2026-01-01T10:00:01Z')], null],
    ['nobody knows when', [at(null), at('soon')], null],
    ['twice: the newer', [at('2026-01-01T08:00:00Z', { version: '1' }), at('2026-01-01T09:00:00Z', { version: '2' })], '2'],
    ['with another zone', [at('2026-01-01T10:30:00+01:00', { version: '1' })], '1'],
    ['before and after', [at('2026-01-01T08:00:00Z', { version: '1' }), at('2026-01-01T11:00:00Z', { version: '2' })], '1'],
  ])('%s', (_, shown, version) => {
    expect(lastShown(shown, COMMENT)?.version ?? null).toBe(version);
  });

  it('is nothing for a comment whose time cannot be read', () => {
    expect(lastShown([at('2026-01-01T08:00:00Z')], 'yesterday')).toBeNull();
  });

  it.each([
    ['the same', { version: '1.0.1', head: SHA }, true],
    ['another version', { version: '1.1.0', head: SHA }, false],
    ['another head', { version: '1.0.1', head: 'b'.repeat(40) }, false],
  ])('%s', (_, expected, is) => {
    expect(isExpected({ plan: { version: '1.0.1', objections: [] }, head: SHA }, expected)).toBe(is);
    expect(isExpected({ plan: { version: '1.0.1', objections: ['no'] }, head: SHA }, expected)).toBe(false);
    expect(isExpected({ plan: { version: null, objections: [] }, head: SHA }, expected)).toBe(false);
  });

  it.each([
    ['as it was written', { where: 'plan', head: SHA, version: '1', tag: 'v1', at: COMMENT, pull: { number: 2, head: SHA } }, 2],
    ['without a pull request', { where: 'plan', head: SHA, version: '1', tag: 'v1', at: COMMENT, pull: null }, null],
    ['of a draft', { where: 'draft', head: SHA, version: '1', tag: 'v1', at: 5 }, undefined],
    ['as something else', 'plan', undefined],
    ['as nothing', null, undefined],
  ])('a note %s is read, or is none', (_, body, pull) => {
    const read = readShown(body);
    expect(read === null ? undefined : (read.pull?.number ?? null)).toBe(pull);
  });
});
