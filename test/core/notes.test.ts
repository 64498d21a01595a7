// The notes of a release, as people read them and as a Markdown parser does.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Change, Classification, Person } from '../../src/core/change.ts';
import { readDependencyBump } from '../../src/core/dependency.ts';
import { contributorKey } from '../../src/core/notes/contributors.ts';
import { SECTIONS, sectionOf } from '../../src/core/notes/section.ts';
import { type NotesInput, RELEASE_BODY_LIMIT, renderNotes } from '../../src/core/notes.ts';
import { DEFAULT_POLICY, type NotesPolicy } from '../../src/core/policy.ts';
import { hostileText, leaksOf, nodesOf, parseMarkdown, shapeOf } from '../support/markdown.ts';

const POLICY = DEFAULT_POLICY.notes;
const ACME = { host: 'github.com', owner: 'acme', name: 'ship' };
const MONA: Person = { name: 'Mona', login: 'octocat', email: 'mona@acme.example' };

function classified(section: string): Classification {
  const breaking = section === 'breaking';
  const kind = breaking || section === 'feature' ? 'feature' : section === 'none' ? 'none' : 'maintenance';
  const bump = breaking ? 'major' : kind === 'feature' ? 'minor' : kind === 'none' ? 'none' : 'patch';
  return { status: 'classified', kind, subkind: null, breaking, bump, section, because: [] };
}

function change(section: string, subject: string, more: Partial<Change> = {}): Change {
  const pr = more.pr === undefined ? 12 : more.pr;
  return {
    sha: String(pr ?? 0).padStart(40, 'abcdef0123'),
    pr,
    title: subject,
    subject,
    scope: null,
    classification: classified(section),
    authors: [MONA],
    references: [],
    advisories: [],
    dependency: null,
    upgrade: [],
    pickedFrom: [],
    packages: [],
    ...more,
  };
}

function bump(title: string, pr: number): Change {
  return change('dependency', title, { pr, scope: 'deps', dependency: readDependencyBump(title), authors: [{ name: 'dependabot[bot]' }] });
}

function notes(changes: readonly Change[], more: Partial<NotesInput> = {}): string {
  return renderNotes({ version: '1.3.0', tag: 'v1.3.0', previousTag: 'v1.2.0', repository: ACME, changes, policy: POLICY, ...more });
}

/** The lines under one title. */
function under(text: string, title: string): string[] {
  const from = text.split('\n').indexOf(`### ${title}`);
  if (from < 0) return [];
  const rest = text.split('\n').slice(from + 1);
  const end = rest.findIndex((line) => line.startsWith('### ') || line.startsWith('Full changelog') || line.startsWith('Left out'));
  return rest.slice(0, end < 0 ? rest.length : end).filter((line) => line !== '');
}

