// Whether a version lies in a range as package.json writes it: `^1.2.3`, `~1.2`, `>=1 <3`, `1.x || 2.x`. The tests hold it to the semver
// package. https://github.com/npm/node-semver#ranges

import { compareVersions, isPrerelease, readVersion } from '../version.ts';

interface Comparator {
  readonly operator: '>=' | '>' | '<' | '<=' | '=';
  readonly version: string;
}

/** Null for what is no range of versions: a tag, a path, a URL. */
export function isInRange(version: string, range: string): boolean | null {
  if (readVersion(version) === null || range.length > 300) return null;
  const sets = range.split('||').map(comparatorsOf);
  if (sets.includes(null)) return null;
  // Beside `*`, npm drops the other alternatives, and with them what they say of prereleases.
  if (sets.some((set) => set?.every(isAny) === true)) return !isPrerelease(version);
  return sets.some((set) => set !== null && meets(version, set));
}

function isAny({ operator, version }: Comparator): boolean {
  return operator === '>=' && version === '0.0.0';
}

function meets(version: string, set: readonly Comparator[]): boolean {
  if (!set.every((one) => holds(version, one))) return false;
  if (!isPrerelease(version)) return true;
  // A prerelease is only in a range that names a prerelease of the same number.
  const base = version.replace(/[-+].*$/s, '');
  return set.some((one) => isPrerelease(one.version) && one.version.replace(/[-+].*$/s, '') === base);
}

function holds(version: string, { operator, version: limit }: Comparator): boolean {
  const order = compareVersions(version, limit);
  if (operator === '=') return order === 0;
  if (operator === '>') return order > 0;
  if (operator === '>=') return order >= 0;
  return operator === '<' ? order < 0 : order <= 0;
}

function comparatorsOf(text: string): readonly Comparator[] | null {
  const hyphen = /^\s{0,20}(\S{1,100})\s{1,20}-\s{1,20}(\S{1,100})\s{0,20}$/.exec(text);
  if (hyphen !== null) {
    const from = partOf(hyphen[1] ?? '', '>=');
    const to = partOf(hyphen[2] ?? '', '<=');
    return from === null || to === null ? null : [...from, ...to];
  }
  const found: Comparator[] = [];
  for (const match of text
    .trim()
    .replace(/(^|\s)(\^|~>?|[<>]=?|=)\s{1,20}/g, '$1$2')
    .split(/\s+/)) {
    const part = /^(\^|~>?|[<>]=?|=|)v?(.*)$/.exec(match);
    const one = partOf(part?.[2] ?? '', part?.[1] ?? '');
    if (one === null) return null;
    found.push(...one);
  }
  return found;
}

const PARTIAL = /^(?:(\d{1,15}|[xX*])(?:\.(\d{1,15}|[xX*])(?:\.(\d{1,15}|[xX*])(-[0-9A-Za-z.-]{1,100})?(?:\+[0-9A-Za-z.-]{1,100})?)?)?)?$/;

/** One partial version under its operator. */
function partOf(text: string, operator: string): Comparator[] | null {
  const match = PARTIAL.exec(text.replace(/^v/, ''));
  if (match === null) return null;
  const numbers = [match[1], match[2], match[3]].map((part) => (part === undefined || /^[xX*]$/.test(part) ? null : Number(part)));
  const known = numbers.includes(null) ? numbers.indexOf(null) : 3;
  // `1.x.2` is no range, though `^1.x.2` is one.
  if (!/[~^]/.test(operator) && numbers.slice(known).some((one) => one !== null)) return null;
  const [major = 0, minor = 0, patch = 0] = numbers.map((part, index) => (index < known ? (part ?? 0) : 0));
  const prerelease = known === 3 ? (match[4] ?? '') : '';
  const least = `${major}.${minor}.${patch}${prerelease}`;
  if (readVersion(least) === null) return null;
  if (known === 0)
    return operator === '<' || operator === '>' ? [{ operator: '<', version: '0.0.0-0' }] : [{ operator: '>=', version: '0.0.0' }];
  const below = (version: string): Comparator => ({ operator: '<', version: `${version}-0` });
  const after = known === 1 ? `${major + 1}.0.0` : known === 2 ? `${major}.${minor + 1}.0` : `${major}.${minor}.${patch + 1}`;
  if (operator === '>') return known === 3 ? [{ operator, version: least }] : [{ operator: '>=', version: after }];
  if (operator === '<=') return known === 3 ? [{ operator, version: least }] : [below(after)];
  if (operator === '>=') return [{ operator, version: least }];
  if (operator === '<') return known === 3 ? [{ operator, version: least }] : [below(least)];
  if (operator === '^') return [{ operator: '>=', version: least }, below(caretEnd(major, minor, patch, known))];
  if (operator.startsWith('~'))
    return [{ operator: '>=', version: least }, below(known === 1 ? `${major + 1}.0.0` : `${major}.${minor + 1}.0`)];
  return known === 3 ? [{ operator: '=', version: least }] : [{ operator: '>=', version: least }, below(after)];
}

/** `^` lets everything pass that leaves the first number that is not 0 alone. */
function caretEnd(major: number, minor: number, patch: number, known: number): string {
  if (major > 0 || known === 1) return `${major + 1}.0.0`;
  if (minor > 0 || known === 2) return `0.${minor + 1}.0`;
  return `0.0.${patch + 1}`;
}
