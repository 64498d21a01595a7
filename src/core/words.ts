// Reading titles that follow no convention ("Fix crash when…", "Add support for…", "Bump x from 1 to 2"): stated rules, tried in order.
// A reading of words is a guess: it yields to what a label or a conventional commit says, and never disputes it.

import type { Meaning } from './policy.ts';

interface WordRule {
  /** Letters that all titles which match begin with, where a pattern is slow to build and few titles begin so. */
  readonly opens?: string;
  readonly pattern: Pick<RegExp, 'test'>;
  readonly means: Meaning;
  /** What the rule saw, for the evidence. */
  readonly says: string;
}

/** The first word or words of a title, whatever its case. Each pattern is anchored and linear. */
const WORD_RULES: readonly WordRule[] = [
  { pattern: /^\W{0,3}breaking(?: change)?s?\b(?!-)/i, means: 'breaking', says: 'it begins with "breaking"' },
  {
    pattern:
      /^(?:fix|fixes|fixed|patch(?:es|ed)?|address(?:es)?|resolves?|mitigates?)?\W{0,3}\b(?:CVE-\d|GHSA-|security\b|vulnerabilit|XSS\b|ReDoS\b)/i,
    means: 'security',
    says: 'it speaks of a security problem',
  },
  {
    pattern: /^(?:\[?snyk\]? |auto-?)?(?:bump|upgrade|downgrade|pin|unpin|roll) (?!version\b)(?:the |dep(?:s|endenc(?:y|ies))? )?\S/i,
    means: 'dependency',
    says: 'it moves a dependency',
  },
  {
    pattern:
      /^update (?:the )?(?:dep(?:s|endenc(?:y|ies))?\b|lock ?file|yarn\.lock|package-lock|pnpm-lock|go\.(?:mod|sum)|\S+ (?:to|from) v?\d|\S+ requirement)/i,
    means: 'dependency',
    says: 'it updates a dependency',
  },
  {
    pattern: aboutNouns(
      /^(?:add|adds|added|adding|write|wrote|fix|fixes|fixed|fixing|update|updates|updated|improve|improves|improved|correct|edit|clarify|document|documents|remove|removed|create|created|more|some|minor|small|tiny)?\W{0,2}(?:\S{1,20} ){0,2}$/i,
      'doc docs documentation readme changelog contributing licence license typo typos spelling grammar jsdoc docstring docstrings faq ' +
        'tutorial badge badges screenshot screenshots gif gifs logo copyright roadmap website authors contributor contributors owners ' +
        'maintainers credits keywords instruction instructions description descriptions',
      /^changes?\.md\b/i,
    ),
    means: 'none',
    says: 'it is about documentation',
  },
  {
    pattern: aboutNouns(
      /^(?:add|adds|added|adding|fix|fixes|fixed|fixing|update|updates|updated|improve|improved|remove|removed|more|some|another|failing|new|skip|enable|disable|use|run|move|make)?\W{0,2}(?:\S{1,20} ){0,2}$/i,
      'test tests spec specs e2e testcase testcases fixture fixtures mock mocks coverage benchmark benchmarks ci travis circleci appveyor ' +
        'workflow workflows jenkins codecov dependabot renovate eslint jshint tslint prettier lint linting linter gitignore npmignore ' +
        'editorconfig example examples codeowners stalebot',
      /^(?:unit-tests?|github actions?|code owners|stale bot)\b/i,
    ),
    means: 'none',
    says: 'it is about tests, examples or the project’s own tools',
  },
  {
    opens: 'add',
    pattern:
      /^(?:add|adds|added) (?:a |an |the |some |back )?(?:missing|forgotten|lost|omitted|workaround|fix|hotfix|polyfill|check|guard|safety|validation|null|error (?:handling|message))/i,
    means: 'bug',
    says: 'it adds what was missing',
  },
  {
    opens: 'add',
    pattern:
      /^(?:add|adds|added) (?:a |an |the |some |more |back )?(?:types?|typings?|type definitions?|typescript|comments?|debug|logs?|logging|deprecat|notice|warning)\b/i,
    means: 'maintenance',
    says: 'it adds nothing that users call',
  },
  {
    pattern:
      /^(?:implements?|implemented|introduces?|introduced|initial (?:support|implementation)|feature|new feature|support for|supports?|supported|adds? support|added support|adding support|enables? support|first (?:version|implementation) of)\b/i,
    means: 'feature',
    says: 'it begins as a new ability does',
  },
  {
    pattern:
      /^(?:add|adds|added|adding|allow|allows|allowed|allowing|expose|exposes|exposed|provide|provides|enable|enables|new|make it possible)\b(?! line)/i,
    means: 'feature',
    says: 'its verb adds or allows something',
  },
  {
    pattern:
      /^(?:bug ?-?fix(?:es)?|hot-?fix(?:es)?|fix(?:e[sd]|ing|up)?|resolv(?:e[sd]?|ing)|correct(?:s|ed|ly)?|prevents?|prevented|avoids?|avoided|handles?|handled|ensures?|repairs?|restores?|respect|do(?:n['’]t| not)|does(?:n['’]t| not)|stop|work ?around|guard|closes? #|closed #|properly|only|bug|issue|regression)\b/i,
    means: 'bug',
    says: 'its verb mends something',
  },
  {
    pattern:
      /^(?:perf|performance|optimi[sz]e[sd]?|optimi[sz]ation|speed(?:s|ed)? ?up|cache[sd]?|faster|reduce[sd]?|lazy|improves? (?:the )?(?:performance|speed))\b/i,
    means: 'performance',
    says: 'it makes something faster or smaller',
  },
];

/** What a tagged or `Type:`-prefixed title of another school says ("[Bug] …", "Added: …", ESLint's "New: …"). */
export const SCHOOLS: Readonly<Record<string, Meaning>> = {
  breaking: 'breaking',
  major: 'breaking',
  feature: 'feature',
  features: 'feature',
  feat: 'feature',
  new: 'feature',
  add: 'feature',
  added: 'feature',
  adds: 'feature',
  enhancement: 'feature',
  minor: 'feature',
  bug: 'bug',
  bugfix: 'bug',
  bugfixes: 'bug',
  fix: 'bug',
  fixed: 'bug',
  fixes: 'bug',
  hotfix: 'bug',
  patch: 'bug',
  security: 'security',
  update: 'maintenance',
  updated: 'maintenance',
  upgrade: 'dependency',
  deps: 'dependency',
  change: 'maintenance',
  changed: 'maintenance',
  change_log: 'none',
  removed: 'maintenance',
  improved: 'maintenance',
  improvement: 'maintenance',
  internal: 'maintenance',
  build: 'maintenance',
  chore: 'maintenance',
  chores: 'maintenance',
  cleanup: 'maintenance',
  misc: 'maintenance',
  docs: 'none',
  doc: 'none',
  documentation: 'none',
  readme: 'none',
  changelog: 'none',
  test: 'none',
  tests: 'none',
  testing: 'none',
  ci: 'none',
  lint: 'none',
  example: 'none',
  examples: 'none',
  website: 'none',
};

// Gitmoji (https://gitmoji.dev) that say what kind of change it is; the many others say nothing.
const EMOJI: Readonly<Record<string, Meaning>> = {
  '💥': 'breaking',
  ':boom:': 'breaking',
  '✨': 'feature',
  ':sparkles:': 'feature',
  '🎉': 'feature',
  ':tada:': 'feature',
  '🐛': 'bug',
  ':bug:': 'bug',
  '🚑': 'bug',
  ':ambulance:': 'bug',
  '🩹': 'bug',
  ':adhesive_bandage:': 'bug',
  '🔒': 'security',
  ':lock:': 'security',
  '⚡': 'performance',
  ':zap:': 'performance',
  '⬆': 'dependency',
  ':arrow_up:': 'dependency',
  '⬇': 'dependency',
  ':arrow_down:': 'dependency',
  '📝': 'none',
  ':memo:': 'none',
  '✅': 'none',
  ':white_check_mark:': 'none',
  '👷': 'none',
  ':construction_worker:': 'none',
  '💚': 'none',
  ':green_heart:': 'none',
  '🎨': 'maintenance',
  ':art:': 'maintenance',
  '♻': 'maintenance',
  ':recycle:': 'maintenance',
  '🔖': 'none',
  ':bookmark:': 'none',
};

export interface WordReading {
  readonly means: Meaning;
  readonly says: string;
}

/** Reads a title's words; null where they say nothing. Only the first 200 characters are looked at. */
export function readWords(title: string): WordReading | null {
  const text = title.slice(0, 200).trim();
  const emoji = emojiOf(text);
  if (emoji !== null) {
    const means = Object.hasOwn(EMOJI, emoji) ? EMOJI[emoji] : undefined;
    if (means !== undefined) return { means, says: `it begins with ${emoji}` };
  }
  const bare = emoji === null ? text : text.replace(/^(?:(?:\p{Extended_Pictographic}|\ufe0f|:[a-z0-9_]{2,30}:)\s{0,2}){1,3}/u, '');
  const school = /^\[?([A-Za-z_]{2,16})\]?(?:\([^()]{0,60}\))?(?::|\]|\/| -) ?/.exec(bare);
  if (school?.[1] !== undefined && /[\]:/-]/.test(school[0])) {
    const means = meaningOfSchool(school[1]);
    if (means !== null) return { means, says: `it is marked "${school[1]}"` };
    const rest = bare.slice(school[0].length);
    const inner = school[0].trimEnd().endsWith(':') || school[0].includes(']') ? readRules(rest) : null;
    if (inner !== null) return inner;
  }
  // "feat(querying) Add x": the colon forgotten.
  const typed = /^([A-Za-z]{2,12})\([^()]{1,60}\):? (?=\S)/.exec(bare)?.[1];
  if (typed !== undefined) {
    const means = meaningOfSchool(typed);
    if (means !== null) return { means, says: `it begins with "${typed}"` };
  }
  // "module: add x" and "ui, api - fix y" name a place first, then speak.
  const placed = /^[\w@./*-]{1,40}(?:, ?[\w./-]{1,40}){0,3}: ?(?=\S)/.exec(bare);
  return readRules(bare) ?? (placed === null ? null : readRules(bare.slice(placed[0].length)));
}

/** The gitmoji in front. Unicode classes are slow to build, so none is for a title that begins with a letter. */
function emojiOf(text: string): string | null {
  const first = text.charCodeAt(0);
  if (first === 58) return /^:[a-z_]{2,30}:/.exec(text)?.[0] ?? null;
  return first > 127 ? (/^\p{Extended_Pictographic}/u.exec(text)?.[0] ?? null) : null;
}

/** What `Type` in "Type: …" or "[Type] …" means in the schools that we know. */
export function meaningOfSchool(word: string): Meaning | null {
  const key = word.toLowerCase();
  return Object.hasOwn(SCHOOLS, key) ? (SCHOOLS[key] ?? null) : null;
}

function readRules(text: string): WordReading | null {
  const opening = text.slice(0, 3).toLowerCase();
  for (const rule of WORD_RULES) {
    if ((rule.opens === undefined || rule.opens === opening) && rule.pattern.test(text)) return rule;
  }
  return null;
}

/**
 * Matches titles in which one of the nouns, or one of several words, comes after what `before` matches to its end. One pattern of it all
 * would take longer to build (3 ms) than a release's titles to read.
 */
function aboutNouns(before: RegExp, nouns: string, several: RegExp): Pick<RegExp, 'test'> {
  let known: ReadonlySet<string> | undefined;
  return {
    test: (title) => {
      known ??= new Set(nouns.split(' '));
      for (const { 0: word, index } of title.matchAll(/\w+/g)) {
        // A verb, two signs and two words are all that may come before.
        if (index > FURTHEST) return false;
        if ((known.has(word.toLowerCase()) || several.test(title.slice(index))) && before.test(title.slice(0, index))) return true;
      }
      return false;
    },
  };
}

const FURTHEST = 60;
