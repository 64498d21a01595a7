// What the demo writes to the terminal, and how it waits: chapters, what people do as they would type it, and what Shiplock says, rendered.

import type { Terminal } from '../cli/terminal.ts';
import { plain } from '../cli/terminal.ts';
import { renderMarkdown } from './markdown.ts';
import { type Span, widthOf, wrapSpans } from './wrap.ts';

/** Something did not happen as it is told. */
export class NotAsTold extends Error {
  override readonly name = 'NotAsTold';
}

export interface Stage {
  readonly title: (text: string) => void;
  /** `time`: milliseconds since 1970. */
  readonly chapter: (title: string, time: number) => void;
  /** A sentence of whoever tells the story. */
  readonly tell: (text: string) => void;
  /** What a person does; `typed`: as they type it. */
  readonly person: (who: string, does: string, typed?: string) => void;
  /** What Shiplock wrote somewhere. */
  readonly shiplock: (where: string, markdown: string) => void;
  /** What anybody wrote. */
  readonly quoted: (who: string, markdown: string) => void;
  /** What is seen to be so. */
  readonly seen: (text: string) => void;
  /** Lines as they are. */
  readonly lines: (lines: readonly string[]) => void;
  /** Resolves with what is there as soon as it is; throws `NotAsTold` where it does not come about. */
  readonly until: <T>(what: string, look: () => Promise<T | null | undefined | false>) => Promise<T>;
}

/** Longer lines are hard to read, however wide a screen is. */
const WIDEST = 100;
const PATIENCE_MS = 30_000;
const LOOK_MS = 60;

type Kind = 'head' | 'tell' | 'person' | 'typed' | 'shiplock' | 'seen' | 'lines';
const TIGHT: ReadonlySet<string> = new Set(['person person', 'person seen', 'tell seen', 'seen seen', 'typed lines']);

export function makeStage(terminal: Pick<Terminal, 'width' | 'print' | 'paint'>, patienceMs = PATIENCE_MS): Stage {
  const { paint } = terminal;
  const width = Math.max(40, Math.min(WIDEST, terminal.width));
  const indented = (indent: string, lines: readonly string[]) => {
    for (const line of lines) terminal.print(`${indent}${line}`.trimEnd());
  };
  let chapters = 0;
  let last: Kind = 'head';
  /** A line is left free between what does not belong together. */
  const begin = (kind: Kind) => {
    if (!TIGHT.has(`${last} ${kind}`)) terminal.print('');
    last = kind;
  };
  return {
    title: (text) => terminal.print(`\n${paint('bold', text)}\n${paint('dim', '═'.repeat(width))}`),
    chapter: (title, time) => {
      chapters += 1;
      begin('head');
      const head = `${chapters}. ${title}`;
      const clock = timeText(time);
      const gap = ' '.repeat(Math.max(2, width - widthOf(head) - clock.length));
      terminal.print(`${paint('bold', head)}${gap}${paint('dim', clock)}\n${paint('dim', '─'.repeat(width))}`);
    },
    tell: (text) => {
      begin('tell');
      indented('', wrapSpans([{ text, colours: [] }], { width, paint }));
    },
    person: (who, does, typed) => {
      begin('person');
      terminal.print(`  ${paint('yellow', plain(who))} ${plain(does)}`);
      for (const line of typed?.split('\n') ?? []) terminal.print(`    ${paint('bold', plain(line))}`);
      if (typed !== undefined) last = 'typed';
    },
    shiplock: (where, markdown) => {
      begin('shiplock');
      terminal.print(`  ${paint('cyan', 'Shiplock')} ${plain(where)}`);
      indented(`  ${paint('cyan', '│')} `, renderMarkdown(markdown, { width: width - 4, paint }));
    },
    quoted: (who, markdown) => {
      begin('shiplock');
      terminal.print(`  ${paint('yellow', plain(who))}`);
      indented(`  ${paint('dim', '│')} `, renderMarkdown(markdown, { width: width - 4, paint }));
    },
    seen: (text) => {
      begin('seen');
      const spans: readonly Span[] = [
        { text: '✓ ', colours: ['green'] },
        { text: plain(text), colours: [] },
      ];
      indented('  ', wrapSpans(spans, { width: width - 2, paint }));
    },
    lines: (lines) => {
      begin('lines');
      indented(
        '    ',
        lines.map((line) => `${/^ */.exec(line)?.[0]}${paint('dim', plain(line))}`),
      );
    },
    until: async (what, look) => {
      const end = performance.now() + patienceMs;
      for (;;) {
        const found = await look();
        if (found !== null && found !== undefined && found !== false) return found;
        if (performance.now() > end) throw new NotAsTold(`It did not come about that ${what}.`);
        await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      }
    },
  };
}

/** `Tue 3 Mar, 09:01 UTC`. */
export function timeText(time: number): string {
  const [day, date, month, , clock] = new Date(time).toUTCString().replace(',', '').split(' ');
  return `${day} ${Number(date)} ${month}, ${clock?.slice(0, 5)} UTC`;
}
