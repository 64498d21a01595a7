// Measures whole processes: wall clock and CPU through the shell's `time`, the peak memory of the largest process through GNU `time`, in
// rounds that take every contestant in turn (A B A B), so that a slow minute of the machine falls on all of them.
import { spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Contestant {
  readonly name: string;
  readonly command: readonly string[];
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** File given as standard input. */
  readonly input?: string;
  /** Exit codes that are an answer; anything else is a failure. */
  readonly accept?: readonly number[];
  /** Says what is wrong with the output, or null. A quick wrong answer must not win. */
  readonly check?: (output: string) => string | null;
}

/** Seconds and MiB; null where this machine cannot tell. */
interface Run {
  readonly wall: number;
  readonly cpu: number | null;
  readonly peak: number | null;
  readonly failure: string | null;
}

export interface Standing {
  readonly name: string;
  readonly runs: readonly Run[];
  readonly wall: number;
  readonly cpu: number | null;
  readonly peak: number | null;
  /** Why there are no numbers: a failure, or the time limit. */
  readonly failure: string | null;
}

export interface RaceOptions {
  readonly rounds: number;
  /** A contestant that takes longer is ended and counted as "> cap". */
  readonly capSeconds: number;
  readonly say?: (text: string) => void;
}

const HAS_BASH = process.platform !== 'win32' && spawnSync('bash', ['-c', 'exit 0']).status === 0;
const HAS_GNU_TIME = existsSync('/usr/bin/time') && spawnSync('/usr/bin/time', ['-f', '%M', 'true']).status === 0;

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? (sorted[middle] as number) : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}

function medianOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : median(known);
}

/** Runs it once. Memory has runs of its own, since GNU `time` in between costs a millisecond. */
async function runOnce(contestant: Contestant, folder: string, measure: 'time' | 'memory', capSeconds: number): Promise<Run> {
  const [output, errors, times, memory] = ['output', 'errors', 'times', 'memory'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
    string,
  ];
  const inner =
    measure === 'memory' && HAS_GNU_TIME ? ['/usr/bin/time', '-f', '%M', '-o', memory, ...contestant.command] : contestant.command;
  const script = 'out=$1; err=$2; times=$3; shift 3; TIMEFORMAT="%3R %3U %3S"; { time "$@" >"$out" 2>"$err"; } 2>"$times"';
  const [file, ...args] = HAS_BASH ? ['bash', '-c', script, 'bash', output, errors, times, ...inner] : inner;
  const descriptors = [
    openSync(contestant.input ?? (process.platform === 'win32' ? 'NUL' : '/dev/null'), 'r'),
    openSync(output, 'w'),
    openSync(errors, 'w'),
  ];
  const begun = performance.now();
  const child = spawn(file as string, args, {
    stdio: descriptors as [number, number, number],
    cwd: contestant.cwd,
    env: { ...process.env, NO_COLOR: '1', ...contestant.env },
    detached: true,
  });
  let capped = false;
  const timer = setTimeout(() => {
    capped = true;
    // The whole group: the shell, the contestant and the git that it started.
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  }, capSeconds * 1000);
  const code = await new Promise<number | null>((settle, reject) => child.on('error', reject).on('close', settle));
  clearTimeout(timer);
  const elapsed = (performance.now() - begun) / 1000;
  for (const descriptor of descriptors) closeSync(descriptor);
  if (capped) return { wall: elapsed, cpu: null, peak: null, failure: `> ${capSeconds} s` };
  const [wall, user, system] = HAS_BASH ? readFileSync(times, 'utf8').trim().split(/\s+/).map(Number) : [elapsed];
  const peak = measure === 'memory' && HAS_GNU_TIME ? Number(readFileSync(memory, 'utf8').trim().split('\n').at(-1)) / 1024 : null;
  const cpu = user === undefined || system === undefined ? null : user + system;
  return { wall: wall ?? elapsed, cpu, peak, failure: findFailure(contestant, code, output, errors) };
}

function findFailure(contestant: Contestant, code: number | null, output: string, errors: string): string | null {
  if (code === null || !(contestant.accept ?? [0]).includes(code)) {
    const lines = readFileSync(errors, 'utf8').trim().split('\n');
    const telling = [/\bE[A-Z]{4,}\b/, /error/i]
      .map((pattern) => lines.find((line) => pattern.test(line)))
      .find((line) => line !== undefined);
    return `exit ${code}: ${(telling ?? lines.at(-1) ?? '')
      .replace(/^.*?\bError: /, '')
      .trim()
      .slice(0, 120)}`;
  }
  return contestant.check?.(readFileSync(output, 'utf8')) ?? null;
}

export async function race(contestants: readonly Contestant[], options: RaceOptions): Promise<Standing[]> {
  const folder = mkdtempSync(join(tmpdir(), 'shiplock-race-'));
  const fields = contestants.map((contestant) => ({
    contestant,
    peaks: [] as (number | null)[],
    runs: [] as Run[],
    failure: null as string | null,
    rounds: options.rounds,
  }));
  try {
    // The warm-up measures memory, which a cold disk cache does not change.
    for (let warmup = 0; warmup < 2; warmup += 1) {
      for (const field of fields) {
        if (field.failure !== null || field.rounds < options.rounds) continue;
        options.say?.(`${field.contestant.name} …`);
        const run = await runOnce(field.contestant, folder, 'memory', options.capSeconds);
        field.failure = run.failure;
        field.peaks.push(run.peak);
        if (run.wall > 10) field.rounds = Math.min(options.rounds, 2);
        else if (run.wall > 3) field.rounds = Math.min(options.rounds, 3);
      }
    }
    for (let round = 0; round < options.rounds; round += 1) {
      for (const field of fields) {
        if (field.failure !== null || round >= field.rounds) continue;
        const run = await runOnce(field.contestant, folder, 'time', options.capSeconds);
        field.failure = run.failure;
        field.runs.push(run);
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return fields.map(({ contestant, peaks, runs, failure }) => ({
    name: contestant.name,
    runs,
    wall: runs.length > 0 ? median(runs.map((run) => run.wall)) : Number.NaN,
    cpu: medianOf(runs.map((run) => run.cpu)),
    peak: medianOf(peaks),
    failure,
  }));
}

/** The median over the rounds that both took part in: each round's ratio compares neighbours in time. */
export function ratioOfWall(one: Standing, other: Standing): number {
  const shared = Math.min(one.runs.length, other.runs.length);
  return median(Array.from({ length: shared }, (_, i) => (one.runs[i] as Run).wall / (other.runs[i] as Run).wall));
}
