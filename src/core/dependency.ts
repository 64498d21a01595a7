// Titles of dependency bumps (Dependabot, Renovate, Greenkeeper, Snyk, people) → what moved from where to where. Titles are read word by
// word rather than by one large pattern, so that the time stays linear in their length.

import type { DependencyBump } from './change.ts';

/** What a title says of a dependency; null where it is not the title of a bump. Versions are told without a leading `v`. */
export function readDependencyBump(title: string): DependencyBump | null {
  const head = stripHead(title.length > TITLE_LIMIT ? title.slice(0, TITLE_LIMIT) : title);
  const tail = stripTail(head.text);
  return readBump(tail.text, head.deps || tail.directory !== null);
}

/** What else the title of a bump says. */
export interface BumpContext {
  /** Folder of the manifest, where it is named. */
  readonly directory: string | null;
  /** True where the bot says that the update mends a vulnerability. */
  readonly security: boolean;
}

export function readBumpContext(title: string): BumpContext {
  // Most titles name neither.
  if (!title.includes(' in ') && !/security/i.test(title)) return PLAIN;
  const head = stripHead(title.length > TITLE_LIMIT ? title.slice(0, TITLE_LIMIT) : title);
  const { text, directory, security } = stripTail(head.text);
  return { directory, security: security || head.security || /^security (?:update|upgrade)/i.test(text) };
}

const PLAIN: BumpContext = { directory: null, security: false };

/** No honest title is longer. */
const TITLE_LIMIT = 500;

