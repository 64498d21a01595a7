// What the doctor finds: names that do not agree, environments that nothing guards, gates that do not hold, and requirements that nobody
// can meet. Each case changes one thing of a repository that has nothing wrong.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DIAGNOSES, type Diagnosis } from '../../src/core/doctor/diagnosis.ts';
import type { DoctorFacts, EnvironmentFact, GitHubFacts, PolicyFound } from '../../src/core/doctor/facts.ts';
import { workflowOf } from '../../src/core/doctor/workflow.ts';
import { examine } from '../../src/core/doctor.ts';
import type { CheckFact } from '../../src/core/gate/facts.ts';
import type { Observed } from '../../src/core/observed.ts';
import { parsePolicy, problemLines } from '../../src/core/policy/file.ts';
import type { Role } from '../../src/core/role.ts';

const NOW = '2026-11-22T09:00:00Z';
const known = <T>(value: T): Observed<T> => ({ known: true, value });

const POLICY = `version: 1
environments:
  qa: { deploy: deploy.yml }
  production:
    after: qa
    deploy: deploy.yml
    requires:
      - checks: ["test"]
        app: github-actions
      - approvals: { count: 1, from: [maintain], except: [author] }
`;

const WORKFLOW = `on:
  push: { branches: [main] }
  workflow_dispatch:
jobs:
  qa: { runs-on: x, environment: qa, steps: [] }
  production: { runs-on: x, needs: qa, environment: { name: production, url: "https://example.org" }, steps: [] }
`;

function policyOf(text: string): PolicyFound {
  const parsed = parsePolicy(text);
  return parsed.ok ? { is: 'read', policy: parsed.policy } : { is: 'wrong', lines: problemLines(parsed.problems, '.github/shiplock.yml') };
}

const OURS = { id: 7, slug: 'acme-shiplock', enabled: true };

function environment(name: string, more: Partial<EnvironmentFact> = {}): EnvironmentFact {
  const reviewers = { people: [], teams: [] };
  return { name, waitTimer: 0, reviewers, adminsBypass: false, branches: 'listed', apps: known([OURS]), ...more };
}

let ids = 0;
function check(name: string, app: string | null = 'github-actions'): CheckFact {
  ids += 1;
  return {
    name,
    kind: 'check',
    app,
    appId: app === 'github-actions' ? 15_368 : null,
    state: 'success',
    id: ids,
    startedAt: NOW,
    completedAt: NOW,
    suite: ids,
  };
}

const writer = (login: string, role: Role) => ({ login, id: login.length * 100 + login.charCodeAt(0), role });
const WRITERS = [writer('ada', 'admin'), writer('ben', 'maintain'), writer('carol', 'write')];

interface Case {
  readonly policy?: string | null;
  readonly workflows?: Readonly<Record<string, string | null>>;
  readonly state?: string;
  readonly environments?: readonly EnvironmentFact[];
  readonly github?: Partial<GitHubFacts>;
  readonly private?: boolean;
  readonly protects?: boolean;
  readonly hosted?: boolean;
}

function factsOf({ policy = POLICY, workflows = { 'deploy.yml': WORKFLOW }, state = 'active', ...rest }: Case): DoctorFacts {
  const { private: hidden = false, protects = true, hosted = true } = rest;
  return {
    now: NOW,
    policy: policy === null ? { is: 'missing' } : policyOf(policy),
    workflows: known(Object.entries(workflows).map(([name, text]) => ({ path: `.github/workflows/${name}`, text, state }))),
    github: {
      environments: known(rest.environments ?? [environment('qa'), environment('production')]),
      repository: known({ private: hidden, hosted, protects, defaultBranch: 'main' }),
      checks: known([check('test'), check('lint')]),
      writers: known(WRITERS),
      teams: {},
      app: null,
      ...rest.github,
    },
  };
}

