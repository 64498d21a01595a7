// Whether a time zone of a policy file is one that there is, and which was probably meant.

import { nearest } from '../nearest.ts';
import type { Report } from './file.ts';
import { shown } from './schema-findings.ts';
import type { Path } from './yaml.ts';

const MOST_SUGGESTIONS = 20;

/** Reports a zone that is none. */
export function zoneCheck(report: Report): (zone: string | undefined, path: Path) => void {
  const known = new Map<string, boolean>([['UTC', true]]);
  let names: readonly string[] | null = null;
  let suggestions = 0;

  return (zone, path) => {
    if (zone === undefined) return;
    names ??= Intl.supportedValuesOf('timeZone');
    // A formatter takes ten times as long as the list; it also knows the older names, as US/Eastern, that the list leaves out.
    const exists = known.get(zone) ?? (names.includes(zone) || isFormatted(zone));
    known.set(zone, exists);
    if (exists) return;
    suggestions += 1;
    const meant = suggestions > MOST_SUGGESTIONS ? null : nearest(zone, names);
    const tail = meant === null ? 'write an IANA name as Europe/Berlin or UTC' : `did you mean ${meant}?`;
    report(path, `no time zone ${shown(zone)} is known: ${tail}`);
  };
}

function isFormatted(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}
