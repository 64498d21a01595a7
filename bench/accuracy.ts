// `npm run bench:accuracy`: how often Shiplock and the tools of the field would have chosen the version that people really released, over
// the newer half of each recorded history. Ours learns on the older half alone.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { choose, type PastRelease } from '../src/core/backtest.ts';
import { learnPolicy } from '../src/core/learn.ts';
import { DEFAULT_POLICY, type Policy } from '../src/core/policy.ts';
import { unitsOf } from '../src/core/unit.ts';
import { compareVersions } from '../src/core/version.ts';
import { installPeers } from './contestants.ts';
import { renderSection } from './report.ts';

interface RecordedCommit {
  readonly sha: string;
  readonly parents: readonly string[];
  readonly committed: string;
  readonly subject: string;
  readonly body: string;
}

export interface Recorded {
  readonly repo: string;
  readonly previousTag: string | null;
  readonly tag: string;
  readonly previousVersion: string | null;
  readonly version: string;
  /** What people really released: `patch`, `minor`, `major`, and `initial` or `prerelease`, which are not scored. */
  readonly bump: string;
  readonly prerelease: boolean;
  readonly tagDate: string;
  readonly commits: readonly RecordedCommit[];
}

/** Chosen bumps, one for each scored release; null where a tool would not have released. */
type Chooser = (scored: readonly Recorded[]) => Promise<readonly (string | null)[]>;

function readHistoryFile(file: string): Recorded[] {
  const lines = gunzipSync(readFileSync(file)).toString().trim().split('\n');
  return lines.map((line) => JSON.parse(line) as Recorded);
}

function isScored(release: Recorded): boolean {
  return !release.prerelease && release.bump !== 'initial' && release.previousVersion !== null;
}

/** Before 1.0 a breaking change makes a minor release in every tool that is configured for it; the peers are given that. */
function before1(bump: string | null, release: Recorded): string | null {
  return bump === 'major' && release.previousVersion?.startsWith('0.') ? 'minor' : bump;
}

/** A recorded release as the backtest takes it: what existed by its date, in its own history and elsewhere. */
function pastReleases(history: readonly Recorded[]): Map<Recorded, PastRelease> {
  const byTag = new Map(history.map((release) => [release.tag, release]));
  const found = new Map<Recorded, PastRelease>();
  for (const release of history.filter(isScored)) {
    const shas = new Set(release.commits.map((commit) => commit.sha));
    const ancestry = new Set<string>();
    for (let tag = release.previousTag; tag !== null && !ancestry.has(tag); tag = byTag.get(tag)?.previousTag ?? null) ancestry.add(tag);
    const earlier = history.filter((other) => other !== release && other.tagDate < release.tagDate);
    const within = earlier.filter((other) => other.prerelease && shas.has(other.commits[0]?.sha ?? ''));
    const outside = earlier.filter((other) => !ancestry.has(other.tag) && !within.includes(other));
    found.set(release, {
      tag: release.tag,
      version: release.version,
      previousTag: release.previousTag ?? '',
      previousVersion: release.previousVersion ?? '',
      units: unitsOf(
        release.commits.map(({ committed, ...commit }) => ({ ...commit, author: { name: '' }, date: committed })),
        release.commits[0]?.sha ?? '',
      ),
      prereleases: within.map((other) => other.version),
      elsewhere: outside.map((other) => other.version),
      // The record has no branches: a newer stable version that is not in its own history tells a release of an older line.
      old: outside.some((other) => !other.prerelease && compareVersions(other.version, release.version) > 0),
    });
  }
  return found;
}

/** What our default policy, and the one learnt from the older half, choose for the newer half of a history. */
export function scoreOurs(history: readonly Recorded[]): {
  readonly byDefault: Chooser;
  readonly learnt: Chooser;
  readonly judges: (release: Recorded) => boolean;
} {
  const past = pastReleases(history);
  const chosenBy =
    (policy: () => Policy): Chooser =>
    async (scored) => {
      const settled = policy();
      return scored.map((release) => {
        const bump = choose(past.get(release) as PastRelease, settled)?.bump ?? 'none';
        return bump === 'none' ? null : bump;
      });
    };
  return {
    byDefault: chosenBy(() => DEFAULT_POLICY),
    learnt: chosenBy(() => learnPolicy([...past.values()], DEFAULT_POLICY).policy),
    // A range that holds nothing but the release's own commits is a re-publication; `backtest` leaves it out of its score.
    judges: (release) => choose(past.get(release) as PastRelease, DEFAULT_POLICY) !== null,
  };
}

/** semantic-release's analyzer; messages as git gives them. */
async function analyzer(preset: string): Promise<Chooser> {
  const specifier = '@semantic-release/commit-analyzer';
  const { analyzeCommits } = (await import(specifier)) as { analyzeCommits(config: object, context: object): Promise<string | null> };
  const logger = { log() {} };
  return async (scored) => {
    const chosen: (string | null)[] = [];
    for (const release of scored) {
      const commits = release.commits.map(({ sha, subject, body }) => ({ hash: sha, message: body ? `${subject}\n\n${body}` : subject }));
      chosen.push(before1(await analyzeCommits({ preset }, { commits, logger, cwd: import.meta.dirname }), release));
    }
    return chosen;
  };
}

