// release-drafter's templates ($CHANGES, $RESOLVED_VERSION, …) → ours ({changes}, {version}, …); null where a part has no counterpart.

/** The variables that stand for the version: all of them in a tag template become `{version}`. */
const VERSION = /\$(?:RESOLVED_VERSION|NEXT_(?:PATCH|MINOR|MAJOR|PRERELEASE)_VERSION)(?!_)/g;

export type Translated = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly says: string };

export function tagTemplateOf(template: string): Translated {
  const text = template.trim().replace(VERSION, '{version}');
  if (text.includes('$')) return { ok: false, says: `has ${variableIn(text)}, which a tag here has no word for` };
  return text.includes('{version}') ? { ok: true, text } : { ok: false, says: 'has no version in it' };
}

/** Which level the tag takes whatever the labels say: `$NEXT_MINOR_VERSION` is always minor. Null: what they say. */
export function fixedIncrement(template: string | null): 'major' | 'minor' | 'patch' | null {
  const fixed = /\$NEXT_(PATCH|MINOR|MAJOR)_VERSION/.exec(template ?? '')?.[1]?.toLowerCase();
  return fixed === 'major' || fixed === 'minor' || fixed === 'patch' ? fixed : null;
}

/** The line of one change, without its bullet, which lines here have by themselves. */
export function lineTemplateOf(template: string): Translated {
  const text = template
    .trim()
    .replace(/^[*+-]\s{1,4}/, '')
    .replace(/\[#\$NUMBER\]\(\$URL\)|#\$NUMBER\b/g, '{pr}')
    .replace(/@?\$AUTHORS\b|\$AUTHOR_MENTION\b|@?\$AUTHOR\b/g, '{author}')
    .replace(/\$TITLE\b/g, '{subject}');
  return checked(text, ['subject', 'pr', 'author']);
}

export interface TemplateContext {
  readonly tag: string | null;
  /** Owner and name, where the clone's remote says them. */
  readonly repository: { readonly owner: string; readonly name: string } | null;
}

/** The whole of the notes. A line around a link that compares the tags is `{compare}`, which is such a line. */
export function notesTemplateOf(template: string, { tag, repository }: TemplateContext): Translated {
  let text = template
    .split('\n')
    .map((line) => (COMPARE.test(line) ? '{compare}' : line))
    .join('\n')
    .replace(/\$CHANGES\b/g, '{changes}')
    .replace(/\$CONTRIBUTORS\b/g, '{contributors}')
    .replace(/\$PREVIOUS_TAG\b/g, '{previous}');
  if (tag !== null) for (const one of VARIABLES) text = text.replaceAll(tag.replace('{version}', one), '{tag}');
  text = text.replace(VERSION, '{version}');
  if (repository !== null) text = text.replace(/\$OWNER\b/g, repository.owner).replace(/\$REPOSITORY\b/g, repository.name);
  return checked(text.trimEnd(), ['changes', 'contributors', 'previous', 'tag', 'version', 'compare']);
}

const COMPARE = /https:\/\/[^\s/]{1,200}\/\$OWNER\/\$REPOSITORY\/compare\/\$PREVIOUS_TAG\.\.\.\S/;
const VARIABLES = ['$RESOLVED_VERSION', '$NEXT_PATCH_VERSION', '$NEXT_MINOR_VERSION', '$NEXT_MAJOR_VERSION'];

function checked(text: string, known: readonly string[]): Translated {
  const left = /\$[A-Z][A-Z_]*/.exec(text)?.[0];
  if (left !== undefined) return { ok: false, says: `has ${left}, which templates here have no word for` };
  const word = [...text.matchAll(/\{([a-z]{1,30})\}/gi)].find(([, name]) => !known.includes(name ?? ''))?.[0];
  return word === undefined ? { ok: true, text } : { ok: false, says: `has the text ${word}, which would be a placeholder here` };
}

function variableIn(text: string): string {
  return /\$[A-Z_]{1,60}/.exec(text)?.[0] ?? 'a $';
}