const codesOf = (found: readonly Diagnosis[]) => found.map(({ severity, code, about }) => `${severity} ${code} ${about}`.trim());
const examined = (one: Case) => codesOf(examine(factsOf(one)));
const said = (one: Case) =>
  examine(factsOf(one))
    .map(({ says, then }) => `${says} ${then}`)
    .join('\n');

/** The policy with another production. */
const asking = (production: string) =>
  `version: 1\nenvironments:\n  qa: { deploy: deploy.yml }\n  production: { deploy: deploy.yml, ${production} }\n`;
const deploying = (more: string) => ({ 'deploy.yml': WORKFLOW, 'more.yml': more });
const job = (environment: string, rest = '') =>
  `on: { push: {} }\njobs:\n  ship: { runs-on: x, environment: ${environment}, steps: []${rest} }\n`;

it('finds nothing where nothing is wrong', () => {
  expect(examined({})).toEqual([]);
});

describe('S-45: names', () => {
  it.each<[string, Case, readonly string[]]>([
    ['one that GitHub would make, unprotected', { workflows: deploying(job('prodution')) }, ['error environment-missing prodution']],
    ['the same in a map', { workflows: deploying(job('{ name: staging }')) }, ['error environment-missing staging']],
    [
      'one near to the policy’s, which nothing enters then',
      {
        workflows: { 'deploy.yml': WORKFLOW.replace('name: production', 'name: prodution') },
        environments: [environment('qa'), environment('production'), environment('prodution')],
      },
      [
        'error environment-misspelt prodution',
        'error deploy-elsewhere production',
        'warn environment-unused production',
        'warn environment-shut prodution',
      ],
    ],
    [
      'one in another case than GitHub’s',
      { environments: [environment('QA'), environment('production')] },
      ['warn environment-spellings QA'],
    ],
    ['one in two cases', { workflows: deploying(job('Production')) }, ['warn environment-spellings production']],
    [
      'one that the policy does not name',
      {
        workflows: deploying(job('preview')),
        environments: [environment('qa'), environment('production'), environment('preview', { apps: known([]) })],
      },
      ['info environment-unlisted preview'],
    ],
    [
      'an expression',
      { workflows: deploying(job(`"preview-\${{ github.ref }}"`)) },
      ['info environment-dynamic .github/workflows/more.yml'],
    ],
    ['none', { workflows: deploying(job('""')) }, []],
    [
      'one of the policy that nothing enters',
      { workflows: { 'deploy.yml': WORKFLOW.replace('environment: qa, ', '') } },
      ['error deploy-elsewhere qa', 'error after-unreachable production', 'warn environment-unused qa'],
    ],
    [
      'one of the policy that is nowhere',
      { policy: POLICY.replace('  qa: {', '  canary: {}\n  qa: {') },
      ['warn environment-unused canary', 'warn environment-absent canary'],
    ],
  ])('%s', (_, one, expected) => {
    expect(examined(one)).toEqual(expected);
  });

  it('offers what was meant', () => {
    expect(said({ workflows: deploying(job('prodution')) })).toContain('If production is meant, write `environment: production`');
    expect(said({ policy: POLICY.replaceAll('qa', 'qas').replace('version: 1', 'version: 1') })).toContain('Did you mean qa?');
  });

  it('is told in a clone where GitHub was not asked', () => {
    const facts = factsOf({ workflows: { 'deploy.yml': WORKFLOW.replace('name: production', 'name: prodution') } });
    expect(codesOf(examine({ ...facts, github: null }))).toEqual([
      'error environment-misspelt prodution',
      'error deploy-elsewhere production',
      'warn environment-unused production',
      'info not-asked',
    ]);
  });
});

