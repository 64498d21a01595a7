// A comment → commands: what is said and what is only shown, the arguments of each kind, and what is not run because it cannot all be meant.
import { describe, expect, it } from 'vitest';
import { isCommandable } from '../../src/core/command/commandable.ts';
import { meantBy } from '../../src/core/command/misspelt.ts';
import { parseComment } from '../../src/core/command/parse.ts';
import { readUntil, untilOf } from '../../src/core/command/until.ts';
import { exampleOf, usageOf } from '../../src/core/command/usage.ts';
import { COMMANDS } from '../../src/core/command.ts';

const BARE = { prefix: '' };

describe('a command', () => {
  it.each(COMMANDS.map((shape) => [shape.example, shape] as const))('is read as its example shows it: %s', (example, shape) => {
    const { calls, problems } = parseComment(example, BARE);
    expect(problems).toEqual([]);
    expect(calls.map((call) => [call.shape, call.text])).toEqual([[shape, example]]);
    for (const argument of shape.arguments) if (!argument.optional) expect(calls[0]?.arguments[argument.name]).toBeTruthy();
  });

  it.each<[string, string, string[]]>([
    ['alone', '/deploy qa', ['deploy qa']],
    ['with a line end', '/deploy qa\n', ['deploy qa']],
    ['between words', 'Looks good.\n/approve qa\nThank you!', ['approve qa']],
    ['with the web form’s line ends', 'Looks good.\r\n/approve qa\r\n\r\n/why qa\r\n', ['approve qa', 'why qa']],
    ['with an old line end', 'Looks good.\r/approve qa\r/why qa', ['approve qa', 'why qa']],
    ['after three spaces', '   /deploy qa', ['deploy qa']],
    ['with spaces around', '/deploy \t qa   ', ['deploy qa']],
    ['with a hard break', '/deploy qa\\\n/why qa  \nthanks', ['deploy qa', 'why qa']],
    ['in capitals', '/DEPLOY qa\n/Release Plan', ['deploy qa', 'release plan']],
    ['after a quote and a blank line', '> /deploy production\n\n/deploy qa', ['deploy qa']],
    ['after code, at once', '```\nlog\n```\n/deploy qa', ['deploy qa']],
    ['before code, at once', '/deploy qa\n```\nlog\n```', ['deploy qa']],
    ['after a list with code', '1. first\n   ```sh\n   make\n   ```\n2. second\n\n/deploy qa', ['deploy qa']],
    ['after folded words', '<details><summary>Log</summary>\n\n```\nx\n```\n\n</details>\n\n/deploy qa', ['deploy qa']],
    ['after a template’s comment', '<!-- Say what you want -->\n/deploy qa', ['deploy qa']],
    ['after a type in a sentence', 'It returns List<String> and Map<K, V>.\n\n/deploy qa', ['deploy qa']],
    ['after a line break in HTML', 'one<br>two <img src="x">\n\n/deploy qa', ['deploy qa']],
    ['after a byte order mark and a line', '\ufeffwords\n/deploy qa', ['deploy qa']],
    ['after a marked quotation of an email', 'On Mon, 2 Nov 2026, Ada wrote:\n> /deploy production\n\n/deploy qa', ['deploy qa']],
    ['before an email’s tail', '/deploy qa\n\nOn Mon, 2 Nov 2026, Ada wrote:\n/deploy production', ['deploy qa']],
    ['with an address as environment', '/why www.example.com', ['why www.example.com']],
  ])('is heard: %s', (_, body, said) => {
    expect(saidIn(body)).toEqual(said);
  });

  it('is heard below a long log', () => {
    const log = '2026-11-22T08:00:00Z INFO [worker] <init> *done* `x` | y\n'.repeat(900);
    expect(saidIn(`The log:\n\n\`\`\`\n${log}\`\`\`\n\n/deploy qa`)).toEqual(['deploy qa']);
    expect(saidIn(`${'The quick brown fox jumps over the lazy dog.\n'.repeat(900)}\n/deploy qa`)).toEqual(['deploy qa']);
  });

  it('runs once where it stands twice', () => {
    expect(saidIn('/deploy qa\n/deploy  QA\n\n/deploy qa')).toEqual(['deploy qa']);
  });
});

