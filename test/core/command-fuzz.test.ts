// Comments by the hundred thousand: what was wrapped in quotes, code, HTML, links and lists is never run, what was said always is, and no
// comment takes long. The generator is seeded, so that what fails once fails again.
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { gfm } from 'micromark-extension-gfm';
import { describe, expect, it } from 'vitest';
import { parseComment } from '../../src/core/command/parse.ts';
import { spokenLines } from '../../src/core/command/spoken.ts';

type Random = () => number;

/** Numbers from 0 up to 1, the same for the same seed (mulberry32). */
function randomOf(seed: number): Random {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function below(random: Random, most: number): number {
  return Math.floor(random() * most);
}

function pick<T>(random: Random, all: readonly T[]): T {
  return all[below(random, all.length)] as T;
}

/** Ways to write a command so that it is not said; each is closed in itself, so that what comes after it is not touched. */
const SHOWN: readonly ((command: string) => string)[] = [
  (c) => `> ${c}`,
  (c) => `>${c}\n> ${c}`,
  (c) => `> words\n${c}`,
  (c) => `> > words\n> ${c}`,
  (c) => `> \`\`\`\n> ${c}\n> \`\`\``,
  (c) => `\`\`\`\n${c}\n\`\`\``,
  (c) => `\`\`\`sh\n\n${c}\n\n\`\`\``,
  (c) => `~~~\n\`\`\`\n${c}\n~~~`,
  (c) => `\`\`\`\`\n\`\`\`\n${c}\n\`\`\`\n\n${c}\n\`\`\`\``,
  (c) => `words\n\`\`\`\n${c}\n\`\`\`\`\``,
  (c) => `    ${c}`,
  (c) => `\t${c}`,
  (c) => `words\n    ${c}`,
  (c) => `\`${c}\``,
  (c) => `words \`a\n${c}\nb\` words`,
  (c) => `\`\`\n${c}\n\` \`\``,
  (c) => `<!-- ${c} -->`,
  (c) => `<!--\n\n${c}\n\n-->`,
  (c) => `words <!--\n${c}\n-->`,
  (c) => `<details>\n${c}\n</details>`,
  (c) => `<details>\n<summary>more</summary>\n\n${c}\n\n</details>`,
  (c) => `<div align="center">\n\n<p>\n\n${c}\n\n</div>`,
  (c) => `<pre>\n\n${c}\n\n</pre>`,
  (c) => `words <b>\n${c}\n</b>`,
  (c) => `<a title="\n${c}\n">x</a>`,
  (c) => `[${c}](https://example.org)`,
  (c) => `[a\n${c}\nb](https://example.org)`,
  (c) => `[a](https://example.org "\n${c}\n")`,
  (c) => `![a\n${c}\nb](https://example.org)`,
  (c) => `[r]: https://example.org "\n${c}\n"`,
  (c) => `<https://example.org${c.replaceAll(' ', '')}>`,
  (c) => `- ${c}`,
  (c) => `- words\n${c}\n  ${c}`,
  (c) => `1. words\n\n   ${c}\n\n   \`\`\`\n   ${c}\n   \`\`\``,
  (c) => `* [ ] ${c}`,
  (c) => `| a |\n|---|\n| ${c} |`,
  (c) => `a | b\n--|--\n${c}`,
  (c) => `## ${c}`,
  (c) => `${c}\n===`,
  (c) => `words\n${c}\n---`,
  (c) => `[^1]: ${c}\n${c}\n\n    ${c}`,
  (c) => `*a\n${c}\nb*`,
  (c) => `~~a\n${c}\nb~~`,
  (c) => `please ${c}`,
  (c) => `words${c}`,
  (c) => c.replace(/^\/\w+/, '$&ever'),
];

const SAID: readonly ((command: string) => string)[] = [
  (c) => c,
  (c) => `${c}  `,
  (c) => `words\n${c}`,
  (c) => `${c}\nwords`,
  (c) => `*words* and \`code\`\n${c}\n[words](https://example.org)`,
  (c) => `words<br>\n   ${c}\nwords`,
  (c) => c.toUpperCase(),
];

const WORDS = [
  'words',
  '# heading',
  '---',
  'a < b && c > d',
  '日本語 and عربي',
  '🚀🚀',
  '\u202e\u200b',
  '/usr/bin',
  '1 * 2 * 3',
  'x_y_z',
  '***',
  '%00',
];
/** What makes a mess: openings without ends, ends without openings, and what no one would write. */
const MESS = [
  ...['```', '~~~', '````', '   ```', '  ~~~', '> ', '- ', '  - ', '1. ', '10) ', '    ', '\t', '---', '===', '| a |', '|---|', '# '],
  ...[
    '<details>',
    '</details>',
    '<!--',
    '-->',
    '<!-- x -->',
    '<!-->',
    '--!>',
    '<pre>',
    '</pre>',
    '<?',
    '?>',
    '<div',
    '">',
    '<![CDATA[',
    ']]>',
  ],
  ...['<script>', '</script>', '`', '``', '**', '_', '[', '](', ')', '[a]: b', '[^1]: ', '![', '"', '\\', '&lt;', '&#47;', '$$', '-- '],
  ...[
    '/deploy qa',
    '/why qa',
    '/hold qa reason',
    '/release publish',
    '/aprove',
    'words',
    '',
    '',
    '\u0000',
    '\ufeff',
    '\ud800',
    '\u2028',
    '🚀',
  ],
];
const MARKDOWN = MESS.filter((one) => !/[<[]|-- /.test(one));
const ENDS = ['\n', '\n', '\n', '\r\n', '\r\n', '\r'];

describe('S-11, S-12, S-13: of twenty-five thousand comments', () => {
  it('every command that was said is run, and none that was only shown', () => {
    const random = randomOf(1);
    let shown = 0;
    let said = 0;
    for (let count = 0; count < 25_000; count += 1) {
      const expected: string[] = [];
      const blocks = Array.from({ length: 1 + below(random, 4) }, (_, index) => {
        const kind = below(random, 5);
        if (kind === 0) return pick(random, WORDS);
        if (kind < 3) {
          shown += 1;
          return pick(random, SHOWN)(`/why shown${index}`);
        }
        said += 1;
        expected.push(`said${index}`);
        return pick(random, SAID)(`/why said${index}`);
      });
      const body = blocks.join(pick(random, ['\n\n', '\n\n\n', '\n \n'])).replaceAll('\n', pick(random, ENDS));
      const { calls, problems } = parseComment(body, { prefix: '' });
      const got = calls.map((call) => call.arguments.environment?.toLowerCase());
      if (problems.length > 0 || got.join() !== expected.join())
        expect({ body, got, problems }).toEqual({ body, got: expected, problems: [] });
    }
    expect(Math.min(shown, said)).toBeGreaterThan(20_000);
  }, 120_000);
});

describe('S-17: of seventy-five thousand comments that are a mess', () => {
  it('each is read without a crash, and runs only whole lines of it, all or none', () => {
    const random = randomOf(2);
    let run = 0;
    for (let count = 0; count < 75_000; count += 1) {
      const body = messOf(random, 12);
      const { calls, problems } = parseComment(body, { prefix: '' });
      run += calls.length;
      const lines = body.split(/\r\n?|\n/).map((line) => line.trim());
      const strange = calls.filter(({ text }) => !text.startsWith('/') || !lines.some((line) => line.startsWith(text)));
      if (strange.length > 0 || (calls.length > 0 && problems.length > 0)) expect({ body, strange, problems }).toEqual({ body });
    }
    expect(run).toBeGreaterThan(1_000);
  }, 120_000);

  it('what is read in pieces is what is read as a whole', () => {
    const random = randomOf(3);
    let same = 0;
    let fewer = 0;
    for (let count = 0; count < 4_000; count += 1) {
      const body = messOf(random, 24, count % 2 === 0 ? MESS : MARKDOWN);
      const starts = [...body.matchAll(/(?:^|[\r\n]) {0,3}\/(?:deploy|why)(?=\s|$)/g)].map(
        ({ index, 0: text }) => index + text.indexOf('/'),
      );
      const { lines, lost } = spokenLines(body, starts);
      const whole = paragraphStarts(body, starts);
      // HTML that is open, brackets and emails' tails take more away; nothing may come to it.
      if (lines.length > whole.length) expect({ body, lines: lines.map(({ text }) => text), whole }).toEqual({ body });
      else if (lost !== null || /[<[]|-- /.test(body)) fewer += 1;
      else {
        same += whole.length;
        if (lines.length !== whole.length) expect({ body, lines, whole }).toEqual({ body });
      }
    }
    expect(same).toBeGreaterThan(300);
    expect(fewer).toBeGreaterThan(500);
  }, 120_000);
});

function messOf(random: Random, most: number, all: readonly string[] = MESS): string {
  const end = pick(random, ENDS);
  return Array.from({ length: 1 + below(random, most) }, () => {
    const one = pick(random, all);
    const kind = below(random, 10);
    if (kind === 0) return `${one}${pick(random, all)}`;
    if (kind === 1) return `${' '.repeat(below(random, 5))}${one}`;
    if (kind === 2) return Array.from({ length: below(random, 8) }, () => String.fromCharCode(below(random, 0x10000))).join('');
    return one;
  }).join(end);
}

/** Which lines begin in the text of a paragraph that stands in nothing, by one look at the whole comment. */
function paragraphStarts(body: string, starts: readonly number[]): number[] {
  const root = fromMarkdown(body, {
    extensions: [gfm(), { disable: { null: ['wwwAutolink', 'protocolAutolink', 'emailAutolink'] } }],
    mdastExtensions: gfmFromMarkdown().filter((one) => one.transforms === undefined),
  });
  const mark = body.startsWith('\ufeff') ? 1 : 0;
  const texts = root.children.flatMap((block) => (block.type === 'paragraph' ? block.children.filter(({ type }) => type === 'text') : []));
  return starts.filter((start) =>
    texts.some(({ position }) => {
      const [from, to] = [position?.start.offset ?? 0, position?.end.offset ?? 0];
      return start - mark >= from && start - mark < to;
    }),
  );
}

const times = (text: string) => (length: number) => text.repeat(Math.ceil(length / text.length)).slice(0, length);

describe('a hostile comment is read in no time', () => {
  const shapes: Readonly<Record<string, (length: number) => string>> = {
    ...Object.fromEntries([...'a1 \t\n\r*_`~[]()!<>|#-+=:&\\"\'$@./%é'].map((one) => [JSON.stringify(one), times(one)])),
    'quotes in quotes': times('> '),
    'quotes, ever deeper': (length) => Array.from({ length: Math.sqrt(length) }, (_, depth) => `${'>'.repeat(depth)}a`).join('\n'),
    'lists in lists': times('1. '),
    'lists, ever deeper': (length) => Array.from({ length: Math.sqrt(length) }, (_, depth) => `${'  '.repeat(depth)}- a`).join('\n'),
    'lazy lines of deep quotes': (length) => `${'> '.repeat(200)}a\n${times('a\n')(length)}`,
    'lazy lines of deep lists': (length) => `${'- '.repeat(200)}a\n${times('a\n')(length)}`,
    items: times('- a\n'),
    'empty items': times('-\n'),
    underlines: times('a\n===\n'),
    emphasis: times('a**b'),
    'emphasis, mixed': times('*a _b ~c '),
    brackets: (length) => '['.repeat(length / 2) + ']'.repeat(length / 2),
    'links, begun': times('[a]('),
    'images and links': times('*['),
    'targets, begun': times('[](<'),
    'titles, begun': times('[a](b "'),
    definitions: times('[a]: b\n'),
    footnotes: times('[^a]: x\n'),
    tags: times('<a '),
    'tags, whole': times('<details>\n\n'),
    'attributes, begun': times('<a b="'),
    'comments, begun': times('a <!-- '),
    instructions: times('a <?'),
    declarations: times('a <!A '),
    'backticks, ever more': (length) => Array.from({ length: Math.sqrt(2 * length) }, (_, count) => '`'.repeat(count + 1)).join(' '),
    fences: times('```\n'),
    tables: (length) => `a|b\n-|-\n${times('c|d\n')(length)}`,
    'a wide table': (length) => `${times('a|')(length / 2)}\n${times('-|')(length / 2)}\n`,
    'tables, ever anew': times('a|\n-|\n'),
    addresses: times('http://a.b/((('),
    'mail addresses': times('_@_'),
    'heads of emails': times('On x wrote:\n\n'),
    'original messages': times('-----Original Message'),
    senders: times('From: x\n'),
    'misspelt commands': (length) => Array.from({ length: length / 9 }, (_, index) => `/w${index}`).join('\n'),
    commands: times('/deploy qa\n'),
    'commands apart': times('/deploy qa\n\n'),
    'commands in code': times('`\n/deploy qa\n`\n\n'),
    'quotes in an argument': (length) => `/deploy ${times('"')(length)}`,
    'numbers in an argument': (length) => `/freeze qa ${times('1')(length)}`,
    'a long version': (length) => `/deploy qa 1.2.3-${times('a.')(length)}`,
    'a long branch': (length) => `/backport ${times('a/')(length)}`,
    'a long reason': (length) => `/hold qa ${times('x ')(length)}`,
  };
  // A parse that is allowed takes a few milliseconds; what is quadratic takes seconds here, and the bound is for a busy machine.
  const MOST = 400;

  it.each(Object.entries(shapes))('%s', (_, shape) => {
    for (const length of [1_900, 20_000, 60_000]) {
      const text = shape(length);
      const pieces = text.match(/.{1,400}/gs) ?? [];
      for (const body of [
        `/deploy qa\n\n${text}\n\n/why qa`,
        `${text}\n/deploy qa`,
        `/deploy qa\n${text}`,
        pieces.join('\n\n/deploy qa\n'),
      ]) {
        const before = performance.now();
        parseComment(body.slice(0, 65_536), { prefix: '' });
        expect(performance.now() - before).toBeLessThan(MOST);
      }
    }
  });
});
