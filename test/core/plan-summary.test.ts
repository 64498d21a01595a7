// The page that people read in a workflow's summary: what it says, that nothing others wrote gets out of its place, and that it fits.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Change, Classification } from '../../src/core/change.ts';
import type { PlannedRelease } from '../../src/core/plan-json.ts';
import { SUMMARY_LIMIT } from '../../src/core/summary/page.ts';
import { planHeadline, planSentence, planSummary } from '../../src/core/summary/plan.ts';
import { shaOf } from '../support/commits.ts';
import { hostileText, leaksOf, type Node, nodesOf, parseMarkdown } from '../support/markdown.ts';

const REPOSITORY = { host: 'github.com', owner: 'acme', name: 'lock' };
const OURS = ['https://github.com/acme/lock/'];

function changeOf(title: string, classification: Partial<Classification> = {}, more: Partial<Change> = {}): Change {
  return {
    sha: shaOf('aa'),
    pr: 7,
    title,
    subject: title,
    scope: null,
    classification: {
      status: 'classified',
      kind: 'maintenance',
      subkind: 'bug',
      breaking: false,
      bump: 'patch',
      section: 'bug',
      because: [{ source: 'title', kind: 'maintenance', breaking: false, says: '`fix: …` means bug' }],
      ...classification,
    },
    authors: [],
    references: [],
    advisories: [],
    dependency: null,
    upgrade: [],
    pickedFrom: [],
    packages: [],
    ...more,
  };
}

const FEATURE: Partial<Classification> = { kind: 'feature', subkind: null, bump: 'minor', section: 'feature' };

function planOf(more: Partial<PlannedRelease> = {}): PlannedRelease {
  return {
    line: 'main',
    package: null,
    since: { tag: 'v1.2.3', version: '1.2.3', sha: shaOf('base') },
    kind: 'feature',
    bump: 'minor',
    version: '1.3.0',
    tag: 'v1.3.0',
    prerelease: false,
    latest: true,
    because: ['1.2.3 raised by a minor release is 1.3.0.'],
    changes: [changeOf('feat: open the gate', FEATURE)],
    excluded: [],
    objections: [],
    alarms: [],
    notes: '### Features\n\n- open the gate',
    head: shaOf('aa'),
    remarks: [],
    ...more,
  };
}

const NOTHING: Partial<PlannedRelease> = { kind: 'none', bump: 'none', version: null, tag: null, changes: [], because: [] };
const OBJECTION = { code: 'disputed', says: '#7 "x": a label says bug; but the title says breaking.' } as const;

const pageOf = (planned: PlannedRelease, limit?: number) =>
  planSummary({ planned, repository: REPOSITORY, ...(limit === undefined ? {} : { limit }) });

function tablesOf(page: string): Node[] {
  return nodesOf(parseMarkdown(page)).filter((node) => node.type === 'table');
}

function textOf(node: Node): string {
  return node.value ?? (node.children ?? []).map(textOf).join('');
}

function rowsOf(table: Node | undefined): string[][] {
  return (table?.children ?? []).map((row) => (row.children ?? []).map(textOf));
}

describe('the headline', () => {
  it.each<[string, Partial<PlannedRelease>]>([
    ['Feature release 1.3.0', {}],
    ['Maintenance release 1.2.4', { kind: 'maintenance', bump: 'patch', version: '1.2.4' }],
    ['Feature prerelease 1.3.0-rc.1', { version: '1.3.0-rc.1', prerelease: true }],
    ['Feature release 1.3.0 held back', { objections: [OBJECTION] }],
    ['Feature release held back', { version: null, tag: null, objections: [OBJECTION] }],
    ['Release held back', { ...NOTHING, objections: [OBJECTION] }],
    ['Nothing to release', NOTHING],
  ])('is "%s"', (expected, more) => {
    expect(planHeadline(planOf(more))).toBe(expected);
    expect(pageOf(planOf(more))).toMatch(new RegExp(`^## ${expected.replaceAll('.', '\\.')}\n`));
  });
});

