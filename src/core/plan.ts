// The next release of a line: what it holds, what number it takes, and what stands in its way. Everything is derived from the range
// `since..head`; nothing is counted or remembered.

import { bumpOfRange } from './bump.ts';
import type { Alarm, Bump, Change, Excluded, Kind, Objection } from './change.ts';
import type { History } from './history.ts';
import { accepts, type PlacedLine, takesLatest } from './line.ts';
import { nextVersion } from './next-version.ts';
import type { Policy } from './policy.ts';
import { tagOf } from './tag.ts';
import { compareVersions, effectiveBump, isPrerelease, isTaken, levelBetween, releaseAs } from './version.ts';

/** The release that a plan follows. */
export interface Since {
  readonly tag: string;
  readonly version: string;
  readonly sha: string;
}

export interface PlanInput {
  readonly policy: Policy;
  readonly line: PlacedLine;
  /** Null before the line's first release. */
  readonly since: Since | null;
  /** The range `since..head`. */
  readonly history: History;
  /** Template of the tag to make. */
  readonly template: string;
  /** Every version that tags name, on whatever line. */
  readonly existing: readonly string[];
  /** Those of them tagged within the range: prereleases that a stable release promotes. */
  readonly within: readonly string[];
  /** Those above `since` that are not in this line's history. */
  readonly elsewhere: readonly string[];
  /** The newest stable version in the line's history, where `since` is a prerelease. */
  readonly stable?: string | null;
  /** A version that a person asks for, over a `Release-As` footer in the range. */
  readonly releaseAs?: string | null;
  /** The monorepo package it is for. */
  readonly package?: string | null;
}

export interface Plan {
  readonly line: string;
  readonly package: string | null;
  readonly since: Since | null;
  readonly kind: Kind;
  /** What the release does to the version, after the rules for versions below 1.0. */
  readonly bump: Bump;
  /** Null where there is nothing to release, or where what is asked for does not fit. */
  readonly version: string | null;
  readonly tag: string | null;
  readonly prerelease: boolean;
  /** True if it may be called the latest release: an old line's never is. */
  readonly latest: boolean;
  /** How the number came about, one sentence a step. */
  readonly because: readonly string[];
  readonly changes: readonly Change[];
  readonly excluded: readonly Excluded[];
  readonly objections: readonly Objection[];
  readonly alarms: readonly Alarm[];
}

/** Plans the next release. Total: what does not fit is an objection, never an exception and never a wrong version. */
export function planRelease(input: PlanInput): Plan {
  const { line, since, history, policy } = input;
  const range = bumpOfRange(history, policy, input.within.filter(isPrerelease));
  const objections: Objection[] = disputes(history.changes, policy.commands);
  const because: string[] = [...range.because];
  const asked = input.releaseAs ?? history.releaseAs;
  const numbered = asked === null ? numberByChanges(input, range.bump, because) : numberAsAsked(input, asked, because);
  let { version } = numbered;
  // Whether the line takes such a release at all is said before whether its number is free.
  const misfit = numbered.bump === 'none' ? null : misfitOf(input, numbered, asked === null ? range.by : null);
  const objection = misfit ?? numbered.objection;
  if (objection !== null) {
    objections.push(objection);
    version = null;
  }
  return {
    line: line.name,
    package: input.package ?? null,
    since,
    kind: kindOfRelease(range.bump, numbered.bump, history.changes),
    bump: numbered.bump,
    version,
    tag: version === null ? null : tagOf(input.template, version, input.package ?? ''),
    prerelease: version !== null && isPrerelease(version),
    latest: version !== null && takesLatest(version, input.existing),
    because,
    changes: history.changes,
    excluded: history.excluded,
    objections,
    alarms: alarmsOf(input, numbered.bump),
  };
}

function misfitOf({ line, since, elsewhere }: PlanInput, { version, bump }: Numbered, by: readonly Change[] | null): Objection | null {
  return accepts(line, since?.version ?? null, bump, {
    ...(version === null ? {} : { version: baseVersion(version, line) }),
    elsewhere,
    ...(by === null ? {} : { shas: by.map((change) => change.sha) }),
  });
}

interface Numbered {
  readonly version: string | null;
  readonly bump: Bump;
  readonly objection: Objection | null;
}

