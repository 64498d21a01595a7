// What the policy says about a time to come, of all environments at once: when deployments may start, when none may, when trains leave.
// Hours that a freeze takes away are no hours; who may pass it keeps them.

import { freezeSpan, windowsAt } from './gate/clock.ts';
import { isExcepted } from './gate/stops.ts';
import { type EnvironmentPolicy, type FreezePolicy, gateOf, OCCASIONS, type Occasion, type WindowPolicy } from './policy/environment.ts';
import type { Policy, TrainPolicy } from './policy.ts';
import { departuresBetween } from './train.ts';

export interface CalendarEntry {
  /** `cut-off`: a train's load is settled, and it has not left yet. */
  readonly what: 'window' | 'freeze' | 'train' | 'cut-off';
  /** The environment, or the train. */
  readonly of: string;
  /** The releases that it is for; empty: all. */
  readonly only: readonly Occasion[];
  /** Milliseconds since 1970. A train leaves at its start, and ends then. */
  readonly start: number;
  readonly end: number;
  readonly zone: string;
  /** One line. Text of the policy's in it is as it was written. */
  readonly says: string;
  readonly reason: string | null;
  /** What may be deployed all the same. */
  readonly except: readonly Occasion[];
}

export interface Calendar {
  readonly from: number;
  readonly to: number;
  /** In the order of their starts. Each touches the time that was asked about, and may begin before and end after it. */
  readonly entries: readonly CalendarEntry[];
  /** Environments that the policy holds until it says otherwise. */
  readonly held: readonly { readonly environment: string; readonly reason: string }[];
  /** What could not be worked out, in words. */
  readonly unknown: readonly string[];
}

const DAY = 86_400_000;
/** Every week is like the one before, so that a window which is open at the beginning began within it. */
const LOOKED_BACK = 8 * DAY;
/** A train leaves once an hour at most, and a calendar has a year. */
const MOST_DEPARTURES = 24 * 366;

/** From the first instant up to just before the second. */
export function calendarOf(policy: Policy, from: number, to: number): Calendar {
  const environments = Object.entries(policy.environments);
  const unknown: string[] = [];
  const entries = [
    ...environments.flatMap(([name, one]) => freezeEntries(name, one, unknown)),
    ...environments.flatMap(([name, one]) => windowEntries(name, one, from, to, unknown)),
    ...policy.trains.flatMap((train) => trainEntries(train, from, to, unknown)),
  ].filter(({ start, end }) => start < to && (end > from || (end === start && start >= from)));
  return {
    from,
    to,
    entries: entries.sort((a, b) => a.start - b.start || b.end - a.end),
    held: environments.flatMap(([environment, { hold }]) => (hold === null ? [] : [{ environment, reason: hold }])),
    unknown: [...new Set(unknown)],
  };
}

function freezeEntries(of: string, { freeze }: EnvironmentPolicy, unknown: string[]): CalendarEntry[] {
  return freeze.flatMap((one): CalendarEntry[] => {
    const span = freezeSpan(one);
    if (span === null) {
      unknown.push(`When the freeze of ${of} from ${one.from} to ${one.to} (${one.zone}) is cannot be worked out here.`);
      return [];
    }
    const { zone, reason, except } = one;
    return [{ what: 'freeze', of, only: [], start: span.from, end: span.to, zone, says: `${of} is frozen`, reason, except }];
  });
}

