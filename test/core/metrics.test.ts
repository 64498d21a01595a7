// DORA's four keys, worked out by hand on a small history first; then each rule of docs/metrics.md alone, and what is not known.

import { describe, expect, it } from 'vitest';
import { elapsedText } from '../../src/core/elapsed.ts';
import { readMessage } from '../../src/core/message.ts';
import { courseOf, type DeploymentCourse } from '../../src/core/metrics/course.ts';
import { doraGauges } from '../../src/core/metrics/gauges.ts';
import { type CarriedChange, type MetricsRequest, measuredArrivals, metricsOf } from '../../src/core/metrics.ts';
import type { Observed } from '../../src/core/observed.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Hours after the beginning of the period, which is ten days long. */
const FROM = 1_790_000_000_000;
const at = (hours: number) => new Date(FROM + hours * HOUR).toISOString();

function deployment(id: number, sha: string, ...statuses: readonly (readonly [string, number])[]): DeploymentCourse {
  const first = statuses[0]?.[1] ?? 0;
  return { id, sha, createdAt: at(first), statuses: statuses.map(([state, hours]) => ({ state, createdAt: at(hours) })) };
}

function commit(sha: string, hours: number, subject = `feat: ${sha}`, body = ''): CarriedChange {
  const { revert, title, prs, statements } = readMessage(subject, body);
  return { sha, pr: prs[0] ?? null, title, at: at(hours), revert, hotfix: statements[0]?.type === 'hotfix' };
}

function known<T>(value: T): Observed<T> {
  return { known: true, value };
}

interface Story {
  readonly deployments: readonly DeploymentCourse[];
  readonly carried?: Readonly<Record<number, readonly CarriedChange[] | string>>;
  readonly overridden?: readonly number[] | null;
  readonly more?: boolean;
}

function metrics({ deployments, carried = {}, overridden = [], more = false }: Story) {
  const request: MetricsRequest = {
    environment: 'production',
    from: FROM,
    to: FROM + 10 * DAY,
    deployments: known({ items: deployments, more }),
    carried: new Map(
      Object.entries(carried).map(([id, one]) => [Number(id), typeof one === 'string' ? { known: false, why: one } : known(one)]),
    ),
    overridden: overridden === null ? { known: false, why: 'nobody looked.' } : known(new Set(overridden)),
  };
  return metricsOf(request);
}

describe('a small history', () => {
  // Before the period a stands. In it b arrives (hour 10), c fails (hour 30) and arrives (hour 31), d arrives (hour 100) and is taken back
  // to c (hour 102), e arrives (hour 150), which takes d's commit d1 back, and is deployed again (hour 160). f waits.
  const story: Story = {
    deployments: [
      deployment(1, 'aaa', ['in_progress', -51], ['success', -50], ['inactive', 10]),
      deployment(2, 'bbb', ['in_progress', 9], ['success', 10], ['inactive', 31]),
      deployment(3, 'ccc', ['in_progress', 29], ['failure', 30]),
      deployment(4, 'ccc', ['success', 31], ['inactive', 100]),
      deployment(5, 'ddd', ['success', 100], ['inactive', 102]),
      deployment(6, 'ccc', ['success', 102], ['inactive', 150]),
      deployment(7, 'eee', ['success', 150], ['inactive', 160]),
      deployment(8, 'eee', ['success', 160]),
      deployment(9, 'fff', ['waiting', 200]),
    ],
    carried: {
      2: [commit('b1', 0), commit('b2', 8)],
      4: [commit('c1', 21)],
      5: [commit('d1', 50), commit('d2', 98)],
      7: [commit('e1', 140), commit('e2', 149, 'Revert "feat: d1"', 'This reverts commit d1.')],
    },
  };
  const seen = metrics(story);

  it('has four deployments of something new in ten days, one rollback, one repeat', () => {
    expect(seen.frequency).toEqual(known({ deployments: 4, perDay: 0.4, rollbacks: 1, repeats: 1 }));
    expect(seen).toMatchObject({
      environment: 'production',
      from: '2026-09-21T14:13:20Z',
      to: '2026-10-01T14:13:20Z',
      days: 10,
      remarks: [],
    });
  });

  it('has a lead time for each commit', () => {
    // b1 10 h, b2 2 h, c1 10 h, d1 50 h, d2 2 h, e1 10 h, e2 1 h. In order: 1 2 2 10 10 10 50. The fourth is in the middle; nine in ten
    // of seven are 6.3, so that the seventh is the least that they do not exceed.
    expect(seen.leadTime).toEqual(known({ median: 10 * 3600, p90: 50 * 3600, changes: 7, unmeasured: 0 }));
  });

  it('has two failures among five attempts at something new', () => {
    // c failed at first; d went back. (That e takes d1 back is told of d already.)
    expect(seen.failureRate).toEqual(known({ rate: 0.4, failed: 2, of: 5, atLeast: false }));
    expect(seen.failures).toEqual([
      { deployment: 3, sha: 'ccc', how: 'failed', since: '2026-09-22T20:13:20Z', restored: '2026-09-22T21:13:20Z' },
      { deployment: 5, sha: 'ddd', how: 'rolled-back', since: '2026-09-25T18:13:20Z', restored: '2026-09-25T20:13:20Z' },
    ]);
  });

  it('was restored after one and two hours', () => {
    expect(seen.restore).toEqual(known({ times: { median: 1.5 * 3600, p90: 2 * 3600 }, restored: 2, open: 0 }));
  });

  it('is the same in whatever order GitHub lists it', () => {
    expect(metrics({ ...story, deployments: story.deployments.toReversed() })).toEqual(seen);
  });

  it('becomes gauges', () => {
    const gauges = doraGauges('acme/app', [seen]);
    const labels = { repository: 'acme/app', environment: 'production', days: '10' };
    expect(gauges.map(({ name, samples }) => [name, samples])).toEqual([
      ['shiplock_dora_deployments', [{ labels, value: 4 }]],
      [
        'shiplock_dora_lead_time_seconds',
        [
          { labels: { ...labels, quantile: '0.5' }, value: 36_000 },
          { labels: { ...labels, quantile: '0.9' }, value: 180_000 },
        ],
      ],
      ['shiplock_dora_change_failure_ratio', [{ labels, value: 0.4 }]],
      [
        'shiplock_dora_restore_seconds',
        [
          { labels: { ...labels, quantile: '0.5' }, value: 5400 },
          { labels: { ...labels, quantile: '0.9' }, value: 7200 },
        ],
      ],
      ['shiplock_dora_open_failures', [{ labels, value: 0 }]],
    ]);
    for (const { help } of gauges) expect(help).toMatch(/\.$/);
  });
});

