// Any gate and any facts about it, from few names so that they meet; and every way to know less than some facts tell. Dates lie around the
// ends of summer time.
import fc from 'fast-check';
import type {
  Account,
  ApprovalFact,
  BaselineFact,
  CheckFact,
  DeploymentFact,
  Gate,
  GateFacts,
  PeopleFact,
} from '../../src/core/gate/facts.ts';
import type { Observed } from '../../src/core/observed.ts';
import {
  DAYS,
  type EnvironmentPolicy,
  type FreezePolicy,
  type GatePolicy,
  OCCASIONS,
  type RequirementPolicy,
  type WindowPolicy,
} from '../../src/core/policy/environment.ts';
import { ACTIONS, account, OTHER_SHA, SHA } from './gate-facts.ts';

const names = fc.constantFrom('test', 'lint', 'regression / a', 'regression / b');
const patterns = fc.constantFrom('test', 'lint', 'regression / *', 'regression / a');
const zones = fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu');
const occasions = fc.constantFrom(...OCCASIONS);

/** Every quarter of an hour around one end of summer time and one beginning. */
export const instants = fc
  .tuple(fc.constantFrom(Date.UTC(2026, 9, 24), Date.UTC(2026, 2, 28)), fc.integer({ min: 0, max: 4 * 24 * 3 }))
  .map(([day, quarter]) => new Date(day + quarter * 900_000).toISOString());

/** Mostly this, now and then that. */
const mostly = <T>(usual: T, ...others: readonly T[]): fc.Arbitrary<T> =>
  fc.oneof({ weight: 8, arbitrary: fc.constant(usual) }, { weight: 2, arbitrary: fc.constantFrom(...others) });

const seldom = <T>(items: fc.Arbitrary<T>, maxLength: number): fc.Arbitrary<readonly T[]> =>
  fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, { weight: 2, arbitrary: fc.array(items, { maxLength, size: 'max' }) });

const quarantines = seldom(
  fc.record({ check: patterns, until: fc.oneof(instants, fc.constantFrom('2026-10-25', '2026-03-28')), reason: fc.constant('flaky') }),
  2,
);

const requirements: fc.Arbitrary<RequirementPolicy> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      asks: fc.constant('checks' as const),
      names: fc.uniqueArray(patterns, { minLength: 1, maxLength: 2 }),
      except: seldom(names, 1),
      app: fc.constantFrom(null, null, ACTIONS, '15368'),
      baseline: mostly<'previous-release' | null>(null, 'previous-release'),
      accept: fc.constantFrom<readonly ('skipped' | 'neutral')[]>([], [], ['skipped'], ['skipped', 'neutral']),
      flake: fc.constantFrom('latest' as const, 'passed' as const, 'failed' as const),
      retries: fc.constantFrom(null, null, 0, 1),
      quarantine: quarantines,
      onFailure: fc.constantFrom('wait' as const, 'reject' as const),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      asks: fc.constant('approvals' as const),
      count: fc.constantFrom(0, 1, 1, 2),
      from: fc.uniqueArray(fc.constantFrom('@Ada', '@acme/ops', '@acme/sre', 'owners', 'write', 'maintain'), { maxLength: 3 }),
      except: fc.uniqueArray(fc.constantFrom('author' as const, 'committer' as const, 'pusher' as const, 'deployer' as const), {
        maxLength: 2,
      }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ asks: fc.constant('soak' as const), seconds: fc.constantFrom(0, 900, 7_200) }) },
  { weight: 1, arbitrary: fc.record({ asks: fc.constant('ticket' as const), pattern: fc.constantFrom('CHG-\\d+', '(a|b)+c') }) },
);

const times = fc.integer({ min: 0, max: 95 }).map((quarter) => quarter * 15);
const windows: fc.Arbitrary<WindowPolicy> = fc
  .record({ days: fc.subarray([...DAYS], { minLength: 1 }), from: times, to: times.map((time) => time + 15), zone: zones })
  .filter(({ from, to }) => from !== to);

const freezes: fc.Arbitrary<FreezePolicy> = fc.record({
  from: instants.map((at) => at.slice(0, 16)),
  to: instants,
  zone: zones,
  except: fc.subarray([...OCCASIONS]),
  reason: fc.option(fc.constant('year end')),
});

