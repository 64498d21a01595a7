// What a look asks for at once: what was remembered of the last one decides what it costs, and never what is seen.
import { describe, expect, it } from 'vitest';
import { gateIn } from '../../src/core/gate/facts.ts';
import { parsePolicy } from '../../src/core/policy/file.ts';
import type { GateMemory } from '../../src/flows/gate/gate-memory.ts';
import type { GateLook } from '../../src/flows/gate/observe-gate.ts';
import { lookAhead, seeTogether } from '../../src/flows/gate/see-together.ts';
import type { GatePort, Sight, SightRequest } from '../../src/flows/gate-port.ts';
import type { RangeSeen, Scene } from '../../src/flows/github-port.ts';

const [SHA, OTHER] = ['a'.repeat(40), 'b'.repeat(40)];
const POLICY = `version: 1
environments:
  qa: {}
  production:
    after: qa
    requires: [{ checks: [test] }, { approvals: { count: 1, except: [author] } }]
`;

const seen = <T>(value: T) => ({ known: true, value }) as const;
const RANGE: RangeSeen = { baseIsAncestor: true, commits: [] };

/** Answers everything that it is asked, and tells what that was. */
function gitHub(more: Partial<Sight> = {}) {
  const asked: SightRequest[] = [];
  const singly: string[] = [];
  const note = (name: string) => async () => {
    singly.push(name);
    return seen([]);
  };
  const gates: Partial<GatePort> = {
    sight: async (request) => {
      asked.push(request);
      const map = <K, V>(keys: readonly K[], value: V) => new Map(keys.map((key) => [key, value]));
      return {
        scene: request.scene === undefined ? null : ({ branch: { name: 'trunk' } } as Scene),
        range: request.range === undefined ? null : { ...request.range, seen: RANGE },
        waiting: [],
        failed: false,
        checks: map(request.checks, seen([])),
        deployments: map(request.deployments, seen({ items: [], more: false })),
        environments: request.environments ? ['qa', 'production'] : null,
        merged: map(request.merged, seen([])),
        reviews: map(request.reviews, seen([])),
        roles: map(request.roles, seen('write')),
        ...more,
      };
    },
    checksOf: note('checks'),
    pullsOf: note('merged'),
    deployments: async () => {
      singly.push('deployments');
      return seen({ items: [], more: false });
    },
  };
  const github = {
    range: async () => {
      singly.push('range');
      return RANGE;
    },
  };
  return { gates: gates as GatePort, github: github as unknown as GateLook['github'], asked, singly };
}

function memoryWith(known: Readonly<Record<string, unknown>> = {}): GateMemory & { readonly kept: Map<string, unknown> } {
  const kept = new Map(Object.entries(known));
  return {
    kept,
    recall: async <T>(kind: string, name: string) => (kept.get(`${kind} ${name}`) ?? null) as T | null,
    remember: (kind, name, value) => {
      kept.set(`${kind} ${name}`, value);
    },
  };
}

function lookWith(world: ReturnType<typeof gitHub>, memory: GateMemory, more: Partial<GateLook> = {}): GateLook {
  const parsed = parsePolicy(POLICY, 'shiplock.yml');
  if (!parsed.ok) throw new Error('The policy of the test is wrong.');
  const base = { github: world.github, gates: world.gates, roleOf: async () => seen('none'), memory, sha: SHA, pulls: [], spoken: [] };
  return { ...base, native: seen([]), gate: gateIn(parsed.policy, 'production'), ...more } as unknown as GateLook;
}

const first = (memory: GateMemory, more: object = {}) => ({
  memory,
  sha: SHA,
  spoken: [],
  native: seen([]),
  pulls: [],
  environment: 'Production',
  waiting: null,
  ...more,
});

async function through(look: GateLook): Promise<void> {
  const { gates, courses, names } = seeTogether(look, true);
  await Promise.all([gates.checksOf(SHA), gates.pullsOf(SHA), courses('qa'), courses('production'), names()]);
}

describe('a look', () => {
  it('asks for all that its policy asks at once, and the next one together with the repository', async () => {
    const memory = memoryWith();
    const world = gitHub();
    expect(await lookAhead(world.gates, first(memory))).toMatchObject({ scene: { branch: { name: 'trunk' } } });
    await through(lookWith(world, memory));
    expect(world.asked.map((one) => [one.scene !== undefined, one.checks.length, one.deployments])).toEqual([
      [true, 0, []],
      [false, 1, ['production', 'qa']],
    ]);
    const ahead = await lookAhead(world.gates, first(memory));
    await through(lookWith(world, memory, { ahead }));
    expect(world.asked).toHaveLength(3);
    expect(world.asked[2]).toMatchObject({ scene: { guess: 'trunk' }, checks: [SHA], deployments: ['production', 'qa'] });
    expect(world.singly).toEqual([]);
  });

  it('asks besides for what the policy asks by now', async () => {
    const memory = memoryWith();
    const world = gitHub();
    await through(lookWith(world, memory));
    memory.remember('asked', 'production', {
      asked: { ...(memory.kept.get('asked production') as { asked: object }).asked, checks: false },
      here: true,
    });
    const ahead = await lookAhead(world.gates, first(memory));
    await through(lookWith(world, memory, { ahead }));
    expect(world.asked.slice(1).map((one) => [one.checks, one.deployments.length])).toEqual([
      [[], 2],
      [[SHA], 0],
    ]);
  });

  it('takes nothing for this commit that was seen of another', async () => {
    const memory = memoryWith({ 'base recent': 'v1.0.0' });
    const world = gitHub();
    await through(lookWith(world, memory));
    const ahead = await lookAhead(world.gates, first(memory, { sha: OTHER }));
    expect(ahead?.range).toMatchObject({ head: OTHER });
    const { github, gates } = seeTogether(lookWith(world, memory, { ahead }), true);
    await github.range('refs/tags/v1.0.0', SHA, false);
    await gates.checksOf(SHA);
    expect(world.singly).toEqual(['range']);
    expect(world.asked.at(-1)).toMatchObject({ checks: [SHA], merged: [SHA] });
    await github.range('refs/tags/v1.0.0', OTHER, false);
    await github.range('refs/tags/v1.0.0', OTHER, true);
    await github.range('refs/tags/v0.9.0', OTHER, false);
    expect(world.singly).toEqual(['range', 'range', 'range']);
  });

  it('does without what another version has remembered', async () => {
    const world = gitHub();
    await lookAhead(world.gates, first(memoryWith({ 'asked production': { wants: 'everything' } })));
    await lookAhead(world.gates, first(memoryWith({ 'asked production': 7 })));
    expect(world.asked.map((one) => one.checks)).toEqual([[], []]);
  });

  it('is made read by read for a while where such a query came to nothing, and where the port has none', async () => {
    const memory = memoryWith();
    const world = gitHub({ failed: true });
    await through(lookWith(world, memory));
    expect(await lookAhead(world.gates, first(memory))).toBeNull();
    await through(lookWith(world, memory));
    expect(world.asked).toHaveLength(1);
    expect(world.singly.sort()).toEqual(['checks', 'deployments', 'deployments', 'merged']);
    const { sight: _, ...single } = world.gates;
    expect(await lookAhead(single, first(memoryWith()))).toBeNull();
  });
});
