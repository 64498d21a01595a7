// Which HTML is still open at a place of a comment: a paragraph between `<details>` and `</details>` is Markdown's, but whoever reads the
// page may never see it. HTML that is not well formed counts as open to the end, since two readers could disagree about it.

/** Elements that are open, the innermost last; null once nobody can tell any more. */
export type Open = readonly string[] | null;

/** Follows the tags of one piece of raw HTML. */
export function follow(open: Open, html: string): Open {
  if (open === null) return null;
  const stack = [...open];
  for (let at = html.indexOf('<'); at >= 0; at = html.indexOf('<', at)) {
    const next = html[at + 1] ?? '';
    if (!/[A-Za-z/!?]/.test(next)) {
      at += 1;
      continue;
    }
    const end = html.startsWith('<!--', at) ? commentEnd(html, at + 4) : tagEnd(html, at, stack);
    if (end < 0 || stack.length > MOST) return null;
    at = end;
  }
  return stack;
}

/** Whether there may be HTML in the text: cheap, and true once too often. */
export function mayHoldMarkup(text: string): boolean {
  return /<[A-Za-z/!?]/.test(text);
}

const MOST = 100;
const OPENING = /<([A-Za-z][A-Za-z0-9-]*)(?:\s+[A-Za-z_:][\w.:-]*(?:\s*=\s*(?:[^\s"'=<>`]+|'[^']*'|"[^"]*"))?)*\s*\/?>/y;
const CLOSING = /<\/([A-Za-z][A-Za-z0-9-]*)\s*>/y;

/** -1 where HTML5 and Markdown may disagree about the end: `<!-->`, `--!>`, or none. */
function commentEnd(html: string, from: number): number {
  const end = html.indexOf('-->', from);
  if (end < 0 || html.startsWith('>', from) || html.startsWith('->', from)) return -1;
  return html.slice(from, end).includes('--!>') ? -1 : end + 3;
}

function tagEnd(html: string, at: number, stack: string[]): number {
  CLOSING.lastIndex = at;
  const closing = CLOSING.exec(html);
  if (closing !== null) {
    close(stack, (closing[1] ?? '').toLowerCase());
    return CLOSING.lastIndex;
  }
  OPENING.lastIndex = at;
  const opening = OPENING.exec(html);
  if (opening === null) return -1;
  const name = (opening[1] ?? '').toLowerCase();
  if (ELEMENTS.has(name)) stack.push(name);
  return OPENING.lastIndex;
}

/** Only what was opened last is closed, over elements that need no end. */
function close(stack: string[], name: string): void {
  let depth = stack.length - 1;
  while (depth >= 0 && stack[depth] !== name && ENDLESS.has(stack[depth] ?? '')) depth -= 1;
  if (depth >= 0 && stack[depth] === name) stack.length = depth;
}

const ENDLESS: ReadonlySet<string> = new Set('p li dt dd tr td th thead tbody tfoot rt rp option optgroup'.split(' '));

/** What a browser knows and does not end by itself. `List<String>` in a sentence opens nothing: GitHub takes such tags out. */
const ELEMENTS: ReadonlySet<string> = new Set(
  [
    ...ENDLESS,
    'a abbr acronym address applet article aside audio b bdi bdo big blink blockquote body button canvas caption center cite code',
    'colgroup data datalist del details dfn dialog dir div dl em fieldset figcaption figure font footer form frameset g-emoji h1 h2 h3 h4',
    'h5 h6 head header hgroup html i iframe ins kbd label legend main map mark marquee math menu meter nav nobr noembed noframes noscript',
    'object ol output picture plaintext pre progress q ruby s samp script search section select slot small span strike strong style sub',
    'summary sup svg table template textarea time title tt u ul var video xmp',
  ].flatMap((names) => names.split(' ')),
);