/** The hours of each sort of release that has hours of its own, and those of all others. */
function windowEntries(of: string, environment: EnvironmentPolicy, from: number, to: number, unknown: string[]): CalendarEntry[] {
  const groups = new Map<string, { readonly windows: readonly WindowPolicy[]; readonly occasions: Occasion[] }>();
  for (const occasion of OCCASIONS) {
    const { windows } = gateOf(environment, occasion);
    const key = JSON.stringify(windows);
    const group = groups.get(key) ?? { windows, occasions: [] };
    group.occasions.push(occasion);
    groups.set(key, group);
  }
  const anytime = OCCASIONS.filter((occasion) => gateOf(environment, occasion).windows.length === 0);
  return [...groups.values()].flatMap(({ windows, occasions }): CalendarEntry[] => {
    const spans = windows.length === 0 ? [] : openSpans(windows, from - LOOKED_BACK, to);
    if (spans === null) {
      unknown.push(`When deployments to ${of} may start cannot be worked out here: the time zone of a window is not known.`);
      return [];
    }
    const zone = windows[0]?.zone ?? 'UTC';
    return spans.flatMap((span) =>
      piecesOf(span, occasions, environment.freeze).map(({ start, end, passing }) => {
        const only = passing.length === OCCASIONS.length - anytime.length ? [] : passing;
        const says = `${of} may be deployed to${only.length === 0 ? '' : `: ${only.join(', ')}`}`;
        return { what: 'window', of, only, start, end, zone, says, reason: null, except: anytime };
      }),
    );
  });
}

interface Span {
  readonly start: number;
  readonly end: number;
}

/** When one of the windows is open; nothing where they never close. Null: a zone is not known. */
function openSpans(windows: readonly WindowPolicy[], from: number, to: number): Span[] | null {
  const spans: Span[] = [];
  let seen = windowsAt(windows, from);
  // What is open at the very beginning has an unknown start; it is over before anything that was asked about.
  let start = null as number | null;
  while (seen !== null && seen.turns !== null) {
    if (seen.open && start !== null) spans.push({ start, end: seen.turns });
    if (seen.turns >= to) return spans;
    start = seen.turns;
    seen = windowsAt(windows, seen.turns);
  }
  return seen === null ? null : spans;
}

/** A span of open hours without what freezes take from it; `passing` may be deployed then. */
function piecesOf(span: Span, occasions: readonly Occasion[], freezes: readonly FreezePolicy[]) {
  const frozen = freezes.flatMap((freeze) => {
    const times = freezeSpan(freeze);
    return times === null ? [] : [{ freeze, ...times }];
  });
  const edges = frozen.flatMap((one) => [one.from, one.to]).filter((at) => at > span.start && at < span.end);
  const starts = [...new Set([span.start, ...edges])].sort((a, b) => a - b);
  const pieces: { start: number; end: number; passing: readonly Occasion[] }[] = [];
  for (const [index, start] of starts.entries()) {
    const on = frozen.filter((one) => one.from <= start && start < one.to);
    const passing = occasions.filter((occasion) => on.every(({ freeze }) => isExcepted(freeze, occasion)));
    const end = starts[index + 1] ?? span.end;
    const before = pieces.at(-1);
    if (before !== undefined && before.end === start && before.passing.join() === passing.join()) before.end = end;
    else if (passing.length > 0) pieces.push({ start, end, passing });
  }
  return pieces;
}

const LEAVES = {
  report: 'reports what would be released',
  draft: 'brings the draft up to date',
  freeze: 'freezes what is released next',
  publish: 'publishes',
} as const;

function trainEntries(train: TrainPolicy, from: number, to: number, unknown: string[]): CalendarEntry[] {
  const { name: of, zone, line, does, freezeBefore } = train;
  const departures = departuresBetween(train, from - 1, to + (freezeBefore ?? 0) * 1000, MOST_DEPARTURES);
  if (!departures.known) {
    unknown.push(departures.why);
    return [];
  }
  const where = line === null ? 'the default branch' : line;
  const more = { of, only: [], zone, reason: null, except: [] };
  return departures.value.flatMap(({ at, freezesAt }): CalendarEntry[] => {
    const leaves: CalendarEntry = {
      ...more,
      what: 'train',
      start: at,
      end: at,
      says: `The train ${of} leaves: ${LEAVES[does]} (${where})`,
    };
    if (freezesAt === null) return [leaves];
    const says = `The train ${of} is loaded: what is merged into ${where} now rides on the next`;
    return [{ ...more, what: 'cut-off', start: freezesAt, end: at, says }, leaves];
  });
}
