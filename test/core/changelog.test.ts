import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ChangelogUpdate, updateChangelog } from '../../src/core/files/changelog.ts';
import { readOutline } from '../../src/core/files/changelog-outline.ts';
import { anyVersion } from './version-arbitraries.ts';

const url = 'https://github.com/acme/app';
const item = (pr: number, subject = `change ${pr}`) => `- ${subject} ([#${pr}](${url}/pull/${pr})) by @ada`;
const notes = (...items: string[]) =>
  `Feature release: some changes.\n\n### Features\n\n${items.join('\n')}\n\n### Contributors\n\nThanks to @ada!`;

function update(text: string | null, more: Partial<ChangelogUpdate> = {}): string {
  const version = more.version ?? '1.3.0';
  const full = { text, version, tag: `v${version}`, date: '2026-10-01', notes: notes(item(1)), ...more };
  const once = updateChangelog(full);
  // Whatever a test is about: a second run changes nothing.
  expect(updateChangelog({ ...full, text: once })).toBe(once);
  return once;
}

/** Marks are for machines. */
const unmarked = (text: string) => text.replace(/\n*<!-- shiplock [^>]*-->/g, '');
const headings = (text: string) => readOutline(text).headings.map((one) => `${'#'.repeat(one.level)} ${one.text}`);

