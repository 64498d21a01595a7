// The requirements `after` and `soak`, and the proof that a rollback goes back: what deployments show, and what they leave open.
import { describe, expect, it } from 'vitest';
import type { DeploymentFact, GateFacts } from '../../../src/core/gate/facts.ts';
import { decide } from '../../../src/core/gate.ts';
import { deployment, facts, known, OTHER_SHA, production, unseen } from '../../support/gate-facts.ts';

const AFTER = production('after: qa', 'qa: {}\n');
const SOAK = production('after: qa\nrequires: [{ soak: 2h }]', 'qa: {}\n');

function judge(gate: typeof AFTER, list: readonly DeploymentFact[], more: Partial<GateFacts> = {}) {
  return decide(gate, facts({ deployments: { qa: known(list) }, ...more }));
}

const other = (succeededAt: string | null, more: Partial<DeploymentFact> = {}) => deployment(succeededAt, { sha: OTHER_SHA, ...more });
const without = ({ succeededAt: _, ...rest }: DeploymentFact): DeploymentFact => rest;
const endless = ({ endedAt: _, ...rest }: DeploymentFact): DeploymentFact => rest;
/** On the day of the decision, which is at noon. */
const at = (time: string) => `2026-11-23T${time}:00Z`;

describe('after', () => {
  it.each<[string, readonly DeploymentFact[], string]>([
    ['success there', [deployment(at('10:00'))], 'deployed-before'],
    ['nothing there', [], 'not-deployed-before'],
    ['another commit there', [other(at('10:00'))], 'not-deployed-before'],
    ['a failure there', [deployment(null, { state: 'failure' })], 'not-deployed-before'],
    ['an error there', [deployment(null, { state: 'error' })], 'not-deployed-before'],
    ['one that GitHub gave up', [deployment(null, { state: 'abandoned' })], 'not-deployed-before'],
    ['a failure after success', [deployment(at('10:00'), { state: 'failure' })], 'not-deployed-before'],
    ['it is under way', [deployment(null, { state: 'in_progress' })], 'deploying-before'],
    ['it is queued', [deployment(null, { state: 'queued' })], 'deploying-before'],
    ['it is waiting', [deployment(null, { state: 'waiting' })], 'deploying-before'],
    ['it is pending', [deployment(null, { state: 'pending' })], 'deploying-before'],
    ['it was there and was replaced', [deployment(at('10:00'), { state: 'inactive', endedAt: at('11:00') })], 'deployed-before'],
    ['it was there and was taken down', [deployment(at('10:00'), { state: 'destroyed', endedAt: at('11:00') })], 'deployed-before'],
    ['it was put aside and had never succeeded', [deployment(null, { state: 'inactive' })], 'not-deployed-before'],
    [
      'it was put aside, and whether it had succeeded is not told',
      [without(deployment(null, { state: 'inactive' }))],
      'deployment-unclear',
    ],
    ['nobody can read its state', [deployment(at('10:00'), { state: 'sparkling' })], 'deployment-unclear'],
    ['one of several succeeded', [deployment(null, { state: 'failure' }), deployment(at('10:00'))], 'deployed-before'],
    ['one succeeded, another cannot be read', [deployment(null, { state: 'sparkling' }), deployment(at('10:00'))], 'deployed-before'],
    ['one cannot be read, another is under way', [deployment(null, { state: 'sparkling' }), deployment(null)], 'deployment-unclear'],
  ])('%s', (_, list, code) => {
    const decision = judge(AFTER, list);
    expect(decision.findings.map((one) => one.code)).toEqual([code]);
    expect(decision.outcome).toBe(code === 'deployed-before' ? 'approve' : 'wait');
    expect(decision.findings[0]?.requirement).toBe('after qa');
  });

  it('is of the same artifact, too, whatever its commit', () => {
    const same = other(at('10:00'), { digest: 'sha256:1' });
    expect(judge(AFTER, [same], { digest: 'sha256:1' }).outcome).toBe('approve');
    expect(judge(AFTER, [same], { digest: 'sha256:2' }).outcome).toBe('wait');
    expect(judge(AFTER, [same], { digest: null }).outcome).toBe('wait');
    expect(judge(AFTER, [same]).outcome).toBe('wait');
    expect(judge(AFTER, [other(at('10:00'), { digest: null })], { digest: null }).outcome).toBe('wait');
  });

  it('is unknown where it could not be seen, or nobody looked', () => {
    expect(decide(AFTER, facts({ deployments: { qa: unseen() } }))).toMatchObject({
      outcome: 'wait',
      findings: [{ code: 'deployments-unseen' }],
    });
    for (const deployments of [{}, { QA: known([]) }]) {
      expect(decide(AFTER, facts({ deployments }))).toMatchObject({
        outcome: 'wait',
        findings: [{ code: 'not-asked', says: expect.stringContaining('to qa') }],
      });
    }
    expect(decide(AFTER, facts()).findings[0]?.code).toBe('not-asked');
    expect(decide(production('after: constructor', 'constructor: {}\n'), facts({ deployments: {} })).findings[0]?.code).toBe('not-asked');
  });

  it('says what is missing', () => {
    expect(judge(AFTER, []).findings[0]?.says).toBe('This commit has not been deployed to qa with success. Deploy it there first.');
    expect(judge(AFTER, [deployment(null, { state: 'queued' })]).findings[0]?.says).toBe('Its deployment to qa is queued.');
  });
});

