// What Shiplock writes for GitHub is readable in a terminal: within its width, with nothing of it lost that a reader of the page sees at
// once, and with no power over the terminal.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderMarkdown } from '../../src/demo/markdown.ts';
import { type Paint, widthOf } from '../../src/demo/wrap.ts';

const bare: Paint = (_, text) => text;
const render = (text: string, width = 40) => renderMarkdown(text, { width, paint: bare });

describe('markdown in a terminal', () => {
  it.each([
    ['a heading', '### Gates of `v1.4.0`', ['Gates of v1.4.0']],
    ['paragraphs', 'one\ntwo\n\nthree', ['one two', '', 'three']],
    ['a list', '- one\n- two **three**', ['• one', '• two three']],
    ['a numbered list', '3. one\n4. two', ['3. one', '4. two']],
    ['tasks', '- [x] done\n- [ ] not yet', ['☑ done', '☐ not yet']],
    ['a list in a list', '- one\n  - two', ['• one', '  • two']],
    ['an alert', '> [!WARNING]\n> **Beware.**\n>\n> Of this.', ['┃ Beware.', '┃', '┃ Of this.']],
    ['a quote', '> said', ['┃ said']],
    ['code', '```sh\nnpm ci\n```', ['  npm ci']],
    ['marks for machines', '<!-- shiplock:answer 3 -->\nread', ['read']],
    [
      'folded details',
      'before\n\n<details>\n<summary>More</summary>\n\nhidden\n\n</details>\n\nafter',
      ['before', '', '▸ More', '', 'after'],
    ],
    [
      'details in details',
      '<details><summary>A</summary>\n\n<details><summary>B</summary>\n\nx\n\n</details>\n\ny\n\n</details>\n\nz',
      ['▸ A', '', 'z'],
    ],
    ['a link to a thread', '[All requirements](http://h/a/b/pull/3#issuecomment-1)', ['All requirements (#3)']],
    ['a link that says where it leads', '[#3](http://h/a/b/pull/3)', ['#3']],
    ['a break', 'one<br>two', ['one', 'two']],
    ['nothing', '', []],
  ])('shows %s', (_, text, lines) => {
    expect(render(text).map((line) => line.trimEnd())).toEqual(lines);
  });

  it('lays a table in columns, and wraps what is long within its own', () => {
    const text = '| Requirement | Why |\n| :-- | :-- |\n| soak | stands in qa since yesterday, a day is asked |\n| hold | — |';
    expect(render(text, 30)).toEqual([
      'Requirement  Why',
      '───────────  ─────────────────',
      'soak         stands in qa',
      '             since yesterday,',
      '             a day is asked',
      'hold         —',
    ]);
  });

  it('counts emoji as two columns', () => {
    expect(render('| a | b |\n|--|--|\n| ✅ met | x |\n| ❔ unknown | y |')).toEqual([
      'a           b',
      '──────────  ─',
      '✅ met      x',
      '❔ unknown  y',
    ]);
  });

  it('gives nobody power over the terminal', () => {
    const lines = render('a \u001b[31mred\u001b[0m `\u0007bell` \u202eturned\u202c');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    expect(lines.join('\n')).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
  });

  it('keeps to its width, whatever the text', () => {
    const piece = fc.oneof(
      fc.lorem(),
      fc.constantFrom(
        '# ',
        '- ',
        '> ',
        '\n\n',
        '**',
        '`',
        '| a | b |\n|--|--|\n',
        '[x](http://h/pull/1)',
        '✅',
        '😀',
        '<details>',
        '</details>',
      ),
      fc.string({ unit: 'grapheme', maxLength: 60 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), fc.integer({ min: 30, max: 100 }), (pieces, width) => {
        const lines = render(pieces.join(''), width).filter((line) => !/^\s*(?:┃ |• |\d+\. )*\s*(?: {2})\S/.test(line));
        for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(width);
      }),
      { numRuns: 300 },
    );
  });
});
