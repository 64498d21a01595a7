// Text from others, as a real Markdown parser reads what we make of it.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codeSpan, inlineText } from '../../src/core/notes/markdown.ts';
import { blockText } from '../../src/core/notes/markdown-block.ts';
import { hostileText, leaksOf, nodesOf, parseMarkdown, shapeOf } from '../support/markdown.ts';

describe('a line of text from others', () => {
  it.each([
    ['plain words stay as they are', 'add a flag (and its test), v1.2.3: done', 'add a flag (and its test), v1.2.3: done'],
    ['code stays code', 'add `--json` to `plan`', 'add `--json` to `plan`'],
    ['code may hold backticks', 'escape `` a`b `` too', 'escape ``a`b`` too'],
    ['code may hold HTML', 'render `<br>` once', 'render `<br>` once'],
    ['a lone backtick is a character', 'the ` key', 'the \\` key'],
    ['emphasis is text', 'make it **bold** and _it_', 'make it \\*\\*bold\\*\\* and \\_it\\_'],
    ['names with underscores stay readable', 'rename snake_case_name', 'rename snake_case_name'],
    ['a mention becomes code', 'thanks @team!', 'thanks `@team`!'],
    ['a scoped package becomes code', 'bump @types/node (dev)', 'bump `@types/node` (dev)'],
    ['an address becomes code', 'by <me@x.example>', 'by &lt;`me@x.example`>'],
    ['an entity is no way to a mention', 'hi &#64;team &commat;team', 'hi `&#64`;team &amp;commat;team'],
    ['issues and commits become code', 'fixes #12, o/r#3, GH-4 and abcdef1', 'fixes `#12`, `o/r#3`, `GH-4` and `abcdef1`'],
    ['a bare URL becomes code', 'see https://x.example/a?b=c.', 'see `https://x.example/a?b=c`.'],
    ['a link shows where it leads', 'see [docs](https://x.example)', 'see docs (`https://x.example`)'],
    ['an image is its words', 'new ![logo](logo.png)', 'new logo (logo.png)'],
    ['a script link is text', '[x](javascript:alert(1))', '\\[x\\](javascript:alert(1))'],
    ['HTML is text', '<img src=x onerror=alert(1)>', '&lt;img src=x onerror=alert(1)>'],
    ['a comment is text', '<!-- a --> b', '&lt;!-- a --&gt; b'],
    ['a comment in code is text as well', '`-->`', '\\`--&gt;\\`'],
    ['generics are readable', 'return Array<string>', 'return Array&lt;string>'],
    ['mathematics becomes code', 'use $a and $b', 'use `$a` and `$b`'],
    ['a heading is text', '# big', '\\# big'],
    ['a list is text', '- item', '\\- item'],
    ['a number with a dot begins no list', '1. item', '1\\. item'],
    ['a year does not need an escape', '2024 was good', '2024 was good'],
    ['a quote is text', '> quote', '\\> quote'],
    ['a slash-command is code', '/deploy production', '`/deploy` production'],
    ['lines become one', 'a\r\n\n  b\tc', 'a b c'],
    ['what is not meant to be seen goes', 'a\u202eb\u200bc\u0000d', 'abcd'],
    ['emoji with joiners stay', 'for 👩‍💻 ❤️', 'for 👩‍💻 ❤️'],
    ['a backslash at the end escapes nothing of ours', 'path C:\\', 'path C:\\\\'],
    ['side by side, code is one span', '@a`b`', '`@ab`'],
  ])('%s', (_, text, expected) => {
    expect(inlineText(text)).toBe(expected);
  });

  it('cuts what is too long between words, with an ellipsis', () => {
    expect(inlineText('many words in a row', 16)).toBe('many words in a…');
    expect(inlineText('x'.repeat(300))).toHaveLength(256);
    expect(inlineText('x'.repeat(300)).endsWith('…')).toBe(true);
    expect(inlineText(`${'x'.repeat(254)}🎉🎉`)).toBe(`${'x'.repeat(254)}…`);
  });

  it('cuts before it closes code, so that what is cut opens none', () => {
    expect(inlineText(`${'x'.repeat(20)} \`${'y'.repeat(70)}\``, 60)).toBe(`${'x'.repeat(20)} \\\`${'y'.repeat(37)}…`);
  });

  it('is a paragraph of text and code, whatever it says and wherever in a line it stands', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        for (const [before, after] of [
          ['- ', ''],
          ['- **a:** ', ' ([#1](https://ours.example/1)) by me'],
          ['', ''],
          ['Left: ', ', right.'],
        ] as const) {
          const line = `${before}${inlineText(text)}${after}`;
          const plain = parseMarkdown(`${before}word${after}`);
          expect(leaksOf(line, ['https://ours.example/1'])).toEqual([]);
          if (inlineText(text) !== '') expect(shapeOf(parseMarkdown(line))).toBe(shapeOf(plain));
          for (const node of nodesOf(parseMarkdown(line))) expect(SAFE).toContain(node.type);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('shows the words of the text, none lost and none added', () => {
    const words = fc.array(
      fc.constantFrom('fix', 'snake_case', '`a*b`', '@team', '**x**', '<b>', '#12', '1.', '-', '\\', '&amp;', '|', '~x~'),
    );
    fc.assert(
      fc.property(words, (some) => {
        const text = some.join(' ');
        const shown = nodesOf(parseMarkdown(`- ${inlineText(text, 10_000)}`)).map((node) => node.value ?? '');
        expect(shown.join('').trim()).toBe(text.replaceAll('`', ''));
      }),
    );
  });
});

describe('a code span', () => {
  it('holds any line without its ends being seen', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('`', 'a', ' ', '*', '\\', '<'), minLength: 1, maxLength: 12 }), (text) => {
        fc.pre(text.trim() !== '' && text.trim() === text);
        const tree = parseMarkdown(`- x ${codeSpan(text)} y`);
        expect(
          nodesOf(tree)
            .filter((node) => node.type === 'inlineCode')
            .map((node) => node.value),
        ).toEqual([text]);
      }),
    );
  });
});

