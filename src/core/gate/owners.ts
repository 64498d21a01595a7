// CODEOWNERS: who owns which files, as GitHub reads it (docs.github.com, "About code owners"): the last rule that matches a file counts,
// patterns are those of .gitignore without negation, classes and ranges, and what is none of GitHub's owners owns nothing.

import { matchesGlob } from '../glob.ts';

export interface OwnerRule {
  readonly pattern: string;
  /** `@login` or `@organisation/team`, in lower case. */
  readonly owners: readonly string[];
}

/** Where GitHub looks for the file, in this order. */
export const OWNER_FILES = ['.github/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS'] as const;

/** GitHub ignores a longer file (documented: 3 MB); nobody reads through so many rules for each file. */
const MOST_RULES = 5_000;

export function readOwners(text: string): readonly OwnerRule[] {
  const rules: OwnerRule[] = [];
  for (const line of text.split(/\r?\n/)) {
    const words = wordsOf(line);
    const [pattern] = words;
    // A line that GitHub cannot read is skipped by it, too.
    if (pattern === undefined || /[![\]]/.test(pattern)) continue;
    const owners = words.slice(1).filter((one) => /^@[\w.-]+(?:\/[\w.-]+)?$/.test(one));
    rules.push({ pattern, owners: owners.map((one) => one.toLowerCase()) });
    if (rules.length === MOST_RULES) break;
  }
  return rules;
}

/** Up to a comment; `\ ` is a space in a pattern. */
function wordsOf(line: string): string[] {
  const words: string[] = [];
  let word = '';
  for (let at = 0; at < line.length; at += 1) {
    const character = line[at] as string;
    if (character === '\\' && at + 1 < line.length) {
      at += 1;
      word += line[at];
    } else if (character === '#' && word === '') break;
    else if (character === ' ' || character === '\t') {
      if (word !== '') words.push(word);
      word = '';
    } else word += character;
  }
  if (word !== '') words.push(word);
  return words;
}

/** Owners of any of the files. */
export function ownersOf(rules: readonly OwnerRule[], files: readonly string[]): ReadonlySet<string> {
  const globs = rules.map((rule) => ({ globs: globsOf(rule.pattern), owners: rule.owners }));
  const found = new Set<string>();
  for (const file of files) {
    const last = globs.findLast((rule) => rule.globs.some((glob) => matchesGlob(glob, file)));
    for (const owner of last?.owners ?? []) found.add(owner);
  }
  return found;
}

/** A folder is all that is in it; a pattern without a slash within is at home in every folder. */
function globsOf(pattern: string): readonly string[] {
  const folder = pattern.endsWith('/');
  const bare = pattern.replace(/^\/+|\/+$/g, '');
  if (bare === '') return ['**'];
  const rooted = pattern.startsWith('/') || bare.includes('/');
  const base = rooted ? bare : `**/${bare}`;
  // `docs/*` is what lies directly in the folder, no deeper (documented).
  if (!folder && /(?:^|\/)\*$/.test(base) && rooted) return [base];
  return folder ? [`${base}/**`] : [base, `${base}/**`];
}