describe('S-45: names that are worked out', () => {
  const missing = (...names: string[]) => names.map((name) => `error environment-missing ${name}`);
  const INPUT = `on: { workflow_dispatch: { inputs: { environment: { type: choice, options: [qa, production, prd] } } } }
jobs: { ship: { runs-on: x, environment: "\${{ inputs.environment }}", steps: [] } }
`;
  it.each<[string, Record<string, string>, readonly string[]]>([
    ['by the choices of an input', { 'more.yml': INPUT }, missing('prd')],
    [
      'by the event’s own input',
      { 'more.yml': INPUT.replace('inputs.environment }', 'github.event.inputs.environment }') },
      missing('prd'),
    ],
    [
      'by an input that may be anything',
      { 'more.yml': INPUT.replace('type: choice, options: [qa, production, prd]', 'type: environment') },
      ['info environment-dynamic .github/workflows/more.yml'],
    ],
    [
      'by an input and its default',
      { 'more.yml': INPUT.replace('type: choice, options: [qa, production, prd]', 'default: prd') },
      [...missing('prd'), 'info environment-dynamic .github/workflows/more.yml'],
    ],
    [
      'by a matrix',
      {
        'more.yml': `on: push\njobs: { ship: { strategy: { matrix: { to: [qa, prd], include: [{ to: stg }] } }, environment: "\${{ matrix.to }}" } }`,
      },
      missing('prd', 'stg'),
    ],
    [
      'by a matrix that is worked out',
      { 'more.yml': `on: push\njobs: { ship: { strategy: { matrix: { to: "\${{ fromJSON(x) }}" } }, environment: "\${{ matrix.to }}" } }` },
      ['info environment-dynamic .github/workflows/more.yml'],
    ],
    [
      'by who calls a called workflow',
      {
        'called.yml': `on: { workflow_call: { inputs: { to: { type: string, default: dev } } } }\njobs: { ship: { environment: "\${{ inputs.to }}" } }`,
        'more.yml':
          'on: push\njobs:\n  a: { uses: ./.github/workflows/called.yml, with: { to: prd } }\n  b: { uses: ./.github/workflows/called.yml }\n',
      },
      missing('prd', 'dev'),
    ],
    [
      'by who calls who calls',
      {
        'inner.yml': `on: { workflow_call: { inputs: { to: {} } } }\njobs: { ship: { environment: "\${{ inputs.to }}" } }`,
        'outer.yml': `on: { workflow_call: { inputs: { at: {} } } }\njobs: { a: { uses: ./.github/workflows/inner.yml, with: { to: "\${{ inputs.at }}" } } }`,
        'more.yml': 'on: push\njobs: { a: { uses: ./.github/workflows/outer.yml, with: { at: prd } } }',
      },
      missing('prd'),
    ],
    [
      'by nobody that is known',
      { 'called.yml': `on: { workflow_call: { inputs: { to: {} } } }\njobs: { ship: { environment: "\${{ inputs.to }}" } }` },
      ['info environment-dynamic .github/workflows/called.yml'],
    ],
  ])('%s', (_, workflows, expected) => {
    expect(examined({ workflows: { 'deploy.yml': WORKFLOW, ...workflows } })).toEqual(expected);
  });

  it('in a circle of calls end', () => {
    const call = (path: string) =>
      `on: { workflow_call: { inputs: { to: {} } } }\njobs:\n  a: { environment: "\${{ inputs.to }}" }\n  b: { uses: ./.github/workflows/${path}, with: { to: "\${{ inputs.to }}" } }\n`;
    const found = examined({ workflows: { 'deploy.yml': WORKFLOW, 'one.yml': call('two.yml'), 'two.yml': call('one.yml') } });
    expect(found).toContain('info environment-dynamic .github/workflows/one.yml');
  });
});

