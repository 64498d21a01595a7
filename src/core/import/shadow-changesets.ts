// What changesets would release: the change files that wait, put together for each package, then dependents, fixed and linked packages,
// over and over until nothing moves. https://changesets.dev/guide/how-does-it-work

import type { Bump } from '../change.ts';
import { compareVersions, maxBump, raise, readVersion } from '../version.ts';
import type { ChangesetBump } from './changeset-files.ts';
import type { ChangesetsPackage, ChangesetsRules } from './changesets.ts';
import { isInRange } from './npm-range.ts';
import type { Reading, ShadowRange, TheirRelease } from './shadow-reading.ts';

/** A package's release while it is being worked out. */
interface Release {
  readonly name: string;
  bump: ChangesetBump;
  /** The version it is raised from, which a group may lift. */
  from: string;
  readonly because: string[];
}

/** What changesets would make of the range for one package; null is the only one. */
export function shadowChangesets(rules: ChangesetsRules, name: string | null, range: ShadowRange): TheirRelease {
  const own = name ?? rules.packages.find((one) => !one.skipped)?.name ?? '';
  const blind: string[] = [];
  const releases = releasesOf(rules, blind);
  const release = releases.get(own);
  const readings = readingsOf(rules, own, range, blind);
  const base = { package: name, readings, blind, unknown: false };
  const files = rules.pending.length === 1 ? '1 change file waits' : `${rules.pending.length} change files wait`;
  if (release === undefined || release.bump === 'none') {
    return { ...base, version: null, bump: 'none', because: [`${files}, and none of them is for ${own === '' ? 'a package' : own}.`] };
  }
  const version = versionOf(rules, release);
  return {
    ...base,
    version,
    bump: release.bump,
    because: [`${files}.`, ...release.because, `${release.from} raised by a ${release.bump} release is ${version}.`],
  };
}

function releasesOf(rules: ChangesetsRules, blind: string[]): ReadonlyMap<string, Release> {
  const byName = new Map(rules.packages.map((one) => [one.name, one]));
  const releases = new Map<string, Release>();
  for (const { path, releases: asked } of rules.pending) {
    for (const { name, bump } of asked) {
      const one = byName.get(name);
      if (one === undefined) blind.push(`${path} is for ${name}, which is no package of this repository: changesets refuses to go on.`);
      else if (!one.skipped && isVersioned(one)) add(releases, one, bump, `${path} asks for a ${bump} release.`);
    }
  }
  // Each turn gives a package its first release, or raises one: three times as many turns as packages are more than there can be.
  for (let turns = rules.packages.length * 3 + 1; turns > 0; turns -= 1) {
    const dependents = addDependents(rules, byName, releases);
    const fixed = alignGroups(rules.fixed, byName, releases, true);
    const linked = alignGroups(rules.linked, byName, releases, false);
    if (!dependents && !fixed && !linked) break;
  }
  if (rules.pre?.mode === 'exit') {
    for (const one of rules.packages) {
      if (one.skipped || !isVersioned(one) || !one.version.includes('-') || releases.has(one.name)) continue;
      add(releases, one, 'patch', 'Prerelease mode is left, so that its prerelease becomes a release.');
    }
  }
  return releases;
}

type Versioned = ChangesetsPackage & { readonly version: string };

function isVersioned(one: ChangesetsPackage): one is Versioned {
  return one.version !== null && readVersion(one.version) !== null;
}

function add(releases: Map<string, Release>, one: Versioned, bump: ChangesetBump, because: string): void {
  const known = releases.get(one.name);
  if (known === undefined) {
    releases.set(one.name, { name: one.name, bump, from: one.version, because: [because] });
    return;
  }
  if (maxBump([known.bump, bump]) !== known.bump) known.bump = bump;
  if (known.because.length < 5) known.because.push(because);
}

/** A package whose dependency leaves the range that it asks for gets a patch. */
function addDependents(rules: ChangesetsRules, byName: ReadonlyMap<string, ChangesetsPackage>, releases: Map<string, Release>): boolean {
  let moved = false;
  const search = [...releases.values()];
  for (let next = search.shift(); next !== undefined; next = search.shift()) {
    if (next.bump === 'none') continue;
    const version = versionOf(rules, next);
    const current = byName.get(next.name)?.version ?? next.from;
    for (const one of byName.values()) {
      const known = releases.get(one.name);
      if (one.skipped || !isVersioned(one) || (known !== undefined && known.bump !== 'none')) continue;
      const range = rangeOn(rules, one, next, current);
      if (range === null || (!rules.alwaysDependents && isInRange(version, range) !== false)) continue;
      const says = rules.alwaysDependents
        ? `It depends on ${next.name}, which is released.`
        : `It asks for ${next.name} ${range}, and ${version} is outside of that.`;
      const release = known ?? { name: one.name, bump: 'patch', from: one.version, because: [] };
      release.bump = 'patch';
      release.because.push(says);
      releases.set(one.name, release);
      search.push(release);
      moved = true;
    }
  }
  return moved;
}

