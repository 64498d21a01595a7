// What findings add up to: environments without an entry, occasions that are not known, which facts a gate asks for, and whether waiting helps.
import { describe, expect, it } from 'vitest';
import { askedOf, gateIn, occasionOf } from '../../../src/core/gate/facts.ts';
import { CODES, listed, mayOpen } from '../../../src/core/gate/finding.ts';
import { decide, isOpen, undecided, unrecorded } from '../../../src/core/gate.ts';
import { OCCASIONS } from '../../../src/core/policy/environment.ts';
import { DEFAULT_POLICY } from '../../../src/core/policy.ts';
import { account, approval, check, facts, known, people, policyOf, production, unseen } from '../../support/gate-facts.ts';

const release = (occasion: string | null) => known({ version: '1.2.4', tag: 'v1.2.4', kind: 'maintenance', occasion, texts: [] });

describe('an environment', () => {
  const policy = policyOf('production:\n  requires: [{ checks: [test] }]');

  it('without an entry waits, says what is missing, and what may have been meant', () => {
    const decision = decide(gateIn(policy, 'prodution'), facts({ environment: 'prodution' }));
    expect(decision).toMatchObject({
      outcome: 'wait',
      again: null,
      findings: [{ asks: 'policy', requirement: 'policy', code: 'no-entry', verdict: 'unmet' }],
    });
    expect(decision.findings[0]?.says).toBe(
      'The policy has no entry for prodution, and nothing opens what it does not name. Did you mean production? Add `environments.prodution` with what it requires, or set `environments.default: open`.',
    );
    expect(mayOpen(decision)).toBe(false);
    const far = decide(gateIn(DEFAULT_POLICY, 'production'), facts());
    expect(far.findings[0]?.says).toContain('what it does not name. Add `environments.production`');
  });

  it('without an entry is open where the policy says so, unless somebody holds or freezes it', () => {
    const open = gateIn(policyOf('default: open\nproduction: {}'), 'preview');
    const here = { environment: 'preview' };
    expect(decide(open, facts(here))).toMatchObject({
      outcome: 'approve',
      findings: [
        {
          asks: 'policy',
          requirement: 'policy',
          code: 'unlisted-open',
          says: 'The policy has no entry for preview, and its `environments.default` is open.',
        },
      ],
    });
    const held = { by: 'ada', reason: 'no', at: '2026-11-23T10:00:00Z' };
    expect(decide(open, facts({ ...here, holds: known([held]) })).outcome).toBe('wait');
    expect(decide(open, facts({ ...here, freezes: known([{ ...held, until: null }]) })).outcome).toBe('wait');
    expect(decide(open, facts({ ...here, holds: unseen() })).outcome).toBe('wait');
  });

  it('has whom the policy names as deployers, where it names any', () => {
    expect(gateIn({ ...policy, deployers: ['jenkins-bot'] }, 'production').deployers).toEqual(['jenkins-bot']);
    expect(gateIn(policy, 'production')).not.toHaveProperty('deployers');
  });

  it('is the same in other letters, as for GitHub', () => {
    expect(decide(gateIn(policy, 'PRODUCTION'), facts({ environment: 'Production', checks: known([check('test')]) })).outcome).toBe(
      'approve',
    );
  });

  it('of which nothing is asked opens, and says so', () => {
    expect(decide(production('promote: manual'), facts())).toEqual({
      outcome: 'approve',
      findings: [
        {
          asks: 'policy',
          requirement: 'policy',
          verdict: 'met',
          code: 'nothing-asked',
          says: 'The policy asks nothing of a deployment to production.',
        },
      ],
      again: null,
      occasion: null,
    });
  });

  it('is not judged by the facts of another', () => {
    const decision = decide(gateIn(policy, 'production'), facts({ environment: 'qa', checks: known([check('test')]) }));
    expect(decision).toMatchObject({
      outcome: 'wait',
      findings: [
        { asks: 'policy', requirement: 'facts', code: 'other-environment', says: 'These facts are about qa, not about production.' },
      ],
    });
    expect(decision.findings).toHaveLength(1);
  });

  it('S-04: is not judged at no time', () => {
    expect(decide(production('promote: manual'), facts({ now: 'noon', release: release('feature') }))).toEqual({
      outcome: 'wait',
      findings: [
        {
          asks: 'policy',
          requirement: 'facts',
          verdict: 'unknown',
          code: 'clock-unreadable',
          says: 'The time "noon" of these facts is none.',
        },
      ],
      again: null,
      occasion: null,
    });
  });

  it('whose policy could not be seen is not judged', () => {
    const decision = undecided('GitHub is away.');
    expect(decision).toMatchObject({
      outcome: 'wait',
      findings: [{ asks: 'policy', requirement: 'policy', code: 'policy-unseen', verdict: 'unknown', says: 'GitHub is away.' }],
    });
    expect(mayOpen(decision)).toBe(true);
  });

  it('whose record is broken is not judged, until a person mends it', () => {
    const decision = unrecorded('Entry 7 is not as it was written.');
    expect(decision).toEqual({
      outcome: 'wait',
      findings: [
        { asks: 'policy', requirement: 'record', verdict: 'unmet', code: 'record-broken', says: 'Entry 7 is not as it was written.' },
      ],
      again: null,
      occasion: null,
    });
    expect(mayOpen(decision)).toBe(true);
  });
});

