// Writing a policy file: what is written reads back as the same policy, says no more than it must, and looks as people write it.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type ApprovalsPolicy,
  DAYS,
  type EnvironmentPolicy,
  OCCASIONS,
  type RequirementPolicy,
  type WindowPolicy,
} from '../../src/core/policy/environment.ts';
import { parsePolicy, problemLines } from '../../src/core/policy/file.ts';
import { applyOverrides, overridesOf, type PolicyOverrides } from '../../src/core/policy/overrides.ts';
import { policyText } from '../../src/core/policy/text.ts';
import { clockText, daysOf, daysText, durationText, minutesOf, momentOf, secondsOf } from '../../src/core/policy/time.ts';
import { DEFAULT_POLICY, MEANINGS, type Policy } from '../../src/core/policy.ts';

function policyOf(text: string): Policy {
  const read = parsePolicy(text);
  if (!read.ok) throw new Error(`${problemLines(read.problems, 'policy').join('\n')}\n${text}`);
  return read.policy;
}

describe('a policy file that is written', () => {
  it('says nothing but its version where nothing differs', () => {
    expect(policyText({}, { comments: false })).toBe('version: 1\n');
    expect(policyText(overridesOf(DEFAULT_POLICY), { comments: false })).toBe('version: 1\n');
  });

  it('tells people and editors where to find more', () => {
    const [first, second] = policyText({}).split('\n');
    expect(first).toMatch(/^# yaml-language-server: \$schema=https:\/\/\S+\.json$/);
    expect(second).toMatch(/^# How Shiplock releases/);
  });

  it('has a comment over each key, from the description that the reference has', () => {
    const lines = policyText({ release: { mode: 'direct' } }).split('\n');
    expect(lines.slice(lines.indexOf('version: 1'))).toEqual([
      'version: 1',
      '',
      '# How releases are made.',
      'release:',
      '  # How a release is prepared: one draft release kept up to date, a pull request that bumps the',
      '  # version files, or published straight away.',
      '  mode: direct',
      '',
    ]);
  });

  it('looks as people write it', () => {
    const text = policyText(
      {
        lines: [{ branch: 'main' }, { branch: '[0-9]+.x' }, { branch: 'next', prerelease: 'rc' }],
        classify: { labels: { 'semver: minor': 'feature', chore: null } },
        release: { tag: '{version}', before1: { breaking: 'major' } },
        deployers: ['jenkins-bot'],
        packages: [{ name: 'core', path: 'packages/core', tag: 'core-v{version}' }],
        environments: {
          production: {
            after: 'qa',
            requires: [
              { asks: 'approvals', count: 2, from: ['@acme/ops'], except: ['author'] },
              { asks: 'soak', seconds: 86_400 },
            ],
            windows: [{ days: ['mon', 'tue', 'wed', 'thu'], from: 540, to: 960, zone: 'Europe/Berlin' }],
          },
        },
        unlisted: 'open',
      },
      { comments: false },
    );
    expect(text).toBe(`version: 1
lines:
  - branch: main
  - branch: "[0-9]+.x"
  - { branch: next, prerelease: rc }
classify:
  labels: { "semver: minor": feature, chore: null }
release:
  tag: "{version}"
  before-1.0: { breaking: major }
packages:
  - { name: core, path: packages/core, tag: "core-v{version}" }
environments:
  default: open
  production:
    after: qa
    requires:
      - approvals: { count: 2, from: [ "@acme/ops" ], except: [ author ] }
      - soak: 24h
    windows:
      - { days: mon-thu, from: "09:00", to: "16:00", zone: Europe/Berlin }
deployers: [ jenkins-bot ]
`);
  });

  it('says what a part of a policy says, whether it is the default or not', () => {
    expect(policyText({ release: { mode: 'draft', initial: '0.1.0' } }, { comments: false })).toBe(
      'version: 1\nrelease:\n  mode: draft\n  initial: 0.1.0\n',
    );
  });

  it.each(['null', 'true', '1', ' ', '~', 'a: b', '# x', '@x', '- x', '*', '&a', '"', "'", '\\', '\n', 'é\u2028', '{x}', 'on', '0x1'])(
    'keeps a label of any spelling: %j',
    (label) => {
      const { labels } = policyOf(policyText({ classify: { labels: { [label]: 'bug' } } })).classify;
      expect(Object.entries(labels)).toContainEqual([label, 'bug']);
    },
  );
});

describe('any policy', () => {
  it('reads back as it was written, with comments and without', () => {
    fc.assert(
      fc.property(policies, fc.boolean(), (policy, comments) => {
        const back = policyOf(policyText(overridesOf(policy), { comments }));
        expect(back).toEqual(policy);
        // Here the order is a part of what is said.
        expect(Object.keys(back.classify.paths)).toEqual(Object.keys(policy.classify.paths));
        expect(Object.keys(back.environments)).toEqual(Object.keys(policy.environments));
      }),
      { numRuns: 300 },
    );
  });

  it('is what its overrides make of the defaults', () => {
    fc.assert(
      fc.property(policies, (policy) => {
        expect(applyOverrides(overridesOf(policy))).toEqual(policy);
      }),
      { numRuns: 300 },
    );
  });
});

describe('a time', () => {
  it.each([
    ['90s', 90, '90s'],
    ['120s', 120, '2m'],
    ['15m', 900, '15m'],
    ['24h', 86_400, '24h'],
    ['72h', 259_200, '72h'],
    ['4d', 345_600, '4d'],
    ['0h', 0, '0s'],
  ])('of %s is %d seconds, written %s', (written, seconds, back) => {
    expect(secondsOf(written)).toBe(seconds);
    expect(durationText(seconds)).toBe(back);
  });

  it('of day is minutes since midnight', () => {
    expect(['00:00', '09:05', '24:00'].map(minutesOf)).toEqual([0, 545, 1440]);
    expect([0, 545, 1440].map(clockText)).toEqual(['00:00', '09:05', '24:00']);
  });

  it.each([
    [['mon'], 'mon'],
    [
      ['mon', 'tue'],
      ['mon', 'tue'],
    ],
    [['mon', 'tue', 'wed'], 'mon-wed'],
    [
      ['mon', 'wed', 'fri'],
      ['mon', 'wed', 'fri'],
    ],
  ] as const)('of the week: %j is written %j', (days, written) => {
    expect(daysText(days)).toEqual(written);
    expect(daysOf(daysText(days))).toEqual(days);
  });

  it('with an offset is counted in UTC, without one on its own clock', () => {
    expect(momentOf('2026-12-19T18:00+01:00')).toEqual(momentOf('2026-12-19T17:00Z'));
    expect(momentOf('2026-12-19T18:00')).toEqual({ ...momentOf('2026-12-19T18:00Z'), offset: false });
  });

  it('passes by a minute a minute, over months, leap days and centuries', () => {
    const days = [
      ['2026-02-28', '2026-03-01'],
      ['2028-02-29', '2028-03-01'],
      ['2026-12-31', '2027-01-01'],
      ['2100-02-28', '2100-03-01'],
    ];
    for (const [day, next] of days) {
      expect(momentOf(`${next}T00:00Z`)?.minutes).toBe((momentOf(`${day}T23:59Z`)?.minutes ?? 0) + 1);
    }
  });

  it.each([
    '2026-02-29T00:00',
    '2100-02-29T00:00',
    '2026-04-31T00:00',
    '2026-13-01T00:00',
    '2026-00-01T00:00',
    '2026-01-01T24:00',
    '2026-01-01T00:60',
    '2026-01-01T00:00+15:00',
  ])('that there is not is none: %s', (written) => {
    expect(momentOf(written)).toBeNull();
  });
});

// Policies that a file can say.

const word = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/);
const anyText = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
  .filter((text) => text.trim() !== '' && !/^(?:<<|__proto__)$/.test(text));
const meaning = fc.constantFrom(...MEANINGS);
const zone = fc.constantFrom('UTC', 'Europe/Berlin', 'America/St_Johns');
const who = fc.constantFrom('@ada', '@grace', '@acme/ops', 'owners', 'maintain');
const byCase = (name: string) => name.toLowerCase();

const meaningsOver = (names: fc.Arbitrary<string>) =>
  fc
    .uniqueArray(fc.tuple(names, fc.option(meaning)), { selector: ([name]) => byCase(name), maxLength: 4 })
    .map((entries) => Object.fromEntries(entries.filter(([name]) => !/^[0-9]+$/.test(name))));

const approvals = fc
  .record({
    from: fc.uniqueArray(who, { maxLength: 3 }),
    except: fc.uniqueArray(fc.constantFrom('author', 'committer', 'pusher', 'deployer'), { maxLength: 3 }),
  })
  .chain(({ from, except }) =>
    fc.integer({ min: 1, max: Math.max(1, from.length) }).map((count): ApprovalsPolicy => ({ asks: 'approvals', count, from, except })),
  );

const checks = fc.record({
  asks: fc.constant('checks'),
  names: fc.array(anyText, { minLength: 1, maxLength: 2 }),
  except: fc.array(anyText, { maxLength: 1 }),
  app: fc.option(fc.constantFrom('github-actions', '15368')),
  baseline: fc.option(fc.constant('previous-release')),
  accept: fc.uniqueArray(fc.constantFrom('skipped', 'neutral')),
  flake: fc.constantFrom('latest', 'passed', 'failed'),
  retries: fc.option(fc.nat(100)),
  quarantine: fc.array(fc.record({ check: anyText, until: fc.constantFrom('2027-01-31', '2027-01-31T18:00+01:00'), reason: anyText }), {
    maxLength: 2,
  }),
  onFailure: fc.constantFrom('wait', 'reject'),
}) as fc.Arbitrary<RequirementPolicy>;

const ticket = fc.record({
  asks: fc.constant('ticket' as const),
  pattern: fc.constantFrom('CHG-\\d+', '[A-Z]+-[0-9]+', 'none of "these": #1'),
});
const soak = fc.record({ asks: fc.constant('soak' as const), seconds: fc.integer({ min: 1, max: 99_999 }) });

const windows: fc.Arbitrary<WindowPolicy[]> = fc.array(
  fc
    .record({
      days: fc.subarray([...DAYS], { minLength: 1 }),
      from: fc.integer({ min: 0, max: 1439 }),
      to: fc.integer({ min: 0, max: 1440 }),
      zone,
    })
    .filter(({ from, to }) => from !== to),
  { maxLength: 2 },
);

const gateAfter = (after: boolean) =>
  fc.record({
    requires: fc.array(after ? fc.oneof(checks, approvals, ticket, soak) : fc.oneof(checks, approvals, ticket), { maxLength: 3 }),
    windows,
  });

const environmentAfter = (after: string | undefined): fc.Arbitrary<EnvironmentPolicy> =>
  fc
    .record({
      gate: gateAfter(after !== undefined),
      deploy: fc.option(fc.constantFrom('deploy.yml', 'to production.yaml'), { nil: undefined }),
      auto: fc.boolean(),
      hold: fc.option(anyText),
      rollback: fc.record({
        names: fc.array(anyText, { minLength: 1, maxLength: 2 }),
        app: fc.constantFrom('github-actions', '15368'),
        seconds: fc.integer({ min: 1, max: 99_999 }),
      }),
      for: fc.dictionary(fc.constantFrom(...OCCASIONS), gateAfter(after !== undefined), { maxKeys: 3 }),
      freeze: fc.array(
        fc.record({
          from: fc.constant('2026-12-19T18:00'),
          to: fc.constantFrom('2027-01-04T08:00', '2027-01-04T08:00:30+01:00'),
          zone,
          except: fc.uniqueArray(fc.constantFrom(...OCCASIONS)),
          reason: fc.option(anyText),
        }),
        { maxLength: 2 },
      ),
      review: fc.option(
        fc.record({ after: fc.integer({ min: 1, max: 99_999 }), to: fc.array(fc.constantFrom('@ada', '@acme/ops'), { maxLength: 2 }) }),
      ),
    })
    .map(({ gate, deploy, auto, rollback, ...rest }) => ({
      ...rest,
      for: { ...rest.for },
      ...gate,
      ...(after === undefined ? {} : { after }),
      ...(deploy === undefined ? {} : { deploy, ...(auto ? { rollback } : {}) }),
      promote: auto && deploy !== undefined ? ('auto' as const) : ('manual' as const),
    }));

const environments = fc
  .uniqueArray(
    anyText.filter((name) => !/^[0-9]+$|\p{Cc}/u.test(name) && byCase(name) !== 'default'),
    { selector: byCase, maxLength: 3 },
  )
  .chain((names) => fc.tuple(...names.map((name, index) => fc.tuple(fc.constant(name), environmentAfter(names[index - 1])))))
  .map((entries) => Object.fromEntries(entries));

const template = fc.constantFrom('{changes}', '{summary}\n\n{changes}\n', '  {compare}\n{tag} # "x"');

const overrides: fc.Arbitrary<PolicyOverrides> = fc.record(
  {
    lines: fc.uniqueArray(
      fc.record(
        { branch: fc.constantFrom('main', '[0-9]+.x', 'v.*', 'release/.+', 'next'), prerelease: fc.constantFrom('rc', 'beta') },
        { requiredKeys: ['branch'] },
      ),
      {
        selector: ({ branch }) => branch,
        minLength: 1,
        maxLength: 3,
      },
    ),
    classify: fc.record(
      {
        labels: meaningsOver(fc.oneof(anyText, fc.constantFrom('bug', 'Bug', 'CHORE', 'constructor'))),
        types: meaningsOver(fc.oneof(word, fc.constantFrom('feat', 'FIX'))),
        branches: meaningsOver(fc.constantFrom('feat', 'Hotfix', 'wip')),
        paths: meaningsOver(fc.constantFrom('docs/**', 'docs/api/**', '**/*.md', 'src/*')),
        unrecognised: fc.constantFrom('maintenance', 'feature', 'none'),
      },
      { requiredKeys: [] },
    ),
    release: fc.record(
      {
        mode: fc.constantFrom('draft', 'pull-request', 'direct'),
        tag: fc.option(fc.constantFrom('v{version}', '{version}', 'release-{version}')),
        initial: fc.constantFrom('1.0.0', '0.0.1', '1.0.0-rc.1'),
        before1: fc.record(
          { breaking: fc.constantFrom('patch', 'minor', 'major'), feature: fc.constantFrom('patch', 'minor', 'major') },
          { requiredKeys: [] },
        ),
        features: fc.constantFrom('any', 'staged'),
        files: fc.uniqueArray(fc.constantFrom('package.json', 'src/v.txt', 'a b')),
        changelog: fc.option(fc.constantFrom('CHANGES.md', 'docs/log.md')),
      },
      { requiredKeys: [] },
    ),
    notes: fc.record(
      {
        sections: fc.uniqueArray(fc.record({ title: anyText, of: fc.tuple(meaning) }), { selector: ({ of }) => of[0], maxLength: 3 }),
        template: fc.option(template),
        line: fc.option(fc.constantFrom('{subject}', '- {subject} ({pr})')),
      },
      { requiredKeys: [] },
    ),
    packages: fc
      .uniqueArray(fc.record({ name: word, tag: fc.option(fc.constant('{name}/{version}')) }), {
        selector: ({ name }) => name,
        maxLength: 3,
      })
      .map((all) => all.map((one) => ({ ...one, path: `packages/${one.name}` }))),
    environments,
    unlisted: fc.constantFrom('open', 'closed'),
    trains: fc.uniqueArray(
      fc.record({
        name: fc.constantFrom('weekly', 'nightly', '1.x', 'Patches'),
        line: fc.constantFrom(null, 'main', '1.x'),
        cron: fc.constantFrom('0 10 * * tue', '*/30 9-17/8 1,15 * *', '0 9 * * mon#1'),
        zone: fc.constantFrom('UTC', 'Europe/Berlin'),
        does: fc.constantFrom('report', 'draft', 'publish'),
        freezeBefore: fc.option(fc.integer({ min: 1, max: 90_000 })),
      }),
      { maxLength: 3, selector: ({ name }) => name },
    ),
    commands: fc.record({ prefix: fc.oneof(fc.constant(''), word) }),
    notify: fc.array(
      fc.record({ on: fc.tuple(fc.constantFrom('published', 'deployed')), mention: fc.tuple(fc.constantFrom('@ada', '@acme/ops')) }),
      { maxLength: 2 },
    ),
  },
  { requiredKeys: [] },
) as fc.Arbitrary<PolicyOverrides>;

const policies = overrides.map((over) => applyOverrides(over));
