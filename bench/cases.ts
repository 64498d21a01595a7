// The cases that are whole processes: each says its contestants, runs the race and turns it into a table and goals.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { CLI, classifyFloor, floor, ours, oursClassify, peers } from './contestants.ts';
import { messages } from './generate.ts';
import type { Contestant, RaceOptions, Standing } from './measure.ts';
import { race, ratioOfWall } from './measure.ts';
import type { Goal, Section } from './report.ts';
import { STANDING_HEAD, standingRow } from './report.ts';
import type { Repository, State } from './repositories.ts';
import { countCommits, generated, git, sinceWithAtLeast, stateAt } from './repositories.ts';

export interface Setting {
  readonly repositories: readonly Repository[];
  readonly withOurs: boolean;
  readonly withPeers: boolean;
  readonly race: RaceOptions;
}

const SEED = 7;
/** Ranges of known repositories that are worth quoting; any other starts at a release with at least 150 commits after it. */
const KNOWN: Readonly<Record<string, readonly [since: string, to: string]>> = { 'vitejs/vite': ['v8.1.0', 'v8.2.0'] };

function find(standings: readonly Standing[], name: string): Standing | undefined {
  return standings.find((standing) => standing.name === name && standing.failure === null && standing.runs.length > 0);
}

function section(title: string, standings: readonly Standing[], goals: readonly Goal[], note?: string): Section {
  const base = standings[0] as Standing;
  return {
    title,
    head: STANDING_HEAD,
    rows: standings.map((each) => standingRow(each, base)),
    goals,
    ...(note === undefined ? {} : { note }),
  };
}

/** The goals of one range: wall and memory against the floor; whole histories must beat every peer too. */
function goalsOf(what: string, standings: readonly Standing[], limit: number, ahead: boolean): Goal[] {
  const base = find(standings, 'floor');
  const mine = find(standings, 'shiplock plan');
  if (base === undefined || mine === undefined) return [];
  const goals: Goal[] = [{ says: `${what}: wall against the floor`, value: ratioOfWall(mine, base), limit, unit: ' ×' }];
  if (mine.peak !== null && base.peak !== null)
    goals.push({ says: `${what}: peak memory against the floor`, value: mine.peak / base.peak, limit: 1.5, unit: ' ×' });
  if (!ahead) return goals;
  const rivals = standings.filter((each) => each !== base && each !== mine && find(standings, each.name) !== undefined);
  const quickest = rivals.sort((a, b) => a.wall - b.wall)[0];
  if (quickest !== undefined)
    goals.push({
      says: `${what}: wall against the quickest peer (${quickest.name})`,
      value: ratioOfWall(mine, quickest),
      limit: 1,
      unit: ' ×',
    });
  return goals;
}

async function rangeSection(title: string, state: State, setting: Setting, limit: number, tagged?: State): Promise<Section> {
  const field = [floor(state), ...(setting.withOurs ? [ours(state)] : []), ...(setting.withPeers ? peers(state, tagged) : [])];
  const standings = await race(field, setting.race);
  const note = `${state.commits} commits since ${state.since ?? 'the beginning'}, ${state.tags} tags.`;
  return section(title, standings, goalsOf(title, standings, limit, tagged !== undefined), note);
}

export async function latestRelease(setting: Setting): Promise<Section[]> {
  const sections: Section[] = [];
  for (const repository of setting.repositories) {
    const known = KNOWN[repository.name];
    const [since, to] = known ?? [sinceWithAtLeast(repository.directory, 150), 'HEAD'];
    if (since === null) {
      console.error(`Skipped: ${repository.name} has no release with 150 commits after it.`);
      continue;
    }
    const state = await stateAt(repository, since, to);
    sections.push(await rangeSection(`Latest release of ${repository.name}`, state, setting, 1.5));
  }
  return sections;
}

export async function manyTags(setting: Setting): Promise<Section[]> {
  const sections: Section[] = [];
  for (const repository of setting.repositories) {
    if (git(repository.directory, 'for-each-ref', '--format=x', 'refs/tags').length < 2 * 10_000) continue;
    const since = sinceWithAtLeast(repository.directory, 300);
    if (since === null) continue;
    const state = await stateAt(repository, since, 'HEAD');
    sections.push(await rangeSection(`Latest release among ${state.tags} tags (${repository.name})`, state, setting, 1.5));
  }
  if (sections.length === 0) console.error('Skipped: no real repository with 10,000 tags is here; the generated one stands in.');
  const state = await generated({ commits: 20_000, tags: 12_000, unreleased: 308, seed: SEED });
  sections.push(await rangeSection('Latest release among 12,000 tags (generated)', state, setting, 1.5));
  return sections;
}