describe('S-46: soak', () => {
  const code = (list: readonly DeploymentFact[], more: Partial<GateFacts> = {}) => judge(SOAK, list, more).findings[0]?.code;

  it.each<[string, readonly DeploymentFact[], string]>([
    ['long enough', [deployment(at('09:00'))], 'soaked'],
    ['to the second', [deployment(at('10:00'))], 'soaked'],
    ['a minute too short', [deployment(at('10:01'))], 'soaking'],
    ['not there', [], 'not-deployed-before'],
    ['under way there', [deployment(null)], 'not-deployed-before'],
    ['another commit there', [other(at('09:00'))], 'not-deployed-before'],
    ['long enough, and replaced since', [deployment(at('08:00'), { state: 'inactive', endedAt: at('11:00') })], 'soaked'],
    ['replaced too early', [deployment(at('08:00'), { state: 'inactive', endedAt: at('09:59') })], 'soak-cut-short'],
    ['replaced to the second', [deployment(at('08:00'), { state: 'inactive', endedAt: at('10:00') })], 'soaked'],
    ['replaced by another commit, though GitHub says nothing of an end', [deployment(at('08:00')), other(at('09:00'))], 'soak-cut-short'],
    ['replaced by another commit after long enough', [deployment(at('08:00')), other(at('11:00'))], 'soaked'],
    ['after another commit', [other(at('08:00')), deployment(at('09:00'))], 'soaked'],
    ['at the same time as another commit', [other(at('09:00')), deployment(at('09:00'))], 'soak-cut-short'],
    ['another commit failed there since', [deployment(at('09:00')), other(null, { state: 'failure' })], 'soaked'],
    [
      'another commit failed there after it had succeeded',
      [deployment(at('09:00')), other(at('10:00'), { state: 'failure' })],
      'soak-cut-short',
    ],
    ['another commit is under way there', [deployment(at('09:00')), other(null)], 'soaked'],
    ['another commit was put aside there', [deployment(at('09:00')), other(null, { state: 'inactive' })], 'soaked'],
    ['another commit’s fate cannot be read', [deployment(at('09:00')), other(null, { state: 'sparkling' })], 'deployment-unclear'],
    ['another commit succeeded, nobody knows when', [deployment(at('09:00')), other(null, { state: 'success' })], 'deployment-unclear'],
    ['another commit came before, whatever its state', [other(at('08:00'), { state: 'sparkling' }), deployment(at('09:00'))], 'soaked'],
    [
      'deployed again: no new beginning',
      [deployment(at('09:00'), { state: 'inactive', endedAt: at('11:30') }), deployment(at('11:30'))],
      'soaked',
    ],
    [
      'deployed again twice: no new beginning',
      [
        deployment(at('09:30'), { state: 'inactive', endedAt: at('10:30') }),
        deployment(at('10:30'), { state: 'inactive', endedAt: at('11:15') }),
        deployment(at('11:15')),
      ],
      'soaked',
    ],
    ['its success is told without a time', [deployment(null, { state: 'success' })], 'deployment-unclear'],
    ['deployed again, which failed after a success', [deployment(at('09:00')), deployment(at('11:00'), { state: 'failure' })], 'soaked'],
    [
      'deployed again too early, which failed after a success',
      [deployment(at('09:00')), deployment(at('10:00'), { state: 'failure' })],
      'soaked',
    ],
    ['begun just now', [deployment(at('12:00'))], 'soaking'],
    [
      'deployed again after it was taken down: a new one',
      [deployment(at('08:00'), { state: 'inactive', endedAt: at('09:00') }), deployment(at('11:30'))],
      'soaking',
    ],
    ['deployed again after another commit: a new one', [deployment(at('08:00')), other(at('09:00')), deployment(at('11:30'))], 'soaking'],
    ['the longer of two stays', [deployment(at('07:00'), { state: 'inactive', endedAt: at('09:30') }), deployment(at('11:30'))], 'soaked'],
    ['within a longer stay', [deployment(at('07:00')), deployment(at('08:00'), { state: 'inactive', endedAt: at('08:30') })], 'soaked'],
    ['gone, nobody knows since when', [deployment(at('09:00'), { state: 'inactive' })], 'deployment-unclear'],
    ['S-04: an end that is not told', [endless(deployment(at('09:00')))], 'deployment-unclear'],
    ['S-04: a beginning that is not told', [without(deployment(null, { state: 'success' }))], 'deployment-unclear'],
    ['S-04: a beginning that is no time', [deployment('lately')], 'deployment-unclear'],
    ['an end that is no time', [deployment(at('09:00'), { endedAt: 'lately' })], 'deployment-unclear'],
    ['a state that nobody can read', [deployment(at('09:00'), { state: 'sparkling' })], 'deployment-unclear'],
    ['a beginning that is yet to come', [deployment(at('12:01'))], 'clock-skew'],
    ['an end that is yet to come', [deployment(at('09:00'), { state: 'inactive', endedAt: at('12:01') })], 'clock-skew'],
    ['an end before the beginning', [deployment(at('09:00'), { state: 'inactive', endedAt: at('08:59') })], 'clock-skew'],
    ['an end at the beginning', [deployment(at('09:00'), { state: 'inactive', endedAt: at('09:00') })], 'soak-cut-short'],
    ['another commit’s time that is yet to come', [deployment(at('09:00')), other(at('12:01'))], 'clock-skew'],
  ])('%s', (_, list, expected) => {
    expect(code(list)).toBe(expected);
    expect(code(list.toReversed())).toBe(expected);
  });

  it('is told with its beginning and its end', () => {
    const decision = judge(SOAK, [deployment(at('10:30'))]);
    expect(decision).toMatchObject({ outcome: 'wait', again: '2026-11-23T12:30:00Z' });
    expect(decision.findings[0]).toEqual({
      asks: 'soak',
      requirement: 'soak 2h',
      verdict: 'pending',
      code: 'soaking',
      says: 'This commit has stood in qa since 2026-11-23T10:30:00Z; 2h will have passed at 2026-11-23T12:30:00Z.',
      since: '2026-11-23T10:30:00Z',
      opensAt: '2026-11-23T12:30:00Z',
    });
    expect(judge(SOAK, [deployment(at('10:30'))], { now: '2026-11-23T12:30:00Z' })).toMatchObject({
      outcome: 'approve',
      again: null,
      findings: [{ since: '2026-11-23T10:30:00Z', says: 'This commit has stood in qa for 2h and longer, since 2026-11-23T10:30:00Z.' }, {}],
    });
    expect(judge(SOAK, [deployment(at('08:00')), other(at('09:00'))]).findings[0]?.says).toBe(
      'This commit stood in qa from 2026-11-23T08:00:00Z to 2026-11-23T09:00:00Z only, and 2h are asked. Deploy it there again.',
    );
  });

  it('is of the current stay where there were others', () => {
    const list = [deployment(at('08:00')), other(at('09:00')), deployment(at('11:30'))];
    expect(judge(SOAK, list).findings[0]).toMatchObject({ since: '2026-11-23T11:30:00Z', opensAt: '2026-11-23T13:30:00Z' });
  });

  it('is proven by the same artifact', () => {
    const same = other(at('09:00'), { digest: 'sha256:1' });
    expect(code([same], { digest: 'sha256:1' })).toBe('soaked');
    expect(code([same], { digest: null })).toBe('not-deployed-before');
  });

  it('waits for a clock that is behind', () => {
    const decision = judge(SOAK, [deployment(at('12:05'))]);
    expect(decision).toMatchObject({
      outcome: 'wait',
      again: '2026-11-23T12:05:00Z',
      findings: [{ code: 'clock-skew', verdict: 'unknown' }, {}],
    });
    expect(decision.findings[0]?.says).toContain('a time that is yet to come');
    expect(judge(SOAK, [deployment(at('09:00'), { state: 'inactive', endedAt: at('08:59') })]).findings[0]?.says).toContain(
      'an end before its beginning',
    );
  });

  it('is unknown where it could not be seen, and where the policy names no environment', () => {
    expect(decide(SOAK, facts({ deployments: { qa: unseen() } })).findings[0]?.code).toBe('deployments-unseen');
    const { after: _, ...entry } = SOAK.entry as NonNullable<typeof SOAK.entry>;
    expect(decide({ ...SOAK, entry }, facts())).toMatchObject({ outcome: 'wait', findings: [{ code: 'soak-nowhere' }] });
  });
});

