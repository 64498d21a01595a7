// Until when: a duration or a moment as people write them in a command, told from the words of a reason.

import { momentOf, secondsOf } from '../policy/time.ts';

/** `3d` from now on, or a moment as the policy's freezes have it: without an offset it is on the clock of whoever reads it, UTC by default. */
export type Until = { readonly seconds: number } | { readonly moment: string };

/** Null: the word is none. A text: it was meant as one, and this is what is wrong. */
export function readUntil(word: string, following = ''): Until | string | null {
  if (/^\d{1,5}[smhd]$/i.test(word)) {
    const seconds = secondsOf(word.toLowerCase());
    return seconds > 0 && seconds <= LONGEST ? { seconds } : 'is no time to wait: from 1s to 3650d';
  }
  if (/^\d{4}-\d{2}-\d{2}(?:$|T)/i.test(word)) {
    const moment = word.length === 10 ? `${word}T00:00` : word.toUpperCase();
    return momentOf(moment) === null ? 'is no such day or time: write 2027-01-04, 2027-01-04T08:00 or 2027-01-04T08:00+01:00' : { moment };
  }
  const unit = /^\d{1,9}$/.test(word) ? following : /^\d{1,9}(\D{1,9})$/.exec(word)?.[1];
  return unit !== undefined && UNIT.test(unit) ? 'is no duration: write 90s, 15m, 12h or 3d' : null;
}

/** Of a command's argument, which was read once already. */
export function untilOf(argument: string): Until {
  const until = readUntil(argument);
  if (until === null || typeof until === 'string') throw new Error(`not a time: ${JSON.stringify(argument)}`);
  return until;
}

const LONGEST = 3650 * 86_400;
const UNIT = /^(?:[smhdwy]|secs?|seconds?|mins?|minutes?|hrs?|hours?|days?|wks?|weeks?|mo|months?|yrs?|years?)$/i;