describe('what arrives', () => {
  it.each<[string, readonly DeploymentCourse[], string]>([
    ['each first, then something new', [deployment(1, 'a', ['success', 1]), deployment(2, 'b', ['success', 2])], 'a:change:- b:change:a'],
    ['the same again', [deployment(1, 'a', ['success', 1]), deployment(2, 'a', ['success', 2])], 'a:change:- a:repeat:a'],
    [
      'one step back, and what comes next follows from what was taken back',
      [1, 2, 3, 4].map((hours) => deployment(hours, ['', 'a', 'b', 'a', 'c'][hours] ?? '', ['success', hours])),
      'a:change:- b:change:a a:rollback:b c:change:b',
    ],
    [
      'two steps back, and forward again',
      [1, 2, 3, 4, 5, 6].map((hours) => deployment(hours, ['', 'a', 'b', 'c', 'b', 'a', 'c'][hours] ?? '', ['success', hours])),
      'a:change:- b:change:a c:change:b b:rollback:c a:rollback:c c:change:c',
    ],
    [
      'at the same instant, by their ids',
      [deployment(2, 'b', ['success', 1]), deployment(1, 'a', ['success', 1])],
      'a:change:- b:change:a',
    ],
  ])('%s', (_, deployments, expected) => {
    expect(
      courseOf(deployments)
        .arrivals.map(({ sha, kind, base }) => `${sha}:${kind}:${base ?? '-'}`)
        .join(' '),
    ).toBe(expected);
  });

  it.each<[string, DeploymentCourse, boolean]>([
    ['a failure', deployment(1, 'a', ['in_progress', 1], ['failure', 2]), true],
    ['an error without a word before', deployment(1, 'a', ['error', 2]), true],
    ['a failure after waiting and running', deployment(1, 'a', ['waiting', 0], ['in_progress', 1], ['failure', 2]), true],
    ['one that was turned away at the gate', deployment(1, 'a', ['waiting', 0], ['failure', 2]), false],
    ['one that waits', deployment(1, 'a', ['waiting', 0]), false],
    ['one that runs', deployment(1, 'a', ['in_progress', 0]), false],
    ['one that was given up', deployment(1, 'a', ['queued', 0], ['inactive', 2]), false],
    ['one of which nothing is told', deployment(1, 'a'), false],
    ['a word that nobody knows', deployment(1, 'a', ['melted', 1]), false],
  ])('not: %s', (_, one, failed) => {
    expect(courseOf([one])).toEqual({ arrivals: [], failures: failed ? [{ id: 1, sha: 'a', at: FROM + 2 * HOUR }] : [], untold: 0 });
  });

  it('is what the period and the time for remedies after it have to know the load of', () => {
    const deployments = [
      deployment(1, 'a', ['success', -1]),
      deployment(2, 'b', ['success', 0]),
      deployment(3, 'c', ['success', 240 + 71]),
    ];
    const late = deployment(4, 'd', ['success', 240 + 72]);
    expect(measuredArrivals([...deployments, late], FROM, FROM + 10 * DAY).map(({ sha }) => sha)).toEqual(['b', 'c']);
  });
});