describe('nothing is heard', () => {
  it.each<[string, string]>([
    ['of no words', ''],
    ['of a path', '/etc/passwd and /deploy/qa'],
    ['within a line', 'please /deploy qa'],
    ['after four spaces', 'words\n    /deploy qa'],
    ['after a tab', 'words\n\t/deploy qa'],
    ['after an odd space', '\u00a0/deploy qa'],
    ['after a zero-width space', '\u200b/deploy qa'],
    ['behind an escape', '\\/deploy qa'],
    ['behind an entity', '&#47;deploy qa'],
    ['of another bot’s word', '/retest\n/rebase\n/lgtm\n/test all\n/cc @ada\n/lock\n/assign\n/release-note-none'],
  ])('%s', (_, body) => {
    expect(parseComment(body, BARE)).toEqual({ calls: [], problems: [] });
  });

  it.each<[string, string]>([
    ['a comment', '<!-- /deploy qa -->'],
    ['a comment of several lines', '<!--\n/deploy qa\n-->'],
    ['a comment with a blank line', '<!-- a\n\n/deploy qa\n\n-->'],
    ['a comment without an end', '<!--\n\n/deploy qa'],
    ['a comment within words', 'words <!--\n/deploy qa\n--> words'],
    ['a comment that one reader ends sooner', '<!--> -->\n\n/deploy qa\n\n<!-- -->'],
    ['a comment that another reader ends sooner', '<!-- --!> <details> -->\n\n/deploy qa'],
    ['a comment in a block of HTML', '<div><!--\n\n/deploy qa\n\n--></div>'],
    ['an attribute', '<a title="\n/deploy qa\n">x</a>'],
    ['an attribute of a block', '<div title="\n\n/deploy qa\n\n">'],
    ['folded words', '<details>\n/deploy qa\n</details>'],
    ['folded words with blank lines', '<details>\n<summary>more</summary>\n\n/deploy qa\n\n</details>'],
    ['folded words, in a sentence', 'See <details>\n\n/deploy qa\n\n</details>'],
    ['folded words in folded words', '<details>\n\n<details>\n\n</details>\n\n/deploy qa\n\n</details>'],
    ['folded words without an end', '<details>\n\nwords\n\n/deploy qa'],
    ['folded words, ended in an attribute only', '<details><a title="</details>"></a>\n\n/deploy qa'],
    ['folded words, ended in a comment only', '<details><!-- </details> -->\n\n/deploy qa'],
    ['folded words, ended in code only', '<details>\n\n`</details>`\n\n/deploy qa'],
    ['any other element', '<div>\n\n/deploy qa\n\n</div>'],
    ['preformatted text', '<pre>\n/deploy qa\n\n/why qa\n</pre>'],
    ['emphasis in HTML', 'words <b>\n/deploy qa\n</b>'],
    ['a processing instruction', '<?php\n\n/deploy qa\n\n?>'],
    ['CDATA', '<![CDATA[\n\n/deploy qa\n\n]]>'],
  ])('S-11 in HTML: %s', (_, body) => {
    expect(parseComment(body, BARE)).toEqual({ calls: [], problems: [] });
    expect(parseComment(body.replaceAll('\n', '\r\n'), BARE)).toEqual({ calls: [], problems: [] });
  });

  it.each<[string, string]>([
    ['a fence', '```\n/deploy qa\n```'],
    ['a fence with a language', '```sh\n/deploy qa\n```'],
    ['a fence with a blank line', '```\n\n/deploy qa\n\n```'],
    ['a fence of tildes', '~~~\n/deploy qa\n~~~'],
    ['a fence of four, with three within', '````\n```\n/deploy qa\n```\n\n/deploy qa\n````'],
    ['a fence without an end', 'words\n```\n\n/deploy qa'],
    ['an indented fence', '   ```\n/deploy qa\n   ```'],
    ['a fence that tildes do not end', '```\n~~~\n\n/deploy qa\n```'],
    ['a fence that a longer line does not end', '```\n``` x\n\n/deploy qa\n```'],
    ['a fence in a list', '- item\n  ```\n\n  /deploy qa\n  ```'],
    ['indented code', 'words\n\n    /deploy qa'],
    ['a code span', '`/deploy qa`'],
    ['a code span of several lines', 'words `a\n/deploy qa\nb` words'],
    ['a code span of two backticks', '``\n/deploy qa\n` ``'],
    ['a quote', '> /deploy qa'],
    ['a quote’s lazy line', '> words\n/deploy qa'],
    ['a quote in a quote', '> > /deploy qa\n> /deploy qa'],
    ['a quote in a list', '- > /deploy qa'],
    ['an email’s quotation', 'Yes.\n\nOn Mon, 2 Nov 2026 at 10:00, Ada <ada@example.org> wrote:\n\n> /deploy qa'],
    ['an email’s quotation without marks', 'Yes.\n\nOn Mon, 2 Nov 2026 at 10:00, Ada wrote:\n\n/deploy qa'],
    ['an email’s quotation, its head on two lines', 'Yes.\n\nOn Mon, 2 Nov 2026 at 10:00,\nAda Lovelace wrote:\n\n/deploy qa'],
    ['an original message', 'Yes.\n\n-----Original Message-----\n\n/deploy qa'],
    ['a forwarded message', 'Yes.\n\n**From:** Ada\n**Sent:** Monday\n\n/deploy qa'],
    ['a signature', 'Yes.\n\n-- \nAda\n/deploy qa\n\n/deploy qa'],
  ])('S-12 in code and quotes: %s', (_, body) => {
    expect(parseComment(body, BARE)).toEqual({ calls: [], problems: [] });
    expect(parseComment(body.replaceAll('\n', '\r\n'), BARE)).toEqual({ calls: [], problems: [] });
  });

  it.each<[string, string]>([
    ['a heading', '# /deploy qa'],
    ['an underlined heading', '/deploy qa\n==='],
    ['a heading above a signature', '/deploy qa\n-- \nAda'],
    ['a list', '- /deploy qa\n- words\n/deploy qa'],
    ['a numbered list', '1. words\n   /deploy qa\n\n   /deploy qa'],
    ['a task', '- [ ] /deploy qa'],
    ['a table', '| a | b |\n|---|---|\n| /deploy qa | c |\n/deploy qa'],
    ['a link', '[/deploy qa](https://example.org)'],
    ['a link of several lines', '[a\n/deploy qa\nb](https://example.org)'],
    ['a link that leads where another line says', '[a\n/deploy qa\nb]\n\n[a /deploy qa b]: https://example.org'],
    ['a link’s title', '[a](https://example.org "\n/deploy qa\n")'],
    ['a link’s target', '[a]:\n/deploy "qa"'],
    ['an image', '![a\n/deploy qa\nb](https://example.org)'],
    ['a footnote', 'words[^1]\n\n[^1]: words\n/deploy qa\n\n    /deploy qa'],
    ['emphasis', '**words\n/deploy qa\nwords**'],
    ['crossed-out words', '~~words\n/deploy qa\nwords~~'],
  ])('in what is no paragraph’s own text: %s', (_, body) => {
    expect(parseComment(body, BARE)).toEqual({ calls: [], problems: [] });
  });

  it.each([
    '/approve-later qa',
    '/deploynow qa',
    '/deploy.qa',
    '/deploy:qa',
    '/deploy, please',
    '/hold! qa x',
    '/classify/feature',
    '//deploy qa',
  ])('S-13 of a word that only begins like a command: %s', (body) => {
    expect(parseComment(body, BARE).calls).toEqual([]);
    expect(parseComment(body, BARE).problems.map(({ code }) => code)).toEqual(/[,!]/.test(body) ? ['unknown-command'] : []);
  });
});