describe('the sentence', () => {
  const breaking = changeOf('feat!: x', { ...FEATURE, breaking: true, bump: 'major' });
  it.each<[string, Partial<PlannedRelease>]>([
    ['1 change since v1.2.3 on main: a minor bump, tag v1.3.0.', {}],
    ['1 change on main, and no release before: a minor bump, tag v0.1.0.', { since: null, tag: 'v0.1.0', version: '0.1.0' }],
    [
      '2 changes since v1.2.3 on main: a major bump with 1 breaking change, tag v2.0.0.',
      { bump: 'major', tag: 'v2.0.0', changes: [breaking, changeOf('fix: y')] },
    ],
    ['1 change since v1.2.3 on 1.x: a minor bump, tag v1.3.0, not the latest release.', { line: '1.x', latest: false }],
    ['No changes since v1.2.3 on main.', NOTHING],
    [
      '1 change since v1.2.3 on main; none asks for a release.',
      { ...NOTHING, changes: [changeOf('docs: x', { kind: 'none', subkind: null, bump: 'none' })] },
    ],
    ['1 change since v1.2.3 on main.', { ...NOTHING, changes: [changeOf('fix: x')], objections: [OBJECTION] }],
  ])('is "%s"', (expected, more) => {
    expect(planSentence(planOf(more))).toBe(expected);
  });
});