describe('a new entry', () => {
  it('begins a changelog', () => {
    expect(unmarked(update(null))).toBe(
      `# Changelog\n\n## 1.3.0 - 2026-10-01\n\nFeature release: some changes.\n\n### Features\n\n${item(1)}\n\n### Contributors\n\nThanks to @ada!\n`,
    );
    expect(update('')).toBe(update(null));
    expect(update(' \n\n')).toBe(update(null));
  });

  it('is linked to the comparison with the release before', () => {
    expect(update(null, { compareUrl: `${url}/compare/v1.2.0...v1.3.0` })).toContain(
      `\n## [1.3.0](${url}/compare/v1.2.0...v1.3.0) - 2026-10-01\n`,
    );
    expect(update(null, { compareUrl: 'https://x/(a b)' })).toContain('## [1.3.0](https://x/%28a%20b%29) - ');
  });

  it('stands above the newest one, below the title, the preamble and what is not released', () => {
    const before = '# Changelog\n\nAll notable changes.\n\n## [Unreleased]\n\n### Added\n\n- something by hand\n\n';
    const after = '## [1.2.0] - 2026-09-01\n\n- old\n\n## [1.1.0] - 2026-08-01\n\n- older\n\n[1.2.0]: https://x/1.2.0\n';
    const text = update(before + after);
    expect(text.startsWith(`${before}## [1.3.0] - 2026-10-01\n\n`)).toBe(true);
    expect(text.endsWith(` -->\n\n${after}`)).toBe(true);
  });

  it.each([
    ['Keep a Changelog', '# Changelog\n\n## [1.2.0] - 2026-09-01\n- x\n', '## [1.3.0] - 2026-10-01'],
    ['Keep a Changelog, yanked', '# Changelog\n\n## [1.2.0] - 2026-09-01 [YANKED]\n', '## [1.3.0] - 2026-10-01'],
    [
      'conventional-changelog',
      '# Changelog\n\n## [1.2.0](https://x/compare/a...b) (2026-09-01)\n\n\n### Features\n',
      '## 1.3.0 (2026-10-01)',
    ],
    [
      'standard-version',
      '# Changelog\n\n### [1.2.1](https://x) (2026-09-02)\n\n## [1.2.0](https://x) (2026-09-01)\n',
      '## 1.3.0 (2026-10-01)',
    ],
    ['an old conventional-changelog', '<a name="1.2.0"></a>\n# [1.2.0](https://x) (2026-09-01)\n\nx\n', '# 1.3.0 (2026-10-01)'],
    ['changesets', '# @acme/app\n\n## 1.2.0\n\n### Minor Changes\n\n- abc1234: x\n', '## 1.3.0'],
    ['a leading v', '# v1.2.0\n\n- x\n', '# v1.3.0'],
    ['a package', '# Changelog\n\n## @acme/core@1.2.0 (2026-09-01)\n', '## @acme/core@1.3.0 (2026-10-01)'],
    ['a word', '# Changes\n\n## Version 1.2.0 - 2026-09-01\n', '## Version 1.3.0 - 2026-10-01'],
    ['underlines', '1.2.0 / 2026-09-01\n==================\n\n  * x\n', '# 1.3.0 / 2026-10-01'],
    ['a dash of its own', '# Changelog\n\n## 1.2.0 – 2026-09-01\n', '## 1.3.0 – 2026-10-01'],
  ])('follows the style of the file: %s', (_, text, heading) => {
    const next = update(text);
    expect(next.split('\n')).toContain(heading);
    expect(next.indexOf(heading)).toBeLessThan(next.indexOf('1.2.'));
    expect(next.endsWith(text.slice(text.search(/<a|#+ .*1\.2\.\d|1\.2\.0 \//)))).toBe(true);
  });

  it.each([
    ['a text without a title', 'All changes.\n\n## 1.2.0\n', '# Changelog\n\nAll changes.\n\n## 1.3.0'],
    ['versions as its only titles', '# 1.2.0\n\nx\n', '# Changelog\n\n# 1.3.0'],
    ['a title', '# Changes\n\n## 1.2.0\n', '# Changes\n\n## 1.3.0'],
    ['a smaller title', '## History\n\n## v1.2.0\n', '## History\n\n## v1.3.0'],
    ['an underlined title', 'History\n=======\n\n## 1.2.0\n', 'History\n=======\n\n## 1.3.0'],
    ['a title in HTML', '<h1>History</h1>\n\n## 1.2.0\n', '<h1>History</h1>\n\n## 1.3.0'],
    ['front matter', '---\ntitle: Changes\n---\n\n## 1.2.0\n', '---\ntitle: Changes\n---\n\n## 1.3.0'],
  ])('gives the file a title where it has none: %s', (_, text, start) => expect(update(text).startsWith(start)).toBe(true));

  it.each([
    ['a title alone', '# Changelog\n', '# Changelog\n\n## 1.3.0'],
    ['no line end at the end', '# Changelog\n\nAll changes.', '# Changelog\n\nAll changes.\n\n## 1.3.0'],
    [
      'what is not released alone',
      '# Changelog\n\n## Unreleased\n\n### Fixed\n\n- y\n',
      '# Changelog\n\n## Unreleased\n\n### Fixed\n\n- y\n\n## 1.3.0',
    ],
    ['entries by date', '# Changelog\n\nAll changes.\n\n## 2026-09-01\n\n- x\n', '# Changelog\n\nAll changes.\n\n## 1.3.0'],
    ['links below', '# Changelog\n\nAll.\n\n[a]: https://x\n', '# Changelog\n\nAll.\n\n## 1.3.0'],
    ['a fence that nothing ends', '# Changelog\n\n```\n## 1.2.0\n', '# Changelog\n\n## 1.3.0'],
    ['a comment that nothing ends', '# Changelog\n\n<!--\n## 1.2.0\n', '# Changelog\n\n## 1.3.0'],
  ])('finds its place where no version is: %s', (_, text, start) => expect(update(text).startsWith(start)).toBe(true));

  it.each([
    ['fenced code', '```md\n## 9.9.9\n```\n'],
    ['tilde fences', '~~~\n## 9.9.9\n```\n~~~~\n'],
    ['a comment', '<!--\n## 9.9.9\n-->\n'],
    ['indented code', '    ## 9.9.9\n'],
  ])('is not led astray by %s', (_, block) => {
    const text = update(`# Changelog\n\n${block}\n## 1.2.0\n`);
    expect(text.indexOf('## 1.3.0')).toBeGreaterThan(text.indexOf('9.9.9'));
    expect(text.indexOf('## 1.3.0')).toBeLessThan(text.indexOf('## 1.2.0'));
  });

  it('keeps carriage returns and the byte order mark', () => {
    const text = update('\ufeff# Changelog\r\n\r\n## 1.2.0\r\n\r\n- x\r\n');
    expect(text.startsWith('\ufeff# Changelog\r\n\r\n## 1.3.0')).toBe(true);
    expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
    expect(update('\ufeff').startsWith('\ufeff# Changelog\n\n## 1.3.0')).toBe(true);
  });
});

describe('the body of an entry', () => {
  const bodyOf = (text: string) =>
    unmarked(update('# Changelog\n\n## 1.2.0 - 2026-09-01\n', { notes: text }))
      .split('2026-10-01\n\n')[1]
      ?.split('\n\n## 1.2.0')[0];

  it.each([
    ['sections move below the entry', '## Features\n\n- x\n\n### Core\n\n- y', '### Features\n\n- x\n\n#### Core\n\n- y'],
    ['sections that are below already stay', '### Features\n\n- x', '### Features\n\n- x'],
    ['a title moves, and all with it', '# Big\n\n## Features\n\n- x', '### Big\n\n#### Features\n\n- x'],
    ['code is no section', '```sh\n# install\n```', '```sh\n# install\n```'],
    ["the version's own heading goes", '## [1.3.0](https://x) (2026-10-01)\n\n### Features\n\n- x', '### Features\n\n- x'],
    ['a heading about another version is bold', '### 1.2.0 to 1.3.0\n\nDo this.', '**1.2.0 to 1.3.0**\n\nDo this.'],
    ['and no rule makes a heading of it', '### 1.2.0\n---\nx', '**1.2.0**\n\n---\nx'],
    ['an underlined one too', '1.2.0\n=====\n\nx', '**1.2.0**\n\nx'],
    ['a fence is closed', 'x\n\n```\ncode', 'x\n\n```\ncode\n```'],
    ['a comment is text', 'x\n\n<!-- open\n\ny', 'x\n\n&lt;!-- open\n\ny'],
    ['a mark is text', '<!-- shiplock 0 0 -->\n\nx', '&lt;!-- shiplock 0 0 -->\n\nx'],
    ['two blanks that break a line stay', 'a  \nb', 'a  \nb'],
    ['nothing', '', undefined],
  ])('%s', (_, text, body) => {
    if (body === undefined) expect(unmarked(update(null, { notes: text }))).toBe('# Changelog\n\n## 1.3.0 - 2026-10-01\n');
    else expect(bodyOf(text)).toBe(body);
  });
});

describe('an entry that is there', () => {
  const old = '# Changelog\n\n## 1.2.0 - 2026-09-01\n\n- old\n';

  it('is made anew where nobody touched it', () => {
    const first = update(old);
    const second = update(first, { notes: notes(item(1), item(2)), date: '2026-10-02', compareUrl: `${url}/compare/v1.2.0...v1.3.0` });
    expect(second).toBe(update(old, { notes: notes(item(1), item(2)), date: '2026-10-02', compareUrl: `${url}/compare/v1.2.0...v1.3.0` }));
    // What is no longer among the changes goes, too.
    expect(update(second)).toBe(first);
  });

  it('that an editor only re-wrapped at its ends was not touched', () => {
    const first = update(old);
    expect(update(first.replace(item(1), `${item(1)}   `).replace('\n\n<!--', '\n\n\n<!--'))).toBe(first);
  });

  it('that people edited keeps their text and gains what they do not mention', () => {
    const first = update(old, { notes: notes(item(1), item(2)) });
    const edited = first
      .replace(item(1), '- A much better story about #1, told by hand')
      .replace('Feature release: some changes.', 'Hello!');
    const next = update(edited, { notes: notes(item(3), item(1), item(2)) });
    expect(unmarked(next)).toBe(unmarked(edited).replace(item(2), `${item(2)}\n${item(3)}`));
  });

  it('that people edited is byte-identical while nothing new is there', () => {
    const first = update(old, { notes: notes(item(1), item(2)) });
    for (const edited of [
      first.replace(item(1), 'mine'),
      first.replace(`${item(1)}\n`, ''),
      first.replace(/### Features[\s\S]*@ada!/, ''),
      first.replace('### Features', '### Highlights'),
      first.replace('### Features', '## Highlights\n\n# Loud'),
      first.replace('## 1.3.0 - 2026-10-01', '## 1.3.0 "Anchor" - 2026-10-01'),
      first.replace('## 1.3.0 - 2026-10-01\n\n', '## 1.3.0 (soon)\nText right below\n'),
    ]) {
      expect(edited).not.toBe(first);
      expect(update(edited, { notes: notes(item(1), item(2)) })).toBe(edited);
    }
  });

  it('a line that people took out stays out, also when others come', () => {
    const edited = update(old, { notes: notes(item(1), item(2)) }).replace(`${item(1)}\n`, '');
    const next = update(edited, { notes: notes(item(1), item(2), item(3)) });
    expect(next).not.toContain(item(1));
    expect(next).toContain(`${item(2)}\n${item(3)}\n`);
  });

  it('a heading that people edited stays while its body goes on', () => {
    const edited = update(old).replace('## 1.3.0 - 2026-10-01', '## 1.3.0 "Anchor"');
    const next = update(edited, { notes: notes(item(1), item(2)), date: '2026-10-02' });
    expect(next).toContain(`## 1.3.0 "Anchor"\n`);
    expect(next).toContain(`${item(1)}\n${item(2)}\n\n### Contributors`);
    expect(update(next, { notes: notes(item(2)) })).not.toContain(item(1));
  });

  it('new sections go where the notes have them', () => {
    const edited = update(old).replace('change 1', 'something else');
    const more = `### Breaking changes\n\n${item(7)}\n\n${notes(item(1)).replace('### Contributors', `### Bug fixes\n\n${item(8)}\n\n### Contributors`)}`;
    expect(headings(update(edited, { notes: more })).slice(1)).toEqual([
      '## 1.3.0 - 2026-10-01',
      '### Breaking changes',
      '### Features',
      '### Bug fixes',
      '### Contributors',
      '## 1.2.0 - 2026-09-01',
    ]);
  });

  it('a new last section goes above the closing link', () => {
    const closing = `Full changelog: [v1.2.0…v1.3.0](${url}/compare/v1.2.0...v1.3.0)`;
    const edited = update(old, { notes: `### Features\n\n${item(1)}\n\n${closing}` }).replace('change 1', 'mine');
    const next = update(edited, { notes: `### Features\n\n${item(1)}\n\n### Bug fixes\n\n${item(2)}\n\n${closing}` });
    expect(unmarked(next)).toContain(`### Bug fixes\n\n${item(2)}\n\n${closing}\n\n## 1.2.0`);
  });

  it.each([
    ['a commit', `- x ([1a2b3c4](${url}/commit/1a2b3c4d5e6f7a8b9c0d1a2b3c4d5e6f7a8b9c0d))`, 'see 1a2b3c4d5e'],
    ['plain numbers', '- x (#12, closes #34)', 'see #12'],
    ['no number at all', '- x by hand', '- x by hand'],
  ])('a change known by %s is mentioned once', (_, line, mention) => {
    const edited = update(old, { notes: `### Features\n\n${item(1)}` }).replace(item(1), `- #1, and ${mention}\n${mention}`);
    expect(unmarked(update(edited, { notes: `### Features\n\n${item(1)}\n${line}` }))).toBe(unmarked(edited));
    const other = edited.replaceAll(mention, 'nothing');
    expect(update(other, { notes: `### Features\n\n${item(1)}\n${line}` })).toContain(line);
  });

  it('the issue that a change closes is not the change', () => {
    const edited = update(old, { notes: `### Features\n\n${item(1)}` }).replace(item(1), '- #1, which is about #34');
    const line = `- x ([#12](${url}/pull/12), closes [#34](${url}/issues/34))`;
    expect(update(edited, { notes: `### Features\n\n${item(1)}\n${line}` })).toContain(line);
  });

  it('what users must do comes along with its line', () => {
    const edited = update(old, { notes: `### Features\n\n${item(1)}` }).replace('change 1', 'mine');
    const line = `${item(2)}\n\n  Do this first:\n\n  \`\`\`sh\n  run\n  \`\`\``;
    expect(update(edited, { notes: `### Features\n\n${item(1)}\n${line}` })).toContain(`\n${line}\n`);
  });

  it('no line goes into code that people put there', () => {
    const code = '```sh\n- not an item\n### not a heading\n```';
    const edited = update(old, { notes: `### Features\n\n${item(1)}` }).replace('### Features', `${code}\n\n### Features`);
    const next = update(edited, { notes: `${item(3)}\n\n### Features\n\n${item(1)}\n${item(2)}` });
    expect(next).toContain(`\n\n${code}\n\n${item(3)}\n\n### Features\n\n${item(1)}\n${item(2)}\n`);
  });

  it('that somebody else wrote is theirs', () => {
    const theirs = '# Changelog\n\n## 1.3.0\n### Features\n* By hand, see #1\n\n## 1.2.0\n- old\n\n[1.2.0]: https://x\n';
    expect(update(theirs)).toBe(theirs);
    expect(unmarked(update(theirs, { notes: notes(item(1), item(2)) }))).toBe(theirs.replace('see #1\n', `see #1\n${item(2)}\n`));
  });

  it('the last one of a file ends before the definitions of links', () => {
    const theirs = '# Changelog\n\n## [1.3.0]\n\n- By hand, see #2\n\n[1.3.0]: https://x\n';
    expect(unmarked(update(theirs))).toContain(`${item(1)}\n\n### Contributors`.slice(0, item(1).length));
    expect(update(theirs).endsWith('-->\n\n[1.3.0]: https://x\n')).toBe(true);
  });

  it('keeps the carriage returns of its file', () => {
    const first = update(old.replaceAll('\n', '\r\n'));
    const edited = first.replace('change 1', 'mine');
    expect(update(edited)).toBe(edited);
    const next = update(edited, { notes: notes(item(1), item(2)) });
    expect(next.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
    expect(next).toContain(`${item(2)}\r\n`);
  });
});

describe('a release whose version changes before it is out', () => {
  const old = '# Changelog\n\n## 1.2.3 - 2026-09-01\n\n- old about 1.2.4\n';
  const compareUrl = (to: string) => `${url}/compare/v1.2.3...v${to}`;
  const asPatch = { version: '1.2.4', compareUrl: compareUrl('1.2.4') };
  const asMinor = { pending: '1.2.4', compareUrl: compareUrl('1.3.0') };

  it('has its entry renamed, not doubled', () => {
    expect(update(update(old, asPatch), asMinor)).toBe(update(old, { compareUrl: compareUrl('1.3.0') }));
  });

  it('keeps what people wrote into it', () => {
    const closing = (to: string) => `Full changelog: [v1.2.3…v${to}](${compareUrl(to)})`;
    const edited = update(old, { ...asPatch, notes: `${notes(item(1))}\n\n${closing('1.2.4')}` })
      .replace('change 1', 'told by hand, not in 1.2.4 yet')
      .replace(' - 2026-10-01', ' "Anchor"');
    const next = update(edited, { ...asMinor, notes: `${notes(item(1), item(2))}\n\n${closing('1.3.0')}` });
    expect(next).toContain(`## [1.3.0](${compareUrl('1.3.0')}) "Anchor"\n`);
    expect(next).toContain(`told by hand, not in 1.2.4 yet ([#1](${url}/pull/1)) by @ada\n${item(2)}\n`);
    expect(next).toContain(closing('1.3.0'));
    expect(next).toContain('- old about 1.2.4');
    expect(headings(next).filter((one) => one.includes('1.2.4'))).toEqual([]);
  });

  it('has one entry where there were two', () => {
    const both = update(update(old, asPatch), { ...asMinor, pending: '1.2.9' });
    expect(headings(both)).toHaveLength(6 + 2);
    expect(update(both, asMinor)).toBe(update(old, { compareUrl: compareUrl('1.3.0') }));
    const edited = both.replaceAll('change 1', 'mine');
    expect(headings(update(edited, asMinor)).filter((one) => one.includes('1.2.4'))).toHaveLength(1);
  });

  it('leaves a longer version alone', () => {
    const text = '# Changelog\n\n## 1.2.4-rc.1 - 2026-09-01\n\n- x\n';
    expect(update(text, { pending: '1.2.4' })).toContain('\n## 1.2.4-rc.1 - 2026-09-01\n\n- x\n');
  });
});

describe('laws', () => {
  const line = fc.oneof(
    fc.constantFrom(
      '',
      '',
      '- x (#1)',
      '* y',
      '  more',
      'text',
      '---',
      '===',
      '```',
      '~~~',
      '<!--',
      '-->',
      '<a name="x"></a>',
      '[1.0.0]: https://x',
      '# Changelog',
      '## [Unreleased]',
      '### Features',
      '### Contributors',
      '# x',
      '    ## 1.0.0',
      '\t',
      'a\r',
      '\ufeff',
      '<h1>x</h1>',
      '## 1.3.0 - 2026-10-01',
      '1.3.0',
      '## 1.2.4',
      '<!-- shiplock a b #1 -->',
      '<!-- x -->',
      '## [',
      '> ## 1.0.0',
      '- ## 1.0.0',
    ),
    anyVersion.map((version) => `## [${version}] - 2026-01-01`),
    anyVersion.map((version) => `# v${version}`),
    fc.string({ maxLength: 12 }),
  );
  const document = fc.tuple(fc.array(line, { maxLength: 14 }), fc.constantFrom('\n', '\r\n')).map(([lines, eol]) => lines.join(eol));
  const version = fc.oneof(fc.constantFrom('1.3.0', '1.2.4', '1.0.0'), anyVersion);

  it('twice is the same as once, whatever is in the file and in the notes', () => {
    fc.assert(
      fc.property(document, document, version, fc.option(version, { nil: undefined }), fc.boolean(), (text, said, to, from, linked) => {
        const full = { text, version: to, tag: `v${to}`, date: '2026-10-01', notes: said };
        const more = { ...(from === undefined ? {} : { pending: from }), ...(linked ? { compareUrl: 'https://x/a...b' } : {}) };
        const once = updateChangelog({ ...full, ...more });
        expect(updateChangelog({ ...full, ...more, text: once })).toBe(once);
      }),
      { numRuns: 3000 },
    );
  });

  it('the version has an entry afterwards, and no other version gets one', () => {
    fc.assert(
      fc.property(document, document, version, (text, said, to) => {
        const about = (of: string) => readOutline(of).headings.flatMap((one) => (one.about === null ? [] : [one.about.version]));
        const before = about(text);
        const after = about(updateChangelog({ text, version: to, tag: `v${to}`, date: '2026-10-01', notes: said }));
        expect(after).toContain(to);
        expect(after.filter((one) => one !== to)).toEqual(before.filter((one) => one !== to));
      }),
      { numRuns: 1500 },
    );
  });

  it('nothing outside the entry changes: a new one is only put in', () => {
    fc.assert(
      fc.property(document, document, version, (text, said, to) => {
        fc.pre(text.trim() !== '' && readOutline(text).headings.every((one) => one.about?.version !== to));
        const after = updateChangelog({ text, version: to, tag: `v${to}`, date: '2026-10-01', notes: said });
        const own = readOutline(after).headings.find((one) => one.about?.version === to);
        const mark = readOutline(after).marks.find((one) => one.start > (own?.start ?? 0));
        const rest = after.slice(0, own?.start) + after.slice(mark?.end);
        // Blank lines are put around it; everything else is as it was.
        const squeezed = (of: string) => of.replace(/[\r\n\ufeff]+/g, '');
        expect([squeezed(text), `# Changelog${squeezed(text)}`]).toContain(squeezed(rest));
      }),
      { numRuns: 1500 },
    );
  });

  it('other entries are never touched by a later run', () => {
    fc.assert(
      fc.property(fc.uniqueArray(version, { maxLength: 5 }), document, document, (versions, one, other) => {
        let text = '# Changelog\n';
        for (const to of versions) text = updateChangelog({ text, version: to, tag: `v${to}`, date: '2026-09-01', notes: one });
        const [newest, ...older] = [...versions].reverse();
        if (newest === undefined) return;
        const below =
          older.length === 0 ? '' : text.slice(readOutline(text).headings.find((entry) => entry.about?.version === older[0])?.top);
        const after = updateChangelog({ text, version: newest, tag: `v${newest}`, date: '2026-10-01', notes: other });
        expect(after.endsWith(below)).toBe(true);
        expect(after.startsWith('# Changelog\n')).toBe(true);
      }),
    );
  });

  it.each([
    '#',
    '`',
    '~',
    '<!--',
    '-',
    '=',
    ' ',
    '\n',
    '1',
    '1.',
    '[',
    '(',
    '<a name=',
    '# 1.2.3\n',
    '- #1\n',
    'a',
    '\t',
    '#1 ',
    '<',
    '[a]: b\n',
  ])('a file of nothing but %j is read in time', (part) => {
    const text = part.repeat(Math.ceil(20_000 / part.length));
    const begin = performance.now();
    updateChangelog({ text, version: '1.3.0', tag: 'v1.3.0', date: '2026-10-01', notes: text });
    updateChangelog({ text: `## 1.3.0\n\n${text}`, version: '1.3.0', tag: 'v1.3.0', date: '2026-10-01', notes: text, pending: '1.2.4' });
    updateChangelog({ text: `## 1.3.0 ${text}`, version: '1.3.0', tag: 'v1.3.0', date: text, notes: `# ${text}` });
    expect(performance.now() - begin).toBeLessThan(2000);
  });
});