describe('guards', () => {
  const production = (more: Partial<EnvironmentFact>): Case => ({ environments: [environment('qa'), environment('production', more)] });
  it.each<[string, Case, readonly string[]]>([
    ['nothing asks the gate', production({ apps: known([]) }), ['error gate-missing production']],
    ['the rule is switched off', production({ apps: known([{ ...OURS, enabled: false }]) }), ['error rule-disabled production']],
    ['another App guards it', production({ apps: known([{ id: 9, slug: 'watcher', enabled: true }]) }), ['info app-unnamed production']],
    [
      'another App than the one that was named',
      { ...production({ apps: known([{ id: 9, slug: 'watcher', enabled: true }]) }), github: { app: 'acme-shiplock' } },
      ['error gate-missing production'],
    ],
    ['the App, by its id', { ...production({ apps: known([{ id: 9, slug: 'watcher', enabled: true }, OURS]) }), github: { app: '7' } }, []],
    ['who guards it could not be seen', production({ apps: { known: false, why: 'No.' } }), ['warn unseen production']],
    [
      'only protected branches, of which there are none',
      { ...production({ branches: 'protected' }), protects: false },
      ['error protected-none production'],
    ],
    ['only protected branches', production({ branches: 'protected' }), []],
    ['administrators may pass', production({ adminsBypass: true }), ['warn admins-bypass production']],
    ['a timer in place of a soak', production({ waitTimer: 60 }), ['warn wait-timer production']],
    [
      'a timer beside a soak',
      { ...production({ waitTimer: 60 }), policy: POLICY.replace('    requires:', '    requires:\n      - soak: 24h') },
      ['info wait-timer-too production'],
    ],
    ['a private repository', { private: true }, ['warn plan-limits']],
    ['a private repository on a server of its own', { private: true, hosted: false }, []],
    [
      'one without an entry that nothing can open',
      { workflows: deploying(job('preview')), environments: [environment('qa'), environment('production'), environment('preview')] },
      ['warn environment-shut preview', 'info environment-unlisted preview'],
    ],
    [
      'one without an entry and without a rule',
      {
        workflows: deploying(job('preview')),
        environments: [environment('qa'), environment('production'), environment('preview', { apps: known([]), branches: 'all' })],
      },
      ['warn environment-unprotected preview', 'info environment-unlisted preview'],
    ],
    [
      'one that nobody uses',
      { environments: [environment('qa'), environment('production'), environment('old', { apps: known([]), branches: 'all' })] },
      [],
    ],
  ])('%s', (_, one, expected) => {
    expect(examined(one)).toEqual(expected);
  });
});