function numberByChanges(input: PlanInput, bump: Bump, because: string[]): Numbered {
  const { line, since, policy } = input;
  const next = nextVersion({
    last: since?.version ?? null,
    bump,
    initial: policy.release.initial,
    before1: policy.release.before1,
    prerelease: line.prerelease,
    existing: input.existing,
    prereleases: input.within.filter(isPrerelease),
    ...(input.stable === undefined ? {} : { stable: input.stable }),
  });
  if (next === null) {
    because.push(
      input.history.changes.length === 0 ? 'Nothing in the range asks for a release.' : 'None of the changes asks for a release.',
    );
    return { version: null, bump: 'none', objection: null };
  }
  because.push(...next.because);
  if ('version' in next) return { version: next.version, bump: next.bump, objection: null };
  return { version: null, bump: next.bump, objection: next.objection };
}

function numberAsAsked(input: PlanInput, asked: string, because: string[]): Numbered {
  const last = input.since?.version ?? null;
  const found = releaseAs(asked, { last, existing: input.existing, range: input.line.range });
  if (!('version' in found)) return { version: null, bump: 'none', objection: found };
  because.push(`${found.version} was asked for.`);
  const bump = last === null ? effectiveBump('minor', null, input.policy.release.before1) : levelBetween(last, found.version);
  return { version: found.version, bump: bump === 'none' ? 'patch' : bump, objection: null };
}

/** On a prerelease line the line's range speaks of the stable version that is prepared. */
function baseVersion(version: string, line: PlacedLine): string {
  return line.prerelease === null ? version : version.replace(/-.*$/s, '');
}

function kindOfRelease(asked: Bump, made: Bump, changes: readonly Change[]): Kind {
  if (made === 'none') return 'none';
  // Below 1.0 a policy may give features patch numbers: the number does not change what the release is.
  if (asked !== 'none' && asked !== 'patch') return 'feature';
  return asked === 'none' && changes.length === 0 && made !== 'patch' ? 'feature' : 'maintenance';
}

function disputes(changes: readonly Change[], { prefix }: Policy['commands']): Objection[] {
  const command = prefix === '' ? '/classify' : `/${prefix} classify`;
  return changes
    .filter((change) => change.classification.status === 'disputed')
    .map((change) => {
      const { because } = change.classification;
      const readings = because.filter((one) => !one.says.startsWith('hint: ')).map((one) => one.says);
      const name = change.pr === null ? change.sha.slice(0, 7) : `#${change.pr}`;
      return {
        code: 'disputed',
        says: `${name} "${clip(change.title)}": ${readings.slice(0, 3).join('; but ')}. Settle it with \`${command} maintenance\` (or feature, breaking, security, none) on the pull request.`,
        shas: [change.sha],
      };
    });
}

function alarmsOf(input: PlanInput, bump: Bump): Alarm[] {
  const { history, since, existing, policy } = input;
  const alarms: Alarm[] = [];
  for (const version of new Set(history.announced)) {
    const overtaken = since !== null && compareVersions(version, since.version) <= 0;
    if (overtaken || isTaken(version, existing) || isPrerelease(version)) continue;
    const says = `A commit in the range says that ${version} was released, but no tag ${tagOf(input.template, version, input.package ?? '')} exists. If that release was published, tag its commit; if it failed, what it held is in this plan.`;
    alarms.push({ code: 'release-without-tag', says });
  }
  if (policy.packages.length > 0 && (input.package ?? null) === null) {
    const lost = history.changes.filter((change) => change.packages.length === 0);
    if (lost.length > 0) {
      const says = `${lost.length === 1 ? 'One change touches' : `${lost.length} changes touch`} no package of the policy, so no release will carry ${lost.length === 1 ? 'it' : 'them'}: ${lost
        .slice(0, 3)
        .map((change) => `"${clip(change.title)}"`)
        .join(', ')}.`;
      alarms.push({ code: 'change-in-no-package', says, shas: lost.map((change) => change.sha) });
    }
  }
  if (bump === 'none') {
    const worthy = history.excluded.filter(
      (one) => one.code === 'no-release' && /^(?:feat|fix|perf)(?:\([^)]*\))?!?: |^[a-z]+(?:\([^)]*\))?!: /i.test(one.title),
    );
    if (worthy.length > 0) {
      const says = `Nothing will be released, although ${worthy.length === 1 ? `"${clip(worthy[0]?.title ?? '')}" reads` : `${worthy.length} changes read`} as worth one. Check what labels and the policy's types say.`;
      alarms.push({ code: 'worthy-but-unreleased', says, shas: worthy.map((one) => one.sha) });
    }
  }
  return alarms;
}

function clip(text: string): string {
  return text.length > 72 ? `${text.slice(0, 71)}…` : text;
}
