// A real GFM parser as the judge of what Markdown means, with GitHub's own filters (mentions, references, autolinks) stated over its text.

import fc from 'fast-check';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { gfm } from 'micromark-extension-gfm';

export interface Node {
  readonly type: string;
  readonly value?: string;
  readonly url?: string;
  readonly depth?: number;
  readonly children?: readonly Node[];
}

export function parseMarkdown(text: string): Node {
  return fromMarkdown(text, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] }) as Node;
}

export function nodesOf(tree: Node): Node[] {
  return [tree, ...(tree.children ?? []).flatMap((child) => nodesOf(child))];
}

const BLOCKS = new Set(['root', 'paragraph', 'heading', 'list', 'listItem', 'code', 'blockquote', 'table', 'html', 'thematicBreak']);

/** The blocks and the targets of links, without the words. */
export function shapeOf(tree: Node): string {
  const own = tree.type === 'link' || tree.type === 'image' ? `<${tree.url}>` : BLOCKS.has(tree.type) ? tree.type : '';
  const inner = (tree.children ?? []).map((child) => shapeOf(child)).join('');
  return BLOCKS.has(tree.type) ? `${own}(${inner})` : own + inner;
}

/** What GitHub would make of the text outside of code and links: each entry is a ping, a reference or a link nobody asked for. */
export function leaksOf(text: string, ours: readonly string[] = []): string[] {
  const leaks: string[] = [];
  const visit = (node: Node) => {
    if (node.type === 'html' || node.type === 'image' || node.type === 'definition' || node.type === 'footnoteDefinition') {
      leaks.push(`${node.type}: ${node.value ?? node.url ?? ''}`);
    }
    if (node.type === 'link') {
      if (!ours.some((start) => node.url?.startsWith(start))) leaks.push(`link: ${node.url}`);
      return;
    }
    if (node.type === 'text') {
      let value = node.value ?? '';
      for (const one of ours) value = value.replaceAll(one, '');
      for (const [name, pattern] of GITHUB) {
        const found = pattern.exec(value);
        if (found !== null) leaks.push(`${name}: ${found[0]}`);
      }
    }
    for (const child of node.children ?? []) visit(child);
  };
  visit(parseMarkdown(text));
  let fence = '';
  for (const line of text.split('\n')) {
    const mark = /^ *(`{3,})/.exec(line)?.[1];
    if (mark !== undefined && (fence === '' || line.trim() === fence)) fence = fence === '' ? mark : '';
    // Within code a path may begin a line, but never at its very start.
    if ((fence === '' ? /^\s*\/[a-z]/i : /^\/[a-z]/i).test(line)) leaks.push(`command: ${line}`);
  }
  if (/[\p{Bidi_Control}\u200b\u2060\ufeff]|(?!\n)\p{Cc}/u.test(text.replaceAll('\t', ''))) leaks.push('invisible characters');
  return leaks;
}

// After https://github.com/gjtorikian/html-pipeline and GitHub's page on autolinked references; wider than they are, never narrower.
const GITHUB: readonly (readonly [string, RegExp])[] = [
  ['mention', /@[a-z\d]/i],
  ['address', /[\w.+-]@[\w-]/],
  ['issue', /#\d/],
  ['issue', /\bgh-\d/i],
  ['commit', /\b[\da-f]{7,40}\b/i],
  ['url', /:\/\/|www\./i],
  ['mathematics', /\$\S/],
];

const FRAGMENTS = [
  ...[
    '`',
    '``',
    '```',
    '```js\n',
    '~~~',
    '*',
    '**',
    '***',
    '_',
    '__',
    '~~',
    '[',
    ']',
    '![',
    '](',
    '](javascript:alert(1))',
    ']: http://e.x',
  ],
  ...[
    '<img src=x onerror=alert(1)>',
    '<!--',
    '-->',
    '</details>',
    '<a href="x">',
    '<b',
    '>',
    '<https://evil.example>',
    '<!-- shiplock:end -->',
  ],
  ...['@team', '@org/team', '#1', 'org/repo#2', 'GH-3', 'abcdef1234567', 'octocat@abcdef1', 'http://evil.example', 'www.evil.example'],
  ...['me@evil.example', 'mailto:me@evil.example', 'xmpp:me@evil.example', '&#64;', '&commat;', '&lt;', '&amp;', '&#35;1', '&NewLine;'],
  ...['\n', '\r\n', '\r', '\n\n', '\n    ', '\t', '# ', '## ', '- ', '* ', '1. ', '2) ', '> ', '- [ ] ', '---', '\n---\n', '\n===\n'],
  ...['| a | b |\n|---|---|\n| c | d |', '|', '\\', '\\\\', '\\@', '[^1]', '[^1]: x', '/deploy production', '\n/approve', '> [!NOTE]\n'],
  ...[
    '$x$',
    '$&',
    '$1',
    '{subject}',
    '{changes}',
    '{{x}}',
    ':tada:',
    '!',
    '(',
    ')',
    '.',
    ' ',
    '  ',
    'word',
    'snake_case',
    'é',
    '🎉',
    '👩‍💻',
  ],
  ...['\u202e', '\u2066', '\u200b', '\u0000', '\u2028', '\u0085', '\ufeff', '\ud800', '\u{e0041}', 'Revert "x"', "it's"],
];

/** Text that tries to be more than text. */
export const hostileText = fc
  .array(
    fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom(...FRAGMENTS) },
      fc.string({ maxLength: 6 }),
      fc.string({ unit: 'binary', maxLength: 3 }),
    ),
    {
      maxLength: 14,
    },
  )
  .map((parts) => parts.join(''));