describe('the gate as a step', () => {
  const step = (more = '', ship = 'needs: gate, ') => `on: { push: {}, workflow_dispatch: {} }
permissions: { contents: read }
jobs:
  gate: { runs-on: x, ${more}steps: [{ uses: acme/shiplock@v1, with: { task: gate, environment: production } }] }
  build: { runs-on: x, needs: gate, steps: [] }
  ship: { runs-on: x, ${ship}environment: production, steps: [] }
  qa: { runs-on: x, environment: qa, steps: [] }
`;
  const ALL = 'permissions: { contents: read, pull-requests: read, checks: read, statuses: read, deployments: read, actions: read }, ';
  const stepped = (text: string, more: Case = {}): Case => ({
    environments: [environment('qa'), environment('production', { apps: known([]) })],
    workflows: { 'deploy.yml': text },
    ...more,
  });

  it.each<[string, Case, readonly string[]]>([
    ['holds what needs it', stepped(step(ALL)), []],
    ['holds what needs what needs it', stepped(step(ALL, 'needs: [build], ')), []],
    ['does not hold what does not', stepped(step(ALL, '')), ['error gate-not-needed production']],
    [
      'does not hold what runs in any case',
      stepped(step(ALL, `needs: gate, if: "\${{ always() && github.ref != 1 }}", `)),
      ['error gate-overrun production'],
    ],
    ['holds what asks for its result', stepped(step(ALL, `needs: gate, if: "\${{ always() && needs.gate.result == 'success' }}", `)), []],
    ['holds what has another condition', stepped(step(ALL, `needs: gate, if: "\${{ !inputs.dry }}", `)), []],
    ['is blind without permissions', stepped(step()), ['error gate-blind production']],
    ['has what the repository’s setting gives', stepped(step().replace('permissions: { contents: read }\n', '')), []],
    ['refuses pull requests', stepped(step(ALL).replace('push: {}', 'pull_request: {}')), ['error gate-of-pull production']],
    [
      'leaves the workflow to every branch',
      stepped(step(ALL), { environments: [environment('qa'), environment('production', { apps: known([]), branches: 'all' })] }),
      ['warn branches-open production'],
    ],
    [
      'is what a private repository needs',
      stepped(step(ALL), { private: true, policy: POLICY.replace('  qa: { deploy: deploy.yml }', '  qa: {}') }),
      ['warn plan-limits'],
    ],
    [
      'of an environment that the policy does not name',
      stepped(step(ALL).replace('task: gate, environment: production', 'task: gate, environment: prod'), {
        environments: undefined as never,
      }),
      ['warn gate-unlisted prod'],
    ],
    [
      'cannot see teams',
      stepped(step(ALL), {
        policy: POLICY.replace('from: [maintain]', 'from: ["@acme/crew"]'),
        github: { teams: { '@acme/crew': known([WRITERS[0], WRITERS[1]] as never) } },
      }),
      ['warn gate-teams production'],
    ],
    ['of somebody else’s action is none', stepped(step(ALL).replace('acme/shiplock', 'acme/other')), ['error gate-missing production']],
  ])('%s', (_, one, expected) => {
    expect(examined(one)).toEqual(expected);
  });

  it('names each permission that it lacks', () => {
    expect(said(stepped(step()))).toContain(
      '`actions: read`, `checks: read`, `deployments: read`, `pull-requests: read`, `statuses: read`'.slice(0, 20),
    );
    expect(said(stepped(step()))).toContain('`statuses: read`');
    expect(said(stepped(step()))).not.toContain('`contents: read`');
  });
});

describe('what /deploy starts', () => {
  const started = (text: string | null, more: Case = {}): Case => ({
    workflows: { 'deploy.yml': text, 'ship.yml': WORKFLOW.replace('workflow_dispatch:', '') },
    ...more,
  });
  it.each<[string, Case, readonly string[]]>([
    ['is not there', started(null), ['error deploy-missing qa', 'error deploy-missing production']],
    ['is disabled', { state: 'disabled_manually' }, ['error deploy-disabled qa', 'error deploy-disabled production']],
    [
      'cannot be started',
      { workflows: { 'deploy.yml': WORKFLOW.replace('  workflow_dispatch:\n', '') } },
      ['error deploy-undispatchable qa', 'error deploy-undispatchable production'],
    ],
    [
      'deploys elsewhere',
      started(WORKFLOW.replace('{ name: production, url: "https://example.org" }', 'qa')),
      ['error deploy-elsewhere production'],
    ],
    [
      'deploys where it is told',
      started(
        `on: { workflow_dispatch: { inputs: { environment: { type: environment } } } }\njobs: { ship: { environment: "\${{ inputs.environment }}" } }`,
      ),
      ['info environment-dynamic .github/workflows/deploy.yml'],
    ],
    [
      'deploys to what it alone knows',
      started(`on: workflow_dispatch\njobs: { ship: { environment: "\${{ vars.TARGET }}" } }`),
      ['info environment-dynamic .github/workflows/deploy.yml', 'info deploy-unclear qa', 'info deploy-unclear production'],
    ],
    [
      'calls what deploys',
      started('on: workflow_dispatch\njobs: { a: { uses: ./.github/workflows/called.yml } }', {
        workflows: {
          'deploy.yml': 'on: workflow_dispatch\njobs: { a: { uses: ./.github/workflows/called.yml } }',
          'called.yml': WORKFLOW.replace('workflow_dispatch:', 'workflow_call:'),
        },
      }),
      [],
    ],
    [
      'calls what lies elsewhere',
      started('on: workflow_dispatch\njobs: { a: { uses: acme/flows/.github/workflows/x.yml@v1 } }'),
      ['info deploy-unclear qa', 'info deploy-unclear production'],
    ],
    ['cannot be read', started('on: [\n'), ['warn workflow-wrong .github/workflows/deploy.yml']],
  ])('%s', (_, one, expected) => {
    expect(examined(one)).toEqual(expected);
  });

  it('offers what was meant', () => {
    expect(said({ policy: POLICY.replaceAll('deploy.yml', 'deploi.yml') })).toContain('Did you mean deploy.yml?');
  });
});