describe('a change has failed', () => {
  const a = deployment(1, 'aaa', ['success', 1]);
  const b = deployment(2, 'bbb', ['success', 10]);
  const load = { 1: [commit('a1a1a1a1', 0, 'feat: one (#7)')], 2: [commit('b1', 0)] };

  it.each<[string, Story, string]>([
    ['not, where nothing says so', { deployments: [a, b], carried: load }, ''],
    [
      'where a failure is reported after its success',
      { deployments: [deployment(1, 'aaa', ['success', 1], ['failure', 3]), b], carried: load },
      '1 broke 3-10',
    ],
    [
      'where a failure is reported and it is deployed again',
      { deployments: [deployment(1, 'aaa', ['success', 1], ['error', 3]), deployment(2, 'aaa', ['success', 5])], carried: load },
      '1 broke 3-5',
    ],
    [
      'where a later one reverts its commit',
      { deployments: [a, b], carried: { ...load, 2: [commit('b1', 9, 'Revert "x"', 'This reverts commit a1a1a1a1.')] } },
      '1 reverted 1-10',
    ],
    [
      'where a later one reverts its pull request',
      { deployments: [a, b], carried: { ...load, 2: [commit('b1', 9, 'Revert "x"', 'Reverts acme/app#7')] } },
      '1 reverted 1-10',
    ],
    [
      'where a later one reverts what has its title',
      { deployments: [a, b], carried: { ...load, 2: [commit('b1', 9, 'Revert "feat: one"')] } },
      '1 reverted 1-10',
    ],
    [
      'not, where what is reverted came with another',
      { deployments: [a, b], carried: { ...load, 2: [commit('b1', 9, 'Revert "feat: two"')] } },
      '',
    ],
    [
      'not, where it is reverted long after',
      { deployments: [a, deployment(2, 'bbb', ['success', 74])], carried: { ...load, 2: [commit('b1', 9, 'Revert "feat: one"')] } },
      '',
    ],
    [
      'where it is reverted after another change',
      { deployments: [a, b, deployment(3, 'ccc', ['success', 20])], carried: { ...load, 3: [commit('c1', 9, 'Revert "feat: one"')] } },
      '1 reverted 1-20',
    ],
    ['where a hotfix follows it', { deployments: [a, b], carried: { ...load, 2: [commit('b1', 9, 'hotfix: two')] } }, '1 hotfixed 1-10'],
    ['not, where a fix like others follows it', { deployments: [a, b], carried: { ...load, 2: [commit('b1', 9, 'fix: two')] } }, ''],
    [
      'not, where a hotfix follows long after',
      { deployments: [a, deployment(2, 'bbb', ['success', 74])], carried: { ...load, 2: [commit('b1', 9, 'hotfix: x')] } },
      '',
    ],
    ['where a gate is overridden for what follows it', { deployments: [a, b], carried: load, overridden: [2] }, '1 overridden 1-10'],
    ['not, where a gate was overridden for itself', { deployments: [a, b], carried: load, overridden: [1] }, ''],
    [
      'and is not restored, where nothing came after',
      { deployments: [deployment(1, 'aaa', ['success', 1], ['failure', 3])], carried: load },
      '1 broke 3-',
    ],
    [
      'where it goes back, even if the same is deployed again before',
      { deployments: [a, b, deployment(3, 'bbb', ['success', 12]), deployment(4, 'aaa', ['success', 14])], carried: load },
      '2 rolled-back 10-14',
    ],
    [
      'not, where it failed before the period',
      { deployments: [deployment(1, 'aaa', ['success', -5], ['failure', -4]), b], carried: load },
      '',
    ],
    [
      'where the period ends between it and its remedy',
      {
        deployments: [deployment(1, 'aaa', ['success', 239]), deployment(2, 'bbb', ['success', 250])],
        carried: { 1: load[1], 2: [commit('b1', 240, 'hotfix: x')] },
      },
      '1 hotfixed 239-250',
    ],
  ])('%s', (_, story, expected) => {
    const { failures } = metrics(story);
    const hours = (text: string | null) => (text === null ? '' : String((Date.parse(text) - FROM) / HOUR));
    const told = failures.map(({ deployment, how, since, restored }) => `${deployment} ${how} ${hours(since)}-${hours(restored)}`);
    expect(told.join(', ')).toBe(expected);
  });
});

