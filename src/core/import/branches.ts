// Branch names and globs of other tools → the regular expressions that the policy's lines are made of.

import { readPattern } from '../pattern.ts';

/** The pattern that matches this name and no other. A dot that nothing repeats is a dot in the policy's patterns. */
export function branchPattern(name: string): string {
  return name.replace(/[\\^$*+?()[\]{}|]/g, '\\$&');
}

/** True where a name holds characters that make it a glob. */
export function isGlob(text: string): boolean {
  return /[*?[\]{}]|[@+!]\(/.test(text);
}

/** A micromatch glob as a pattern for the policy; null where there is none that the policy would take. */
export function globPattern(glob: string): string | null {
  if (glob.length > 200) return null;
  const scan = { text: glob, at: 0 };
  const pattern = alternatives(scan, '');
  return pattern === null || scan.at < glob.length || readPattern(pattern).problem !== null ? null : pattern;
}

interface Scan {
  readonly text: string;
  at: number;
}

/** Reads up to one of `ends`; null where something has no counterpart. */
function alternatives(scan: Scan, ends: string): string | null {
  let out = '';
  while (scan.at < scan.text.length) {
    const char = scan.text[scan.at] as string;
    if (ends.includes(char)) return out;
    const part = partAt(scan, char);
    if (part === null) return null;
    out += part;
  }
  return ends === '' ? out : null;
}

const REPEATS: Readonly<Record<string, string>> = { '+': '+', '*': '*', '?': '?', '@': '' };

function partAt(scan: Scan, char: string): string | null {
  const { text } = scan;
  if (text[scan.at + 1] === '(' && char in REPEATS) {
    scan.at += 2;
    const choice = choices(scan, '|', ')');
    // `(?:[0-9])+` is `[0-9]+`, which the policy's weighing of patterns takes.
    return choice === null ? null : `${isOne(choice) ? choice : `(${choice})`}${REPEATS[char]}`;
  }
  if (char === '!') return null;
  // As micromatch has it: a plus after a set or a group repeats it.
  if (char === '+' && /[\])}]/.test(text[scan.at - 1] ?? '')) {
    scan.at += 1;
    return '+';
  }
  if (char === '{') {
    scan.at += 1;
    const choice = choices(scan, ',', '}');
    return choice === null ? null : `(${choice})`;
  }
  if (char === '[') {
    const end = text.indexOf(']', scan.at + 2);
    if (end < 0) return null;
    const set = text.slice(scan.at, end + 1).replace(/^\[!/, '[^');
    scan.at = end + 1;
    return set;
  }
  if (char === '(') {
    scan.at += 1;
    const choice = choices(scan, '|', ')');
    return choice === null ? null : isOne(choice) ? choice : `(${choice})`;
  }
  if (char === '*') {
    const deep = text[scan.at + 1] === '*';
    scan.at += deep ? 2 : 1;
    return deep ? '.*' : '[^/]*';
  }
  scan.at += char === '\\' ? 2 : 1;
  if (char === '?') return '[^/]';
  return branchPattern(char === '\\' ? (text[scan.at - 1] ?? '') : char);
}

function choices(scan: Scan, separator: string, end: string): string | null {
  const list: string[] = [];
  for (;;) {
    const one = alternatives(scan, separator + end);
    if (one === null) return null;
    list.push(one);
    scan.at += 1;
    if (scan.text[scan.at - 1] === end) return list.join('|');
  }
}

function isOne(pattern: string): boolean {
  return /^(?:\[[^\]]*\]|[\w-])$/.test(pattern);
}