describe('S-14 commands that cannot all be meant', () => {
  it.each<[string, string]>([
    ['held and not', '/hold qa a reason\n/unhold QA'],
    ['frozen and not', '/unfreeze qa\n/freeze qa 3d a reason'],
    ['approved and rejected', '/approve qa\n/reject qa a reason'],
    ['approved, and one rejected that may be the same', '/approve\n/reject qa a reason'],
    ['rejected and let in', '/reject qa a reason\n/override qa a reason'],
    ['forwards and back', '/deploy qa\n/rollback qa'],
    ['two versions for one place', '/deploy qa 1.2.3\n/deploy qa 1.2.4'],
    ['two reasons', '/hold qa one\n/hold qa two'],
    ['two kinds', '/classify feature\n/classify none'],
    ['two versions', '/release as 1.2.3\n/release as 2.0.0'],
    ['published twice', '/release publish\n/release publish'],
    ['published and renamed', '/release as 2.0.0\n/release publish'],
    ['published and shown', '/release publish\n/release plan'],
  ])('none of them is run: %s', (_, body) => {
    const { calls, problems } = parseComment(`${body}\n/why qa`, BARE);
    expect(calls).toEqual([]);
    expect(problems.map(({ code }) => code)).toEqual(['contradiction']);
    expect(problems[0]?.says).toContain(body.split('\n')[0]);
  });

  it.each<[string, string, number]>([
    ['two environments', '/approve qa\n/approve uat', 2],
    ['a hold here, its end there', '/hold qa x\n/unhold uat', 2],
    ['shown and named', '/release as 2.0.0\n/release plan\n/release draft', 3],
    ['asked why twice', '/why qa\n/why qa\n/why uat', 2],
    ['two lines', '/backport 1.x\n/backport 2.x', 2],
  ])('others are: %s', (_, body, count) => {
    expect(parseComment(body, BARE)).toMatchObject({ calls: Array(count).fill({}), problems: [] });
  });

  it('more than ten are too many', () => {
    const body = (count: number) => Array.from({ length: count }, (_, index) => `/why env${index}`).join('\n');
    expect(parseComment(body(10), BARE).calls).toHaveLength(10);
    expect(parseComment(body(11), BARE)).toMatchObject({ calls: [], problems: [{ code: 'too-many', text: '/why env10' }] });
  });

  it('one problem keeps the others from being run', () => {
    expect(parseComment('/deploy qa\n\n/clasify feature\n/hold qa', BARE)).toMatchObject({
      calls: [],
      problems: [
        { code: 'unknown-command', text: '/clasify feature' },
        { code: 'missing-argument', text: '/hold qa' },
      ],
    });
  });
});

