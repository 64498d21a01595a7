// A calendar as iCalendar (RFC 5545), for the programs that people already look at. Every occurrence is told in UTC, so that no reader needs
// our rules of time zones or of recurrence; what is told again has the same UID and replaces what was told before.

import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { Calendar, CalendarEntry } from '../calendar.ts';
import { instantText, wallText } from '../gate/clock.ts';

export interface CalendarFile {
  /** Whose calendar it is: tells its events from those of another repository. */
  readonly name: string;
  /** When it is written, milliseconds since 1970. */
  readonly stamp: number;
}

export function iCalendarText({ entries, held }: Calendar, { name, stamp }: CalendarFile): string {
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Shiplock//Shiplock//EN',
    'CALSCALE:GREGORIAN',
    `NAME:${escaped(name)}`,
    `X-WR-CALNAME:${escaped(name)}`,
    ...(held.length === 0
      ? []
      : [`DESCRIPTION:${escaped(held.map(({ environment, reason }) => `${environment} is held: ${reason}`).join('\n'))}`]),
    ...entries.flatMap((entry) => eventLines(entry, name, stamp)),
    // A calendar has one component at least (section 3.6); one without events has its time zone.
    ...(entries.length === 0 ? UTC : []),
    'END:VCALENDAR',
  ];
  return `${lines.map(folded).join('\r\n')}\r\n`;
}

const UTC = [
  'BEGIN:VTIMEZONE',
  'TZID:Etc/UTC',
  'BEGIN:STANDARD',
  'DTSTART:19700101T000000',
  'TZOFFSETFROM:+0000',
  'TZOFFSETTO:+0000',
  'END:STANDARD',
  'END:VTIMEZONE',
];

function eventLines(entry: CalendarEntry, name: string, stamp: number): string[] {
  const { what, of, start, end, says, zone, reason, except, only } = entry;
  const about = [
    end === start ? wallText(start, zone) : `${wallText(start, zone)} to ${wallText(end, zone)}`,
    ...(reason === null ? [] : [`Why: ${reason}`]),
    ...(only.length === 0 ? [] : [`Only: ${only.join(', ')}`]),
    ...(except.length === 0 ? [] : [`${what === 'freeze' ? 'Not frozen' : 'At any time'}: ${except.join(', ')}`]),
  ];
  return [
    'BEGIN:VEVENT',
    `UID:${uidOf(name, entry)}`,
    `DTSTAMP:${utc(stamp)}`,
    `DTSTART:${utc(start)}`,
    // An event without an end ends when it begins.
    ...(end === start ? [] : [`DTEND:${utc(end)}`]),
    `SUMMARY:${escaped(reason === null ? says : `${says}: ${reason}`)}`,
    `DESCRIPTION:${escaped(about.join('\n'))}`,
    `CATEGORIES:${escaped(what)},${escaped(of)}`,
    // Nobody is busy because an environment is.
    'TRANSP:TRANSPARENT',
    'END:VEVENT',
  ];
}

/** By what it is and when it begins: an end or a reason that changes changes the event, and makes no other. */
function uidOf(name: string, { what, of, only, start }: CalendarEntry): string {
  return `${bytesToHex(sha256(utf8ToBytes(JSON.stringify([name, what, of, only, start])))).slice(0, 40)}@shiplock`;
}

function utc(ms: number): string {
  return instantText(Math.floor(ms / 1000) * 1000).replace(/[-:]/g, '');
}

/** A value of the type TEXT, section 3.3.11. */
function escaped(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(/[\\;,]/g, '\\$&')
    .replaceAll('\n', '\\n')
    .replace(/\p{Cc}+/gu, ' ');
}

const OCTETS = 75;

/** A line in pieces of at most 75 octets, none of which ends within a character: section 3.1. */
function folded(line: string): string {
  let out = '';
  let octets = 0;
  for (const character of line) {
    const more = octetsOf(character.codePointAt(0) ?? 0);
    if (octets + more > OCTETS) {
      out += '\r\n ';
      octets = 1;
    }
    out += character;
    octets += more;
  }
  return out;
}

function octetsOf(point: number): number {
  return point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
}
