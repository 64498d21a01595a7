// What the demo writes to the terminal, and how it waits: chapters, what people do as they would type it, and what Shiplock says, rendered.

import type { Terminal } from '../cli/terminal.ts';
import { plain } from '../cli/terminal.ts';
import { renderMarkdown } from './markdown.ts';
import { type Span, wrapSpans } from './wrap.ts';

/** Something did not happen as it is told. */
export class NotAsTold extends Error {
  override readonly name = 'NotAsTold';
}

export interface Stage {
  readonly chapter: (title: string) => void;
  /** A sentence of whoever tells the story. */
  readonly tell: (text: string) => void;
  /** What a person does; `typed`: as they type it. */
  readonly person: (who: string, does: string, typed?: string) => void;
  /** What Shiplock wrote somewhere. */
  readonly shiplock: (where: string, markdown: string) => void;
  /** What is seen to be so. */
  readonly seen: (text: string) => void;
  readonly blank: () => void;
  /** Resolves with what is there as soon as it is; throws `NotAsTold` where it does not come about. */
  readonly until: <T>(what: string, look: () => Promise<T | null | undefined | false>) => Promise<T>;
}

/** Longer lines are hard to read, however wide a screen is. */
const WIDEST = 100;
const PATIENCE_MS = 20_000;
const LOOK_MS = 60;

export function makeStage(terminal: Terminal): Stage {
  const { paint } = terminal;
  const width = Math.max(40, Math.min(WIDEST, terminal.width));
  const indented = (indent: string, lines: readonly string[]) => {
    for (const line of lines) terminal.print(`${indent}${line}`.trimEnd());
  };
  let chapters = 0;
  return {
    chapter: (title) => {
      chapters += 1;
      const head = `${chapters}. ${title}`;
      terminal.print(`\n${paint('bold', head)}\n${paint('dim', '─'.repeat(width))}`);
    },
    tell: (text) => indented('', wrapSpans([{ text, colours: [] }], { width, paint })),
    person: (who, does, typed) => {
      terminal.print(`\n  ${paint('yellow', plain(who))} ${plain(does)}`);
      for (const line of typed?.split('\n') ?? []) terminal.print(`    ${paint('bold', plain(line))}`);
    },
    shiplock: (where, markdown) => {
      terminal.print(`\n  ${paint('cyan', 'Shiplock')} ${plain(where)}`);
      indented(`  ${paint('cyan', '│')} `, renderMarkdown(markdown, { width: width - 4, paint }));
    },
    seen: (text) => {
      const spans: readonly Span[] = [
        { text: '✓ ', colours: ['green'] },
        { text: plain(text), colours: [] },
      ];
      indented('  ', wrapSpans(spans, { width: width - 2, paint }));
    },
    blank: () => terminal.print(''),
    until: async (what, look) => {
      const end = performance.now() + PATIENCE_MS;
      for (;;) {
        const found = await look();
        if (found !== null && found !== undefined && found !== false) return found;
        if (performance.now() > end) throw new NotAsTold(`It did not come about that ${what}.`);
        await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      }
    },
  };
}