describe('what nothing can meet', () => {
  const approvals = (text: string) => asking(`requires: [{ approvals: { ${text} } }]`);
  const crew = (...members: typeof WRITERS): Partial<GitHubFacts> => ({ teams: { '@acme/crew': known(members) } });
  it.each<[string, Case, readonly string[]]>([
    ['a check that nobody reports', { policy: asking('requires: [{ checks: [tests] }]') }, ['warn check-unreported production']],
    [
      'a pattern that matches nothing',
      { policy: asking('requires: [{ checks: ["regression / *"] }]') },
      ['warn check-unreported production'],
    ],
    [
      'an app that reports nothing',
      { policy: asking('requires: [{ checks: [test], app: github-action }]') },
      ['warn app-silent production'],
    ],
    [
      'a check of another app',
      {
        policy: asking('requires: [{ checks: [scan], app: github-actions }]'),
        github: { checks: known([check('test'), check('scan', 'scanner')]) },
      },
      ['warn check-unreported production'],
    ],
    ['a repository without checks yet', { policy: asking('requires: [{ checks: [test] }]'), github: { checks: known([]) } }, []],
    ['more approvals than writers', { policy: approvals('count: 4') }, ['error approvers-few production']],
    ['as many as there are, authors among them', { policy: approvals('count: 3, except: [author]') }, ['warn approvers-scarce production']],
    ['as many as there are', { policy: approvals('count: 3') }, []],
    ['more than have the role', { policy: approvals('count: 2, from: [admin]') }, ['error approvers-few production']],
    ['somebody who may not write', { policy: approvals('count: 1, from: ["@dora", maintain]') }, ['warn approver-weak production']],
    [
      'nobody who may write',
      { policy: approvals('count: 1, from: ["@dora"]') },
      ['error approvers-few production', 'warn approver-weak production'],
    ],
    [
      'an empty team',
      { policy: approvals('count: 1, from: ["@acme/Crew"]'), github: crew() },
      ['error approvers-few production', 'warn team-empty production'],
    ],
    [
      'a team that could not be seen',
      { policy: approvals('count: 9, from: ["@acme/crew"]'), github: { teams: { '@acme/crew': { known: false, why: 'No.' } } } },
      ['warn unseen'],
    ],
    ['owners, who depend on the files', { policy: approvals('count: 9, from: [owners]') }, []],
    [
      'a person of both sources once',
      { policy: approvals('count: 2, from: ["@ada", "@acme/crew"]'), github: crew(...WRITERS.slice(0, 1)) },
      ['error approvers-few production'],
    ],
    ['no approval', { policy: asking('for: { security: { approvals: { count: 0, from: ["@dora"] } } }') }, []],
    ['a hold', { policy: asking('hold: the data moves') }, ['info held production']],
    [
      'a freeze that is over',
      { policy: asking('freeze: [{ from: "2025-12-19T18:00", to: "2026-01-04T08:00" }]') },
      ['info freeze-over production'],
    ],
    ['a freeze that is to come', { policy: asking('freeze: [{ from: "2026-12-19T18:00", to: "2027-01-04T08:00" }]') }, []],
    [
      'a quarantine that is over',
      { policy: asking('requires: [{ checks: [test], quarantine: [{ check: test, until: 2026-11-21, reason: "#1" }] }]') },
      ['warn quarantine-over production'],
    ],
    [
      'a quarantine on its last day',
      { policy: asking('requires: [{ checks: [test], quarantine: [{ check: test, until: 2026-11-22, reason: "#1" }] }]') },
      [],
    ],
    [
      'a circle',
      { policy: 'version: 1\nenvironments:\n  qa: { after: production }\n  production: { after: qa }\n' },
      ['error policy-wrong .github/shiplock.yml'],
    ],
    ['a soak without a place', { policy: asking('requires: [{ soak: 1h }]') }, ['error policy-wrong .github/shiplock.yml']],
  ])('%s', (_, one, expected) => {
    expect(examined(one).filter((line) => !line.startsWith('info environment-unlisted') && !line.includes('environment-shut'))).toEqual(
      expected,
    );
  });
});

