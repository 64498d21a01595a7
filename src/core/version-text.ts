// A version within a text, found and replaced so that nothing around it changes.

// SemVer's own spelling with prerelease and build, or the way Python and Ruby write a prerelease (1.2.3rc1, 1.2.3.pre.1). Not a part of a
// longer number: 1.2.3.4 holds no version. In `app-1.2.3-rc.1.tar.gz` the prerelease ends before the file's ending.
const ENDING =
  'tar|t[gx]z|gz|xz|bz2|zst|zip|jar|war|aar|pom|whl|gem|crate|phar|nupkg|vsix|deb|rpm|apk|dmg|pkg|msi|exe|so|dll|dylib|[cm]?js|css|min|map|json|xml|html?|md|txt|sh|git';
const WORD = '[0-9A-Za-z]+(?:-+[0-9A-Za-z]+)*';
const VERSION = new RegExp(
  [
    '(?<!\\d)(?<!\\d\\.)\\d{1,15}\\.\\d{1,15}\\.\\d{1,15}(?!\\d|\\.\\d)(?:',
    '(?:[._]?(?:alpha|beta|preview|pre|rc|dev|post)[._]?\\d{0,9}|[abc]\\d{1,9}){1,3}(?![0-9A-Za-z])|',
    `(?:-${WORD}(?:\\.(?!(?:${ENDING})(?![0-9A-Za-z-]))${WORD})*)?(?:\\+[0-9A-Za-z]+(?:[.-][0-9A-Za-z]+)*)?(?![0-9A-Za-z]))`,
  ].join(''),
  'i',
);
const WHOLE = /^([vV=]?)(\d[0-9A-Za-z.+_-]{0,200})$/;
const NUMBER = /(?<![\w.])(v?)\d{1,15}(?!\w|\.\d)/i;

/** What of a version a place holds. */
export type VersionPart = 'version' | 'major' | 'minor' | 'patch';

/** A line (or any text) with the first version in it replaced; null where it holds none. */
export function replaceFirst(text: string, version: string): string | null {
  const found = VERSION.exec(text);
  if (found === null) return null;
  const { index } = found;
  const end = index + found[0].length;
  // What was written once is recognised, however odd it is (1.2.3--) and whatever follows (1.2.3-rc.1.anything).
  const own = index + version.length;
  const next = text[own] ?? '';
  const isOwn = own > end ? !/[0-9A-Za-z]/.test(next) : version.includes('-') && next === '.';
  if (isOwn && text.startsWith(version, index)) return text;
  return text.slice(0, index) + version + text.slice(end);
}

/**
 * The value at a place that is known to hold a version. One that is a version and nothing else is replaced however it is written (`1.0`,
 * `v1.2.3`, `1.2.3.4`), one within other text (`^1.2.3`, `image:1.2.3`) as on a line. Null where no version is seen.
 */
export function replaceValue(value: string, version: string): string | null {
  if (value === '') return version;
  const whole = WHOLE.exec(value);
  return whole === null ? replaceFirst(value, version) : `${whole[1]}${version}`;
}

/** The first whole number of a line as that part of the version; a `v` before it stays. */
export function replaceNumber(text: string, version: string, part: Exclude<VersionPart, 'version'>): string | null {
  const found = NUMBER.exec(text);
  if (found === null) return null;
  const at = found.index + (found[1] as string).length;
  const numbers = version.split(/[-+]/, 1)[0]?.split('.') ?? [];
  const number = numbers[part === 'major' ? 0 : part === 'minor' ? 1 : 2] as string;
  return text.slice(0, at) + number + text.slice(found.index + found[0].length);
}
