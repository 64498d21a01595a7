// The world's own time. It stands still but for one second at each write, so that orders and hashes are the same in every run; a story
// moves it to let a soak or a freeze pass. Times of transport (rate-limit resets, a JWT's validity) follow the machine's clock instead.
import { isoTime } from './git/objects.ts';

const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

export class Clock {
  #now: number;
  readonly #watchers = new Set<() => void>();

  constructor(start = '2026-01-05T10:00:00Z') {
    this.#now = Date.parse(start);
  }

  /** Milliseconds since 1970; give it to what is tested where that takes a clock. */
  now = (): number => this.#now;

  iso(): string {
    return isoTime(this.#now);
  }

  /** `90s`, `15m`, `24h`, `3d`. */
  advance(duration: string): void {
    const match = /^(\d+)([smhd])$/.exec(duration);
    if (!match) throw new Error(`The duration ${duration} is not one of 90s, 15m, 24h, 3d.`);
    this.#move(this.#now + Number(match[1]) * (UNITS[match[2] as string] as number));
  }

  set(time: string): void {
    this.#move(Date.parse(time));
  }

  tick(): void {
    this.#now += 1_000;
  }

  /** Called after each `advance` and `set`: delayed deliveries wait for it. */
  watch(watcher: () => void): void {
    this.#watchers.add(watcher);
  }

  #move(to: number): void {
    if (!(to >= this.#now)) throw new Error('The clock of the world only goes forward.');
    this.#now = to;
    for (const watcher of this.#watchers) watcher();
  }
}
