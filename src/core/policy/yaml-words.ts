// What the YAML parser dislikes, in words about the text and not about the parser, with what to write instead where people often slip.

import type { Document } from 'yaml';

export interface SyntaxFindings {
  readonly findings: readonly { readonly path: readonly []; readonly offset: number; readonly says: string }[];
  /** False where only single values are at fault and the rest can be looked at. */
  readonly broken: boolean;
}

const MOST = 10;

/** One finding a line, since one slip makes the parser stumble several times. */
export function syntaxFindings(document: Document, lineOf: (offset: number) => number): SyntaxFindings {
  const findings: { path: readonly []; offset: number; says: string }[] = [];
  const lines = new Set<number>();
  let broken = false;
  for (const { code, message, pos } of [...document.errors, ...document.warnings]) {
    if (!MENDABLE.has(code)) broken = true;
    const line = lineOf(pos[0]);
    if (lines.has(line) || findings.length >= MOST) continue;
    lines.add(line);
    findings.push({ path: [], offset: pos[0], says: wordsFor(code, message) });
  }
  return { findings, broken };
}

const MENDABLE: ReadonlySet<string> = new Set(['BAD_SCALAR_START', 'BAD_DQ_ESCAPE', 'MULTIPLE_DOCS', 'TAG_RESOLVE_FAILED']);

function wordsFor(code: string, message: string): string {
  if (code === 'BAD_SCALAR_START')
    return `a text that begins with ${/\S+$/.exec(message)?.[0] ?? 'this character'} must be in quotes`.replace('character @', '@');
  if (code === 'BAD_DQ_ESCAPE')
    return `${message.replace('Invalid escape sequence ', '')} means nothing in double quotes: write the backslash twice, or use single quotes`;
  if (code === 'MULTIPLE_DOCS') return 'a second document begins here: a policy is one';
  if (code === 'TAG_RESOLVE_FAILED') return 'tags (!…) have no meaning here: write a plain value';
  if (code === 'TAB_AS_INDENT') return 'a tab stands in the indentation: YAML wants spaces';
  if (code === 'RESOURCE_EXHAUSTION') return 'it is nested too deeply';
  if (code === 'UNEXPECTED_TOKEN' && message.includes('flow-map-start'))
    return 'a text with braces must be in quotes, as "core-v{version}"';
  if (code === 'BLOCK_AS_IMPLICIT_KEY' || code === 'MULTILINE_IMPLICIT_KEY')
    return 'this does not fit what stands before it: indent keys of one map alike, and put a text with ": " in it in quotes';
  const open = /^Flow (map|sequence) .*end with a (.)/.exec(message);
  if (open !== null) return `this ${open[1] === 'map' ? 'map' : 'list'} does not end where it should: it needs a ${open[2]}`;
  if (message.startsWith('Missing closing')) return 'a text in quotes does not end: its closing quote is missing';
  if (message.startsWith('Implicit map keys')) return 'a key without a value: a colon and a space are missing after it';
  return `not valid YAML: ${message.charAt(0).toLowerCase()}${message.slice(1).replace(/\.$/, '')}`;
}