describe('the page', () => {
  it('lists each change with its kind, where it is from and why, what matters most first', () => {
    const page = pageOf(
      planOf({
        changes: [
          changeOf('docs: tell', { kind: 'none', subkind: null, bump: 'none' }, { pr: null, sha: shaOf('bb') }),
          changeOf('fix: mend'),
          changeOf('feat: open', FEATURE, { pr: 8 }),
          changeOf('fix: forged keys', { subkind: 'security' }),
          changeOf('feat!: drop', { ...FEATURE, breaking: true }),
          changeOf('What is it', {
            status: 'disputed',
            because: [
              ...changeOf('').classification.because,
              { source: 'label', kind: 'feature', breaking: false, says: 'label "x" means feature' },
            ],
          }),
        ],
      }),
    );
    expect(rowsOf(tablesOf(page)[0])).toEqual([
      ['Kind', 'Change', 'From', 'Why'],
      ['disputed', 'What is it', '#7', 'fix: … means bug; but label "x" means feature'],
      ['breaking', 'feat!: drop', '#7', 'fix: … means bug'],
      ['maintenance (security)', 'fix: forged keys', '#7', 'fix: … means bug'],
      ['feature', 'feat: open', '#8', 'fix: … means bug'],
      ['maintenance (bug)', 'fix: mend', '#7', 'fix: … means bug'],
      ['no release', 'docs: tell', shaOf('bb').slice(0, 7), 'fix: … means bug'],
    ]);
    expect(page).toContain('[#8](https://github.com/acme/lock/pull/8)');
    expect(page).toContain(`](https://github.com/acme/lock/commit/${shaOf('bb')})`);
  });

  it('links nothing where the repository is not known', () => {
    const page = planSummary({
      planned: planOf({ changes: [changeOf('fix: x'), changeOf('fix: y', {}, { pr: null })] }),
      repository: null,
    });
    expect(nodesOf(parseMarkdown(page)).filter((node) => node.type === 'link')).toEqual([]);
    expect(rowsOf(tablesOf(page)[0]).map((row) => row[2])).toEqual(['From', '#7', shaOf('aa').slice(0, 7)]);
  });

  it("shows what objects, what alarms and what was assumed as GitHub's alerts", () => {
    const page = pageOf(
      planOf({
        objections: [OBJECTION, { code: 'outside-range', says: '2.0.0 is outside of 1.x.' }],
        alarms: [{ code: 'release-without-tag', says: 'No tag v1.2.9 exists.' }],
        remarks: ['topic is no release line.'],
      }),
    );
    expect(page).toContain('> [!CAUTION]\n> **2 objections hold this release back.**\n>\n> - ');
    expect(page).toContain('> - 2.0.0 is outside of 1.x.');
    expect(page).toContain('> [!WARNING]\n> **Look at this before you release.**\n>\n> No tag v1.2.9 exists.');
    expect(page).toContain('> [!NOTE]\n> **This was assumed.**\n>\n> topic is no release line.');
    expect(pageOf(planOf())).not.toContain('[!');
  });

  it('folds what was left out and the notes', () => {
    const page = pageOf(
      planOf({ excluded: [{ sha: shaOf('cc'), pr: 9, title: 'docs: x', code: 'no-release', says: '`docs: …` means none' }] }),
    );
    expect(page).toMatch(/<details>\n<summary>1 change left out<\/summary>\n\n\| Change[\s\S]*docs: x[\s\S]*\n\n<\/details>/);
    expect(page).toContain('<details>\n<summary>Release notes</summary>\n\n### Features\n\n- open the gate\n\n</details>');
  });

  it('tells of no notes where there is nothing to release', () => {
    expect(pageOf(planOf(NOTHING))).toBe('## Nothing to release\n\nNo changes since `v1.2.3` on `main`.\n');
  });

  it('of a monorepo begins with its packages, and has a section of each that releases', () => {
    const packages = [
      planOf({ package: 'core' }),
      planOf({ ...NOTHING, package: 'idle' }),
      planOf({ package: 'ui', objections: [OBJECTION] }),
    ];
    const page = pageOf(planOf({ packages, alarms: [{ code: 'change-in-no-package', says: 'One is lost.' }], objections: [OBJECTION] }));
    expect(page).toMatch(/^## 1 of 3 packages to release, 1 held back\n\n> \[!WARNING\]/);
    expect(rowsOf(tablesOf(page)[0])).toEqual([
      ['Package', 'Release', 'Since', 'Changes'],
      ['core', 'Feature release 1.3.0', 'v1.2.3', '1'],
      ['idle', 'Nothing to release', 'v1.2.3', '0'],
      ['ui', 'Feature release 1.3.0 held back', 'v1.2.3', '1'],
    ]);
    expect(page.match(/^### .*/gm)).toEqual([
      '### core: feature release 1.3.0',
      '### Features',
      '### ui: feature release 1.3.0 held back',
      '### Features',
    ]);
    expect(page.match(/\[!CAUTION\]/g)).toHaveLength(1);
    expect(pageOf(planOf({ packages: [planOf({ ...NOTHING, package: 'core' })] }))).toMatch(/^## Nothing to release in 1 package\n/);
    expect(pageOf(planOf({ packages: [planOf({ package: 'ui', objections: [OBJECTION] })] }))).toMatch(
      /^## None of 1 package to release, 1 held back\n/,
    );
  });
});

/** Without the folds, which are the only HTML that is ours. */
const withoutFolds = (page: string) => page.replace(/^(?:<\/?details>|<summary>(?:\d+ changes? left out|Release notes)<\/summary>)$/gm, '');

describe('text from others', () => {
  it.each([
    'a | b',
    '`a|b`',
    '`a\\|b`',
    '`a\\\\|b`',
    'a \\| b',
    'a \\\\| b',
    '\\',
    '|',
    '||||',
    '| --- | --- |',
    '</details>',
    '`</summary>`',
    '<!-- -->',
    '\n\n## x',
    '@acme/team #1 GH-2 deadbeef1',
    '[x](javascript:alert(1))',
    '> [!CAUTION]',
    '::error::x',
  ])('stays in its cell: %j', (text) => {
    const page = pageOf(planOf({ changes: [changeOf(`x ${text}`), changeOf(text), changeOf('fix: last')] }));
    const rows = rowsOf(tablesOf(page)[0]);
    expect(rows.map((row) => row.length)).toEqual([4, 4, 4, 4]);
    expect(rows[3]?.[1]).toBe('fix: last');
    expect(leaksOf(withoutFolds(page), OURS)).toEqual([]);
  });

  it('shows a bar within code as it was written', () => {
    expect(rowsOf(tablesOf(pageOf(planOf({ changes: [changeOf('`a|b` or c|d')] })))[0])[1]?.[1]).toBe('a|b or c|d');
  });

  it('never makes more of the page than text, wherever it stands', () => {
    fc.assert(
      fc.property(hostileText, hostileText, (one, other) => {
        const plan = planOf({
          line: one,
          tag: other,
          because: [other],
          changes: [
            changeOf(one, { because: [{ source: 'title', kind: 'feature', breaking: false, says: other }] }),
            changeOf('fix: last'),
          ],
          excluded: [{ sha: shaOf('cc'), pr: null, title: other, code: 'no-release', says: one }],
          objections: [
            { code: 'disputed', says: one },
            { code: 'disputed', says: other },
          ],
          alarms: [{ code: 'release-without-tag', says: other }],
          remarks: [one],
        });
        for (const page of [
          pageOf(plan),
          pageOf(
            planOf({
              packages: [
                { ...plan, package: one },
                { ...plan, package: other },
              ],
            }),
          ),
        ]) {
          expect(leaksOf(withoutFolds(page), OURS)).toEqual([]);
          for (const table of tablesOf(page)) expect(new Set((table.children ?? []).map((row) => row.children?.length)).size).toBe(1);
          expect(page.match(/^<details>$/gm)?.length).toBe(page.match(/^<\/details>$/gm)?.length);
        }
      }),
      { numRuns: 100 },
    );
  });
});

describe('the limit', () => {
  const encoder = new TextEncoder();
  const long = (count: number) =>
    Array.from({ length: count }, (_, index) => changeOf(`fix: ${'é'.repeat(200)} ${index}`, {}, { pr: index + 1 }));

  it('is kept by thousands of changes, objections and left out ones, and the page says what is missing', () => {
    const changes = long(20_000);
    const objections = changes.map((change) => ({ code: 'disputed', says: change.title }) as const);
    const excluded = changes.map(({ sha, pr, title }) => ({ sha, pr, title, code: 'no-release', says: title }) as const);
    const page = pageOf(
      planOf({ changes: [...changes, changeOf('feat: the one', FEATURE)], objections, excluded, notes: 'é'.repeat(125_000) }),
    );
    expect(encoder.encode(page).length).toBeLessThanOrEqual(SUMMARY_LIMIT);
    expect(page).toContain('feat: the one');
    expect(page).toMatch(/…and \d+ more changes: the output `plan` has them all\./);
    expect(page).toMatch(/…and \d+ more: the output `plan` has them all\./);
    expect(page).toContain('20000 objections hold this release back.');
  });

  it.each([500_000, 100_000, 20_000, 5_000])('of %i bytes is kept, too', (limit) => {
    const plan = planOf({ changes: long(1_000), notes: 'é'.repeat(60_000) });
    const page = pageOf(plan, limit);
    expect(encoder.encode(page).length).toBeLessThanOrEqual(limit);
    expect(page).toContain('## Feature release 1.3.0');
    expect(page).toContain('the output `plan` has them all');
  });

  it('is kept by a thousand packages', () => {
    const packages = Array.from({ length: 1_000 }, (_, index) => planOf({ package: `package-${index}`, changes: long(20) }));
    const page = pageOf(planOf({ packages }));
    expect(encoder.encode(page).length).toBeLessThanOrEqual(SUMMARY_LIMIT);
    expect(page).toMatch(/\d+ further packages to release/);
  });

  it('cuts nothing where everything fits', () => {
    const page = pageOf(planOf({ changes: long(500) }));
    expect(rowsOf(tablesOf(page)[0])).toHaveLength(501);
    expect(page).not.toContain('the output `plan` has them all');
  });
});