describe('S-19: a success that was posted by hand', () => {
  const said = (login: string, app: string | null = null) => ({ by: { login, id: 7, app } });
  const JENKINS = { deployers: ['Jenkins-Bot'] };
  const codes = (gate: typeof AFTER, list: readonly DeploymentFact[]) => judge(gate, list).findings.map(({ code }) => code);

  it.each<[string, Partial<DeploymentFact>, string, string]>([
    ['by an App', said('vercel[bot]', 'vercel'), 'deployed-before', 'soaked'],
    ['by a workflow’s job, whoever started it', said('mona', 'github-actions'), 'deployed-before', 'soaked'],
    ['by an account that the policy names', said('jenkins-bot'), 'deployed-before', 'soaked'],
    ['by a person', said('eve'), 'deployed-by-hand', 'deployed-by-hand'],
    ['by nobody who is known', { by: null }, 'deployment-unclear', 'deployment-unclear'],
    ['in facts from before that was looked for', {}, 'deployed-before', 'soaked'],
  ])('counts for what its author’s word does: %s', (_, more, after, soak) => {
    expect(codes({ ...AFTER, ...JENKINS }, [deployment(at('09:00'), more)])).toEqual([after]);
    expect(codes({ ...SOAK, ...JENKINS }, [deployment(at('09:00'), more)])[0]).toBe(soak);
    const gate = { ...production('requires: [{ checks: [test] }]\nfor: { rollback: { requires: [] } }'), ...JENKINS };
    const release = known({ version: '1.2.2', tag: 'v1.2.2', kind: 'maintenance', occasion: 'rollback', texts: [] });
    const decision = decide(gate, facts({ release, deployments: { production: known([deployment(at('09:00'), more)]) } }));
    expect(decision.findings[0]?.code).toBe(after === 'deployed-before' ? 'was-here' : after);
  });

  it('is told with what to do', () => {
    expect(judge(AFTER, [deployment(at('09:00'), said('eve'))])).toMatchObject({
      outcome: 'wait',
      findings: [
        {
          verdict: 'unmet',
          says: 'That this commit was deployed to qa with success was posted by @eve by hand, which is not counted. Deploy it there by a workflow; if @eve deploys for a machine, name the account in `deployers` of the policy.',
        },
      ],
    });
  });

  it('stands beside what counts', () => {
    const [hand, job] = [said('eve'), said('mona', 'github-actions')];
    expect(codes(AFTER, [deployment(at('11:00'), hand), deployment(at('10:00'), job)])).toEqual(['deployed-before']);
    expect(codes(AFTER, [deployment(at('11:00'), hand), deployment(null)])).toEqual(['deploying-before']);
    expect(codes(SOAK, [deployment(at('08:00'), hand), deployment(at('11:00'), job)])[0]).toBe('soaking');
    // It takes nothing's place either.
    expect(codes(SOAK, [deployment(at('08:00'), job), deployment(at('09:00'), hand)])[0]).toBe('soaked');
    const early = deployment(at('08:00'), { ...job, state: 'inactive', endedAt: at('09:00') });
    expect(codes(SOAK, [early, deployment(at('10:00'), hand)])[0]).toBe('soak-cut-short');
  });

  it('is nothing where it is none', () => {
    expect(codes(AFTER, [deployment(null, said('eve'))])).toEqual(['deploying-before']);
    expect(codes(AFTER, [deployment(at('09:00'), { ...said('eve'), state: 'failure' })])).toEqual(['not-deployed-before']);
  });

  it('of another commit ends a soak all the same, and its time may be wrong: it proves nothing, and may be true', () => {
    const job = said('mona', 'github-actions');
    expect(codes(SOAK, [deployment(at('08:00'), job), other(at('09:00'), said('eve'))])[0]).toBe('soak-cut-short');
    expect(codes(SOAK, [deployment(at('08:00'), job), deployment(at('12:05'), said('eve'))])[0]).toBe('clock-skew');
  });
});

