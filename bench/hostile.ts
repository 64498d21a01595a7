// The hostile case: what a 20,000-character message of each shape costs, and whether the cost grows in line with the length.
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { SHAPE_NAMES } from './hostile-messages.ts';
import type { ProbeTask } from './hostile-probe.ts';
import type { Section } from './report.ts';

interface Timing {
  /** Milliseconds of the first reading and the median of nine; null where the time limit ended it. */
  readonly first: number | null;
  readonly median: number | null;
}

const LENGTHS = [5_000, 10_000, 20_000, 40_000];
const LIMIT_MS = 10;
const LISTED_MS = 1;

/** One probe process at a time; a task that outlives the cap costs the process, and the next task starts another. */
class Probe {
  private child: ChildProcess | null = null;
  private answers: AsyncIterator<string> | null = null;
  private readonly reader: string;
  private readonly capSeconds: number;

  constructor(reader: string, capSeconds: number) {
    this.reader = reader;
    this.capSeconds = capSeconds;
  }

  async ask(task: ProbeTask): Promise<Timing> {
    if (this.child === null) await this.start();
    this.child?.stdin?.write(`${JSON.stringify(task)}\n`);
    const child = this.child;
    const timer = setTimeout(() => child?.kill('SIGKILL'), this.capSeconds * 1000);
    const answer = await this.answers?.next();
    clearTimeout(timer);
    if (answer === undefined || answer.done === true) {
      this.child = null;
      return { first: null, median: null };
    }
    return JSON.parse(answer.value) as Timing;
  }

  private async start(): Promise<void> {
    this.child = spawn(process.execPath, [join(import.meta.dirname, 'hostile-probe.ts'), this.reader], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.answers = createInterface({ input: this.child.stdout as NodeJS.ReadableStream })[Symbol.asyncIterator]();
    const ready = await this.answers.next();
    if (ready.done === true) throw new Error(`The hostile probe for ${this.reader} did not start; its own words are above.`);
  }

  end(): void {
    this.child?.stdin?.end();
    this.child = null;
  }
}

function inWords(timing: Timing | undefined, capSeconds: number): string {
  if (timing === undefined) return '–';
  if (timing.median === null || timing.first === null) return `**> ${capSeconds * 1000}**`;
  return timing.first > 2 * timing.median + 0.5
    ? `${timing.median.toFixed(2)} (first ${timing.first.toFixed(1)})`
    : timing.median.toFixed(2);
}

/** How the time grows with the length: 1 is linear, 2 quadratic; null where it stays below what a clock tells apart. */
function growth(short: Timing, long: Timing): number | null {
  if (short.median === null || long.median === null || long.median < 0.2) return null;
  return Math.log(long.median / Math.max(short.median, 0.005)) / Math.log((LENGTHS.at(-1) as number) / (LENGTHS[0] as number));
}

export async function runHostile(options: { readonly capSeconds: number; readonly withPeers: boolean }): Promise<Section> {
  const ours = new Probe('ours', options.capSeconds);
  const theirs = new Probe('peer', options.capSeconds);
  const rows: string[][] = [];
  let worst = { shape: '', ms: 0 };
  let steepest = { shape: '', exponent: 0 };
  for (const shape of SHAPE_NAMES) {
    for (const where of ['title', 'body'] as const) {
      const named = `${shape}, ${where}`;
      const timings: Timing[] = [];
      for (const length of LENGTHS) timings.push(await ours.ask({ shape, where, length }));
      const exponent = growth(timings[0] as Timing, timings.at(-1) as Timing);
      const ms = timings[2]?.first ?? Number.POSITIVE_INFINITY;
      if (ms > worst.ms) worst = { shape: named, ms };
      if (exponent !== null && exponent > steepest.exponent) steepest = { shape: named, exponent };
      if (options.withPeers) console.error(`semantic-release analyzer: ${named} …`);
      const theirTiming = options.withPeers ? await theirs.ask({ shape, where, length: 20_000 }) : undefined;
      const theirMs = theirTiming === undefined ? 0 : (theirTiming.median ?? Number.POSITIVE_INFINITY);
      // Most shapes cost nobody anything; what is listed is what cost somebody something.
      if (ms < LISTED_MS && theirMs < LISTED_MS) continue;
      rows.push([
        named,
        ...LENGTHS.map((_, i) => inWords(timings[i], options.capSeconds)),
        exponent === null ? '–' : exponent.toFixed(2),
        inWords(theirTiming, options.capSeconds),
      ]);
    }
  }
  ours.end();
  theirs.end();
  const goals = [
    {
      says: `hostile message of 20,000 characters ≤ ${LIMIT_MS} ms (worst: ${worst.shape})`,
      value: worst.ms,
      limit: LIMIT_MS,
      unit: ' ms',
    },
    // Noise of a shared machine lifts the exponent of a linear reader above 1; a quadratic one is at 2.
    {
      says: `hostile time grows linearly (exponent, steepest: ${steepest.shape || 'none measurable'})`,
      value: steepest.exponent,
      limit: 1.3,
      unit: '',
    },
  ];
  return {
    title: 'Hostile messages: ms to read and classify one',
    note: `Ours at four lengths with the growth between the first and the last (1 is linear); semantic-release's analyzer at 20,000 characters, ended after ${options.capSeconds} s. ${2 * SHAPE_NAMES.length - rows.length} of ${2 * SHAPE_NAMES.length} messages took both less than ${LISTED_MS} ms and are not listed.`,
    head: ['message', ...LENGTHS.map((length) => `ours, ${length / 1000}k`), 'growth', 'analyzer, 20k'],
    rows,
    goals,
  };
}
