// The sections that notes are made of, in the order in which they are read: the one table behind the classifier's keys and the notes' titles.

import type { Meaning } from '../policy.ts';

export type SectionKey = Exclude<Meaning, 'none'>;

export interface Section {
  readonly key: SectionKey;
  readonly title: string;
  /** One change and several changes of it, in a sentence. */
  readonly one: string;
  readonly many: string;
}

/** Most important first, which is the order of reading; where a body has too little room, the last is shortened first. */
export const SECTIONS: readonly Section[] = [
  { key: 'breaking', title: 'Breaking changes', one: 'breaking change', many: 'breaking changes' },
  { key: 'security', title: 'Security', one: 'security fix', many: 'security fixes' },
  { key: 'feature', title: 'Features', one: 'feature', many: 'features' },
  { key: 'bug', title: 'Bug fixes', one: 'bug fix', many: 'bug fixes' },
  { key: 'performance', title: 'Performance', one: 'performance improvement', many: 'performance improvements' },
  { key: 'compatibility', title: 'Compatibility', one: 'compatibility change', many: 'compatibility changes' },
  { key: 'stability', title: 'Stability', one: 'stability improvement', many: 'stability improvements' },
  { key: 'dependency', title: 'Dependencies', one: 'dependency update', many: 'dependency updates' },
  { key: 'documentation', title: 'Documentation', one: 'documentation change', many: 'documentation changes' },
  { key: 'maintenance', title: 'Maintenance', one: 'maintenance change', many: 'maintenance changes' },
];

/** The section of a key or meaning; null for `none` and for a key that is not known. */
export function sectionOf(key: string): Section | null {
  for (const section of SECTIONS) if (section.key === key) return section;
  return null;
}

/** "1 feature", "3 features". */
export function countOf(section: Section, count: number): string {
  return `${count} ${count === 1 ? section.one : section.many}`;
}