const gatePolicies: fc.Arbitrary<GatePolicy> = fc.record({
  requires: fc.array(requirements, { maxLength: 2 }),
  windows: seldom(windows, 2),
});

const entries: fc.Arbitrary<EnvironmentPolicy> = fc
  .record({
    own: gatePolicies,
    after: fc.constantFrom(undefined, undefined, 'qa'),
    hold: mostly<string | null>(null, null, null, 'the year ends'),
    for: fc.oneof(
      { weight: 2, arbitrary: fc.constant({}) },
      { weight: 1, arbitrary: fc.dictionary(occasions, gatePolicies, { maxKeys: 2, noNullPrototype: true }) },
    ),
    freeze: seldom(freezes, 2),
  })
  .map(({ own, after, ...rest }) => ({
    ...own,
    ...rest,
    ...(after === undefined ? {} : { after }),
    promote: 'manual' as const,
    review: null,
  }));

export const gates: fc.Arbitrary<Gate> = fc.record({
  environment: fc.constant('production'),
  entry: fc.oneof({ weight: 20, arbitrary: entries }, { weight: 1, arbitrary: fc.constant(null) }),
  unlisted: fc.constantFrom('open' as const, 'closed' as const),
  listed: fc.constantFrom<readonly string[]>([], ['prodution']),
  deployers: fc.constantFrom<readonly string[]>([], ['Jenkins']),
});

const observed = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<Observed<T>> =>
  fc.oneof(
    { weight: 25, arbitrary: value.map((one) => ({ known: true, value: one }) as const) },
    { weight: 1, arbitrary: fc.constant({ known: false, why: 'it rained.' } as const) },
  );

const people = fc.constantFrom(...['ada', 'grace', 'edsger', 'barbara'].map(account));

const checks: fc.Arbitrary<CheckFact> = fc.record({
  name: names,
  kind: mostly<'check' | 'status'>('check', 'status'),
  app: mostly<string | null>(ACTIONS, 'circleci', null),
  appId: mostly<number | null>(15368, 1, null),
  state: mostly('success', 'success', 'failure', 'in_progress', 'skipped', 'cancelled', 'sparkling'),
  id: fc.option(fc.integer({ min: 1, max: 4 }), { freq: 12 }),
  startedAt: mostly<string | null>('2026-03-28T10:00:00Z', '2026-03-28T09:00:00Z', '2026-03-28T11:00:00Z', null),
  completedAt: fc.constant(null),
  suite: fc.constant(null),
});

const baselines: fc.Arbitrary<BaselineFact | null> = fc.option(
  fc.record({ tag: fc.constant('v1.2.3'), sha: fc.constant(OTHER_SHA), checks: fc.array(checks, { maxLength: 4, size: 'max' }) }),
);

const approvals: fc.Arbitrary<ApprovalFact> = fc.record(
  {
    by: people,
    bot: mostly(false, false, true),
    state: mostly('approve', 'approve', 'reject', 'dismissed', 'sparkling'),
    at: instants,
    sha: mostly(SHA, SHA, OTHER_SHA),
    reviewed: fc.constant(OTHER_SHA),
    environment: mostly<string | null>('production', 'Production', 'qa', null),
    source: mostly('command', 'review', 'deployment-review', 'sparkling'),
    entitled: fc.constant(true),
    role: observed(mostly('maintain', 'write', 'read', 'sparkling')),
  },
  { requiredKeys: ['by', 'bot', 'state', 'at', 'sha', 'environment', 'source', 'role'] },
);

const makers: fc.Arbitrary<PeopleFact> = fc.record({
  authors: seldom(people, 2),
  coauthors: seldom(people, 1),
  committers: seldom(people, 1),
  pushers: fc.option(seldom(people, 1), { freq: 8 }),
  unattributed: fc.oneof(
    { weight: 8, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.constantFrom([{ as: 'author' as const, name: 'Nobody' }], [{ as: 'committer' as const, name: 'Nobody' }]) },
  ),
});