const TAG = /^\[([^[\]]{1,40})\]\s*/;
const PREFIX = /^([A-Za-z][\w-]{0,30})((?:\([^()]{0,100}\)){0,2})!?:\s*/;
const DECORATION = /^(?::[a-z0-9_+-]{1,40}:|[^\w\s@[`'"]{1,8})\s*/;

/** Emoji, `[Snyk]` and `type(scope):` in front; `deps` says that they speak of dependencies. */
function stripHead(title: string): { text: string; deps: boolean; security: boolean } {
  let text = title.trim();
  let deps = false;
  let security = false;
  for (let turn = 0; turn < 5; turn += 1) {
    const tag = TAG.exec(text);
    const prefix = tag === null ? PREFIX.exec(text) : null;
    const strip = tag ?? prefix ?? DECORATION.exec(text);
    if (strip === null) break;
    const words = `${strip[1] ?? ''} ${prefix?.[2] ?? ''}`;
    deps ||= /\b(?:dep|deps|dependency|dependencies|package|packages|snyk)\b/i.test(words);
    security ||= tag !== null && /\bsecurity\b/i.test(words);
    text = text.slice(strip[0].length);
  }
  return { text, deps, security };
}

const NOTE = /\s*(?:\([^()]{0,80}\)|\[[^[\]]{0,80}\]|- autoclosed|[^\w\s)\]`'"<>=~^*]{1,8})$/;
const DIRECTORY = /^[`'"]?(\/[^\s`'"]{0,200})[`'"]?$/;

/** `(#12)`, `[security]`, ` in /dir`, ` in the x group`, ` across 2 directories`, ` with 3 updates` at the end. */
function stripTail(whole: string): { text: string; directory: string | null; security: boolean } {
  let text = whole.trim();
  let directory: string | null = null;
  let security = false;
  for (let turn = 0; turn < 8; turn += 1) {
    const note = NOTE.exec(text.slice(-100));
    if (note !== null && note[0] !== '') {
      security ||= /\[security\]/i.test(note[0]);
      text = text.slice(0, -note[0].length).trimEnd();
      continue;
    }
    const cut = Math.max(text.lastIndexOf(' in '), text.lastIndexOf(' across '), text.lastIndexOf(' with '));
    if (cut <= 0) break;
    const said = text.slice(cut + 1);
    const folder = said.startsWith('in ') ? DIRECTORY.exec(said.slice(3))?.[1] : undefined;
    if (folder !== undefined) directory ??= folder;
    else if (!/^(?:in the \S{1,100} group|across \d{1,4} director(?:y|ies)|with \d{1,4} updates?)$/i.test(said)) break;
    text = text.slice(0, cut).trimEnd();
  }
  return { text, directory, security };
}

const VERB = /^(?:security )?(bump|updat|upgrad|downgrad|roll ?back|pin|unpin)(?:e?s|e?d|ped|ned|ing)?e?\s+/i;
const LOCK_FILES = /^(?:(?:update|refresh)\s+)?lock ?files?(?: maintenance)?$/i;
const EVERYTHING =
  /^(?:all |the |non-major |minor |patch |major |dev |development |production |npm |go |python |ruby |rust ){0,4}(?:deps|dependencies)$/i;
const GROUP = /^the (\S{1,100}) group$/i;

function readBump(text: string, deps: boolean): DependencyBump | null {
  if (LOCK_FILES.test(text)) return bumpOf('lock files', null, null);
  const verb = VERB.exec(text);
  if (verb === null) return null;
  const rest = text.slice(verb[0].length).trim();
  if (/^to /i.test(rest)) return readToName(rest);
  const bumps = /^bump/i.test(verb[1] ?? '');
  const group = GROUP.exec(rest)?.[1];
  if (group !== undefined) return bumpOf(`${unquoted(group)} group`, null, null);
  if (EVERYTHING.test(rest))
    return bumpOf(
      rest
        .toLowerCase()
        .replace(/^the /, '')
        .replace(/\bdeps$/, 'dependencies'),
      null,
      null,
    );
  return readFromTo(rest, deps, bumps) ?? readArrow(rest) ?? readTo(rest, deps) ?? readBare(rest, deps);
}

/** "x from 1 to 2", "x requirement from ~> 1.0 to ~> 2.0". Dependabot's "bump" may also move words: "node from focal to jammy". */
function readFromTo(rest: string, deps: boolean, bumps: boolean): DependencyBump | null {
  const start = rest.indexOf(' from ');
  const middle = start < 0 ? -1 : rest.indexOf(' to ', start + 5);
  if (start <= 0 || middle < 0) return null;
  const from = versionIn(rest.slice(start + 6, middle));
  const told = rest.slice(middle + 4);
  const to = versionIn(told);
  const name = nameIn(rest.slice(0, start), 3, deps);
  if (name === null || from === '' || to === '') return null;
  const words = /\s/.test(from) || /\s/.test(to);
  const loose = deps || bumps || name.noted || /^v\d/i.test(told);
  const sure = isVersion(from, loose) && isVersion(to, loose);
  return sure || (bumps && !words && !/\s/.test(name.text)) ? bumpOf(name.text, from, to) : null;
}

/** "x 1.2 → 1.3" and "x from 1.2 -> 1.3". */
function readArrow(rest: string): DependencyBump | null {
  const arrow = / ?(?:->|→|=>) ?/.exec(rest);
  if (arrow === null) return null;
  const left = rest.slice(0, arrow.index);
  const gap = left.lastIndexOf(' ');
  const from = versionIn(left.slice(gap + 1));
  const to = versionIn(rest.slice(arrow.index + arrow[0].length));
  const name = gap <= 0 ? null : nameIn(left.slice(0, gap).replace(/(?: from|:)$/, ''), 3);
  return name !== null && isVersion(from, true) && isVersion(to, true) ? bumpOf(name.text, from, to) : null;
}

/** "to x 2.0"; a mere "to 2.0" is the commit of a release. */
function readToName(rest: string): DependencyBump | null {
  const [, name = '', version = '', more] = rest.split(/\s+/, 4);
  const named = more === undefined ? nameIn(name, 1) : null;
  const to = versionIn(version);
  return named !== null && !isVersion(versionIn(name), true) && isVersion(to, true) ? bumpOf(named.text, null, to) : null;
}

/** "dependency x to v2", "x to version 2.0" and "x to the latest version". */
function readTo(rest: string, deps: boolean): DependencyBump | null {
  const cut = rest.indexOf(' to ');
  if (cut <= 0) return null;
  const name = nameIn(rest.slice(0, cut), 3, deps);
  if (name === null) return null;
  const told = rest.slice(cut + 4).replace(/^(?:the )?(?:version )(?=\S)/i, '');
  if (/^(?:the )?latest(?: version| release)?$/i.test(told)) return bumpOf(name.text, null, null);
  const to = versionIn(told.replace(REASON, ''));
  const sure = deps || name.noted || /[@/.-]/.test(name.text);
  if (!isVersion(to, sure || /^v\d/i.test(told))) return null;
  // "Upgrade API to v2" moves no package.
  return sure || !NOUNS.test(name.text) ? bumpOf(name.text, null, to) : null;
}

/** "x@1.2.3", "x 1.2.3", and names alone where something else says that they are dependencies. */
function readBare(rest: string, deps: boolean): DependencyBump | null {
  const at = rest.lastIndexOf('@');
  if (at > 0 && !rest.includes(' ')) {
    const name = nameIn(rest.slice(0, at), 1);
    const to = versionIn(rest.slice(at + 1));
    return name !== null && isVersion(to, true) ? bumpOf(name.text, null, to) : null;
  }
  const gap = rest.lastIndexOf(' ');
  const last = gap <= 0 ? '' : rest.slice(gap + 1);
  if (isVersion(versionIn(last), deps || /^v\d/i.test(last))) {
    const name = nameIn(rest.slice(0, gap), 1);
    if (name !== null && (deps || !NOUNS.test(name.text))) return bumpOf(name.text, null, versionIn(last));
  }
  const name = nameIn(rest, 1);
  if (name !== null && (deps || name.noted)) return bumpOf(name.text, null, null);
  return deps ? readSeveral(rest) : null;
}

/** "a and b", "a, b and c". */
function readSeveral(rest: string): DependencyBump | null {
  const names = rest.replaceAll(', and ', ', ').replaceAll(' and ', ', ').split(', ');
  if (names.length < 2 || names.length > 20) return null;
  const read = names.map((one) => nameIn(one, 1)?.text ?? null);
  if (read.includes(null)) return null;
  return bumpOf(`${read.slice(0, -1).join(', ')} and ${read.at(-1)}`, null, null);
}

/** What people say after the version: "to avoid CVE-…", "fixing …", "for …". */
const REASON = / (?:to|for|fix|fixes|fixing|due|because|which|that|so|on|as|in) .*$/i;

// Words that the bots put around a package's name. `noted` says that one of them was there.
const BEFORE =
  /^(?:the |dependency |dependencies |package |packages |module |rust crate |crate |terraform |helm release |plugin |pre-commit hook |github action |gem |image )/i;
const AFTER =
  / (?:monorepo|action|actions|digest|docker tag|docker digest|docker image|orb|requirement|requirements|dependency|package|packages|module|gem|crate|plugin|tag)$/i;
/** What a release or a chore moves; a "bump version to 1.2.3" is the commit of a release. */
const NOT_NAMES =
  /(?:^| )(?:from|to|in|and|version|versions|release|releases|changelog|copyright|years?|licen[cs]e|readme|number|snapshot|minor|major|patch|up|it|them|everything)(?: |$)/i;
const NOUNS =
  /^(?:api|apis|schema|protocol|spec|config|configuration|docs?|documentation|ui|copy|text|code|project|build|manifests?|types?|status|state|path|url|urls|link|links|default|defaults)$/i;
const NAME = /^[@A-Za-z\d_][\w@./:+~-]*$/;

function nameIn(text: string, words: number, deps = false): { text: string; noted: boolean } | null {
  // "chore(deps): bump go version to 1.22" moves go; "bump package version" without more moves our own.
  let name = deps ? text.trim().replace(/(?<=[^ ]) version$/i, '') : text.trim();
  let noted = false;
  for (let turn = 0; turn < 3; turn += 1) {
    const strip = BEFORE.exec(name) ?? AFTER.exec(name);
    if (strip === null || strip[0].length === name.length) break;
    noted ||= !/^the $/i.test(strip[0]);
    name = strip.index === 0 ? name.slice(strip[0].length) : name.slice(0, strip.index);
  }
  name = unquoted(name.trim());
  const parts = name.split(/\s+/, words + 1);
  if (parts.length > words || name.length > 200 || NOT_NAMES.test(name)) return null;
  if (!/[A-Za-z]/.test(name) || !parts.every((one) => NAME.test(one))) return null;
  return { text: parts.join(' '), noted };
}

function versionIn(text: string): string {
  const version = unquoted(text.trim());
  return /^v\d/i.test(version) ? version.slice(1) : version;
}

/** `loose` also takes a lone number ("3"), which without further evidence is as likely a timeout as a version. */
function isVersion(text: string, loose: boolean): boolean {
  if (text.length === 0 || text.length > 100) return false;
  if (/^[\da-f]{7,64}$/.test(text)) return /[a-f]/.test(text) || loose;
  if (!/^(?:[~^<>=!]{1,3} ?v?)?\d[\w.+*~^<>=!,| -]*$/.test(text)) return false;
  if (text.includes(' ') && !/^[~^<>=!]/.test(text) && !/ (?:\|\|?|-|[<>]) ?/.test(text)) return false;
  return loose || /^\D{0,4}\d+\.[\dx*]/.test(text) || /^[~^<>=]/.test(text);
}

function unquoted(text: string): string {
  return /^[`'"]/.test(text) && text.length > 2 && text.at(-1) === text[0] ? text.slice(1, -1) : text;
}

function bumpOf(name: string, from: string | null, to: string | null): DependencyBump {
  return { name, from, to };
}