describe('S-43: a rollback', () => {
  const ROLLBACK = production('requires: [{ checks: [test] }]\nfor: { rollback: { requires: [] } }');
  const release = (occasion: string) => known({ version: '1.2.2', tag: 'v1.2.2', kind: 'maintenance', occasion, texts: [] });

  it.each<[string, readonly DeploymentFact[], string]>([
    ['was here', [deployment('2026-11-01T00:00:00Z', { state: 'inactive', endedAt: at('09:00') })], 'was-here'],
    ['was never here', [other(at('09:00'))], 'never-here'],
    ['failed here', [deployment(null, { state: 'failure' })], 'never-here'],
    ['may have been here', [deployment(null, { state: 'sparkling' })], 'deployment-unclear'],
  ])('%s', (_, list, code) => {
    const decision = decide(ROLLBACK, facts({ release: release('rollback'), deployments: { production: known(list) } }));
    expect(decision.findings.map((one) => one.code)).toEqual([code]);
    expect(decision.outcome).toBe(code === 'was-here' ? 'approve' : 'wait');
    expect(decision.occasion).toBe('rollback');
  });

  it('is not asked of a release, nor where a rollback asks nothing of its own', () => {
    expect(decide(ROLLBACK, facts({ release: release('feature') })).findings.map(({ asks }) => asks)).toEqual(['checks']);
    expect(decide(AFTER, facts({ release: release('rollback') })).findings.map(({ asks }) => asks)).toEqual(['after']);
  });

  it('is asked where nobody knows what is deployed', () => {
    expect(decide(ROLLBACK, facts({ deployments: { production: unseen() } })).findings.map((one) => one.code)).toEqual([
      'occasion-unknown',
      'not-asked',
      'deployments-unseen',
    ]);
  });
});
