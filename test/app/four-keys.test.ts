// The four keys in /metrics: the App works them out by itself, and whoever scrapes finds them in the store, whatever became of the process
// that did. The figures of the story are reckoned by hand in its comments, as docs/metrics.md defines them.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Flows } from '../../src/app/journeys.ts';
import { readManifest } from '../../src/app/manifest.ts';
import { startWork } from '../../src/app/work.ts';
import { keepMetrics, rememberLoads } from '../../src/flows/deployment/keep-metrics.ts';
import { GitHubProblem } from '../../src/flows/github-port.ts';
import { recordDecision } from '../../src/flows/record/record-decision.ts';
import { openStore } from '../../src/store/open.ts';
import type { App, Installation } from '../support/github/records.ts';
import type { RepositoryStory } from '../support/github/stories.ts';
import { AppStory } from './app-story.ts';
import { type Stage, stage } from './serving.ts';

const POLICY = 'version: 1\nenvironments:\n  production: {}\n  qa: {}\n';

let on: Stage;
let app: App;
let installation: Installation;
let repository: RepositoryStory;
/** What was read for the figures, and what hinders it. */
let [measured, ranges] = [0, 0];
let trouble: 'away' | 'blind' | null = null;

function count<T>(read: T): T {
  ranges += 1;
  return read;
}

beforeEach(async () => {
  on = await stage();
  [measured, ranges, trouble] = [0, 0, null];
  on.world.clock.set('2026-11-02T08:00:00Z');
  const { default_permissions: permissions, default_events: events } = readManifest();
  app = on.world.app('shiplock', { permissions, events });
  repository = on.world.repository('acme/app', {
    commits: [{ message: 'Initial commit', files: { '.github/shiplock.yml': POLICY } }],
  });
  for (const name of ['production', 'qa', 'preview-1']) repository.environment(name);
  installation = on.world.install(app, 'acme');
});
afterEach(() => on.end());

async function serve(more: Readonly<Record<string, string>> = {}, watched = true): Promise<void> {
  const clock = { now: () => on.world.clock.now(), pollMs: 5, sleep: async () => undefined };
  const loads = rememberLoads();
  const measure: Flows['measure'] = async (situation, errand) => {
    measured += 1;
    if (trouble === 'away') throw new GitHubProblem('unavailable', 'GitHub is away.');
    const github: typeof situation.github = { ...situation.github, range: (...asked) => count(situation.github.range(...asked)) };
    const blind = { ...situation.gates, deployments: async () => ({ known: false, why: 'The App may not.' }) as const };
    return keepMetrics({ ...situation, github, gates: trouble === 'blind' ? blind : situation.gates }, errand, loads);
  };
  // What the merges are worth to the next release is another story.
  const flows = { draft: async () => ({}), preview: async () => ({}), ...(watched ? { measure } : {}) };
  await on.serve({ ...on.credentials(app), ...more }, { clock, work: (parts) => startWork(parts, { ...clock, flows }) });
}

/** What is due is done; then an hour is over, in steps, as what has waited for one thing waits for the next. */
async function hour(): Promise<void> {
  for (let step = 0; step < 6; step += 1) {
    on.world.clock.advance('10m');
    await on.idle();
  }
}

function merge(title: string): string {
  return repository.merge(repository.openPull({ title }), { method: 'squash' });
}

const deploy = (ref: string, state = 'success') => repository.deploy('production', { ref, state });

/** Of the last thirty days: two changes and a failed attempt, a rollback between them. */
function deliver(): void {
  deploy(repository.sha());
  on.world.clock.advance('40d');
  const one = merge('feat: one');
  on.world.clock.advance('4h');
  deploy(one);
  on.world.clock.advance('1d');
  const two = merge('feat: two');
  on.world.clock.advance('1h');
  deploy(two, 'failure');
  on.world.clock.advance('1h');
  deploy(two);
  on.world.clock.advance('3h');
  deploy(one);
}