const titles = (text: string) => [...text.matchAll(/^### (.*)$/gm)].map((match) => match[1]);

describe('a release', () => {
  it('reads like this', () => {
    const changes = [
      change('breaking', 'drop the v1 endpoints', {
        pr: 31,
        title: 'feat(api)!: drop the v1 endpoints',
        scope: 'api',
        references: [{ owner: null, repository: null, number: 7, closes: true }],
        upgrade: ['Call `/v2` instead:\n\n```sh\ncurl /v2\n```'],
      }),
      change('feature', 'add `--json`', { pr: 30, scope: 'cli', authors: [MONA, { name: 'Ada Lovelace', email: 'ada@x.example' }] }),
      change('security', 'stop ReDoS in the header parser', { pr: 29, advisories: ['GHSA-jfh8-c2jp-5v3q', 'CVE-2024-12345'] }),
      change('bug', 'survive an empty file', { pr: null, sha: '0123456789abcdef0123456789abcdef01234567' }),
      bump('chore(deps): bump lodash from 4.17.20 to 4.17.21', 28),
      bump('chore(deps): bump lodash from 4.17.19 to 4.17.20', 27),
    ];
    expect(notes(changes, { kind: 'feature', firstTime: new Set(['ada@x.example']) })).toBe(
      [
        'Feature release: 1 breaking change, 1 security fix, 1 feature, 1 bug fix and 2 dependency updates.',
        '',
        '### Breaking changes',
        '',
        '- **api:** drop the v1 endpoints *(feature)* ([#31](https://github.com/acme/ship/pull/31), closes [#7](https://github.com/acme/ship/issues/7)) by @octocat',
        '',
        '  Call `/v2` instead:',
        '',
        '  ```sh',
        '  curl /v2',
        '  ```',
        '',
        '### Security',
        '',
        '- stop ReDoS in the header parser ([#29](https://github.com/acme/ship/pull/29), [GHSA-jfh8-c2jp-5v3q](https://github.com/advisories/GHSA-jfh8-c2jp-5v3q), CVE-2024-12345) by @octocat',
        '',
        '### Features',
        '',
        '- **cli:** add `--json` ([#30](https://github.com/acme/ship/pull/30)) by @octocat and Ada Lovelace',
        '',
        '### Bug fixes',
        '',
        '- survive an empty file ([0123456](https://github.com/acme/ship/commit/0123456789abcdef0123456789abcdef01234567)) by @octocat',
        '',
        '### Dependencies',
        '',
        '- `lodash` 4.17.19 → 4.17.21 ([#28](https://github.com/acme/ship/pull/28), [#27](https://github.com/acme/ship/pull/27))',
        '',
        '### Contributors',
        '',
        'Thanks to @octocat and Ada Lovelace!',
        '',
        '### New contributors',
        '',
        '- Ada Lovelace made their first contribution in [#30](https://github.com/acme/ship/pull/30)',
        '',
        'Full changelog: [v1.2.0…v1.3.0](https://github.com/acme/ship/compare/v1.2.0...v1.3.0)',
      ].join('\n'),
    );
  });

  it('is plain text where the repository is not known', () => {
    const text = notes(
      [
        change('security', 'close a hole', {
          advisories: ['GHSA-JFH8-C2JP-5V3Q'],
          references: [{ owner: 'o', repository: 'r', number: 3, closes: true }],
        }),
      ],
      { repository: null },
    );
    expect(text).toContain('- close a hole (#12, closes o/r#3, GHSA-jfh8-c2jp-5v3q) by @octocat');
    expect(text).toContain('Full changelog: v1.2.0…v1.3.0');
    expect(text).not.toContain('](');
  });

  it('has a section for each key, in the order of importance, and none that is empty', () => {
    const some = [...SECTIONS].reverse().map((section) => change(section.key, `a ${section.one}`));
    expect(titles(notes(some))).toEqual([...SECTIONS.map((section) => section.title), 'Contributors']);
    expect(titles(notes([change('bug', 'x')]))).toEqual(['Bug fixes', 'Contributors']);
    expect(sectionOf('bug')?.title).toBe('Bug fixes');
    expect(sectionOf('none')).toBeNull();
  });

  it('says so in one sentence where there is nothing', () => {
    expect(notes([])).toBe('No changes since v1.2.0.');
    expect(notes([], { previousTag: null })).toBe('No changes.');
    expect(notes([], { heading: true })).toBe(
      '## [1.3.0](https://github.com/acme/ship/compare/v1.2.0...v1.3.0)\n\nNo changes since v1.2.0.',
    );
  });

  it('begins with a heading and a date where they are wanted', () => {
    const one = [change('bug', 'x')];
    expect(notes(one, { heading: true, date: '2026-11-22' })).toMatch(/^## \[1\.3\.0\]\(https:\S+\) \(2026-11-22\)\n\n### Bug fixes/);
    expect(notes(one, { heading: true, version: null, tag: null })).toMatch(/^## Unreleased\n/);
    expect(notes(one, { date: '2026-11-22' })).toMatch(/^\*2026-11-22\*\n\n### Bug fixes/);
    expect(notes(one)).toMatch(/^### Bug fixes/);
  });

  it('links a first release to its commits, and tags with odd characters as URLs', () => {
    const one = [change('bug', 'x')];
    expect(notes(one, { previousTag: null })).toContain('Full changelog: [v1.3.0](https://github.com/acme/ship/commits/v1.3.0)');
    expect(notes(one, { previousTag: '@a/b@1.0.0', tag: '@a/b@1.1.0(x)' })).toContain(
      'Full changelog: [`@a/b@1.0.0`…`@a/b@1.1.0`(x)](https://github.com/acme/ship/compare/@a/b@1.0.0...@a/b@1.1.0%28x%29)',
    );
    expect(notes(one, { tag: null })).not.toContain('Full changelog');
  });

  it('is the same text each time', () => {
    const some = [change('bug', 'x'), bump('bump b from 1 to 2', 3), bump('bump a from 1 to 2', 2), change('feature', 'y')];
    expect(notes(some)).toBe(notes(some.map((one) => structuredClone(one))));
  });

  it('never loses a change whose section it does not know', () => {
    expect(under(notes([change('whatever', 'x')]), 'Maintenance')).toEqual([
      '- x ([#12](https://github.com/acme/ship/pull/12)) by @octocat',
    ]);
    expect(notes([change('bug', 'x'), change('none', 'y')])).toContain('1 further change is not listed. Full changelog');
    expect(notes([change('none', 'y', { authors: [] })], { tag: null })).toBe('1 change since v1.2.0, not listed here.');
  });
});

describe('a breaking change', () => {
  it('appears once, with what else it is', () => {
    const text = notes([change('breaking', 'rename it', { title: 'fix(x)!: rename it', upgrade: ['Call it `b`.'] })]);
    expect(text.match(/rename it/g)).toHaveLength(1);
    expect(under(text, 'Breaking changes')).toEqual([
      '- rename it *(bug fix)* ([#12](https://github.com/acme/ship/pull/12)) by @octocat',
      '  Call it `b`.',
    ]);
    expect(titles(text)).toEqual(['Breaking changes', 'Contributors']);
  });

  it('says nothing twice: a footer that repeats the subject is no note', () => {
    const text = notes([change('breaking', 'drop Node 18', { upgrade: ['drop Node 18'] })]);
    expect(under(text, 'Breaking changes')).toHaveLength(1);
  });

  it('is not the only one with something to do: other upgrade notes follow at once', () => {
    const text = notes([
      change('breaking', 'a'),
      change('maintenance', 'move files', { upgrade: ['Move yours.'] }),
      change('security', 'b'),
    ]);
    expect(titles(text)).toEqual(['Breaking changes', 'Upgrade notes', 'Security', 'Maintenance', 'Contributors']);
    expect(under(text, 'Upgrade notes')[1]).toBe('  Move yours.');
  });

  it('is breaking whatever its section says', () => {
    const odd = { ...classified('feature'), breaking: true };
    expect(titles(notes([change('feature', 'x', { classification: odd })]))[0]).toBe('Breaking changes');
  });
});

describe('dependencies', () => {
  it('are a line for each package and folder, lowest version first, with all pull requests', () => {
    const text = notes(
      [
        bump('Bump vite from 6.1.0 to 6.2.0', 9),
        bump('Bump a from 3 to 4', 8),
        bump('Bump @types/node from 20 to 22 in /web', 7),
        bump('Bump vite from 6.0.0 to 6.1.0', 6),
        bump('Bump @types/node from 20 to 21', 5),
        bump('Bump a from 1 to 2', 4),
        bump('chore(deps): update dependency z to v2 [security]', 3),
        bump('Downgrade y from 2.0 to 1.0', 2),
      ],
      { repository: null },
    );
    expect(under(text, 'Dependencies')).toEqual([
      '- `@types/node` 20 → 21 (#5)',
      '- `@types/node` 20 → 22 in `/web` (#7)',
      '- `a` 1 → 2, 3 → 4 (#8, #4)',
      '- `vite` 6.0.0 → 6.2.0 (#9, #6)',
      '- `y` 2.0 → 1.0 (downgrade) (#2)',
      '- `z` to 2 (security) (#3)',
    ]);
  });

  it('without versions are said once, or as often as they came', () => {
    const text = notes(
      [
        bump('chore(deps): lock file maintenance', 4),
        bump('chore(deps): lock file maintenance', 3),
        bump('Bump the dev group with 2 updates', 2),
      ],
      { repository: null },
    );
    expect(under(text, 'Dependencies')).toEqual(['- Bump the dev group with 2 updates (#2)', '- lock files updated twice (#4, #3)']);
  });

  it('that are not read as bumps are lines like others', () => {
    const text = notes([change('dependency', 'replace left-pad')], { repository: null });
    expect(under(text, 'Dependencies')).toEqual(['- replace left-pad (#12) by @octocat']);
  });
});

describe('people', () => {
  it('are thanked once each, most changes first, co-authors too, bots never', () => {
    const ada: Person = { name: 'Ada', email: 'ada@x.example' };
    const text = notes([
      change('bug', 'a', {
        authors: [ada, { name: 'renovate[bot]', login: 'renovate[bot]' }, { name: 'GitHub', email: 'noreply@github.com' }],
      }),
      change('bug', 'b', { authors: [MONA, { name: 'Mona', email: 'MONA@acme.example' }] }),
      change('bug', 'c', { authors: [MONA, { name: 'semantic-release-bot' }] }),
    ]);
    expect(under(text, 'Contributors')).toEqual(['Thanks to @octocat and Ada!']);
  });

  it('have no section where only bots worked', () => {
    expect(titles(notes([bump('Bump a from 1 to 2', 3)]))).toEqual(['Dependencies']);
  });

  it('are named on a line up to three', () => {
    const four = ['a', 'b', 'c', 'd'].map((login) => ({ name: login, login }));
    expect(notes([change('bug', 'x', { authors: four })])).toContain('by @a, @b and 2 others');
    expect(notes([change('bug', 'x', { authors: four.slice(0, 3) })])).toContain('by @a, @b and @c');
  });

  it('are new with their first change, where that is known', () => {
    const some = [change('bug', 'later', { pr: 9 }), change('bug', 'first', { pr: 4 })];
    expect(under(notes(some, { firstTime: new Set([contributorKey(MONA)]) }), 'New contributors')).toEqual([
      '- @octocat made their first contribution in [#4](https://github.com/acme/ship/pull/4)',
    ]);
    expect(titles(notes(some, { firstTime: new Set() }))).not.toContain('New contributors');
    expect(titles(notes(some))).not.toContain('New contributors');
  });

  it('are mentioned only by a login, which no name or address makes', () => {
    const odd = ['@team', 'org/team', 'a b', '-x', ''].map((login) => ({ name: '@everyone', login }));
    const text = notes([change('bug', 'x', { authors: [...odd, { name: '@team', email: '1+torvalds@users.noreply.github.com' }] })]);
    expect(leaksOf(text, ['https://github.com/'])).toEqual([]);
  });
});

describe('issues', () => {
  const reference = (number: number, closes: boolean, owner: string | null = null, repository: string | null = null) => ({
    owner,
    repository,
    number,
    closes,
  });

  it('that it closes are linked, in other repositories too', () => {
    const text = notes([change('bug', 'x', { references: [reference(3, true), reference(4, true, 'o', 'r'), reference(9, false)] })]);
    expect(text).toContain('closes [#3](https://github.com/acme/ship/issues/3), [o/r#4](https://github.com/o/r/issues/4))');
    expect(text).not.toContain('#9');
  });

  it('that it only speaks of are linked where it closes none', () => {
    const text = notes([change('bug', 'x', { references: [reference(9, false), reference(9, false), reference(12, false)] })]);
    expect(text).toContain('pull/12), see [#9](https://github.com/acme/ship/issues/9))');
  });

  it('that cannot be are left out', () => {
    const text = notes([
      change('bug', 'x', { references: [reference(0, true), reference(Number.NaN, true), reference(1, true, 'a](b', 'c')] }),
    ]);
    expect(text).toContain('- x ([#12](https://github.com/acme/ship/pull/12)) by');
  });
});

describe('a policy', () => {
  const policy = (more: Partial<NotesPolicy>): { policy: NotesPolicy } => ({ policy: { ...POLICY, ...more } });

  it('names its own sections, in its order, and never loses what breaks or protects', () => {
    const changes = ['maintenance', 'bug', 'feature', 'breaking', 'security', 'none'].map((key) => change(key, `a ${key}`));
    const sections = [
      { title: 'Fixed', of: ['bug'] as const },
      { title: 'Added', of: ['feature', 'performance'] as const },
    ];
    const text = notes(changes, policy({ sections }));
    expect(titles(text)).toEqual(['Breaking changes', 'Security', 'Fixed', 'Added', 'Contributors']);
    expect(text).toContain('2 further changes are not listed.');
    const all = notes(
      changes,
      policy({ sections: [{ title: 'All', of: ['breaking', 'security', 'none', 'maintenance', 'bug', 'feature'] }] }),
    );
    expect(under(all, 'All').map((line) => line.split(' (')[0])).toEqual(
      ['breaking', 'security', 'none', 'maintenance', 'bug', 'feature'].map((key) => `- a ${key}`),
    );
  });

  it('writes lines its own way; what has no value leaves no brackets behind', () => {
    const line = '* {scope} {subject} ({pr}) [{issues}] {author} {sha} {nope}';
    const text = notes([change('bug', 'say `{pr}` and $& twice!', { pr: null, scope: 'a' })], policy({ line }));
    expect(under(text, 'Bug fixes')).toEqual([
      '* a say `{pr}` and `$&` twice\\! [] @octocat [abcdef0](https://github.com/acme/ship/commit/abcdef0123abcdef0123abcdef0123abcdef0120) {nope}',
    ]);
    expect(under(notes([change('bug', 'x')], policy({ line: '{subject} by {author}' })), 'Bug fixes')).toEqual(['- x by @octocat']);
  });

  it('writes the page its own way, each value as it is', () => {
    const template = '# {version} {x}\n\n{summary}\n\n{changes}\n\nBy {contributors}.\n\n[all](https://h/{previous}...{tag})\n{compare}\n';
    const text = notes([change('bug', '{tag} $1')], { ...policy({ template }), previousTag: '@a/b@1.0' });
    expect(text).toBe(
      [
        '# 1.3.0 {x}\n\n1 bug fix.\n\n### Bug fixes\n',
        '- {tag} `$1` ([#12](https://github.com/acme/ship/pull/12)) by @octocat\n',
        'By @octocat.\n',
        '[all](https://h/@a/b@1.0...v1.3.0)',
        'Full changelog: [`@a/b@1.0`…v1.3.0](https://github.com/acme/ship/compare/@a/b@1.0...v1.3.0)',
      ].join('\n'),
    );
    expect(notes([], policy({ template: '{changes}' }))).toBe('No changes since v1.2.0.');
    expect(notes([], { ...policy({ template: '{version}|{tag}|x/{tag}' }), version: null, tag: null })).toBe(
      'unreleased|unreleased|x/HEAD',
    );
  });

  it('keeps its page within the limit, too', () => {
    const many = Array.from({ length: 500 }, (_, index) => change('feature', `feature ${index}`, { pr: index + 1 }));
    const text = notes(many, { ...policy({ template: 'Hello\n\n{changes}\n\nBye' }), limit: 5_000 });
    expect(text.length).toBeLessThanOrEqual(5_000);
    expect(text).toMatch(/^Hello\n\n### Features\n[\s\S]*Left out here for length: \d+ features\. Full changelog: [\s\S]*\n\nBye$/);
    expect(notes(many, { ...policy({ template: 'x'.repeat(9_000) }), limit: 5_000 }).length).toBeLessThanOrEqual(5_000);
  });
});

describe('a body that is too long', () => {
  const long = (section: string, count: number, more: Partial<Change> = {}) =>
    Array.from({ length: count }, (_, index) => change(section, `${section} change number ${index}`, { pr: index + 1, ...more }));

  it('gives up the least important whole sections first, then the ends of others, and says what is missing', () => {
    const text = notes(
      [...long('maintenance', 200), ...long('dependency', 200), ...long('feature', 100), ...long('breaking', 20), ...long('security', 20)],
      {
        limit: 12_000,
      },
    );
    expect(text.length).toBeLessThanOrEqual(12_000);
    expect(under(text, 'Breaking changes')).toHaveLength(20);
    expect(under(text, 'Security')).toHaveLength(20);
    expect(under(text, 'Features').at(-1)).toMatch(/^…and \d+ more features\.$/);
    expect(under(text, 'Dependencies')).toEqual(['200 dependency updates.']);
    expect(under(text, 'Maintenance')).toEqual(['200 maintenance changes.']);
    expect(text.split('\n').at(-1)).toMatch(
      /^Left out here for length: \d+ features, 200 dependency updates and 200 maintenance changes\. Full changelog: \[v1\.2\.0…v1\.3\.0\]\(\S+\)$/,
    );
  });

  it('keeps what users must do before anything that they might', () => {
    const breaking = long('breaking', 10, { upgrade: ['Do this:\n\n```sh\nrun it\n```\n\nThen that.'] });
    const text = notes([...long('feature', 500), ...breaking], { limit: 6_000 });
    expect(text.match(/Then that\./g)).toHaveLength(10);
    expect(text.length).toBeLessThanOrEqual(6_000);
  });

  it('leaves a note out whole where it does not fit, never in the middle, and keeps its line', () => {
    const text = notes(
      [
        change('breaking', 'big', { upgrade: [`\`\`\`\n${'code\n'.repeat(2_000)}\`\`\``] }),
        change('breaking', 'small', { upgrade: ['Note.'] }),
      ],
      {
        limit: 3_000,
      },
    );
    expect(under(text, 'Breaking changes')).toEqual([
      '- big ([#12](https://github.com/acme/ship/pull/12)) by @octocat',
      '- small ([#12](https://github.com/acme/ship/pull/12)) by @octocat',
      '  Note.',
    ]);
    expect(text).toContain('Left out here for length: 1 upgrade note. Full changelog');
  });

  it('lists what it can of a minor section where it would else be half empty', () => {
    const text = notes(long('maintenance', 5_000));
    expect(text.length).toBeGreaterThan(RELEASE_BODY_LIMIT / 2);
    expect(text.length).toBeLessThanOrEqual(RELEASE_BODY_LIMIT);
  });

  it('never exceeds its limit, breaks no entry and no fence, and is whole where it may be', () => {
    const upgrade = fc.constantFrom([], ['Do `x`.'], ['```sh\nrun\n```'], [`${'long note '.repeat(40)}`]);
    const some = fc.array(fc.tuple(fc.constantFrom(...SECTIONS.map((section) => section.key), 'none'), hostileText, upgrade), {
      maxLength: 25,
    });
    fc.assert(
      fc.property(some, fc.integer({ min: 0, max: 6_000 }), fc.boolean(), (told, limit, own) => {
        const changes = told.map(([key, subject, notesOf], index) => change(key, subject, { pr: index + 1, upgrade: notesOf }));
        const sections = own ? [{ title: 'Mine', of: ['bug', 'maintenance'] as const }] : [];
        const whole = notes(changes, { policy: { ...POLICY, sections } });
        const text = notes(changes, { policy: { ...POLICY, sections }, limit });
        expect(text.length).toBeLessThanOrEqual(limit);
        if (whole.length <= limit) expect(text).toBe(whole);
        const lines = new Set(whole.split('\n'));
        for (const line of text.split('\n')) if (line.startsWith('- ')) expect(lines).toContain(line);
        expect((text.match(/^ *```/gm) ?? []).length % 2).toBe(0);
        if (changes.length > 0 && limit > 2_000 && text !== whole) expect(text.split('\n').at(-1)).toContain('Full changelog');
      }),
      { numRuns: 300 },
    );
  });

  it('costs no more for thirty thousand changes than for what it prints', () => {
    const many = Array.from({ length: 30_000 }, (_, index) =>
      index % 3 === 0
        ? bump(`chore(deps): bump pkg-${index % 5_000} from 1.${index}.0 to 1.${index + 1}.0 in /a`, index + 1)
        : change(index % 3 === 1 ? 'feature' : 'maintenance', `change @team number ${index}`, { pr: index + 1 }),
    );
    const start = performance.now();
    const text = notes(many);
    expect(performance.now() - start).toBeLessThan(3_000);
    expect(text.length).toBeLessThanOrEqual(RELEASE_BODY_LIMIT);
    expect(text.length).toBeGreaterThan(RELEASE_BODY_LIMIT * 0.9);
  });
});

describe('hostile text', () => {
  const OURS = ['https://github.com/', '@octocat'];

  it('in a title, scope, name or version changes no block, no link and pings nobody', () => {
    const templates = fc.constantFrom(null, '- {subject} ({pr}) {scope} by {author}', '{subject}{pr}', '* **{scope}** {subject}');
    fc.assert(
      fc.property(hostileText, hostileText, hostileText, templates, (subject, scope, name, line) => {
        const build = (words: string, place: string, who: string) =>
          notes(
            [
              change('breaking', words, { title: `feat!: ${words}`, scope: place, advisories: ['CVE-2024-1', words] }),
              change('bug', words, { scope: place, authors: [MONA, { name: who, email: who }] }),
              change('dependency', words, { dependency: { name: who, from: words, to: place }, authors: [] }),
              change('maintenance', 'after'),
            ],
            { policy: { ...POLICY, line }, heading: true, version: words, tag: 'v1', previousTag: who, date: place },
          );
        const text = build(subject, scope, name);
        expect(leaksOf(text, OURS)).toEqual([]);
        const blocks = (markdown: string) =>
          shapeOf(parseMarkdown(markdown)).replace(/<[^>]*>/g, (link) => (link.includes('/compare/') ? '<>' : link));
        expect(blocks(text)).toBe(blocks(build('words', 'words', 'words')));
      }),
      { numRuns: 300 },
    );
  });

  it('in upgrade notes stays below its line', () => {
    fc.assert(
      fc.property(hostileText, (upgrade) => {
        const text = notes([change('breaking', 'a', { upgrade: [upgrade] }), change('breaking', 'b'), change('bug', 'c')]);
        expect(leaksOf(text, OURS)).toEqual([]);
        const { children = [] } = parseMarkdown(text);
        expect(children.map((node) => [node.type, node.type === 'list' ? node.children?.length : null])).toEqual([
          ['paragraph', null],
          ['heading', null],
          ['list', 2],
          ['heading', null],
          ['list', 1],
          ['heading', null],
          ['paragraph', null],
          ['paragraph', null],
        ]);
        expect(nodesOf(parseMarkdown(text)).filter((node) => node.type === 'link')).toHaveLength(4);
      }),
      { numRuns: 300 },
    );
  });

  it('in the names of a repository or a commit makes no other link', () => {
    const text = notes([change('bug', 'x', { pr: null, sha: 'not) a [sha](x)' })], {
      repository: { host: 'evil.example/x?', owner: 'a](b', name: 'c)d' },
    });
    expect(leaksOf(text, ['https://evil.example/x%3F/a%5D%28b/c%29d/', '@octocat'])).toEqual([]);
  });
});