describe('S-15 arguments', () => {
  it.each<[string, string, Record<string, string>]>([
    ['an environment', '/why production', { environment: 'production' }],
    ['an environment with a slash', '/why eu/production', { environment: 'eu/production' }],
    ['an environment in quotes', '/why "pre prod"', { environment: 'pre prod' }],
    ['an environment in a telephone’s quotes', '/deploy “pre prod” 1.2.3', { environment: 'pre prod', version: '1.2.3' }],
    ['an environment in other letters', '/why プロダクション', { environment: 'プロダクション' }],
    ['shell words as a name that no environment has', '/why $(id);`', { environment: '$(id);`' }],
    ['a version', '/deploy qa 1.2.3', { environment: 'qa', version: '1.2.3' }],
    ['a version with its v', '/deploy qa v1.2.3', { environment: 'qa', version: '1.2.3' }],
    ['a prerelease', '/release as 2.0.0-rc.1', { version: '2.0.0-rc.1' }],
    ['a tag', '/deploy qa core-v1.2.0', { environment: 'qa', version: 'core-v1.2.0' }],
    ['a scoped tag', '/deploy qa @acme/cli@1.2.0', { environment: 'qa', version: '@acme/cli@1.2.0' }],
    ['no version of one’s own', '/release as Auto', { version: 'auto' }],
    ['a choice in capitals', '/classify Breaking', { kind: 'breaking' }],
    ['a branch', '/backport release/1.x', { line: 'release/1.x' }],
    ['a duration', '/freeze qa 12h year end', { environment: 'qa', until: '12h', reason: 'year end' }],
    ['a day', '/freeze qa 2027-01-04 year end', { environment: 'qa', until: '2027-01-04', reason: 'year end' }],
    ['a time', '/freeze qa 2027-01-04T08:00 x', { environment: 'qa', until: '2027-01-04T08:00', reason: 'x' }],
    [
      'a time with an offset',
      '/freeze qa 2027-01-04T08:00:30+01:00 x',
      { environment: 'qa', until: '2027-01-04T08:00:30+01:00', reason: 'x' },
    ],
    ['no time', '/freeze qa year end', { environment: 'qa', reason: 'year end' }],
    ['no time but a number', '/freeze qa 2nd migration', { environment: 'qa', reason: '2nd migration' }],
    ['no time but a quote', '/freeze qa "3d" printer', { environment: 'qa', reason: '"3d" printer' }],
    [
      'a reason as written',
      '/hold qa  the *db* is `moved`, see [it](u) ~~x~~ "y',
      { environment: 'qa', reason: 'the *db* is `moved`, see [it](u) ~~x~~ "y' },
    ],
    ['a reason without what cannot be seen', '/hold qa a\u202eb\u200bc', { environment: 'qa', reason: 'abc' }],
    ['no environment, which may be left out', '/approve', {}],
    ['one word, which is the reason', '/reject flaky', { reason: 'flaky' }],
  ])('are read by the table: %s', (_, body, values) => {
    expect(parseComment(body, BARE)).toMatchObject({ calls: [{ arguments: values }], problems: [] });
    expect(Object.keys(parseComment(body, BARE).calls[0]?.arguments ?? {})).toEqual(Object.keys(values));
  });

  it.each<[string, string, string, string]>([
    ['none', '/deploy', 'missing-argument', 'an environment'],
    ['no reason', '/hold qa', 'missing-argument', 'a reason'],
    ['a reason of nothing', '/hold qa \u200b', 'missing-argument', 'a reason'],
    ['a time but no reason', '/freeze qa 3d', 'missing-argument', 'a reason'],
    ['no verb', '/release', 'missing-argument', '/release as VERSION'],
    ['one too many', '/unhold qa now', 'unknown-argument', 'now'],
    ['one where there are none', '/help me', 'unknown-argument', 'nothing more'],
    ['a name with a space', '/why pre prod', 'unknown-argument', '"pre prod"'],
    ['a name with a space, before a version', '/deploy pre prod', 'invalid-argument', '"pre prod"'],
    ['half a version', '/deploy qa 1.2', 'invalid-argument', '1.4.0'],
    ['a name as version', '/release as latest', 'invalid-argument', '1.4.0-rc.1, or auto'],
    ['a word of another command as version', '/deploy qa auto', 'invalid-argument', 'or the tag of a release'],
    ['a tag that is none', '/deploy qa core..1.2.0', 'invalid-argument', 'is no version'],
    ['a tag to go back to', '/rollback qa core-v1.2.0', 'invalid-argument', 'is no version'],
    ['a misspelt choice', '/classify feture', 'invalid-argument', 'did you mean feature?'],
    ['another choice', '/classify urgent', 'invalid-argument', 'maintenance, feature'],
    ['an unclosed quote', '/deploy "pre prod', 'invalid-argument', 'quote'],
    ['a quote in a word', '/deploy pre"prod', 'invalid-argument', 'quote'],
    ['words after a quote', '/deploy "pre"prod', 'invalid-argument', 'quote'],
    ['an empty name', '/deploy ""', 'invalid-argument', 'no name'],
    ['a name with a control character', '/deploy "a\u0007b"', 'invalid-argument', 'no name'],
    ['a name that is too long', `/deploy ${'a'.repeat(256)}`, 'invalid-argument', 'no name'],
    ['a branch that git refuses', '/backport a..b', 'invalid-argument', 'branch'],
    ['an option for git', '/backport --upload-pack=x', 'invalid-argument', 'branch'],
    ['a day that is none', '/freeze qa 2027-02-30 x', 'invalid-argument', 'no such day'],
    ['a unit that is none', '/freeze qa 2w x', 'invalid-argument', 'no duration'],
    ['a duration in two words', '/freeze qa 3 days x', 'invalid-argument', 'no duration'],
    ['a duration of nothing', '/freeze qa 0h x', 'invalid-argument', 'from 1s'],
    ['a long reason', `/hold qa ${'a'.repeat(501)}`, 'invalid-argument', '501'],
    ['emphasis', '/deploy **qa**', 'invalid-argument', 'plain text'],
    ['a code span', '/deploy `qa`', 'invalid-argument', 'plain text'],
    ['a link', '/deploy [qa](u)', 'invalid-argument', 'plain text'],
    ['HTML', '/deploy qa <!-- x -->', 'invalid-argument', 'plain text'],
    ['HTML in a reason', '/hold qa words <!-- hidden -->', 'invalid-argument', 'HTML'],
    ['a verb that is none', '/release it', 'unknown-command', '/release plan'],
    ['a misspelt verb', '/release pubish', 'unknown-command', 'did you mean `publish`?'],
    ['a misspelt command', '/aprove qa', 'unknown-command', 'did you mean `/approve`?'],
    ['a command with letters swapped', '/depoly qa', 'unknown-command', 'did you mean `/deploy`?'],
  ])('that are wrong are told: %s', (_, body, code, words) => {
    const { calls, problems } = parseComment(body, BARE);
    expect(calls).toEqual([]);
    expect(problems).toMatchObject([{ code, text: body.trimEnd() }]);
    expect(problems[0]?.says).toContain(words);
    expect(problems[0]?.says).toMatch(/[.?]$/);
  });

  it.each<[string, string, Record<string, string> | string]>([
    ['a known environment', '/reject Production too slow', { environment: 'production', reason: 'too slow' }],
    ['no environment', '/reject it is too slow', { reason: 'it is too slow' }],
    ['an unknown one in quotes', '/reject "it" is too slow', { environment: 'it', reason: 'is too slow' }],
    ['a misspelt one', '/reject prodction too slow', 'did you mean `production`?'],
    ['a known one and no reason', '/reject production', 'a reason'],
    ['a misspelt one to approve', '/approve prodction', 'did you mean `production`?'],
  ])('tell an environment that may be left out by those that are known: %s', (_, body, wanted) => {
    const { calls, problems } = parseComment(body, { prefix: '', environments: ['qa', 'production'] });
    if (typeof wanted === 'string') expect(problems[0]?.says).toContain(wanted);
    else expect(calls.map((call) => call.arguments)).toEqual([wanted]);
  });
});