async function recordOverride(sha: string): Promise<void> {
  const store = await openStore({ folder: on.folder });
  const now = on.world.clock.now();
  await store.add([{ key: 'test', kind: 'test', body: {} }], now);
  const [task] = await store.claim({ owner: 'test', now, leaseMs: 1_000, limit: 1 });
  const entry = recordDecision(`repo:${repository.record.id}`, {
    what: 'override',
    at: new Date(now).toISOString(),
    home: { owner: 'acme', name: 'app' },
    actor: { login: 'boss', id: 1 },
    environment: 'production',
    sha,
    requirement: 'all',
    reason: 'The shop is closed.',
    until: new Date(now + 3_600_000).toISOString(),
  });
  if (task !== undefined) await store.finish({ task, owner: 'test' }, { entries: [entry], notes: entry.texts }, now);
  await store.close();
}

/** Without the world's own ticks of some seconds: hours where it is a time. */
async function figures(): Promise<Readonly<Record<string, number>>> {
  const shown = await (await fetch(`${on.url}/metrics`)).text();
  const rows = [...shown.matchAll(/^shiplock_dora_(\w+)\{(.*)\} (\S+)$/gm)].map(([, name = '', labels = '', value]) => {
    const told = [...labels.matchAll(/(\w+)="([^"]*)"/g)].filter(([, label]) => label !== 'days').map(([, , text]) => text);
    const days = name.includes('timestamp') ? null : /days="(\d+)"/.exec(labels)?.[1];
    if (days !== null) expect(days).toBe('30');
    const number = /^(lead_time|restore)_seconds$/.test(name) ? Math.round(Number(value) / 360) / 10 : Number(value);
    return [`${name} ${told.join(' ')}`, number] as const;
  });
  return Object.fromEntries(rows);
}

const KEYS = {
  'deployments acme/app production': 2,
  'deployments acme/app qa': 0,
  // 4 hours and 2 hours.
  'lead_time_seconds acme/app production 0.5': 3,
  'lead_time_seconds acme/app production 0.9': 4,
  // The failed attempt, and what was taken back: of three.
  'change_failure_ratio acme/app production': 2 / 3,
  // 1 hour and 3 hours.
  'restore_seconds acme/app production 0.5': 2,
  'restore_seconds acme/app production 0.9': 3,
  'open_failures acme/app production': 0,
};

