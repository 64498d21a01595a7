// Titles that a release itself makes ("chore(release): 1.2.3", "Version Packages"): what was done to release, not what changed.

/** True for the title of a release's own commit or pull request. */
export function isReleaseTitle(title: string): boolean {
  if (title.length > 120 || !HINT.test(title)) return false;
  const text = title.charCodeAt(0) > 127 ? title.replace(/^\P{L}{1,6}(?=[A-Za-z])/u, '') : title;
  const first = text.charAt(0);
  for (const { letters, pattern } of SHAPES) if (letters.includes(first) && pattern.test(text)) return true;
  return false;
}

/** The version that a release title names, where it names one. */
export function releasedVersion(title: string): string | null {
  return isReleaseTitle(title) ? (/\bv?(\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]{1,40})?)\b/.exec(title)?.[1] ?? null) : null;
}

const HINT = /\d\.\d|publish|release|version|tagging/i;

interface Shape {
  /** What a title of this shape may begin with. Every title is asked, and most begin with none of these: no pattern is built for them. */
  readonly letters: string;
  readonly pattern: RegExp;
}

const SHAPES: readonly Shape[] = [
  { letters: 'vV0123456789', pattern: /^v?\d+\.\d+(?:\.\d+)?(?:[-+][\w.-]+)?\.?$/i },
  {
    letters: 'rRpPtTcCsS',
    pattern: /^(?:release|releases|publish|published|tag|cut|ship)[:!]? ?(?:version |release )?(?:[@\w./-]+@)?v?\d+\.\d+[\w.-]*$/i,
  },
  {
    letters: 'pPrRnNvVbBuU',
    pattern:
      /^(?:publish|release|new release|version packages|versioning|version bump|bump version(?:s)?|update versions?)(?: \([\w-]+\))?$/i,
  },
  {
    letters: 'cCbBrRpPmM',
    pattern:
      /^(?:chore|build|ci|release|publish|misc)(?:\([\w ,@/.*-]{0,60}\))?!?: ?(?:(?:prepare |new |cut )?(?:release|publish|version)(?:s|:)?(?: (?:new )?(?:version|release))?(?: (?:[@\w./-]+[@ ])?v?\d+\.\d+.*| main| master)?|bump(?:s|ed)?(?: the)? versions?(?: .*)?|v?\d+\.\d+\.\d+.*)$/i,
  },
  { letters: 'cC', pattern: /^chore\((?:release|publish|version)\)!?: ?.*$/i },
  {
    letters: 'bBuUsSiI',
    pattern:
      /^(?:bump(?:ed|s|ing)?|update[ds]?|set|increase[ds]?|increment)(?: the)?(?: package(?:\.json)?)? (?:version|versions|ver)(?: (?:number|to|for|from)\b.*| ?:? ?v?\d[\w.-]*)?$/i,
  },
  { letters: 'bBuUsS', pattern: /^(?:bump|update|set)(?: to)? v?\d+\.\d+\.\d+[\w.-]*$/i },
  { letters: 'vV', pattern: /^(?:version|ver)[ :]v?\d+\.\d+[\w.-]*$/i },
  {
    letters: 'pPsStTfF',
    pattern: /^(?:prepar(?:e|ed|ing)|start|tagging|finali[sz]e|finish)(?: for)?(?: the)?(?: next)? ?(?:release|v?\d+\.\d+)\b.*$/i,
  },
  { letters: 'rR', pattern: /^release\/v?\d+\.\d+[\w.-]*$/i },
];