describe('a prefix', () => {
  const options = { prefix: 'shiplock' };

  it('leaves bare commands to others', () => {
    expect(parseComment('/release plan\n/deploy qa\n/aprove', options)).toEqual({ calls: [], problems: [] });
  });

  it.each(COMMANDS.map((shape) => [exampleOf(shape, 'shiplock'), shape] as const))('begins a command: %s', (example, shape) => {
    expect(parseComment(example, options)).toMatchObject({ calls: [{ shape, text: example }], problems: [] });
  });

  it.each([
    ['/shiplock', 'missing-argument', '/shiplock help'],
    ['/shiplock frobnicate', 'unknown-command', '/shiplock help'],
    ['/shiplock aprove qa', 'unknown-command', 'did you mean `/shiplock approve`?'],
    ['/shiplok approve qa', 'unknown-command', 'did you mean `/shiplock`?'],
    ['/shiplock hold qa', 'missing-argument', '`/shiplock hold ENV REASON`'],
    ['/shiplock release', 'missing-argument', '`/shiplock release as VERSION`'],
  ])('is our own, so that every mistake behind it is told: %s', (body, code, words) => {
    const { problems } = parseComment(body, options);
    expect(problems).toMatchObject([{ code }]);
    expect(problems[0]?.says).toContain(words);
  });
});