const deployments: fc.Arbitrary<DeploymentFact> = fc.record(
  {
    id: fc.nat(100),
    sha: mostly(SHA, OTHER_SHA),
    digest: fc.constantFrom(null, 'sha256:1', 'sha256:2'),
    state: mostly('success', 'inactive', 'failure', 'in_progress', 'sparkling'),
    createdAt: instants,
    succeededAt: fc.oneof({ weight: 8, arbitrary: instants }, { weight: 1, arbitrary: fc.constant(null) }),
    endedAt: fc.oneof({ weight: 4, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: instants }),
    by: mostly<DeploymentFact['by']>(
      { login: 'mona', id: 1, app: ACTIONS },
      { login: 'jenkins', id: 2, app: null },
      { login: 'eve', id: 3, app: null },
      null,
    ),
  },
  { requiredKeys: ['id', 'sha', 'digest', 'state', 'createdAt', 'succeededAt', 'endedAt'] },
) as fc.Arbitrary<DeploymentFact>;

export const gateFacts = fc.record({
  now: instants,
  environment: fc.constantFrom('production', 'Production'),
  sha: fc.constant(SHA),
  digest: fc.constantFrom(null, 'sha256:1'),
  run: fc.option(
    fc.record({
      id: fc.constant(1),
      attempt: fc.constant(1),
      event: fc.constant('push'),
      initiators: fc.option(fc.array(people, { maxLength: 1 }), { freq: 8 }),
    }),
    { freq: 8 },
  ),
  release: observed(
    fc.record({
      version: fc.constant('1.2.4'),
      tag: fc.constant('v1.2.4'),
      kind: fc.constant('maintenance'),
      occasion: fc.oneof({ weight: 8, arbitrary: occasions }, { weight: 1, arbitrary: fc.constantFrom(null, 'sparkling') }),
      texts: fc.array(fc.record({ where: fc.constant('the notes'), text: mostly('Refs CHG-12, ababc', 'no ticket') }), { maxLength: 1 }),
    }),
  ),
  checks: observed(fc.array(checks, { maxLength: 8, size: 'max' })),
  baseline: observed(baselines),
  people: observed(makers),
  approvals: observed(fc.array(approvals, { maxLength: 5, size: 'max' })),
  teams: fc.record({
    '@acme/ops': observed(fc.uniqueArray(people, { maxLength: 3 })),
    '@acme/sre': observed(fc.uniqueArray(people, { maxLength: 3 })),
  }),
  owners: observed(fc.uniqueArray(people, { maxLength: 2 })),
  deployments: fc.record({
    qa: observed(fc.array(deployments, { maxLength: 3, size: 'max' })),
    production: observed(fc.array(deployments, { maxLength: 2 })),
  }),
  holds: observed(
    mostly<readonly { by: string; reason: string; at: string }[]>([], [], [], [{ by: 'ada', reason: 'no', at: '2026-03-28T10:00:00Z' }]),
  ),
  freezes: observed(seldom(fc.record({ by: fc.constant('ada'), reason: fc.constant('no'), at: instants, until: fc.option(instants) }), 1)),
  waivers: observed(
    seldom(
      fc.record({
        requirement: fc.constantFrom('all', 'checks', 'approvals', 'check test', 'windows'),
        by: mostly('ada', ''),
        reason: fc.constant('the shop is down'),
        sha: mostly(SHA, OTHER_SHA),
        environment: mostly('production', 'qa'),
        at: instants,
        until: instants,
      }),
      1,
    ),
  ),
}) as fc.Arbitrary<GateFacts>;

const FACTS = [
  'digest',
  'run',
  'release',
  'checks',
  'baseline',
  'people',
  'approvals',
  'teams',
  'owners',
  'deployments',
  'holds',
  'freezes',
  'waivers',
] as const;
const BLIND = { known: false, why: 'it rained.' } as const;

/** Without one of its waivers, which is no ignorance: what it passed over counts again, a person's no as well. */
export function unwaived({ waivers, ...facts }: GateFacts): readonly GateFacts[] {
  if (waivers?.known !== true) return [];
  const { value } = waivers;
  return value.map((one) => ({ ...facts, waivers: { known: true, value: value.filter((other) => other !== one) } }));
}

