// The list of commit types that release-please and the conventionalcommits preset share (`{type, section, hidden}`) → what types mean here,
// and the sections of the notes. Sections here go by meaning, so that two types of one meaning share a section.

import { DEFAULT_POLICY, MEANINGS, type Meaning, type SectionPolicy } from '../policy.ts';
import { clip, isMap, type Place, type Raw, shownValue, valueAt } from './config.ts';

/** One entry of such a list. */
export interface CommitType {
  readonly type: string;
  readonly section: string | null;
  readonly hidden: boolean;
}

/** What both tools take where nothing is configured: https://github.com/conventional-changelog/conventional-changelog-config-spec. */
export const STANDARD_TYPES: readonly CommitType[] = [
  ...(
    [
      ['feat', 'Features'],
      ['feature', 'Features'],
      ['fix', 'Bug Fixes'],
      ['perf', 'Performance Improvements'],
      ['revert', 'Reverts'],
    ] as const
  ).map(([type, section]) => ({ type, section, hidden: false })),
  ...(
    [
      ['docs', 'Documentation'],
      ['style', 'Styles'],
      ['chore', 'Miscellaneous Chores'],
      ['refactor', 'Code Refactoring'],
      ['test', 'Tests'],
      ['build', 'Build System'],
      ['ci', 'Continuous Integration'],
    ] as const
  ).map(([type, section]) => ({ type, section, hidden: true })),
];

/** The types that the convention names; `feature`, a second word for one of them, is left to mean what it means. */
export const CONVENTION: readonly string[] = STANDARD_TYPES.map(({ type }) => type).filter((type) => type !== 'feature');

/** Reads a list of types; entries that are none are told and left out. `hidden: true` and the newer `effect: hidden` are the same. */
export function readTypes(list: readonly unknown[], { ledger, at }: Place): CommitType[] {
  const types: CommitType[] = [];
  for (const [index, entry] of list.entries()) {
    const type = isMap(entry) ? valueAt(entry, 'type') : undefined;
    if (!isMap(entry) || typeof type !== 'string' || type.trim() === '') {
      ledger.cannot.push({ key: `${at}[${index}]`, says: `should have a \`type\` and a \`section\`, but is ${shownValue(entry)}` });
      continue;
    }
    const section = valueAt(entry, 'section');
    if (valueAt(entry, 'scope') !== undefined) {
      ledger.cannot.push({ key: `${at}[${index}].scope`, says: 'a section for one scope is no setting here: sections go by meaning' });
      continue;
    }
    types.push({ type: type.trim(), section: typeof section === 'string' ? section : null, hidden: isHidden(entry) });
  }
  return types;
}

function isHidden(entry: Raw): boolean {
  const effect = valueAt(entry, 'effect');
  return effect === undefined ? valueAt(entry, 'hidden') === true : effect === 'hidden';
}

/** What a type that makes maintenance releases means: the built-in word for it, or the plain one. */
export function maintenanceMeaning(type: string): Meaning {
  const name = type.toLowerCase();
  if (name === 'docs' || name === 'doc') return 'documentation';
  const known = meaningIn(DEFAULT_POLICY.classify.types, name);
  return known === undefined || known === 'none' || known === 'feature' || known === 'breaking' ? 'maintenance' : known;
}

/** What a table says of a name, and nothing that it only inherits. */
export function meaningIn(table: Readonly<Record<string, Meaning>>, name: string): Meaning | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

export function builtInLabel(label: string): Meaning | undefined {
  return meaningIn(DEFAULT_POLICY.classify.labels, label.toLowerCase());
}

/** The settings that differ from the built-in ones, with names as they are compared: without case, each once. */
export function beyondBuiltIn(
  table: Readonly<Record<string, Meaning>>,
  builtIn: Readonly<Record<string, Meaning>>,
): Record<string, Meaning> {
  const own = new Map(Object.entries(builtIn).map(([name, means]) => [name.toLowerCase(), means]));
  const seen = new Map<string, [string, Meaning]>();
  for (const [name, means] of Object.entries(table))
    if (name !== '__proto__' && own.get(name.toLowerCase()) !== means) seen.set(name.toLowerCase(), [name, means]);
  return Object.fromEntries(seen.values());
}

/** Meanings that are told with bug fixes where no section is theirs. */
const WITH_BUGS: readonly Meaning[] = ['security', 'performance', 'compatibility', 'stability', 'dependency'];

/** The sections of the notes in the tool's order and under its titles; `meaningOf` is what a type means. Empty where none has a title. */
export function sectionsOf(types: readonly CommitType[], meaningOf: (type: string) => Meaning, place: Place): SectionPolicy[] {
  const sections = new Map<string, Meaning[]>();
  const placed = new Map<Meaning, string>();
  for (const { type, section, hidden } of types) {
    if (hidden || section === null || section.trim() === '') continue;
    const means = meaningOf(type);
    const before = placed.get(means);
    if (means === 'none') {
      place.ledger.cannot.push({
        key: place.at,
        says: `\`${clip(type)}\` makes no release, and what makes none is not in the notes here, so "${clip(section)}" does not list it`,
      });
    } else if (before === undefined) {
      placed.set(means, section);
      sections.set(section, [...(sections.get(section) ?? []), means]);
    } else if (before !== section) {
      place.ledger.cannot.push({
        key: place.at,
        says: `\`${clip(type)}\` is listed under "${clip(before)}", not "${clip(section)}": sections go by meaning here, and it means ${means} as others there do`,
      });
    }
  }
  if (sections.size === 0) return [];
  const bugs = placed.get('bug');
  const rest: Meaning[] = [];
  for (const means of MEANINGS) {
    if (placed.has(means) || means === 'breaking' || means === 'none') continue;
    if (bugs !== undefined && WITH_BUGS.includes(means)) sections.get(bugs)?.push(means);
    else rest.push(means);
  }
  if (rest.length > 0) sections.set(OTHERS, [...(sections.get(OTHERS) ?? []), ...rest]);
  const list: SectionPolicy[] = [...sections].map(([title, of]) => ({ title, of }));
  return placed.has('breaking') ? list : [{ title: '⚠ BREAKING CHANGES', of: ['breaking'] }, ...list];
}

const OTHERS = 'Other changes';