describe('a comment that cannot be read for sure', () => {
  it.each<[string, string]>([
    ['longer than GitHub has them', `${'words '.repeat(11_000)}\n\n/deploy qa`],
    ['nested deeply', `${'> '.repeat(20)}words\n/deploy qa`],
    ['of one endless paragraph', `${'words\n'.repeat(1_000)}/deploy qa`],
    ['with a block of HTML that is too long', `<div>\n${'words\n'.repeat(1_000)}</div>\n\n/deploy qa`],
  ])('runs nothing and says so: %s', (_, body) => {
    expect(parseComment(body, BARE)).toMatchObject({ calls: [], problems: [{ code: 'unreadable', text: '/deploy qa' }] });
  });

  it('is no matter where it holds no command', () => {
    expect(parseComment(`${'> '.repeat(20_000)}words\n/retest`, BARE)).toEqual({ calls: [], problems: [] });
  });
});

describe('a misspelt word', () => {
  const known = [...new Set(COMMANDS.map(({ name }) => name))];
  it.each([
    ['wy', 'why'],
    ['hodl', 'hold'],
    ['dploy', 'deploy'],
    ['rejct', 'reject'],
    ['clasiffy', 'classify'],
    ['bakcprot', 'backport'],
    ['rollbak', 'rollback'],
  ])('is one edit away, or two where it is long: %s', (word, meant) => {
    expect(meantBy(word, known)).toBe(meant);
  });

  it.each(['retest', 'rebase', 'review', 'merge', 'lgtm', 'test', 'label', 'close', 'build', 'shrug', 'unlock', 'cherry-pick', 'hello'])(
    'is not what other bots are told: %s',
    (word) => {
      expect(meantBy(word, known)).toBeNull();
    },
  );
});