/** The range in which a package asks for another of the workspace; null where it takes it from elsewhere, or not at all. */
function rangeOn(rules: ChangesetsRules, one: ChangesetsPackage, { name, from }: Release, current: string): string | null {
  const written = Object.hasOwn(one.dependencies, name) ? one.dependencies[name] : undefined;
  if (written === undefined) return null;
  if (!written.startsWith('workspace:')) return !rules.workspaceOnly && isInRange(current, written) === true ? written : null;
  // `workspace:^` and its like stand for the version that is out.
  const range = written.slice(10);
  if (range === '*') return from;
  if (range === '^' || range === '~') return range + from;
  return isInRange(current, range) === true ? range : null;
}

/** Groups take the highest bump and the highest version of their releases; a fixed group is released as a whole. */
function alignGroups(
  groups: ChangesetsRules['fixed'],
  byName: ReadonlyMap<string, ChangesetsPackage>,
  releases: Map<string, Release>,
  fixed: boolean,
): boolean {
  let moved = false;
  for (const group of groups) {
    const releasing = group.flatMap((name) => releases.get(name) ?? []).filter(({ bump }) => bump !== 'none');
    if (releasing.length === 0) continue;
    const bump = maxBump(releasing.map((one) => one.bump));
    const members = group.flatMap((name) => byName.get(name) ?? []).filter(isVersioned);
    const from = members
      .map(({ version }) => version)
      .reduce((highest, one) => (compareVersions(one, highest) > 0 ? one : highest), '0.0.0');
    const says = `It shares its version with ${group
      .filter((name) => name !== members[0]?.name)
      .slice(0, 3)
      .join(', ')}${group.length > 4 ? ' and others' : ''}.`;
    for (const one of fixed
      ? members.filter(({ skipped }) => !skipped)
      : members.filter(({ name }) => releasing.some((release) => release.name === name))) {
      const known = releases.get(one.name);
      if (known === undefined) releases.set(one.name, { name: one.name, bump, from, because: [says] });
      else if (known.bump !== bump || known.from !== from) {
        known.bump = bump;
        known.from = from;
        known.because.push(says);
      } else continue;
      moved = true;
    }
  }
  return moved;
}

function versionOf(rules: ChangesetsRules, { name, bump, from }: Release): string {
  if (bump === 'none') return from;
  const raised = raise(from, bump);
  if (rules.pre?.mode !== 'pre') return raised;
  const group = [...rules.fixed, ...rules.linked].find((one) => one.includes(name)) ?? [name];
  const counters = rules.packages.filter((one) => group.includes(one.name)).map(({ version }) => counterOf(version ?? ''));
  return `${raised}-${rules.pre.tag}.${Math.max(0, ...counters)}`;
}

/** The number of the prerelease that comes next; 0 after a stable version. */
function counterOf(version: string): number {
  const counter = /-[0-9A-Za-z-]{1,100}\.(\d{1,9})$/.exec(version)?.[1];
  return counter === undefined ? 0 : Number(counter) + 1;
}

/** Commits that brought a change file which still waits are what that file says; the others are nothing to changesets. */
function readingsOf(rules: ChangesetsRules, own: string, range: ShadowRange, blind: string[]): ReadonlyMap<string, Reading> {
  const readings = new Map<string, Reading>();
  const byPath = new Map(rules.pending.map((one) => [one.path, one]));
  if (range.commits.some(({ files }) => files === undefined))
    blind.push('The paths that commits touch were not read, so which of them brought a change file is not known.');
  for (const { sha, files, parents } of range.commits) {
    if (files === undefined || (files.length === 0 && parents.length > 1)) continue;
    const brought = files.flatMap((file) => byPath.get(file) ?? []);
    const bumps = brought.flatMap(({ releases }) => releases.filter(({ name }) => name === own).map(({ bump }) => bump as Bump));
    const names = brought.map(({ path }) => path.replace(/^.*\//, '')).join(', ');
    if (brought.length === 0) readings.set(sha, { bump: 'none', says: 'knows nothing of it: it brought no change file' });
    else
      readings.set(sha, {
        bump: maxBump(bumps),
        says: bumps.length === 0 ? `has ${names} for it, which is for other packages` : `has ${names} for it`,
      });
  }
  return readings;
}