/** Every way to know one thing less. */
export function vaguer(facts: GateFacts): readonly GateFacts[] {
  const all: GateFacts[] = [{ ...facts, now: 'some day' }];
  for (const key of FACTS) {
    const { [key]: _, ...without } = facts;
    all.push(without);
  }
  for (const key of ['release', 'checks', 'baseline', 'people', 'approvals', 'owners', 'holds', 'freezes', 'waivers'] as const)
    all.push({ ...facts, [key]: BLIND });
  all.push({ ...facts, run: null }, { ...facts, digest: null });
  if (facts.run) all.push({ ...facts, run: { ...facts.run, initiators: null } });
  inner(facts, 'release', (release) => ['sparkling', null].map((occasion) => ({ ...release, occasion })));
  inner(facts, 'checks', (list) => each(list, vaguerCheck));
  inner(facts, 'baseline', (baseline) =>
    baseline === null ? [] : each(baseline.checks, vaguerCheck).map((vague) => ({ ...baseline, checks: vague })),
  );
  inner(facts, 'people', vaguerPeople);
  inner(facts, 'approvals', (list) => each(list, vaguerApproval));
  inner(facts, 'freezes', (list) =>
    each(list, (one) => [
      { ...one, until: null },
      { ...one, until: 'soon' },
    ]),
  );
  for (const key of ['teams', 'deployments'] as const) {
    for (const name of Object.keys(facts[key] ?? {})) {
      const { [name]: _, ...without } = facts[key] as Record<string, unknown>;
      all.push({ ...facts, [key]: without }, { ...facts, [key]: { ...facts[key], [name]: BLIND } });
    }
  }
  for (const [name, list] of Object.entries(facts.deployments ?? {})) {
    if (!list.known) continue;
    for (const value of each(list.value, vaguerDeployment))
      all.push({ ...facts, deployments: { ...facts.deployments, [name]: { known: true, value } } });
  }
  return all;

  function inner<K extends keyof GateFacts>(
    from: GateFacts,
    key: K,
    ways: (
      value: Extract<NonNullable<GateFacts[K]>, { known: true }>['value' & keyof Extract<NonNullable<GateFacts[K]>, { known: true }>],
    ) => readonly unknown[],
  ): void {
    const fact = from[key] as Observed<never> | undefined;
    if (fact?.known === true) for (const value of ways(fact.value)) all.push({ ...from, [key]: { known: true, value } });
  }
}

function each<T>(list: readonly T[], ways: (one: T) => readonly T[]): readonly T[][] {
  return list.flatMap((one, at) => ways(one).map((vague) => list.map((other, index) => (index === at ? vague : other))));
}

function vaguerCheck(one: CheckFact): CheckFact[] {
  return [
    { ...one, state: 'sparkling' },
    ...(one.kind === 'check'
      ? [
          { ...one, app: null },
          { ...one, appId: null },
        ]
      : []),
    { ...one, id: null },
    { ...one, startedAt: null },
    { ...one, startedAt: 'lately' },
  ];
}

function vaguerApproval(one: ApprovalFact): ApprovalFact[] {
  return [
    { ...one, bot: true },
    { ...one, state: 'sparkling' },
    { ...one, at: 'lately' },
    // Of a review that is no less known: it is for none in particular.
    ...(one.source === 'review' ? [] : [{ ...one, environment: null }]),
    { ...one, source: 'sparkling' },
    { ...one, role: BLIND },
    { ...one, role: { known: true, value: 'sparkling' } },
  ];
}

function vaguerPeople(one: PeopleFact): PeopleFact[] {
  const without = (list: readonly Account[], at: number) => list.filter((_, index) => index !== at);
  const nobody = (as: 'author' | 'committer') => [...one.unattributed, { as, name: 'Somebody' }];
  return [
    { ...one, pushers: null },
    ...one.authors.map((_, at) => ({ ...one, authors: without(one.authors, at), unattributed: nobody('author') })),
    ...one.coauthors.map((_, at) => ({ ...one, coauthors: without(one.coauthors, at), unattributed: nobody('author') })),
    ...one.committers.map((_, at) => ({ ...one, committers: without(one.committers, at), unattributed: nobody('committer') })),
  ];
}

function vaguerDeployment(one: DeploymentFact): DeploymentFact[] {
  const { succeededAt: _, ...noStart } = one;
  const { endedAt: __, ...noEnd } = one;
  return [
    { ...one, state: 'sparkling' },
    { ...one, digest: null },
    { ...one, by: null },
    noStart,
    noEnd,
    ...(one.succeededAt === null ? [] : [{ ...one, succeededAt: 'lately' }]),
    ...(one.endedAt === null ? [] : [{ ...one, endedAt: 'lately' }]),
  ];
}
