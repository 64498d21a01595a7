// The region of a draft's or pull request's text that is generated. What people write before and after it stays as it is; what they wrote
// into it is moved before it rather than lost.

import type { Bump, Kind } from './change.ts';

/** What the generated region carries for the next run; never the truth, only a hint of where to look. */
export interface FenceState {
  readonly line: string;
  readonly version: string;
  /** The commit that it was made for. */
  readonly sha: string;
  /** `publish`: somebody decided to publish exactly this; a run that finds it unfinished finishes it. */
  readonly intent: 'draft' | 'publish';
  readonly since: string | null;
  /** What the release is, to be told by the run that publishes it. */
  readonly kind?: Kind;
  readonly bump?: Bump;
  /** True once everybody was told. */
  readonly told?: boolean;
  /** Of a release pull request: the head of its branch that the text speaks of. */
  readonly branch?: string;
  /** Number of the comment that asked for the publication. */
  readonly asked?: number;
}

export interface Fenced {
  readonly before: string;
  readonly state: FenceState;
  readonly inside: string;
  readonly after: string;
  /** True where somebody wrote into the generated region. */
  readonly edited: boolean;
}

const BEGIN = '<!-- shiplock:begin ';
const END = '<!-- shiplock:end -->';
/** A digest, the state, and what closes the mark. */
const HEAD_LENGTH = 2100;

/** The fenced region of a text; null where it has none that we made. */
export function readFence(text: string): Fenced | null {
  // Somebody may speak of our marks above the region: the first that reads as ours is ours.
  for (let start = text.indexOf(BEGIN); start >= 0; start = text.indexOf(BEGIN, start + BEGIN.length)) {
    const head = /^([0-9a-f]{14}) (\{[^<>]{2,2000}\}) -->/.exec(text.slice(start + BEGIN.length, start + BEGIN.length + HEAD_LENGTH));
    const state = head === null ? null : readState(head[2] as string);
    if (head === null || state === null) continue;
    const from = start + BEGIN.length + head[0].length;
    const end = text.indexOf(END, from);
    if (end < 0) return null;
    const inside = trimLines(text.slice(from, end));
    return { before: text.slice(0, start), state, inside, after: text.slice(end + END.length), edited: digestOf(inside) !== head[1] };
  }
  return null;
}

/** The text with its generated region made anew; people's own parts of `existing` are kept to the letter. */
export function writeFence(existing: string | null, state: FenceState, generated: string): string {
  const fence = existing === null ? null : readFence(existing);
  // A generated text must not be able to end its own region.
  const inside = trimLines(generated.replaceAll('<!-- shiplock', '&lt;!-- shiplock'));
  const region = `${BEGIN}${digestOf(inside)} ${stateText(state)} -->\n${inside}\n${END}`;
  if (existing === null) return region;
  if (fence === null) return existing.trim() === '' ? region : `${existing.trimEnd()}\n\n${region}`;
  const before =
    fence.edited && fence.inside !== ''
      ? `${fence.before.trimEnd()}${fence.before.trim() === '' ? '' : '\n\n'}${fence.inside}\n\n`
      : fence.before;
  return `${before}${region}${fence.after}`;
}

/** Only the state changes; people's parts and the generated part stay. */
export function restateFence(existing: string, state: FenceState): string {
  const fence = readFence(existing);
  return fence === null || fence.edited ? existing : writeFence(existing, state, fence.inside);
}

function stateText(state: FenceState): string {
  return JSON.stringify(state).replace(/[<>]/g, (char) => (char === '<' ? '\\u003c' : '\\u003e'));
}

function readState(text: string): FenceState | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Not ours, or damaged by hand: then it is text like any other.
    return null;
  }
  const state = value as Partial<Record<keyof FenceState, unknown>>;
  const whole =
    typeof state.line === 'string' &&
    typeof state.version === 'string' &&
    typeof state.sha === 'string' &&
    (state.intent === 'draft' || state.intent === 'publish') &&
    (state.since === null || typeof state.since === 'string');
  return whole ? (value as FenceState) : null;
}

function trimLines(text: string): string {
  return text.replaceAll('\r\n', '\n').replace(/^\n+|\n+$/g, '');
}

/** 53 bits of a text (cyrb53): enough to see an edit; nothing is proven by it. */
export function digestOf(text: string): string {
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    high = Math.imul(high ^ code, 2654435761);
    low = Math.imul(low ^ code, 1597334677);
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  return (4294967296 * (2097151 & low) + (high >>> 0)).toString(16).padStart(14, '0');
}