describe('what is deployed', () => {
  const gate = production(
    'requires:\n  - checks: [test]\nfor:\n  maintenance: { approvals: { count: 1 } }\n  feature: { requires: [{ checks: [test, slow], on-failure: reject }], windows: [{ days: tue }] }',
  );
  const asks = (occasion: string | null) =>
    decide(gate, facts({ release: release(occasion) })).findings.map(({ requirement }) => requirement);

  it.each<[string, readonly string[]]>([
    ['maintenance', ['check test', 'approval']],
    ['security', ['check test', 'approval']],
    ['feature', ['check test', 'check slow', 'windows']],
    ['breaking', ['check test', 'check slow', 'windows']],
    ['rollback', ['check test']],
  ])('decides what is asked: %s', (occasion, expected) => {
    expect(asks(occasion)).toEqual(expected);
    expect(decide(gate, facts({ release: release(occasion) })).occasion).toBe(occasion);
  });

  it('is asked everything where it is not known, each thing once, and that is told', () => {
    const everything = ['release', 'check test', 'approval', 'check test', 'check slow', 'windows'];
    expect(asks(null)).toEqual(everything);
    expect(asks('sparkling')).toEqual(everything);
    const says = (more: object) => decide(gate, facts(more)).findings[0]?.says;
    expect(says({})).toBe('What sort of release this is is not known (nobody looked), so everything is asked that any sort is asked.');
    expect(says({ release: unseen('GitHub is away.') })).toContain('(GitHub is away.)');
    expect(says({ release: release('sparkling') })).toContain('("sparkling" is no sort of release)');
    expect(says({ release: release(null) })).toContain('("nothing" is no sort of release)');
    expect(decide(gate, facts())).toMatchObject({ occasion: null, findings: [{ asks: 'release' }, {}, {}, {}, {}, {}] });
  });

  it('opens even then, where everything is met that any sort is asked', () => {
    const green = { checks: known([check('test'), check('slow')]), approvals: known([approval('ada')]), people: people() };
    expect(decide(gate, facts({ ...green, now: '2026-11-24T12:00:00Z' })).outcome).toBe('approve');
    expect(decide(gate, facts({ ...green, now: '2026-11-23T12:00:00Z' })).outcome).toBe('wait');
  });

  it('is not told of where it makes no difference', () => {
    expect(decide(production('requires: [{ checks: [test] }]'), facts({ checks: known([check('test')]) })).findings).toHaveLength(1);
  });

  it('rejects only for what is asked whatever it is', () => {
    const red = { checks: known([check('test', 'failure'), check('slow', 'failure')]) };
    expect(decide(gate, facts({ ...red, release: release('feature') })).outcome).toBe('reject');
    expect(decide(gate, facts(red)).outcome).toBe('wait');
    const everywhere = production('requires: [{ checks: [test], on-failure: reject }]\nfor: { feature: { windows: [{ days: tue }] } }');
    expect(decide(everywhere, facts({ checks: known([check('test', 'failure')]) })).outcome).toBe('reject');
  });

  it('asks the windows of each sort where it is not known', () => {
    const two = production('windows: [{ days: mon }]\nfor: { feature: { windows: [{ days: tue }] }, security: { windows: any } }');
    expect(decide(two, facts()).findings.map(({ code }) => code)).toEqual(['occasion-unknown', 'window-open', 'window-closed']);
    expect(decide(two, facts({ release: release('security') })).findings.map(({ code }) => code)).toEqual(['nothing-asked']);
    expect(decide(two, facts({ release: release('maintenance') })).findings.map(({ code }) => code)).toEqual(['window-open']);
  });
});

