// Text from others made inert in Markdown: it may say anything, but it makes no heading, list, quote, table, HTML, link or image, pings
// nobody and refers to nothing.
//
// What this relies on. GitHub looks for mentions, `#1`, `owner/repo#1`, SHAs in the text of the rendered page, after Markdown: neither
// `\@team` nor `&#64;team` stops a ping (github/markup#1168), and bare URLs and addresses become links even where brackets are escaped
// (GFM 6.9). All of these filters pass over <code>, <pre> and <a>. So each word that would become a link or a ping is shown as code, which
// people can still read and copy; a zero-width space, the usual other way, breaks `@types/node` for who copies it.

/** One line of text, for use anywhere within a line of ours. Longer text than `max` characters is cut with an ellipsis. */
export function inlineText(text: string, max = 256): string {
  const line = foldLine(text, max);
  return PLAIN.test(line) && !RISKY.test(line) ? line : guardStart(inlineMarkdown(line));
}

/** Text as a code span, whatever backticks it contains. */
export function codeSpan(text: string): string {
  let longest = 0;
  for (const run of text.match(/`+/g) ?? []) if (run.length > longest) longest = run.length;
  const fence = '`'.repeat(longest === 0 ? 1 : longest + 1);
  const pad = text.startsWith('`') || text.endsWith('`') ? ' ' : '';
  return `${fence}${pad}${text}${pad}${fence}`;
}

/** Several lines without control, invisible and direction-changing characters; tabs and line ends stay. */
export function visibleText(text: string): string {
  return ODD.test(text) ? text.replace(INVISIBLE, '') : text;
}

/** A line's Markdown made inert, without the cut and without guarding its start. */
export function inlineMarkdown(line: string): string {
  const pieces: Piece[] = [];
  if (!line.includes('`')) {
    addText(pieces, line);
    return written(pieces);
  }
  const runs = [...line.matchAll(/`+/g)];
  // For each run of backticks the next one of the same length, which closes it; found from the end so that no search is repeated.
  const closing = new Array<number>(runs.length).fill(-1);
  const next = new Map<number, number>();
  for (let index = runs.length - 1; index >= 0; index -= 1) {
    const length = runs[index]?.[0].length ?? 0;
    closing[index] = next.get(length) ?? -1;
    next.set(length, index);
  }
  let from = 0;
  for (let index = 0; index < runs.length; index += 1) {
    const close = closing[index] ?? -1;
    const [open, end] = [runs[index], runs[close]];
    if (open === undefined || end === undefined) continue;
    addText(pieces, line.slice(from, open.index));
    addCode(pieces, line.slice(open.index + open[0].length, end.index));
    from = end.index + end[0].length;
    index = close;
  }
  addText(pieces, line.slice(from));
  return written(pieces);
}

/** Escapes what would begin a block at the start of a line. */
export function guardStart(line: string): string {
  const match = /^(?:\d{1,9}(?=[.)](?:\s|$))|(?=[-+#=>]))/.exec(line);
  return match === null ? line : `${match[0]}\\${line.slice(match[0].length)}`;
}

interface Piece {
  readonly code: boolean;
  text: string;
}

// Most titles are words that mean nothing to Markdown: these two tests are all they cost.
const PLAIN = /^[A-Za-z0-9][A-Za-z0-9 ,.'"()%?;:=+/-]*$/;
const RISKY = /:\/\/|www\.|\bgh-\d|\b[0-9a-f]{7,}\b|^\d+[.)](?: |$)/i;

/** Mentions and addresses, issues, URLs, SHAs, and `$`, which begins mathematics on GitHub. */
const LINKING = /@.|.@|#\d|:\/\/|www\.|\bgh-\d|\b[0-9a-f]{7,}\b|\$/i;
const WORD = /[^\s()[\]{}<>"'`*|,;\\~]+/g;
const LINK = /!?\[([^[\]]*)\]\(([^()\s]*)\)/g;
const SPECIAL = /[*[\]`~|<]|\\(?=[!-/:-@[-`{-~]|$)|&(?=(?:#\d{1,7}|#x[\da-f]{1,6}|[a-z][a-z\d]*);)|_+|-->/gi;

const ODD = /[^\n\x20-\x7e]/;
// Controls, lone surrogates and what is not meant to be seen (bidi overrides, tags, zero-width spaces), but not the joiners and selectors
// that emoji and many scripts are made with, nor white space, which is folded.
const INVISIBLE = /(?![^\S\ufeff]|\x85|\u200c|\u200d|\ufe0e|\ufe0f)[\p{Cc}\p{Cs}\p{Default_Ignorable_Code_Point}]/gu;

function foldLine(text: string, max: number): string {
  const some = text.length > max * 4 ? text.slice(0, max * 4) : text;
  const line = / {2}|[^\x20-\x7e]/.test(some)
    ? some
        .replace(INVISIBLE, '')
        .replace(/[\s\x85]+/g, ' ')
        .trim()
    : some.trim();
  if (line.length <= max) return line;
  const cut = line.slice(0, max - 1);
  const gap = line[max - 1] === ' ' ? max - 1 : cut.lastIndexOf(' ');
  // Neither a word nor a character is cut in two, unless the word alone would fill the line.
  return `${(gap > max - 30 ? cut.slice(0, gap) : cut.replace(/[\ud800-\udbff\u200d]+$/, '')).trimEnd()}…`;
}

function written(pieces: readonly Piece[]): string {
  let text = '';
  for (const one of pieces) text += one.code ? codeSpan(one.text) : escapeText(one.text);
  return text;
}

function addText(pieces: Piece[], text: string): void {
  if (text === '') return;
  if (!LINKING.test(text) && !(pieces.length === 0 && text.startsWith('/')) && !text.includes('](')) {
    addPlain(pieces, text);
    return;
  }
  // `[words](target)` becomes words and target, both to be seen: a link can hide where it leads.
  const shown = text.includes('](') ? text.replace(LINK, (_, words: string, target: string) => linkShown(words, target)) : text;
  let from = 0;
  for (const match of shown.matchAll(WORD)) {
    // A line that begins as a slash-command does is none as code, for those who read the source and for those who read the page.
    const command = match.index === 0 && pieces.length === 0 && /^\/[A-Za-z]/.test(match[0]);
    if (!command && !LINKING.test(match[0])) continue;
    let start = match.index;
    let end = start + match[0].length;
    while (end - start > 1 && isPause(shown[end - 1])) end -= 1;
    while (end - start > 1 && isPause(shown[start])) start += 1;
    addPlain(pieces, shown.slice(from, start));
    addCode(pieces, shown.slice(start, end));
    from = end;
  }
  addPlain(pieces, shown.slice(from));
}

function linkShown(words: string, target: string): string {
  return words === '' || words === target ? target : `${words} (${target})`;
}

function addPlain(pieces: Piece[], text: string): void {
  if (text === '') return;
  const last = pieces.at(-1);
  if (last !== undefined && !last.code) last.text += text;
  else pieces.push({ code: false, text });
}

function addCode(pieces: Piece[], inside: string): void {
  const content =
    inside.length > 2 && inside.startsWith(' ') && inside.endsWith(' ') && inside.trim() !== '' ? inside.slice(1, -1) : inside;
  const last = pieces.at(-1);
  if (content.trim() === '') addPlain(pieces, content);
  // A comment's marks stay marks for who looks for them in the text: they are no code here.
  else if (content.includes('<!--') || content.includes('-->')) addText(pieces, `\`${content}\``);
  // Two code spans side by side would be read as one with other fences.
  else if (last?.code) last.text += content;
  else pieces.push({ code: true, text: content });
}

function escapeText(text: string): string {
  return text.replace(SPECIAL, (found, at: number) => {
    if (found === '<') return '&lt;';
    if (found === '&') return '&amp;';
    if (found === '-->') return '--&gt;';
    if (found.startsWith('_') && isWordish(text[at - 1]) && isWordish(text[at + found.length])) return found;
    return found.replace(/./g, '\\$&');
  });
}

function isPause(character: string | undefined): boolean {
  return character === '.' || character === ':' || character === '!' || character === '?';
}

function isWordish(character: string | undefined): boolean {
  return character !== undefined && /[A-Za-z0-9]/.test(character);
}
