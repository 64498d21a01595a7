// What scripts read: the keys that docs promise, in their order, and everything that the plan knows behind them.
import { describe, expect, it } from 'vitest';
import { judgeUnits } from '../../src/core/history.ts';
import { lineOf, type PlacedLine } from '../../src/core/line.ts';
import { planRelease } from '../../src/core/plan.ts';
import { type PlannedRelease, planJson, releasesOf } from '../../src/core/plan-json.ts';
import { DEFAULT_POLICY } from '../../src/core/policy.ts';
import { unitsOf } from '../../src/core/unit.ts';
import { commitsOf, type Sketch, shaOf } from '../support/commits.ts';

const line = lineOf('main', { lines: [], defaultBranch: 'main', branches: ['main'] }).line as PlacedLine;

function planned(sketches: readonly Sketch[], more: Partial<PlannedRelease> = {}): PlannedRelease {
  const commits = commitsOf(sketches);
  const history = judgeUnits(unitsOf(commits, commits[0]?.sha ?? ''), { policy: DEFAULT_POLICY });
  const plan = planRelease({
    policy: DEFAULT_POLICY,
    line,
    since: { tag: 'v1.2.3', version: '1.2.3', sha: shaOf('base') },
    history,
    template: 'v{version}',
    existing: ['1.2.3'],
    within: [],
    elsewhere: [],
  });
  return { ...plan, notes: 'the notes', head: commits[0]?.sha ?? null, remarks: [], ...more };
}

describe('a plan as JSON', () => {
  const plan = planned([
    { id: 'a', subject: 'fix: close the valve (#7)' },
    { id: 'b', subject: 'feat!: open the gate (#8)' },
    { id: 'c', subject: 'docs: tell of it' },
  ]);
  const json = planJson(plan);

  it('begins with the promised keys in the promised order', () => {
    expect(Object.keys(json).slice(0, 10)).toEqual([
      'line',
      'since',
      'kind',
      'bump',
      'version',
      'tag',
      'changes',
      'excluded',
      'objections',
      'notes',
    ]);
    expect(Object.keys(json.changes[0] ?? {}).slice(0, 7)).toEqual(['sha', 'pr', 'title', 'kind', 'bump', 'section', 'because']);
  });

  it('says of each change what it is and because of what', () => {
    const [breaking] = json.changes.filter((change) => change.breaking);
    expect(breaking).toMatchObject({ sha: shaOf('b'), pr: 8, title: 'feat!: open the gate', kind: 'feature', bump: 'major' });
    expect(breaking?.section).toBe('breaking');
    expect(breaking?.because.length).toBeGreaterThan(0);
    for (const one of breaking?.because ?? []) expect(one.says).not.toBe('');
  });

  it('leaves nothing of the plan out but what changes are made of', () => {
    for (const key of Object.keys(plan)) expect(json).toHaveProperty(key);
    expect(json).toMatchObject({ since: { tag: 'v1.2.3' }, kind: 'feature', bump: 'major', version: '2.0.0', tag: 'v2.0.0' });
    expect(json).not.toHaveProperty('packages');
  });

  it('survives being written and read again', () => {
    expect(JSON.parse(JSON.stringify(json))).toEqual(json);
  });

  it('writes null where nothing is to be released', () => {
    expect(planJson(planned([]))).toMatchObject({ kind: 'none', bump: 'none', version: null, tag: null, changes: [], objections: [] });
  });

  it('has a plan of each package under `packages`, in the same form', () => {
    const core = planned([{ id: 'a', subject: 'fix: x' }], { package: 'core' });
    const whole = planJson({ ...plan, packages: [core] });
    expect(whole.packages).toEqual([planJson(core)]);
    expect(whole.packages?.[0]?.package).toBe('core');
  });
});

describe('the plans that releases come from', () => {
  it('are the packages where there are packages, else the one', () => {
    const plan = planned([{ id: 'a', subject: 'fix: x' }]);
    const core = planned([], { package: 'core' });
    expect(releasesOf(plan)).toEqual([plan]);
    expect(releasesOf({ ...plan, packages: [core] })).toEqual([core]);
    expect(releasesOf({ ...plan, packages: [] }), 'no list is no answer').toEqual([{ ...plan, packages: [] }]);
  });
});
