// What a release still needs, from what is there: tags and published releases are the truth, a draft's fenced state only says what was
// meant. Every answer is the same for a run that begins and for one that goes on where another was stopped.

import { type FenceState, readFence, writeFence } from './fence.ts';
import type { Plan } from './plan.ts';
import { compareVersions } from './version.ts';

/** A release as GitHub shows it. */
export interface ReleaseFacts {
  readonly id: number;
  readonly tag: string;
  readonly name: string;
  readonly body: string;
  readonly draft: boolean;
  readonly prerelease: boolean;
}

/** The drafts that we keep for a line, oldest first: the first is the draft, others are left from two runs at once. */
export function draftsOfLine<R extends ReleaseFacts>(releases: readonly R[], line: string): R[] {
  return releases.filter((one) => one.draft && readFence(one.body)?.state.line === line).sort((a, b) => a.id - b.id);
}

/** A release that somebody decided to publish and that is not finished. */
export interface Unfinished<R> {
  readonly release: R;
  readonly state: FenceState;
  /** What is left: everything, or only to tell people. */
  readonly left: 'publish' | 'tell';
}

/** Drafts meant to be published, drafts whose tag is made already, and published releases that nobody was told of. */
export function unfinished<R extends ReleaseFacts>(releases: readonly R[], line: string, tags: ReadonlySet<string>): Unfinished<R>[] {
  const found: Unfinished<R>[] = [];
  for (const release of [...releases].sort((a, b) => a.id - b.id)) {
    const state = readFence(release.body)?.state;
    if (state === undefined || state.line !== line) continue;
    if (release.draft && (state.intent === 'publish' || tags.has(release.tag))) {
      // Two runs may both have made one: the first stands for the version.
      if (!found.some((one) => one.state.version === state.version)) found.push({ release, state, left: 'publish' });
    } else if (!release.draft && state.told !== true) found.push({ release, state, left: 'tell' });
  }
  return found;
}

export interface ReleaseText {
  readonly tag: string;
  readonly target: string;
  readonly name: string;
  readonly body: string;
  readonly prerelease: boolean;
}

/**
 * How a release of this plan should read; people's parts of `existing` are kept, and so is a name that they chose. `asked` is the comment
 * that asks for its publication.
 */
export function releaseText(
  plan: Plan,
  head: string,
  intent: FenceState['intent'],
  notes: string,
  existing: ReleaseFacts | null,
  asked?: number,
): ReleaseText | null {
  if (plan.version === null || plan.tag === null) return null;
  const { line, version, kind, bump } = plan;
  const state: FenceState = {
    line,
    version,
    sha: head,
    intent,
    since: plan.since?.tag ?? null,
    kind,
    bump,
    ...(asked === undefined ? {} : { asked }),
  };
  const before = existing === null ? null : readFence(existing.body);
  const renamed = existing !== null && before !== null && existing.name !== '' && existing.name !== existing.tag;
  const warning =
    plan.objections.length === 0
      ? ''
      : `> [!WARNING]\n${plan.objections.map((one) => `> ${one.says.replaceAll('\n', ' ')}`).join('\n>\n')}\n\n`;
  return {
    tag: plan.tag,
    target: head,
    name: renamed ? existing.name : plan.tag,
    body: writeFence(existing?.body ?? null, state, warning + notes),
    prerelease: plan.prerelease,
  };
}

/**
 * What to write, or null where nothing differs: a second run writes nothing. The commit is compared as the fenced state has it, because
 * GraphQL does not tell a draft's target.
 */
export function changesTo(existing: ReleaseFacts, wanted: ReleaseText): ReleaseText | null {
  const same =
    existing.tag === wanted.tag &&
    existing.name === wanted.name &&
    existing.prerelease === wanted.prerelease &&
    // GitHub gives bodies back with the line ends of whoever wrote them.
    existing.body.replaceAll('\r\n', '\n') === wanted.body.replaceAll('\r\n', '\n');
  return same ? null : wanted;
}

/** True if a draft holds nothing that a person put there, so that it may go when there is nothing to release. */
export function isOursAlone(release: ReleaseFacts, assets: number): boolean {
  const fence = readFence(release.body);
  return (
    fence !== null &&
    !fence.edited &&
    assets === 0 &&
    fence.before.trim() === '' &&
    fence.after.trim() === '' &&
    release.name === release.tag
  );
}

/** Marks that a pull request or issue was told of a release, so that it is told once. */
export function toldMarker(tag: string): string {
  return `<!-- shiplock:released ${tag.replaceAll('--', '- -')} -->`;
}

export function toldText(tag: string, url: string, kind: 'pull' | 'issue'): string {
  const what = kind === 'pull' ? 'This pull request' : 'This issue';
  const verb = kind === 'pull' ? 'is part of' : 'is resolved in';
  return `${toldMarker(tag)}\n${what} ${verb} [${tag.replace(/([[\]\\`*_<>@#])/g, '\\$1')}](${url}). 🚢`;
}

/** True if `version` may be called latest beside the versions that are published. */
export function isNewest(version: string, published: readonly string[]): boolean {
  return published.every((other) => compareVersions(other, version) <= 0);
}