describe('the order of findings', () => {
  it('is that of the policy, then before, windows, freezes and holds', () => {
    const gate = production(
      'after: qa\nhold: x\nwindows: [{ days: mon }]\nfreeze: [{ from: "2016-01-01T00:00", to: "2016-01-02T00:00" }]\nrequires: [{ soak: 1h }, { ticket: A }, { approvals: {} }, { checks: [test], baseline: previous-release }]',
      'qa: {}\n',
    );
    expect(decide(gate, facts()).findings.map(({ asks }) => asks)).toEqual([
      'soak',
      'ticket',
      'approvals',
      'checks',
      'baseline',
      'after',
      'windows',
      'freeze',
      'hold',
    ]);
  });

  it('leaves out what asks nothing', () => {
    const gate = production('requires: [{ checks: [test] }]');
    const entry = gate.entry as NonNullable<typeof gate.entry>;
    const none = {
      ...gate,
      entry: {
        ...entry,
        requires: [
          { asks: 'soak' as const, seconds: 0 },
          { asks: 'approvals' as const, count: 0, from: [], except: [] },
        ],
      },
    };
    expect(decide(none, facts()).findings.map(({ code }) => code)).toEqual(['nothing-asked']);
  });
});

describe('T12, S-35: an empty list', () => {
  it('is never all', () => {
    expect(isOpen([])).toBe(false);
  });
});

describe('again', () => {
  it('is the first of all turns that are yet to come', () => {
    const gate = production(
      'windows: [{ days: mon, to: "18:00" }]\nfreeze: [{ from: "2026-11-23T11:00", to: "2026-11-23T13:30" }, { from: "2026-11-23T15:00", to: "2026-11-23T16:00" }]',
    );
    const at = (time: string) => decide(gate, facts({ now: `2026-11-23T${time}:00Z` })).again;
    expect(['10:00', '11:00', '13:30', '15:00', '16:00', '18:00'].map(at)).toEqual([
      '2026-11-23T11:00:00Z',
      '2026-11-23T13:30:00Z',
      '2026-11-23T15:00:00Z',
      '2026-11-23T16:00:00Z',
      '2026-11-23T18:00:00Z',
      '2026-11-30T00:00:00Z',
    ]);
  });
});

describe('whether waiting helps', () => {
  it.each<[string, boolean]>([
    ['requires: [{ checks: [test] }]', true],
    ['requires: [{ checks: [test] }]\nhold: x', false],
    ['requires: [{ checks: [test] }, { ticket: A }]', false],
    ['windows: [{ days: tue }]', true],
  ])('%j: %s', (entry, expected) => {
    expect(mayOpen(decide(production(entry), facts({ checks: known([]) })))).toBe(expected);
  });

  it('is not told by what is met already', () => {
    const open = gateIn(policyOf('default: open\nproduction: {}'), 'preview');
    const held = known([{ by: 'ada', reason: 'no', at: '2026-11-23T10:00:00Z' }]);
    expect(mayOpen(decide(open, facts({ environment: 'preview', holds: held })))).toBe(true);
  });

  it('is no question once it is decided', () => {
    const gate = production('requires: [{ checks: [test], on-failure: reject }]');
    expect(mayOpen(decide(gate, facts({ checks: known([check('test')]) })))).toBe(false);
    expect(mayOpen(decide(gate, facts({ checks: known([check('test', 'failure')]) })))).toBe(false);
  });
});

