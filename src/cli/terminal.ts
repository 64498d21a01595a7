// Where a command writes: machine output and answers on stdout, progress and words on stderr, colours only on a terminal that wants them.

import { styleText } from 'node:util';

/** 0 done · 1 the answer is no · 2 wrong usage or policy · 3 the world failed (git, files, network). */
export const EXIT = { done: 0, no: 1, usage: 2, world: 3 } as const;

export type Colour = 'bold' | 'dim' | 'green' | 'yellow' | 'red' | 'cyan';

export interface Terminal {
  /** Columns of a terminal, or 100. */
  readonly width: number;
  readonly input: NodeJS.ReadStream;
  /** A line, or lines, on stdout. */
  print(text: string): void;
  /** A text on stdout that is made while it is written. */
  printPieces(pieces: Iterable<string>): void;
  /** A line on stderr. */
  warn(text: string): void;
  /** A passing line on stderr, shown only where somebody may be watching. */
  progress(text: string): void;
  /** The text in colour where stdout is a terminal; control characters from elsewhere are taken out of it in any case. */
  paint(colour: Colour, text: string): string;
}

/** Characters; each writing of a pipe is a call of the system. */
const WRITTEN_AT_ONCE = 65_536;

/** Follows https://no-color.org and FORCE_COLOR. */
export function terminalOf(process: NodeJS.Process): Terminal {
  // Standard error and input are streams that Node makes when they are first asked for, which most runs never do.
  const { stdout, env } = process;
  const forced = env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== '0';
  const coloured = (env.NO_COLOR ?? '') === '' && (forced || (stdout.isTTY === true && env.TERM !== 'dumb'));
  let shown = false;
  const clear = () => {
    if (shown) process.stderr.write('\r\u001b[K');
    shown = false;
  };
  // A reader that goes away early (`| head`) ends the command without a stack trace.
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(EXIT.done);
    process.stderr.write(`The answer could not be written (${error.code ?? error.message}), so what is on stdout is not whole.\n`);
    process.exit(EXIT.world);
  });
  return {
    width: stdout.columns ?? 100,
    get input() {
      return process.stdin as NodeJS.ReadStream;
    },
    print(text) {
      clear();
      stdout.write(text.endsWith('\n') ? text : `${text}\n`);
    },
    printPieces(pieces) {
      clear();
      let text = '';
      for (const piece of pieces) {
        text += piece;
        if (text.length < WRITTEN_AT_ONCE) continue;
        stdout.write(text);
        text = '';
      }
      stdout.write(`${text}\n`);
    },
    warn(text) {
      clear();
      process.stderr.write(`${text}\n`);
    },
    progress(text) {
      if (process.stderr.isTTY !== true) return;
      process.stderr.write(`\r\u001b[K${text}`);
      shown = true;
    },
    paint(colour, text) {
      return coloured ? styleText(colour, text, { validateStream: false }) : text;
    },
  };
}

/** Text from a repository made safe for a terminal: no control or direction characters, one line. */
export function plain(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]+/g, ' ').trim();
}