interface Changelogen {
  loadChangelogConfig(cwd: string, overrides: object): Promise<{ types: Record<string, unknown> }>;
  parseCommits(commits: readonly object[], config: object): { type: string; scope: string; isBreaking: boolean }[];
  determineSemverChange(commits: readonly object[], config: object): string | null;
}

/** changelogen's own steps: its filter, its "patch where nothing says more", and before 1.0 everything one step lower. */
async function changelogen(): Promise<Chooser> {
  const specifier = 'changelogen';
  const { determineSemverChange, loadChangelogConfig, parseCommits } = (await import(specifier)) as Changelogen;
  const config = await loadChangelogConfig(import.meta.dirname, { from: 'a', to: 'b', repo: { repo: 'example/example' } });
  return async (scored) =>
    scored.map((release) => {
      const raw = release.commits.map(({ sha, subject, body }) => ({ message: subject, body, shortHash: sha.slice(0, 7), author: {} }));
      const commits = parseCommits(raw, config)
        .map((commit) => ({ ...commit, type: commit.type.toLowerCase() }))
        .filter(({ type, scope, isBreaking }) => config.types[type] && !(type === 'chore' && scope === 'deps' && !isBreaking));
      const bump = determineSemverChange(commits, config) ?? 'patch';
      if (!release.previousVersion?.startsWith('0.')) return bump;
      return bump === 'major' ? 'minor' : 'patch';
    });
}

function isFeature(bump: string): boolean {
  return bump === 'minor' || bump === 'major';
}

function share(values: readonly boolean[]): number {
  return values.filter(Boolean).length / values.length;
}

function printTable(
  title: string,
  names: readonly string[],
  rows: readonly { repo: string; n: number; shares: readonly number[] }[],
): void {
  const mean = names.map((_, i) => rows.reduce((sum, row) => sum + (row.shares[i] as number), 0) / rows.length);
  const cells = (shares: readonly number[]) => shares.map((each) => each.toFixed(3));
  console.log(
    `${renderSection({
      title,
      head: ['repository', 'releases', ...names],
      rows: [
        ...rows.map(({ repo, n, shares }) => [repo, `${n}`, ...cells(shares)]),
        ['mean of repositories', `${rows.reduce((sum, { n }) => sum + n, 0)}`, ...cells(mean)],
      ],
      goals: [],
    })}\n`,
  );
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { 'without-peers': { type: 'boolean', default: false }, only: { type: 'string' } } });
  const folder = join(process.env.SHIPLOCK_DATA_DIR ?? join(import.meta.dirname, '..', '..', 'shared', 'data'), 'histories');
  if (!existsSync(folder)) {
    console.error(`Skipped: there are no recorded histories at ${folder}. Set SHIPLOCK_DATA_DIR to the folder that holds histories/.`);
    return;
  }
  const files = readdirSync(folder).filter((name) => name.endsWith('.jsonl.gz') && name.includes(values.only ?? ''));
  const withPeers = !values['without-peers'];
  if (withPeers) installPeers();
  const peers: [string, Chooser][] = withPeers
    ? [
        ['analyzer, angular', await analyzer('angular')],
        ['analyzer, conventionalcommits', await analyzer('conventionalcommits')],
        ['changelogen', await changelogen()],
      ]
    : [];
  const names = ['always patch', ...peers.map(([name]) => name), 'shiplock', 'shiplock, learnt'];
  const bumps: { repo: string; n: number; shares: number[] }[] = [];
  const kinds: typeof bumps = [];
  const judged: typeof bumps = [];
  for (const file of files) {
    const history = readHistoryFile(join(folder, file));
    const all = history.filter(isScored);
    const scored = all.slice(Math.floor(all.length / 2));
    const ours = scoreOurs(history);
    const choosers: Chooser[] = [async () => scored.map(() => 'patch'), ...peers.map(([, each]) => each), ours.byDefault, ours.learnt];
    const bumpShares: number[] = [];
    const kindShares: number[] = [];
    const judgedShares: number[] = [];
    for (const chooser of choosers) {
      const chosen = await chooser(scored);
      bumpShares.push(share(scored.map((release, i) => chosen[i] === release.bump)));
      judgedShares.push(share(scored.flatMap((release, i) => (ours.judges(release) ? [chosen[i] === release.bump] : []))));
      kindShares.push(share(scored.map((release, i) => chosen[i] != null && isFeature(chosen[i] as string) === isFeature(release.bump))));
    }
    const repo = history[0]?.repo ?? file;
    bumps.push({ repo, n: scored.length, shares: bumpShares });
    kinds.push({ repo, n: scored.length, shares: kindShares });
    judged.push({ repo, n: scored.filter(ours.judges).length, shares: judgedShares });
    console.error(`${file}: ${scored.length} releases`);
  }
  printTable('Same bump as people released', names, bumps);
  printTable('Same bump, over the releases that hold more than their own release commit', names, judged);
  printTable('Maintenance told from feature', names, kinds);
}

await main();
