// Who made the changes: people once each, whatever address they wrote from, and no bots.

import type { Change, Person } from '../change.ts';
import { inlineText } from './markdown.ts';

export interface Contributor {
  readonly key: string;
  readonly person: Person;
  /** Changes that name the person as author or co-author. */
  readonly count: number;
  /** The oldest of these changes. */
  readonly first: Change;
}

/** What a person is known by: the login, else the address, else the name; without regard to case. */
export function contributorKey(person: Person): string {
  return (person.login ?? person.email ?? person.name).toLowerCase();
}

/** True for bots: by GitHub's `[bot]`, by names that are known as such, or by an address that nobody reads. */
export function isAutomation(person: Person): boolean {
  if (isBotName(person.name) || (person.login !== undefined && isBotName(person.login))) return true;
  const email = person.email?.toLowerCase() ?? '';
  return email.includes('[bot]@') || NOBODY.some((start) => email.startsWith(start));
}

/** `@login` where it is a login, else the name, made inert. Only a login that GitHub told is one: a commit's address is anyone's word. */
export function personText(person: Person): string {
  const { login } = person;
  return login !== undefined && LOGIN.test(login) ? `@${login}` : inlineText(login ?? person.name, 60);
}

/** The people behind the changes (newest first), most changes first. */
export function contributorsOf(changes: readonly Change[]): readonly Contributor[] {
  const found = new Map<string, { key: string; person: Person; count: number; first: Change; at: number }>();
  const aliases = new Map<string, string>();
  for (const [at, change] of changes.entries()) {
    for (const person of change.authors) {
      const key = contributorKey(person);
      const known = found.get(key);
      if (known === undefined) {
        found.set(key, { key, person, count: 1, first: change, at });
        if (person.login !== undefined && person.email !== undefined) aliases.set(person.email.toLowerCase(), key);
      } else if (known.at !== at) {
        known.count += 1;
        known.first = change;
        known.at = at;
      }
    }
  }
  // Commits tell an address, GitHub a login too: the same address is the same person.
  for (const [email, key] of aliases) {
    const [twin, main] = [found.get(email), found.get(key)];
    if (twin === undefined || main === undefined || email === key) continue;
    main.count += twin.count;
    if (twin.at > main.at) main.first = twin.first;
    found.delete(email);
  }
  const people = [...found.values()].filter((one) => !isAutomation(one.person) && personText(one.person) !== '');
  return people.sort((a, b) => b.count - a.count || (a.key < b.key ? -1 : 1));
}

const LOGIN = /^[A-Za-z0-9](?:[A-Za-z0-9_-]{0,98}[A-Za-z0-9])?$/;
// Compared as text: a pattern of so many words costs more to compile than a page of notes to write.
const BOTS: ReadonlySet<string> = new Set(
  (
    'bot dependabot dependabot-preview renovate renovatebot greenkeeper greenkeeperio snyk github-actions mergify pre-commit-ci ' +
    'allcontributors imgbot imgbotapp depfu pyup codecov web-flow github'
  )
    .split(' ')
    .concat('github actions'),
);
const NOBODY = ['noreply@', 'no-reply@', 'bot@', 'actions@'];

function isBotName(name: string): boolean {
  const lower = name.toLowerCase();
  return lower.endsWith('[bot]') || lower.endsWith('-bot') || lower.endsWith('_bot') || lower.endsWith(' bot') || BOTS.has(lower);
}