describe('what is not there, or could not be seen', () => {
  it('is no policy', () => {
    expect(examined({ policy: null })).toEqual([
      'warn environment-shut qa',
      'warn environment-shut production',
      'info policy-missing .github/shiplock.yml',
    ]);
  });

  it('is told, and nothing is concluded from it', () => {
    const not = { known: false, why: 'The token may not. It needs `actions: read`.' } as const;
    const found = examine(factsOf({ github: { environments: not, repository: not, checks: not, writers: not } }));
    expect(codesOf(found)).toEqual(['warn unseen', 'warn unseen', 'warn unseen', 'warn unseen']);
    for (const { says } of found) expect(says).toContain('It needs `actions: read`.');
    const { github } = factsOf({});
    expect(codesOf(examine({ ...factsOf({}), github, workflows: not }))).toEqual(['warn unseen']);
  });

  it('is a workflow that was taken away', () => {
    expect(examined({ workflows: { 'deploy.yml': WORKFLOW, 'old.yml': null } })).toEqual([]);
  });
});

describe('whatever stands in a workflow', () => {
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      { maxDepth: 4 },
      fc.string(),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('any'), { maxLength: 3 }),
      tie('map'),
    ),
    map: fc.dictionary(
      fc.constantFrom(
        'on',
        'jobs',
        'environment',
        'name',
        'needs',
        'uses',
        'with',
        'steps',
        'strategy',
        'matrix',
        'inputs',
        'workflow_call',
        'workflow_dispatch',
        'permissions',
        'if',
        'a',
        '__proto__',
      ),
      tie('any'),
      { maxKeys: 5 },
    ),
  })).map;

  it('it is read or told', () => {
    fc.assert(
      fc.property(value, (workflow) => {
        const found = examine(factsOf({ workflows: { 'deploy.yml': JSON.stringify(workflow) } }));
        for (const { code, severity } of found) expect(severity).toBe(DIAGNOSES[code].severity);
      }),
    );
  });

  it('it takes no longer than it is long', () => {
    const begin = performance.now();
    for (const text of [`\${{ `.repeat(5_000), 'always('.repeat(3_000), ' '.repeat(20_000), 'inputs.'.repeat(3_000)]) {
      const quoted = JSON.stringify(text);
      examine(
        factsOf({
          workflows: { 'deploy.yml': `on: push\njobs: { a: { environment: ${quoted}, if: ${quoted}, needs: a, uses: ${quoted} } }` },
        }),
      );
    }
    expect(performance.now() - begin).toBeLessThan(2_000);
  });

  it('its events are a word, a list or a map', () => {
    const eventsOf = (on: string) => {
      const read = workflowOf({ path: 'x.yml', text: `on: ${on}\njobs: {}\n`, state: null });
      return 'problem' in read ? null : read.events;
    };
    expect([eventsOf('push'), eventsOf('[push, release]'), eventsOf('{ push: {}, schedule: [] }')]).toEqual([
      ['push'],
      ['push', 'release'],
      ['push', 'schedule'],
    ]);
    expect('problem' in workflowOf({ path: 'x.yml', text: '- a', state: null })).toBe(true);
  });
});
