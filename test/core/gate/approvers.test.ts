// Whom a gate asks for approval of what is deployed now, and what one person's word is worth to it: the best of what it asks.
import { describe, expect, it } from 'vitest';
import { approvalsAsked, placeOf } from '../../../src/core/gate/approvers.ts';
import { type Gate, type GateFacts, gateIn } from '../../../src/core/gate/facts.ts';
import { DEFAULT_POLICY } from '../../../src/core/policy.ts';
import { account, facts, known, people, production, unseen } from '../../support/gate-facts.ts';

const release = (occasion: string | null) => known({ version: '1.2.4', tag: 'v1.2.4', kind: 'maintenance', occasion, texts: [] });
const UNLISTED = gateIn(DEFAULT_POLICY, 'production');
const EACH = production(
  'requires: [{ checks: [test] }, { approvals: { count: 2, from: ["@acme/ops"] } }]\nfor:\n  feature: { approvals: { count: 1, from: [maintain] } }\n  rollback: { approvals: { count: 0 } }',
);

describe('whom a gate asks', () => {
  const asked = (gate: Gate, more: Partial<GateFacts>) => approvalsAsked(gate, facts(more)).map(({ count, from }) => [count, ...from]);

  it.each<[string, Gate, Partial<GateFacts>, readonly unknown[]]>([
    ['those of the occasion', EACH, { release: release('feature') }, [[1, 'maintain']]],
    ['those of every release where it has none of its own', EACH, { release: release('security') }, [[2, '@acme/ops']]],
    ['nobody where the count is none', EACH, { release: release('rollback') }, []],
    [
      'those of every occasion, each once, where it is not known which it is',
      EACH,
      {},
      [
        [2, '@acme/ops'],
        [1, 'maintain'],
      ],
    ],
    ['nobody where only checks are asked', production('requires: [{ checks: [test] }]'), {}, []],
    ['nobody where the environment has no entry', UNLISTED, {}, []],
  ])('%s', (_, gate, more, expected) => {
    expect(asked(gate, more)).toEqual(expected);
  });

  it('asks once what two occasions ask alike', () => {
    const alike = production('requires: [{ approvals: { count: 1 } }]\nfor: { feature: { windows: [{ days: mon }] } }');
    expect(asked(alike, {})).toEqual([[1]]);
  });
});

describe('what a person’s word is worth', () => {
  const TWO = production(
    'requires:\n  - approvals: { count: 1, from: ["@acme/ops"], except: [author] }\n  - approvals: { count: 1, from: ["@grace", "@acme/ops"], except: [deployer] }',
  );
  const given: Partial<GateFacts> = {
    people: people({ authors: [account('ada')] }),
    run: { id: 1, attempt: 1, event: 'push', initiators: [account('barbara')] },
    teams: { '@acme/ops': known([account('ada'), account('barbara')]) },
  };
  const place = (login: string, more: Partial<GateFacts> = {}, role: GateFacts['release'] | object = known('write'), gate = TWO) =>
    placeOf({ by: account(login), role: role as ReturnType<typeof known<string>> }, gate, facts({ ...given, ...more }));

  it.each<[string, string, Partial<GateFacts>, object]>([
    ['a full yes where one requirement gives it, though another bars', 'ada', {}, { counts: 'yes', barred: 'no', why: '' }],
    ['that too where it is the first that gives it', 'barbara', {}, { counts: 'yes', barred: 'no', why: '' }],
    ['a yes to the one that names the person', 'grace', {}, { counts: 'yes', barred: 'no', why: '' }],
    ['nothing where none names the person', 'edsger', {}, { counts: 'no', barred: 'no', why: 'is none of @acme/ops.' }],
    [
      'rather what counts and may be barred than what does not count',
      'grace',
      { run: null },
      { counts: 'yes', barred: 'unknown', why: 'who the deployer is could not be seen.' },
    ],
    [
      'rather what may count than what does not',
      'edsger',
      { teams: { '@acme/ops': unseen('No permission.') } },
      { counts: 'unknown', barred: 'no', why: 'who belongs to @acme/ops could not be seen: No permission.' },
    ],
    [
      'rather what may be barred than what is',
      'ada',
      { run: null },
      { counts: 'yes', barred: 'unknown', why: 'who the deployer is could not be seen.' },
    ],
  ])('is %s', (_, login, more, expected) => {
    expect(place(login, more)).toEqual({ ...expected, from: ['@acme/ops', '@grace'], nobody: false });
  });

  it('is nothing to whom it does not count, whatever else would speak for it', () => {
    expect(place('ada', {}, known('read'))).toMatchObject({ counts: 'no', why: 'has no write access to the repository (read).' });
  });

  it('is asked of everyone where one requirement asks everyone', () => {
    const open = production('requires: [{ approvals: { count: 1, from: ["@acme/ops"] } }, { approvals: { count: 1 } }]');
    expect(place('edsger', {}, known('write'), open)).toEqual({ counts: 'yes', barred: 'no', why: '', from: [], nobody: false });
  });

  it('is nothing where nobody is asked', () => {
    const nobody = { counts: 'no', barred: 'no', why: '', from: [], nobody: true };
    expect(place('ada', {}, known('admin'), UNLISTED)).toEqual(nobody);
    expect(place('ada', { release: release('rollback') }, known('admin'), EACH)).toEqual(nobody);
  });
});