describe('the four keys in /metrics', () => {
  it('are there by themselves, of the environments that the policy names and no other', async () => {
    deliver();
    await serve({}, false);
    expect(await figures()).toEqual({});
    await hour();
    await hour();
    const seen = await figures();
    const { 'measured_timestamp_seconds acme/app': at, ...keys } = seen;
    expect(keys).toEqual(KEYS);
    expect(Math.abs((at ?? 0) * 1_000 - on.world.clock.now())).toBeLessThan(2 * 3_600_000);
  });

  it('cost GitHub nothing where they are looked at, little where they are worked out again, and survive a restart', async () => {
    deliver();
    await serve();
    await hour();
    await hour();
    const seen = await figures();
    // Each change's.
    expect([measured, ranges]).toEqual([1, 2]);
    await on.stop();
    await serve();
    const before = on.world.calls.total;
    expect(await figures()).toEqual(seen);
    expect(on.world.calls.all.slice(before).filter((one) => one !== 'GET /app')).toEqual([]);
    for (let nth = 0; nth < 7; nth += 1) await hour();
    expect([measured, ranges]).toEqual([2, 4]);
    for (let nth = 0; nth < 7; nth += 1) await hour();
    // What this process has read once it knows.
    expect([measured, ranges]).toEqual([3, 4]);
    const { 'measured_timestamp_seconds acme/app': at, ...keys } = await figures();
    expect(keys).toEqual(KEYS);
    expect(at).toBeGreaterThan(seen['measured_timestamp_seconds acme/app'] ?? Number.NaN);
  });

  it('count what a gate was overridden for, as the record tells', async () => {
    deploy(repository.sha());
    on.world.clock.advance('40d');
    deploy(merge('feat: one'));
    on.world.clock.advance('1h');
    const two = merge('fix: two');
    await recordOverride(two);
    on.world.clock.advance('10m');
    deploy(two);
    await serve({}, false);
    await hour();
    await hour();
    expect(await figures()).toMatchObject({ 'deployments acme/app production': 2, 'change_failure_ratio acme/app production': 0.5 });
  });

  it('go with the repository, and with its environments', async () => {
    deliver();
    await serve();
    await hour();
    await hour();
    expect(Object.keys(await figures())).not.toEqual([]);
    repository.push('main', [{ message: 'chore: none', files: { '.github/shiplock.yml': 'version: 1\nenvironments:\n  qa: {}\n' } }]);
    for (let nth = 0; nth < 8; nth += 1) await hour();
    expect(Object.keys(await figures()).filter((name) => name.includes('production'))).toEqual([]);
    expect(Object.keys(await figures())).toContain('deployments acme/app qa');
    installation.repositories = new Set();
    await hour();
    expect(await figures()).toEqual({});
  });

  it('are those of the repositories that the operator names', async () => {
    deliver();
    await serve({ SHIPLOCK_METRICS_REPOSITORIES: 'acme/web-*, globex/*' });
    await hour();
    await hour();
    expect(await figures()).toEqual({});
    await on.stop();
    await serve({ SHIPLOCK_METRICS_REPOSITORIES: 'Acme/A*' });
    await hour();
    await hour();
    expect(Object.keys(await figures())).toContain('deployments acme/app production');
    await on.stop();
    // What was kept is not shown from the first moment, and is gone soon.
    await serve({ SHIPLOCK_METRICS_REPOSITORIES: 'none' });
    expect(await figures()).toEqual({});
  });

  it('are not told of a name that is none', async () => {
    await expect(serve({ SHIPLOCK_METRICS_REPOSITORIES: 'acme' })).rejects.toThrow(/SHIPLOCK_METRICS_REPOSITORIES names "acme"/);
  });

  it.each(['away', 'blind'] as const)('stay as they were where nothing can be seen (%s), and nobody has to mend a task', async (how) => {
    deliver();
    await serve();
    await hour();
    await hour();
    const seen = await figures();
    expect(seen).toMatchObject(KEYS);
    trouble = how;
    for (let nth = 0; nth < 8; nth += 1) await hour();
    expect(await figures()).toEqual(seen);
    trouble = null;
    await hour();
    await hour();
    const { 'measured_timestamp_seconds acme/app': at, ...keys } = await figures();
    expect(keys).toEqual(KEYS);
    expect(at).toBeGreaterThan(seen['measured_timestamp_seconds acme/app'] ?? Number.NaN);
    expect(on.lines.filter((line) => line.includes('given up'))).toEqual([]);
    expect(on.lines.some((line) => line.includes('The four keys could not be worked out anew.'))).toBe(how === 'away');
    // Older ones than of three days are nobody's: the process may have been away.
    await on.stop();
    on.world.clock.advance('3d');
    await serve();
    expect(await figures()).toEqual({});
  });

  it('are worked out by one of several processes, once for a burst of what happens', async () => {
    const story = await AppStory.begin('2026-11-02T08:00:00Z');
    (story.app.events as string[]).push('deployment', 'deployment_status');
    const target = story.repository();
    target.push('main', [{ message: 'chore: policy', files: { '.github/shiplock.yml': POLICY } }]);
    const by: string[] = [];
    const noted = (name: string) => async () => {
      by.push(name);
      return {};
    };
    const processes = await Promise.all(['one', 'other'].map((name) => story.start({ measure: noted(name) }, { measures: () => true })));
    const minutes = async (count: number) => {
      for (let nth = 0; nth < count; nth += 1) for (const worker of processes) await story.pass(worker, 1);
    };
    await minutes(5);
    expect(by).toHaveLength(1);
    target.environment('production');
    for (let nth = 0; nth < 3; nth += 1) target.deploy('production', { ref: target.sha() });
    await minutes(5);
    expect(by).toHaveLength(2);
    await story.end();
  });
});