/** The same last range in a small and a large repository, in one race, so that the two compare. */
export async function sizes(setting: Setting): Promise<Section[]> {
  const states = [
    await generated({ commits: 10_000, tags: 120, unreleased: 150, seed: SEED }),
    await generated({ commits: 100_000, tags: 1_200, unreleased: 150, seed: SEED }),
  ];
  const labels = ['10k', '100k'];
  const field = states.flatMap((state, i) =>
    [floor(state), ...(setting.withOurs ? [ours(state)] : []), ...(setting.withPeers ? peers(state) : [])].map(
      (each): Contestant => ({ ...each, name: `${each.name}, ${labels[i]}` }),
    ),
  );
  const standings = await race(field, setting.race);
  const goals: Goal[] = [];
  const [small, large] = labels.map((label) => find(standings, `shiplock plan, ${label}`));
  labels.forEach((label, i) => {
    const base = find(standings, `floor, ${label}`);
    const mine = [small, large][i];
    if (base === undefined || mine === undefined) return;
    goals.push({
      says: `latest range in ${label} commits: wall against the floor`,
      value: ratioOfWall(mine, base),
      limit: 1.5,
      unit: ' ×',
    });
  });
  if (small !== undefined && large !== undefined) {
    goals.push({ says: 'same range, 100k against 10k commits: wall', value: ratioOfWall(large, small), limit: 1.2, unit: ' ×' });
    if (small.peak !== null && large.peak !== null) {
      goals.push({ says: 'same range, 100k against 10k commits: peak memory', value: large.peak / small.peak, limit: 1.1, unit: ' ×' });
    }
  }
  const note = 'The same 150 commits end both repositories. Ratios are against the floor in 10,000 commits.';
  return [section('The same range in 10,000 and in 100,000 commits', standings, goals, note)];
}

export async function wholeHistory(setting: Setting): Promise<Section[]> {
  const sections: Section[] = [];
  for (const repository of setting.repositories) {
    if (countCommits(repository.directory) < 5_000) continue;
    const state = await stateAt(repository, null, 'HEAD');
    sections.push(
      await rangeSection(`Whole history of ${repository.name}`, state, setting, 2, { ...state, directory: repository.directory }),
    );
  }
  if (sections.length === 0) console.error('Skipped: no real repository with 5,000 commits is here; the generated one stands in.');
  const shape = { commits: 100_000, unreleased: 150, seed: SEED };
  const tagged = await generated({ ...shape, tags: 1_200 });
  sections.push(await rangeSection('Whole history, generated', await generated({ ...shape, tags: 0 }), setting, 2, tagged));
  return sections;
}

export async function classifying(setting: Setting): Promise<Section[]> {
  const folder = mkdtempSync(join(tmpdir(), 'shiplock-classify-'));
  const input = join(folder, 'changes.jsonl');
  const changes = messages(SEED, 10_000).map((message) => {
    const end = message.indexOf('\n');
    return JSON.stringify({ title: message.slice(0, end), body: message.slice(end + 2).trimEnd() });
  });
  writeFileSync(input, `${changes.join('\n')}\n`);
  try {
    const field = [classifyFloor(input, changes.length), ...(setting.withOurs ? [oursClassify(input, changes.length)] : [])];
    const note = `${changes.length} changes as JSON lines on standard input; the floor parses each and writes one line.`;
    return [section('`classify`, 10,000 lines', await race(field, setting.race), [], note)];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export async function startUp(setting: Setting): Promise<Section[]> {
  const node = process.execPath;
  const state = await generated({ commits: 10_000, tags: 120, unreleased: 150, seed: SEED });
  const bare: Contestant = { name: 'node -e 0', command: [node, '-e', '0'] };
  if (!setting.withOurs) return [section('Start-up', await race([bare, floor(state)], setting.race), [])];
  const plan = ours(state);
  const field: Contestant[] = [
    bare,
    { name: 'shiplock --version', command: [node, CLI, '--version'] },
    floor(state),
    plan,
    // As on a fresh runner, where nothing is compiled before.
    { ...plan, name: 'shiplock plan, no compile cache', env: { NODE_DISABLE_COMPILE_CACHE: '1' } },
  ];
  const standings = await race(field, setting.race);
  return [section('Start-up', standings, []), loadedFiles(plan.command)];
}

function loadedFiles(command: readonly string[]): Section {
  const folder = mkdtempSync(join(tmpdir(), 'shiplock-loaded-'));
  const list = join(folder, 'loaded.json');
  const [node, ...rest] = command;
  try {
    execFileSync(node as string, ['--import', join(import.meta.dirname, 'loaded.mjs'), ...rest], {
      env: { ...process.env, SHIPLOCK_BENCH_LOADED: list },
      stdio: ['ignore', 'ignore', 'inherit'],
      maxBuffer: 1 << 28,
    });
  } catch (error) {
    // A plan with objections ends with 1 and is as good here.
    if (!existsSync(list)) throw error;
  }
  const files = JSON.parse(readFileSync(list, 'utf8')) as [string, number][];
  rmSync(folder, { recursive: true, force: true });
  const root = join(import.meta.dirname, '..');
  const rows = files.map(([file, size]) => [relative(root, file), (size / 1024).toFixed(1)]);
  const total = files.reduce((sum, [, size]) => sum + size, 0) / 1024;
  const first = statSync(CLI).size / 1024;
  return {
    title: 'What `plan` loads',
    note: `${files.length} files, ${total.toFixed(1)} KiB in all; dist/cli.js itself is ${first.toFixed(1)} KiB.`,
    head: ['file', 'KiB'],
    rows: [...rows, ['in all', total.toFixed(1)]],
    goals: [{ says: 'code that `plan` loads', value: total, limit: 700, unit: ' KiB' }],
  };
}