describe('paragraphs from others', () => {
  it('keeps paragraphs, nested lists and code, and makes bold lines of headings', () => {
    const text = [
      '### Migrating ###',
      'Use `/v2` instead of **v1**.',
      'See [the guide](https://x.example/guide).',
      '',
      '1. First',
      '2. Second',
      '   * nested',
      '     more of it',
      '',
      '   still second',
      '',
      '```js',
      'call("/v2"); // @team <b>',
      '```',
      'Done.',
    ].join('\r\n');
    expect(blockText(text)).toBe(
      [
        '**Migrating**',
        '',
        'Use `/v2` instead of **v1**.',
        'See the guide (`https://x.example/guide`).',
        '',
        '1. First',
        '2. Second',
        '   - nested',
        '     more of it',
        '',
        '   still second',
        '',
        '```js',
        'call("/v2"); // @team <b>',
        '```',
        '',
        'Done.',
      ].join('\n'),
    );
  });

  it.each([
    ['an open fence is closed', '```sh\nrm -rf /', '```sh\nrm -rf /\n```'],
    ['a fence outgrows the backticks within it', '~~~\n```\n~~~', '````\n```\n````'],
    ['a fence says no more than its language', '```js title="x" @team\na\n```', '```js\na\n```'],
    ['code that begins with a slash begins no line with it', '```\n/deploy prod\n```', ' ```\n /deploy prod\n ```'],
    ['indented code becomes a fence', 'Run:\n\n    a\n\n      b\n\nthen', 'Run:\n\n```\na\n\n  b\n```\n\nthen'],
    ['an indented paragraph below a list item belongs to it', '- a\n\n  b\n\nc', '- a\n\n  b\n\nc'],
    ['a hidden comment goes', '<!-- say\nwhat to do -->\ndo it\n<!-- x --> now', 'do it\nnow'],
    ['a comment that never ends hides the rest', 'a\n<!--\nb', 'a'],
    ['a rule is a gap', 'a\n\n---\n\nb', 'a\n\nb'],
    ['an underlined title is text', 'Title\n=====\ntext', 'Title\n\ntext'],
    ['a quote is text', '> a\n> b', '\\> a\n\\> b'],
    ['a table is text', '| a | b |\n|---|---|', '\\| a \\| b \\|\n\\|---\\|---\\|'],
    ['a command is code', '/approve production\n\n- /deploy x', '`/approve` production\n\n- `/deploy` x'],
    ['a task list is a list', '- [x] done', '- \\[x\\] done'],
    ['a number other than one begins a list of its own', 'a\n2. b', 'a\n\n2. b'],
    ['stars in code are code', '`a**b` and `c**d`', '`a**b` and `c**d`'],
    ['marks that delimit what is generated are none in code', '```\n<!-- shiplock:end -->\n```', '```\n<! -- shiplock:end -->\n```'],
    ['nothing is nothing', ' \n\n---\n', ''],
  ])('%s', (_, text, expected) => {
    expect(blockText(text)).toBe(expected);
  });

  it('stays inside its list item and makes nothing but paragraphs, lists, code and bold words', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const block = blockText(text);
        const inside = `- a\n\n${block.replace(/^(?=.)/gm, '  ')}\n\n- b`;
        const { children = [] } = parseMarkdown(inside);
        expect(children.map((node) => [node.type, node.children?.length])).toEqual([['list', 2]]);
        for (const whole of [inside, block]) {
          expect(leaksOf(whole)).toEqual([]);
          for (const node of nodesOf(parseMarkdown(whole))) expect([...SAFE, 'list', 'listItem', 'code', 'strong']).toContain(node.type);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('hostile lengths', () => {
  const shapes = [
    '`',
    '`` ` ',
    '*',
    '_',
    '_a',
    '[',
    '](',
    '[a](',
    '![a](b',
    '<',
    '<!--',
    '&',
    '&a',
    '&#1',
    '@',
    '@a',
    '#1',
    'a',
    'f',
    '1',
    '.',
    '!',
    ' ',
    '\\',
    '|',
  ];
  it.each([...shapes, '- ', '1. ', '# ', '> ', '**a', '** ', '\n', '\n- ', '\n  - ', '\n```\n', '\t', '://', 'www.', '$', '-', '- - '])(
    'of %j cost no more than their length',
    (unit) => {
      const text = unit.repeat(Math.ceil(20_000 / unit.length));
      const start = performance.now();
      inlineText(text, 20_000);
      blockText(text);
      expect(performance.now() - start).toBeLessThan(1_000);
    },
  );
});

const SAFE = ['root', 'paragraph', 'text', 'inlineCode', 'list', 'listItem', 'strong', 'link'];