describe('a time', () => {
  it.each([
    ['90s', { seconds: 90 }],
    ['15M', { seconds: 900 }],
    ['3d', { seconds: 259_200 }],
    ['2027-01-04', { moment: '2027-01-04T00:00' }],
    ['2028-02-29t08:00z', { moment: '2028-02-29T08:00Z' }],
  ])('is read from a command: %s', (word, until) => {
    expect(readUntil(word)).toEqual(until);
    expect(untilOf(word)).toEqual(until);
  });

  it('of a command was read before', () => {
    expect(() => untilOf('soon')).toThrow('soon');
  });
});

describe('S-18 whose comments are read', () => {
  const self = { app: 42, slug: 'shiplock' };
  const person = { login: 'ada', id: 1, bot: false };
  const bot = { login: 'renovate[bot]', id: 2, bot: true };
  it.each<[string, Parameters<typeof isCommandable>[0], readonly string[], boolean, string]>([
    ['a person’s', { author: person, app: null }, [], true, 'person'],
    ['our own', { author: { login: 'shiplock[bot]', id: 9, bot: true }, app: { slug: 'shiplock', id: 42 } }, [], false, 'self'],
    ['our own, though listed', { author: bot, app: { slug: 'renamed', id: 42 } }, ['renovate', 'renamed', '42'], false, 'self'],
    ['our own for a person', { author: person, app: { slug: 'shiplock', id: 42 } }, ['shiplock'], false, 'self'],
    ['our own, its app not told', { author: { login: 'Shiplock[bot]', id: 9, bot: true }, app: null }, ['shiplock'], false, 'self'],
    ['a bot’s', { author: bot, app: { slug: 'renovate', id: 7 } }, [], false, 'bot'],
    ['a bot’s without its suffix', { author: { login: 'Copilot', id: 3, bot: true }, app: null }, ['ada'], false, 'bot'],
    ['a listed bot’s', { author: bot, app: null }, ['Renovate[bot]'], true, 'listed'],
    ['a listed app’s, by id', { author: bot, app: { slug: 'renovate', id: 7 } }, ['7'], true, 'listed'],
    ['an app’s in a person’s name', { author: person, app: { slug: 'chat', id: 8 } }, [], false, 'app'],
    ['an app’s in the name of a person who is listed', { author: person, app: { slug: 'chat', id: 8 } }, ['ada'], false, 'app'],
    ['a listed app’s in a person’s name', { author: person, app: { slug: 'chat', id: 8 } }, ['chat'], true, 'listed'],
    ['a person’s who is called like us', { author: { login: 'shiplock', id: 4, bot: false }, app: null }, [], true, 'person'],
  ])('%s', (_, comment, allow, act, code) => {
    expect(isCommandable(comment, self, allow)).toMatchObject({ act, code });
    expect(isCommandable(comment, self, allow).why).toMatch(/\.$/);
  });
});

it('the usage of a command names each of its arguments', () => {
  expect(COMMANDS.map((shape) => usageOf(shape, ''))).toContain('/freeze ENV [UNTIL] REASON');
  expect(COMMANDS.map((shape) => usageOf(shape, 'shiplock'))).toContain('/shiplock release as VERSION');
});

function saidIn(body: string): string[] {
  const { calls, problems } = parseComment(body, BARE);
  expect(problems).toEqual([]);
  return calls.map(({ shape, arguments: given }) => [shape.name, shape.verb, given.environment].filter((word) => word).join(' '));
}
