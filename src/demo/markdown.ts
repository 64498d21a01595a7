// Markdown as lines of a terminal, as far as Shiplock writes it: headings, paragraphs, lists, tables, quotes and alerts, code, links, and
// details, which stay folded. Text is wrapped by its width on screen; nothing in it reaches the terminal as a control character.

import type { BlockContent, DefinitionContent, Link, List, ListItem, PhrasingContent, RootContent, Table } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { gfm } from 'micromark-extension-gfm';
import type { Colour } from '../cli/terminal.ts';
import { plain } from '../cli/terminal.ts';
import { layTable } from './table.ts';
import { type Paint, type Span, wrapSpans } from './wrap.ts';

type Block = RootContent | BlockContent | DefinitionContent;

interface Page {
  readonly width: number;
  readonly paint: Paint;
}

/** Lines of at most `width` columns. */
export function renderMarkdown(text: string, page: Page): string[] {
  const root = fromMarkdown(text, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] });
  return renderBlocks(root.children, page);
}

function renderBlocks(blocks: readonly Block[], page: Page): string[] {
  const lines: string[] = [];
  let folded = 0;
  for (const block of blocks) {
    const html = block.type === 'html' ? block.value : '';
    const summary = /<summary>([\s\S]*?)<\/summary>/.exec(html)?.[1];
    const opens = html.match(/<details\b/g)?.length ?? 0;
    const rendered =
      folded > 0
        ? []
        : opens > 0
          ? wrapSpans([{ text: `▸ ${words(summary ?? 'More')}`, colours: ['dim'] }], page)
          : renderBlock(block, page);
    folded = Math.max(0, folded + opens - (html.match(/<\/details>/g)?.length ?? 0));
    if (rendered.length === 0) continue;
    if (lines.length > 0) lines.push('');
    lines.push(...rendered);
  }
  return lines;
}

function renderBlock(block: Block, page: Page): string[] {
  switch (block.type) {
    case 'heading':
      return wrapSpans(spansOf(block.children, ['bold']), page);
    case 'paragraph':
      return wrapSpans(spansOf(block.children, []), page);
    case 'list':
      return renderList(block, page);
    case 'blockquote':
      return renderQuote(block.children, page);
    case 'table':
      return renderTable(block, page);
    case 'code':
      return block.value.split('\n').map((line) => `  ${page.paint('dim', clean(line))}`);
    case 'thematicBreak':
      return [page.paint('dim', '─'.repeat(Math.min(page.width, 40)))];
    case 'html':
      return wrapSpans([{ text: words(block.value), colours: [] }], page);
    default:
      return [];
  }
}

function renderList(list: List, page: Page): string[] {
  const loose = list.spread === true;
  return list.children.flatMap((item, index) => {
    const mark = markOf(list, item, index);
    const inner = renderBlocks(item.children, { ...page, width: page.width - mark.length }).filter((line) => loose || line !== '');
    const lines = inner.map((line, at) => (at === 0 ? `${mark}${line}` : `${' '.repeat(mark.length)}${line}`));
    return loose && index > 0 ? ['', ...lines] : lines;
  });
}

function markOf({ ordered, start }: List, { checked }: ListItem, index: number): string {
  if (typeof checked === 'boolean') return checked ? '☑ ' : '☐ ';
  return ordered === true ? `${(start ?? 1) + index}. ` : '• ';
}

const ALERTS: Readonly<Record<string, Colour>> = { NOTE: 'cyan', TIP: 'green', IMPORTANT: 'cyan', WARNING: 'yellow', CAUTION: 'red' };

/** GitHub's alerts are quotes that begin with `[!NOTE]`. */
function renderQuote(blocks: readonly Block[], page: Page): string[] {
  const lines = renderBlocks(blocks, { ...page, paint: page.paint, width: page.width - 2 });
  const kind = /^\[!([A-Z]+)\]\s*/.exec(lines[0] ?? '');
  const colour: Colour = (kind && ALERTS[kind[1] as string]) || 'dim';
  const shown = kind === null ? lines : [(lines[0] ?? '').slice(kind[0].length), ...lines.slice(1)];
  return shown.filter((line, at) => line !== '' || at > 0).map((line) => `${page.paint(colour, '┃')} ${line}`);
}

function renderTable({ children }: Table, page: Page): string[] {
  const [head, ...rows] = children.map((row) => row.children.map((cell) => spansOf(cell.children, [])));
  if (head === undefined) return [];
  return layTable({ head: head.map((cell) => cell.map((span) => ({ ...span, colours: [...span.colours, 'bold'] }))), rows }, page);
}

function spansOf(children: readonly PhrasingContent[], colours: readonly Colour[]): Span[] {
  return children.flatMap((child): Span[] => {
    switch (child.type) {
      case 'text':
        return [{ text: clean(child.value.replace(/\s*\n\s*/g, ' ')), colours }];
      case 'inlineCode':
        return [{ text: clean(child.value), colours: [...colours, 'cyan'] }];
      case 'strong':
        return spansOf(child.children, [...colours, 'bold']);
      case 'emphasis':
      case 'delete':
        return spansOf(child.children, colours);
      case 'link':
        return [...spansOf(child.children, colours), ...placeOf(child, colours)];
      case 'break':
        return [{ text: '\n', colours }];
      case 'html':
        return /^<br\s*\/?>$/i.test(child.value) ? [{ text: '\n', colours }] : [];
      case 'image':
        return child.alt ? [{ text: clean(child.alt), colours }] : [];
      default:
        return [];
    }
  });
}

/** Where a link leads, if that is a thread and its text does not say so. */
function placeOf({ url, children }: Link, colours: readonly Colour[]): Span[] {
  const number = /\/(?:pull|issues)\/(\d+)(?:#|$)/.exec(url)?.[1];
  const says = children.length === 1 && children[0]?.type === 'text' ? children[0].value : '';
  return number === undefined || says.startsWith('#') ? [] : [{ text: ` (#${number})`, colours: [...colours, 'dim'] }];
}

/** What a reader sees of HTML. */
function words(html: string): string {
  return plain(html.replace(/<!--[\s\S]*?-->/g, '').replace(/<[^>]*>/g, ''));
}

function clean(text: string): string {
  const inner = plain(text);
  if (inner === '') return text === '' ? '' : ' ';
  return `${/^\s/.test(text) ? ' ' : ''}${inner}${/\s$/.test(text) ? ' ' : ''}`;
}
