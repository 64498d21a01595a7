// What is told of approvals that do not count, or may not: the exact words, which nobody else checks.
import { describe, expect, it } from 'vitest';
import { standingOf } from '../../../src/core/gate/approvals.ts';
import type { ApprovalFact, Gate, GateFacts } from '../../../src/core/gate/facts.ts';
import { decide } from '../../../src/core/gate.ts';
import type { ApprovalsPolicy } from '../../../src/core/policy/environment.ts';
import { account, approval, facts, known, people, production, unseen } from '../../support/gate-facts.ts';

const asked = (approvals: string): Gate => production(`requires: [{ approvals: ${approvals} }]`);
const RUN = { id: 1, attempt: 1, event: 'push', initiators: [account('deployer')] };

function judge(gate: Gate, list: readonly ApprovalFact[], more: Partial<GateFacts> = {}) {
  const decision = decide(gate, facts({ approvals: known(list), people: people(), run: RUN, ...more }));
  return { outcome: decision.outcome, code: decision.findings[0]?.code, says: decision.findings[0]?.says };
}

describe('an approval that does not count', () => {
  it('is told beside the others, each with its reason', () => {
    const list = [approval('ada', 'approve', { role: known('read') }), approval('grace', 'approve', { role: known('triage') })];
    expect(judge(asked('{ count: 1 }'), list).says).toBe(
      'Needs approval by one person, from anyone with write access. @ada approved too, but has no write access to the repository (read). @grace approved too, but has no write access to the repository (triage).',
    );
  });

  it.each<[string, Partial<GateFacts>, string]>([
    ['author', { people: people({ authors: [account('ada')] }) }, 'is an author.'],
    ['committer', { people: people({ committers: [account('ada')] }) }, 'is a committer.'],
    ['pusher', { people: people({ pushers: [account('ada')] }) }, 'is a pusher.'],
    ['deployer', { run: { ...RUN, initiators: [account('ada')] } }, 'is a deployer.'],
  ])('because its author is one of each %s', (part, more, why) => {
    expect(judge(asked(`{ count: 1, except: [${part}] }`), [approval('ada')], more)).toMatchObject({
      code: 'approvals-missing',
      says: `Needs approval by one person, from anyone with write access. @ada approved too, but ${why}`,
    });
  });

  it('names the part that bars, among several', () => {
    const gate = asked('{ count: 1, except: [author, committer, deployer] }');
    expect(judge(gate, [approval('ada')], { people: people({ committers: [account('ada')] }) }).says).toContain('but is a committer.');
  });

  it.each<[string, string]>([
    ['admin', 'Needs approval by one person, from those with the admin role. @ada approved too, but is none of those with the admin role.'],
    ['"@acme/ops"', 'Needs approval by one person, from @acme/ops. @ada approved too, but is none of @acme/ops.'],
    [
      'owners, admin',
      'Needs approval by one person, from those with the admin role or the code owners. @ada approved too, but is none of those with the admin role or the code owners.',
    ],
  ])('of whom the policy does not name: %s', (from, says) => {
    const nobody = { teams: { '@acme/ops': known([]) }, owners: known([]) };
    expect(judge(asked(`{ count: 1, from: [${from}] }`), [approval('ada')], nobody)).toEqual({
      outcome: 'wait',
      code: 'approvals-missing',
      says,
    });
  });
});

describe('an approval that may not count', () => {
  it('is told with who could not be seen, where it would not be enough', () => {
    expect(judge(asked('{ count: 2, except: [author] }'), [approval('ada')], { people: unseen() }).says).toBe(
      'Needs approval by 2 people, from anyone with write access. @ada approved too, but who the author is could not be seen.',
    );
  });

  it('names what is not known, though something else is', () => {
    const gate = asked('{ count: 1, except: [author, deployer] }');
    expect(judge(gate, [approval('ada')], { run: null })).toMatchObject({
      code: 'people-unseen',
      says: expect.stringMatching(/^Who deploys is not known\./),
    });
    const both = asked('{ count: 1, except: [author, committer] }');
    expect(judge(both, [approval('ada')], { people: unseen('GitHub is away.') }).says).toBe(
      'Who the author is could not be seen: GitHub is away. Approvals by author, committer do not count.',
    );
  });

  it('names the members that could not be seen, though others are known', () => {
    const gate = asked('{ count: 1, from: ["@grace", maintain, "@acme/sre", "@acme/ops"] }');
    const teams = { '@acme/sre': known([]), '@acme/ops': unseen('No permission.') };
    expect(judge(gate, [approval('ada')], { teams }).says).toBe(
      'Whether @ada may approve could not be seen: who belongs to @acme/ops could not be seen: No permission.',
    );
    const owned = asked('{ count: 1, from: ["@grace", owners] }');
    expect(judge(owned, [approval('ada')]).says).toBe(
      'Whether @ada may approve could not be seen: who belongs to owners was not looked for.',
    );
  });

  it('is unknown, not refused, where a role is asked for and it is not known', () => {
    expect(judge(asked('{ count: 1, from: [maintain] }'), [approval('ada', 'approve', { role: unseen() })]).code).toBe('approver-unclear');
    expect(judge(asked('{ count: 1, from: ["@acme/ops"] }'), [approval('ada')], { teams: { '@acme/ops': unseen() } }).code).toBe(
      'approver-unclear',
    );
  });
});

describe('a single word', () => {
  it('needs no readable time to be a no', () => {
    expect(judge(asked('{ count: 1 }'), [approval('ada', 'reject', { at: 'lately' }), approval('grace')])).toMatchObject({
      outcome: 'reject',
      code: 'rejected-by-person',
    });
  });

  it('of a bot that was dismissed stands in nobody’s way', () => {
    expect(judge(asked('{ count: 1 }'), [approval('helper', 'dismissed', { bot: true }), approval('grace')]).outcome).toBe('approve');
    expect(judge(asked('{ count: 1 }'), [approval('helper', 'approve', { bot: true }), approval('grace')]).outcome).toBe('approve');
  });
});

describe('what a word would be worth', () => {
  const policy: ApprovalsPolicy = { asks: 'approvals', count: 1, from: ['@ada', '@grace'], except: ['author'] };
  const worth = (login: string, role = 'write', more: Partial<GateFacts> = {}) =>
    standingOf({ by: account(login), role: known(role) }, policy, facts({ people: people({ authors: [account('grace')] }), ...more }));

  it('is told before it is said', () => {
    expect(worth('ada')).toEqual({ counts: 'yes', barred: 'no', why: '' });
    expect(worth('grace')).toEqual({ counts: 'yes', barred: 'yes', why: 'is an author.' });
    expect(worth('edsger')).toEqual({ counts: 'no', barred: 'no', why: 'is none of @ada or @grace.' });
    expect(worth('grace', 'read')).toEqual({ counts: 'no', barred: 'yes', why: 'has no write access to the repository (read).' });
    const unnamed = (as: 'author' | 'committer') =>
      worth('ada', 'write', { people: people({ authors: [], unattributed: [{ as, name: 'A' }] }) });
    expect([unnamed('author').barred, unnamed('committer').barred]).toEqual(['no', 'unknown']);
    expect(worth('ada', 'write', { people: unseen() })).toEqual({
      counts: 'yes',
      barred: 'unknown',
      why: 'who the author is could not be seen.',
    });
  });
});