describe('what is not known', () => {
  it('is nothing at all where deployments could not be seen', () => {
    const seen = metricsOf({
      environment: 'production',
      from: FROM,
      to: FROM + DAY,
      deployments: { known: false, why: 'no permission.' },
      carried: new Map(),
      overridden: known(new Set()),
    });
    const unknown = { known: false, why: 'What was deployed could not be seen: no permission.' };
    expect(seen).toMatchObject({ frequency: unknown, leadTime: unknown, failureRate: unknown, restore: unknown, failures: [] });
    expect(doraGauges('acme/app', [seen])).toEqual([]);
  });

  it('is everything where only a part of the period was read, and nothing where only older ones were not', () => {
    const part = metrics({ deployments: [deployment(1, 'a', ['success', 5])], more: true });
    expect(part.frequency).toEqual({ known: false, why: expect.stringContaining('those since 2026-09-21T19:13:20Z. Ask for fewer days.') });
    const whole = metrics({
      deployments: [deployment(1, 'a', ['success', -5]), deployment(2, 'b', ['success', 5])],
      more: true,
      carried: { 2: [] },
    });
    expect(whole.frequency).toMatchObject({ known: true, value: { deployments: 1 } });
    expect(metrics({ deployments: [], more: true }).frequency).toMatchObject({ known: false });
  });

  it('is a zero for the frequency alone, where nothing was deployed', () => {
    const seen = metrics({ deployments: [] });
    expect(seen.frequency).toEqual(known({ deployments: 0, perDay: 0, rollbacks: 0, repeats: 0 }));
    expect(seen.leadTime).toEqual({ known: false, why: 'Nothing was deployed.' });
    expect(seen.failureRate).toEqual({ known: false, why: 'Nothing was deployed.' });
    expect(seen.restore).toEqual({ known: false, why: 'Nothing failed.' });
  });

  it('is said of lead times beside those that are known, and makes the failure rate a least', () => {
    const deployments = [deployment(1, 'a', ['success', 5]), deployment(2, 'b', ['success', 6])];
    const seen = metrics({ deployments, carried: { 1: 'it is the first.', 2: [commit('b1', 2)] } });
    expect(seen.leadTime).toEqual(known({ median: 4 * 3600, p90: 4 * 3600, changes: 1, unmeasured: 1 }));
    expect(seen.failureRate).toEqual(known({ rate: 0, failed: 0, of: 2, atLeast: true }));
    expect(seen.restore).toEqual({ known: false, why: 'No failure was seen, and not everything could be.' });
    expect(seen.remarks).toEqual(['What 1 of the deployments brought, reverts and hotfixes among it, was not seen: it is the first.']);
    expect(metrics({ deployments, carried: { 1: 'it is the first.' } }).leadTime).toMatchObject({
      known: false,
      why: 'What was deployed was not seen: it is the first.',
    });
  });

  it('is whether a gate was overridden, where nobody could tell', () => {
    const seen = metrics({ deployments: [deployment(1, 'a', ['success', 5])], carried: { 1: [commit('a1', 2)] }, overridden: null });
    expect(seen.failureRate).toMatchObject({ value: { atLeast: true } });
    expect(seen.remarks).toEqual(['Whether a gate was overridden was not seen: nobody looked.']);
  });

  it('is a time that cannot be read or lies ahead of the deployment', () => {
    const odd: DeploymentCourse = { id: 9, sha: 'z', createdAt: at(0), statuses: [{ state: 'success', createdAt: 'soon' }] };
    const seen = metrics({
      deployments: [odd, deployment(1, 'a', ['success', 5])],
      carried: { 1: [commit('a1', 6), { ...commit('a2', 1), at: 'x' }] },
    });
    expect(seen.frequency).toMatchObject({ value: { deployments: 1 } });
    expect(seen.leadTime).toEqual({ known: false, why: 'No commit was deployed that tells when it was written.' });
    expect(seen.remarks).toEqual(['1 of the deployments tell no time and are not counted.']);
  });

  it('is how long a restoration takes, where everything that failed still does', () => {
    const seen = metrics({ deployments: [deployment(1, 'a', ['in_progress', 1], ['failure', 2])] });
    expect(seen.restore).toEqual(known({ times: null, restored: 0, open: 1 }));
    expect(seen.failureRate).toEqual(known({ rate: 1, failed: 1, of: 1, atLeast: false }));
    expect(doraGauges('acme/app', [seen]).map(({ name }) => name)).not.toContain('shiplock_dora_restore_seconds');
  });
});

describe('a duration', () => {
  it.each<[number, string]>([
    [0, '0s'],
    [0.4, '0s'],
    [40, '40s'],
    [60, '1m'],
    [95, '1m 35s'],
    [3600, '1h'],
    [3659.6, '1h 1m'],
    [86_399, '24h'],
    [187_200, '2d 4h'],
    [8_640_000, '100d'],
  ])('%d is %s', (seconds, text) => expect(elapsedText(seconds)).toBe(text));
});