describe('which facts are asked for', () => {
  const nothing = {
    release: false,
    checks: false,
    baseline: false,
    people: false,
    run: false,
    approvals: false,
    teams: [],
    owners: false,
    deployments: [],
  };

  it.each<[string, object]>([
    ['promote: manual', {}],
    ['requires: [{ checks: [test] }]', { checks: true }],
    ['requires: [{ checks: [test], baseline: previous-release }]', { checks: true, baseline: true }],
    ['requires: [{ approvals: {} }]', { approvals: true }],
    ['requires: [{ approvals: { from: ["@Acme/Ops", "@acme/ops", "@ada", write] } }]', { approvals: true, teams: ['@acme/ops'] }],
    ['requires: [{ approvals: { from: [owners] } }]', { approvals: true, owners: true }],
    ['requires: [{ approvals: { except: [author] } }]', { approvals: true, people: true }],
    ['requires: [{ approvals: { except: [pusher] } }]', { approvals: true, people: true }],
    ['requires: [{ approvals: { except: [deployer] } }]', { approvals: true, run: true }],
    ['requires: [{ ticket: A }]', { release: true }],
    ['after: qa', { deployments: ['qa'] }],
    ['after: qa\nrequires: [{ soak: 1h }]', { deployments: ['qa'] }],
    ['for: { rollback: { approvals: {} } }', { release: true, approvals: true, deployments: ['production'] }],
    ['after: qa\nfor: { rollback: { approvals: {} } }', { release: true, approvals: true, deployments: ['qa', 'production'] }],
    ['for: { feature: { requires: [{ checks: [a] }] } }', { release: true, checks: true }],
    ['freeze: [{ from: "2026-01-01T00:00", to: "2026-01-02T00:00" }]', {}],
    ['freeze: [{ from: "2026-01-01T00:00", to: "2026-01-02T00:00", except: [security] }]', { release: true }],
    ['windows: [{ days: mon }]', {}],
    [
      'requires: [{ approvals: {} }]\nfor: { maintenance: { approvals: { count: 0 } }, feature: { approvals: { count: 0 } }, rollback: { approvals: { count: 0 } } }',
      { release: true, deployments: ['production'] },
    ],
  ])('%j', (entry, expected) => {
    expect(askedOf(production(entry, 'qa: {}\n'))).toEqual({ ...nothing, ...expected });
  });

  it('none of what asks for nothing', () => {
    const gate = production('promote: manual');
    const entry = gate.entry as NonNullable<typeof gate.entry>;
    const none = { asks: 'approvals', count: 0, from: ['@acme/ops', 'owners'], except: ['author', 'deployer'] } as const;
    expect(askedOf({ ...gate, entry: { ...entry, requires: [none] } })).toEqual(nothing);
  });

  it('none of an environment without an entry', () => {
    expect(askedOf(gateIn(DEFAULT_POLICY, 'production'))).toEqual(nothing);
  });

  it('is enough: with all that is asked for, nothing is missing', () => {
    const gate = production(
      'after: qa\nwindows: [{ days: mon }]\nrequires: [{ soak: 1h }, { ticket: A }, { approvals: { from: ["@acme/ops", owners], except: [author, deployer] } }, { checks: [test], baseline: previous-release }]\nfor: { rollback: { requires: [] } }',
      'qa: {}\n',
    );
    const asked = askedOf(gate);
    const given = facts({
      ...(asked.release ? { release: unseen() } : {}),
      ...(asked.checks ? { checks: known([]) } : {}),
      ...(asked.baseline ? { baseline: unseen() } : {}),
      ...(asked.people ? { people: people() } : {}),
      ...(asked.run ? { run: { id: 1, attempt: 1, event: 'push', initiators: [account('grace')] } } : {}),
      ...(asked.approvals ? { approvals: known([approval('ada')]) } : {}),
      teams: Object.fromEntries(asked.teams.map((team) => [team, known([])])),
      ...(asked.owners ? { owners: known([]) } : {}),
      deployments: Object.fromEntries(asked.deployments.map((name) => [name, known([])])),
    });
    expect(decide(gate, given).findings.filter(({ code, says }) => code === 'not-asked' || says.includes('not looked for'))).toEqual([]);
  });
});

describe('words', () => {
  it('of an occasion are those of the policy', () => {
    for (const occasion of OCCASIONS) expect(occasionOf(facts({ release: release(occasion) }))).toBe(occasion);
    expect(occasionOf(facts({ release: unseen() }))).toBeNull();
    expect(occasionOf(facts())).toBeNull();
  });

  it('of a list are in order, each once, and not too many', () => {
    expect(listed([])).toBe('');
    expect(listed(['b', 'a', 'b'])).toBe('a, b');
    expect(listed(['a', 'b', 'c', 'd', 'e'])).toBe('a, b, c, d, e');
    expect(listed(['f', 'a', 'b', 'c', 'd', 'e'])).toBe('a, b, c, d, e, and 1 more');
    expect(listed(['a', 'b', 'c'], 2)).toBe('a, b, and 1 more');
  });

  it('of every code are one sentence', () => {
    for (const [code, { says }] of Object.entries(CODES)) {
      expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/);
      expect(says).toMatch(/^[A-Z].*\.$/);
    }
  });
});
