// The requirement `approvals`: whose word counts, which word of theirs, and whom the policy bars.
import { describe, expect, it } from 'vitest';
import type { ApprovalFact, Gate, GateFacts } from '../../../src/core/gate/facts.ts';
import { decide } from '../../../src/core/gate.ts';
import { account, approval, facts, known, OTHER_SHA, people, production, unseen } from '../../support/gate-facts.ts';

const asked = (approvals: string): Gate => production(`requires: [{ approvals: ${approvals} }]`);
const run = (...logins: readonly string[]): NonNullable<GateFacts['run']> => ({
  id: 1,
  attempt: 1,
  event: 'push',
  initiators: logins.map(account),
});

function judge(gate: Gate, list: readonly ApprovalFact[], more: Partial<GateFacts> = {}) {
  const decision = decide(gate, facts({ approvals: known(list), people: people(), run: run('deployer'), ...more }));
  const [finding] = decision.findings;
  return { outcome: decision.outcome, code: finding?.code, says: finding?.says, who: finding?.who, verdict: finding?.verdict };
}

const ONE = asked('{ count: 1 }');
const TWO = asked('{ count: 2 }');
const at = (minute: number) => ({ at: `2026-11-23T11:${String(minute).padStart(2, '0')}:00Z` });

describe('so many people', () => {
  it.each<[string, Gate, readonly ApprovalFact[], string, string]>([
    ['one of one', ONE, [approval('ada')], 'approve', 'approved'],
    ['none of one', ONE, [], 'wait', 'approvals-missing'],
    ['one of two', TWO, [approval('ada')], 'wait', 'approvals-missing'],
    ['two of two', TWO, [approval('ada'), approval('grace')], 'approve', 'approved'],
    ['three of two', TWO, [approval('ada'), approval('grace'), approval('barbara')], 'approve', 'approved'],
    ['S-27: the same person twice is one', TWO, [approval('ada'), approval('ada')], 'wait', 'approvals-missing'],
    [
      'S-27: the same person by command, by review and by GitHub’s own button is one',
      TWO,
      [
        approval('ada'),
        approval('ada', 'approve', { source: 'review', environment: null }),
        approval('ada', 'approve', { source: 'deployment-review' }),
      ],
      'wait',
      'approvals-missing',
    ],
    [
      'S-27: the same person under a new login is one',
      TWO,
      [approval('ada'), approval('ada', 'approve', { by: { login: 'ada-l', id: account('ada').id } })],
      'wait',
      'approvals-missing',
    ],
    ['T14: a bot is no person', ONE, [approval('helper', 'approve', { bot: true })], 'wait', 'approvals-missing'],
  ])('%s', (_, gate, list, outcome, code) => {
    expect(judge(gate, list)).toMatchObject({ outcome, code });
  });

  it('is told with who approved, and who is still needed', () => {
    expect(judge(TWO, [approval('grace'), approval('ada')])).toMatchObject({ says: '@ada, @grace approved.', who: ['ada', 'grace'] });
    expect(judge(TWO, [approval('ada')])).toMatchObject({
      says: '@ada approved; still needs approval by one more person, from anyone with write access.',
      who: ['ada'],
    });
    expect(judge(asked('{ count: 3 }'), [approval('ada')]).says).toContain('still needs approval by 2 more people, from');
    expect(judge(asked('{ count: 2, from: ["@acme/ops", maintain] }'), [], { teams: {} })).toMatchObject({
      says: 'Needs approval by 2 people, from @acme/ops or those with the maintain role.',
      who: [],
    });
    const whom = (...from: readonly string[]) => judge(asked(`{ count: 1, from: [${from.map((one) => `"${one}"`).join(', ')}] }`), []).says;
    expect(whom('@e', '@d', '@c', '@b', '@a')).toBe('Needs approval by one person, from @a or @b or @c or @d or @e.');
    expect(whom('@f', '@e', '@d', '@c', '@b', '@a', '@g')).toBe('Needs approval by one person, from @a, @b, @c, @d, @e or 2 more.');
    expect(judge(ONE, [])).toMatchObject({ says: 'Needs approval by one person, from anyone with write access.' });
    const decision = decide(TWO, facts({ approvals: known([]) }));
    expect(decision.findings[0]?.requirement).toBe('2 approvals');
    expect(decide(ONE, facts({ approvals: known([]) })).findings[0]?.requirement).toBe('approval');
  });

  it('is unknown where the approvals could not be seen, or nobody looked', () => {
    expect(decide(ONE, facts({ approvals: unseen() }))).toMatchObject({
      outcome: 'wait',
      findings: [{ code: 'approvals-unseen', says: 'The approvals could not be seen: GitHub did not answer.' }],
    });
    expect(decide(ONE, facts())).toMatchObject({
      outcome: 'wait',
      findings: [{ code: 'not-asked', says: expect.stringContaining('Approval by one person') }],
    });
    expect(decide(TWO, facts()).findings[0]?.says).toContain('Approval by 2 people was not looked for');
  });

  it('is nothing where none is asked for an occasion', () => {
    const gate = production('requires: [{ approvals: { count: 1 } }]\nfor: { security: { approvals: { count: 0 } } }');
    const release = known({ version: null, tag: null, kind: 'maintenance', occasion: 'security', texts: [] });
    expect(decide(gate, facts({ release }))).toMatchObject({ outcome: 'approve', findings: [{ code: 'nothing-asked' }] });
  });
});

describe('a word counts', () => {
  it.each<[string, Partial<ApprovalFact>, string]>([
    ['on this commit', {}, 'approve'],
    ['on no other commit', { sha: OTHER_SHA }, 'wait'],
    ['for this environment, whatever its case', { environment: 'PRODUCTION' }, 'approve'],
    ['for no other environment', { environment: 'qa' }, 'wait'],
    ['by a review, for every environment', { source: 'review', environment: null }, 'approve'],
    ['by GitHub’s own review of deployments', { source: 'deployment-review' }, 'approve'],
    ['by a command only where its environment is told', { environment: null }, 'wait'],
    ['by a deployment review only where its environment is told', { source: 'deployment-review', environment: null }, 'wait'],
    ['not from a place that nobody knows', { source: 'telepathy' }, 'wait'],
    ['as an approval only', { state: 'dismissed' }, 'wait'],
    ['as nothing that nobody can read', { state: 'sparkling' }, 'wait'],
    ['by whoever may write', { role: known('write') }, 'approve'],
    ['by who maintains', { role: known('maintain') }, 'approve'],
    ['by who administers', { role: known('admin') }, 'approve'],
    ['not by who may read', { role: known('read') }, 'wait'],
    ['not by who may triage', { role: known('triage') }, 'wait'],
    ['not by who may nothing', { role: known('none') }, 'wait'],
    ['not by a role that nobody knows', { role: known('emperor') }, 'wait'],
    ['not by a role that could not be seen', { role: unseen() }, 'wait'],
  ])('%s', (_, more, outcome) => {
    expect(judge(ONE, [approval('ada', 'approve', more)]).outcome).toBe(outcome);
  });

  it('is unknown, in words, where it may count and that could not be seen', () => {
    expect(judge(ONE, [approval('ada', 'approve', { role: unseen('GitHub is away.') })])).toMatchObject({
      code: 'approver-unclear',
      verdict: 'unknown',
      says: 'Whether @ada may approve could not be seen: GitHub is away.',
      who: ['ada'],
    });
    expect(judge(ONE, [approval('ada', 'approve', { role: known('emperor') })]).says).toContain('the role "emperor" is not known.');
    expect(judge(ONE, [approval('ada', 'sparkling')])).toMatchObject({
      code: 'approver-unclear',
      says: 'What @ada said may be a no: "sparkling" is no opinion that is known.',
    });
    expect(judge(ONE, [approval('ada', 'approve', { source: 'telepathy' })]).says).toContain('where it was said is not known.');
    expect(judge(ONE, [approval('ada', 'approve', { environment: null })]).says).toContain('which environment it was about is not known.');
    expect(judge(ONE, [approval('ada', 'reject', { bot: true })]).says).toContain('whether it was a person is not known.');
    expect(judge(ONE, [approval('ada', 'sparkling', { bot: true })]).code).toBe('approver-unclear');
  });

  it('S-31: that may not count is no matter where enough others do, and none where too few would with it', () => {
    const doubtful = approval('grace', 'approve', { role: unseen() });
    expect(judge(ONE, [approval('ada'), doubtful]).outcome).toBe('approve');
    expect(judge(TWO, [doubtful]).code).toBe('approvals-missing');
    expect(judge(TWO, [approval('ada'), doubtful]).code).toBe('approver-unclear');
  });

  it('that does not count is told with its reason', () => {
    expect(judge(ONE, [approval('ada', 'approve', { role: known('read') })]).says).toBe(
      'Needs approval by one person, from anyone with write access. @ada approved too, but has no write access to the repository (read).',
    );
    const gate = asked('{ count: 1, from: ["@grace", "@barbara"], except: [author] }');
    expect(judge(gate, [approval('ada')]).says).toBe(
      'Needs approval by one person, from @barbara or @grace. @ada approved too, but is none of @barbara or @grace.',
    );
    expect(judge(gate, [approval('grace')], { people: people({ authors: [account('grace')] }) }).says).toContain(
      '@grace approved too, but is an author.',
    );
    const many = ['a', 'b', 'c', 'd'].map((login) => approval(login));
    expect(judge(gate, many).says?.match(/approved too/g)).toHaveLength(3);
  });
});

describe('whose word counts', () => {
  const from = (text: string) => asked(`{ count: 1, from: [${text}] }`);
  const team = (...logins: readonly string[]) => ({ teams: { '@acme/ops': known(logins.map(account)) } });

  it.each<[string, Gate, Partial<GateFacts>, string]>([
    ['a named person', from('"@ada"'), {}, 'approve'],
    ['a named person in other letters', from('"@ADA"'), {}, 'approve'],
    ['another person than is named', from('"@grace"'), {}, 'wait'],
    ['a member of a team', from('"@acme/ops"'), team('ada'), 'approve'],
    ['a member of a team in other letters', from('"@Acme/Ops"'), team('ada'), 'approve'],
    ['nobody of a team', from('"@acme/ops"'), team('grace'), 'wait'],
    ['a member of an empty team', from('"@acme/ops"'), team(), 'wait'],
    ['a team that nobody looked for', from('"@acme/ops"'), {}, 'wait'],
    ['a team that could not be seen', from('"@acme/ops"'), { teams: { '@acme/ops': unseen() } }, 'wait'],
    ['one of several', from('"@grace", "@acme/ops", admin, "@ada"'), {}, 'approve'],
    ['a role', from('write'), {}, 'approve'],
    ['a role above', from('maintain'), {}, 'wait'],
    ['an owner of the paths', from('owners'), { owners: known([account('ada')]) }, 'approve'],
    ['no owner of the paths', from('owners'), { owners: known([account('grace')]) }, 'wait'],
    ['owners that nobody looked for', from('owners'), {}, 'wait'],
  ])('%s', (_, gate, more, outcome) => {
    expect(judge(gate, [approval('ada')], more).outcome).toBe(outcome);
  });

  it.each(['none', 'read', 'triage', 'write', 'maintain', 'admin'])('T14, S-33: a role includes those above it: %s', (role) => {
    const open = (least: string) => judge(from(least), [approval('ada', 'approve', { role: known(role) })]).outcome === 'approve';
    expect([open('write'), open('maintain'), open('admin')]).toEqual([
      ['write', 'maintain', 'admin'].includes(role),
      ['maintain', 'admin'].includes(role),
      role === 'admin',
    ]);
  });

  it('is told where the members could not be seen', () => {
    expect(judge(from('"@acme/ops"'), [approval('ada')], { teams: { '@acme/ops': unseen('No permission.') } })).toMatchObject({
      code: 'approver-unclear',
      says: 'Whether @ada may approve could not be seen: who belongs to @acme/ops could not be seen: No permission.',
    });
    expect(judge(from('"@acme/ops"'), [approval('ada')]).says).toContain('who belongs to @acme/ops was not looked for.');
    expect(judge(from('owners, "@grace"'), [approval('ada')], { owners: unseen('No file.') }).says).toContain(
      'who belongs to owners could not be seen: No file.',
    );
    expect(judge(from('maintain'), [approval('ada', 'approve', { role: unseen('GitHub is away.') })]).says).toContain('GitHub is away.');
  });

  it('S-34: needs write access of a named person, too', () => {
    expect(judge(from('"@ada"'), [approval('ada', 'approve', { role: known('read') })]).code).toBe('approvals-missing');
    expect(judge(from('"@acme/ops"'), [approval('ada', 'approve', { role: unseen() })], team('ada')).code).toBe('approver-unclear');
  });

  it('takes no name of the language for a team', () => {
    expect(judge(from('"@acme/constructor"'), [approval('ada')], { teams: {} }).code).toBe('approver-unclear');
  });
});

describe('S-28: the latest word of a person', () => {
  const review = (state: string, minute: number) => approval('ada', state, { source: 'review', environment: null, ...at(minute) });

  it.each<[string, readonly ApprovalFact[], string, string]>([
    ['an approval after a rejection counts', [approval('ada', 'reject', at(1)), approval('ada', 'approve', at(2))], 'approve', 'approved'],
    [
      'a rejection after an approval counts',
      [approval('ada', 'approve', at(1)), approval('ada', 'reject', at(2))],
      'reject',
      'rejected-by-person',
    ],
    ['whatever their order', [approval('ada', 'reject', at(2)), approval('ada', 'approve', at(1))], 'reject', 'rejected-by-person'],
    [
      'a change request takes back an approval by command',
      [approval('ada', 'approve', at(1)), review('reject', 2)],
      'wait',
      'approvals-missing',
    ],
    ['a dismissed change request revives no older approval', [review('approve', 1), review('dismissed', 2)], 'wait', 'approvals-missing'],
    ['a dismissed approval counts no more', [review('dismissed', 1)], 'wait', 'approvals-missing'],
    [
      'at the same time, the less favourable',
      [approval('ada', 'approve', at(1)), approval('ada', 'reject', at(1))],
      'reject',
      'rejected-by-person',
    ],
    [
      'at the same time, what cannot be read',
      [approval('ada', 'reject', at(1)), approval('ada', 'sparkling', at(1))],
      'wait',
      'approver-unclear',
    ],
    [
      'at the same time, a dismissal',
      [approval('ada', 'approve', at(1)), approval('ada', 'dismissed', at(1))],
      'wait',
      'approvals-missing',
    ],
    [
      'on another commit is not of this one',
      [approval('ada', 'approve', at(1)), approval('ada', 'reject', { ...at(2), sha: OTHER_SHA })],
      'approve',
      'approved',
    ],
    [
      'for another environment is not for this one',
      [approval('ada', 'approve', at(1)), approval('ada', 'reject', { ...at(2), environment: 'qa' })],
      'approve',
      'approved',
    ],
    [
      'S-04: where a time cannot be read, a no may be the later',
      [approval('ada', 'approve', at(2)), approval('ada', 'reject', { at: 'lately' })],
      'wait',
      'approver-unclear',
    ],
    [
      'S-04: where the time of a yes cannot be read, too',
      [approval('ada', 'approve', { at: 'lately' }), approval('ada', 'reject', at(1))],
      'wait',
      'approver-unclear',
    ],
    [
      'where a time cannot be read, and both are approvals, it is one',
      [approval('ada', 'approve', { at: 'lately' }), approval('ada', 'approve', at(1))],
      'approve',
      'approved',
    ],
    ['alone, it needs no time', [approval('ada', 'approve', { at: 'lately' })], 'approve', 'approved'],
  ])('%s', (_, list, outcome, code) => {
    expect(judge(ONE, list)).toMatchObject({ outcome, code });
  });

  it('whose time cannot be read is told', () => {
    expect(judge(ONE, [approval('ada', 'approve'), approval('ada', 'reject', { at: 'lately' })]).says).toContain(
      'when it was said cannot be read.',
    );
  });

  it('counts by the least of the roles told of the person, and a no by the most', () => {
    const [low, high] = [{ role: known('read') }, { role: known('write') }];
    expect(judge(ONE, [approval('ada', 'approve', { ...low, ...at(1) }), approval('ada', 'approve', { ...high, ...at(2) })]).code).toBe(
      'approvals-missing',
    );
    expect(
      judge(ONE, [approval('ada', 'approve', { role: unseen(), ...at(1) }), approval('ada', 'approve', { ...high, ...at(2) })]).code,
    ).toBe('approver-unclear');
    expect(judge(ONE, [approval('ada', 'reject', { ...low, ...at(1) }), approval('ada', 'reject', { ...high, ...at(2) })]).code).toBe(
      'rejected-by-person',
    );
    expect(
      judge(ONE, [approval('ada', 'reject', { ...low, ...at(1) }), approval('ada', 'reject', { role: unseen(), ...at(2) })]).code,
    ).toBe('approver-unclear');
  });
});

describe('a person’s no', () => {
  it('rejects, however many approve', () => {
    expect(judge(ONE, [approval('grace'), approval('ada', 'reject')])).toEqual({
      outcome: 'reject',
      code: 'rejected-by-person',
      verdict: 'unmet',
      says: '@ada rejected this commit for production. Only their own approval takes it back.',
      who: ['ada'],
    });
    expect(judge(ONE, [approval('grace'), approval('ada', 'reject', { source: 'deployment-review' })]).outcome).toBe('reject');
  });

  it('rejects by an author too, who may not approve', () => {
    const gate = asked('{ count: 1, except: [author] }');
    expect(judge(gate, [approval('grace'), approval('ada', 'reject')], { people: people({ authors: [account('ada')] }) }).outcome).toBe(
      'reject',
    );
  });

  it.each<[string, string, Partial<ApprovalFact>, Partial<GateFacts>]>([
    ['who may only read', '{ count: 1 }', { role: known('read') }, {}],
    ['who is not asked', '{ count: 1, from: ["@grace"] }', {}, {}],
    ['who asks for changes in a review alone', '{ count: 1 }', { source: 'review', environment: null }, {}],
  ])('is none by whom the policy does not count: %s', (_, text, more, rest) => {
    expect(judge(asked(text), [approval('grace'), approval('ada', 'reject', more)], rest).outcome).toBe('approve');
  });

  describe('of somebody who has lost the right to say it since', () => {
    const gone = { entitled: true, role: known('read'), ...at(10) };
    const no = approval('ada', 'reject', gone);

    it('may have been taken back by an account of which it is not known whether it is a person’s', () => {
      const perhaps = approval('grace', 'approve', { bot: true, ...at(15) });
      expect(judge(ONE, [no, perhaps])).toMatchObject({ outcome: 'wait', code: 'approver-unclear' });
      expect(judge(ONE, [no, approval('grace', 'approve', { bot: true, ...at(5) })])).toMatchObject({ outcome: 'reject' });
      expect(judge(ONE, [no, approval('grace', 'dismissed', { bot: true, ...at(15) })])).toMatchObject({ outcome: 'reject' });
    });

    it('may have been taken back by somebody whose one word that counts for nothing is of an environment that is not told', () => {
      const elsewhere = approval('grace', 'approve', { role: known('read'), environment: null, ...at(2) });
      const words = [no, elsewhere, approval('grace', 'approve', at(15))];
      expect(judge(ONE, words)).toMatchObject({ outcome: 'wait', code: 'approver-unclear' });
    });

    it('holds, and is told with who may take it back', () => {
      expect(judge(ONE, [approval('grace', 'approve', at(5)), no])).toEqual({
        outcome: 'reject',
        code: 'rejected-by-person',
        verdict: 'unmet',
        says: '@ada rejected this commit for production and may no longer approve. An approval that is given after that, by somebody who may, takes it back.',
        who: ['ada'],
      });
      // Likewise whoever the policy names no more.
      const gate = asked('{ count: 1, from: ["@grace"] }');
      expect(judge(gate, [approval('grace', 'approve', at(5)), approval('ada', 'reject', { entitled: true, ...at(10) })]).outcome).toBe(
        'reject',
      );
    });

    it.each<[string, readonly ApprovalFact[], string]>([
      ['by somebody who may approve, and speaks after it', [approval('grace', 'approve', at(11))], 'approve'],
      ['not by an approval from before', [approval('grace', 'approve', at(10))], 'reject'],
      ['not by whoever may not approve', [approval('grace'), approval('eve', 'approve', { role: known('read'), ...at(11) })], 'reject'],
      [
        'not by their own later word, which counts no more',
        [
          approval('grace', 'approve', at(5)),
          approval('ada', 'approve', { source: 'review', environment: null, role: known('read'), ...at(12) }),
        ],
        'reject',
      ],
      [
        'not by what somebody takes back',
        [approval('grace', 'approve', at(5)), approval('bob', 'dismissed', { source: 'review', environment: null, ...at(11) })],
        'reject',
      ],
      ['perhaps by a word that nobody can read', [approval('grace', 'approve', at(5)), approval('bob', 'sparkling', at(11))], 'wait'],
      ['perhaps by somebody whose role could not be seen', [approval('grace', 'approve', { role: unseen(), ...at(11) })], 'wait'],
      ['perhaps by somebody who speaks at a time that cannot be read', [approval('grace', 'approve', { at: 'lately' })], 'wait'],
    ])('is taken back %s', (_, words, outcome) => {
      expect(judge(ONE, [no, ...words]).outcome).toBe(outcome);
    });

    it('is perhaps taken back where nobody can read when it was said', () => {
      const words = [approval('grace', 'approve', at(11)), approval('ada', 'reject', { ...gone, at: 'lately' })];
      expect(judge(ONE, words)).toMatchObject({ outcome: 'wait', code: 'approver-unclear', who: ['ada'] });
    });

    it('is theirs to take back once they may speak again, by whatever way', () => {
      const again = approval('ada', 'approve', { source: 'review', environment: null, ...at(12) });
      expect(judge(ONE, [approval('ada', 'reject', { entitled: true, ...at(10) }), again])).toMatchObject({
        outcome: 'approve',
        who: ['ada'],
      });
      const unclear = judge(ONE, [approval('grace', 'approve', at(5)), { ...no, role: unseen() }, { ...again, role: unseen() }]);
      expect(unclear).toMatchObject({ outcome: 'wait', code: 'approver-unclear', who: ['ada'] });
    });

    it('may have been one where nobody can read what was said', () => {
      const word = approval('ada', 'sparkling', gone);
      expect(judge(ONE, [approval('grace', 'approve', at(11)), word])).toMatchObject({ outcome: 'wait', code: 'approver-unclear' });
    });

    it('is taken back by nobody with a part in what is deployed', () => {
      const gate = asked('{ count: 1, except: [author] }');
      const made = { people: people({ authors: [account('grace')] }) };
      expect(judge(gate, [no, approval('grace', 'approve', at(11)), approval('bob', 'approve', at(5))], made).outcome).toBe('reject');
    });

    it('is a maybe where it cannot be seen whether they have', () => {
      const words = [approval('grace', 'approve', at(11)), approval('ada', 'reject', { ...gone, role: unseen() })];
      expect(judge(ONE, words)).toMatchObject({ outcome: 'wait', code: 'approver-unclear' });
    });
  });

  it.each<[string, Partial<ApprovalFact>]>([
    ['a role that could not be seen', { role: unseen() }],
    ['an environment that is not told', { environment: null }],
    ['a place that nobody knows', { source: 'telepathy' }],
    ['an account that may be a bot', { bot: true }],
  ])('that may be none neither opens nor rejects: %s', (_, more) => {
    expect(judge(ONE, [approval('grace'), approval('ada', 'reject', more)])).toMatchObject({
      outcome: 'wait',
      code: 'approver-unclear',
      who: ['ada'],
    });
  });
});

describe('S-29: who had a part in it', () => {
  const barred = (text: string) => asked(`{ count: 1, except: [${text}] }`);
  const ada = [account('ada')];

  it.each<[string, string, Partial<GateFacts>, string]>([
    ['an author', 'author', { people: people({ authors: ada }) }, 'approvals-missing'],
    ['a co-author', 'author', { people: people({ coauthors: ada }) }, 'approvals-missing'],
    ['an author, who is not barred', 'committer', { people: people({ authors: ada, coauthors: ada, pushers: ada }) }, 'approved'],
    ['a committer', 'committer', { people: people({ committers: ada }) }, 'approvals-missing'],
    ['a committer, who is not barred', 'author', { people: people({ committers: ada }) }, 'approved'],
    ['a pusher', 'pusher', { people: people({ pushers: ada }) }, 'approvals-missing'],
    ['a pusher, who is not barred', 'author, committer', { people: people({ pushers: ada }) }, 'approved'],
    ['the deployer', 'deployer', { run: run('ada') }, 'approvals-missing'],
    ['who ran it again', 'deployer', { run: run('grace', 'ada') }, 'approvals-missing'],
    ['the deployer, who is not barred', 'author', { run: run('ada') }, 'approved'],
    ['nobody', 'author, committer, pusher, deployer', {}, 'approved'],
    [
      'an author who is called otherwise now',
      'author',
      { people: people({ authors: [{ login: 'ada-lovelace', id: account('ada').id }] }) },
      'approvals-missing',
    ],
    ['another author of that login', 'author', { people: people({ authors: [{ login: 'ada', id: 1 }] }) }, 'approved'],
  ])('%s does not count where barred', (_, except, more, code) => {
    expect(judge(barred(except), [approval('ada')], more).code).toBe(code);
  });

  it.each<[string, string, Partial<GateFacts>, string]>([
    [
      'who made it',
      'author',
      { people: unseen() },
      'Who the author is could not be seen: GitHub did not answer. Approvals by author do not count.',
    ],
    [
      'who pushed it',
      'pusher',
      { people: people({ pushers: null }) },
      'Who the pusher is was not looked for. Approvals by pusher do not count.',
    ],
    [
      'S-35: the author, where none is named,',
      'author',
      { people: people({ authors: [] }) },
      'Who the author is is not told: nobody is named. Approvals by author do not count.',
    ],
    [
      'S-35: the author, where none is named and nobody looked who pushed,',
      'author',
      { people: people({ authors: [], pushers: null }) },
      'Who the author is is not told: nobody is named. Approvals by author do not count.',
    ],
    [
      'S-35: the committer, where none is named,',
      'committer',
      { people: people({ committers: [] }) },
      'Who the committer is is not told: nobody is named. Approvals by committer do not count.',
    ],
    [
      'S-35: the pusher, where none is named,',
      'pusher',
      { people: people({ pushers: [] }) },
      'Who the pusher is is not told: nobody is named. Approvals by pusher do not count.',
    ],
    [
      'S-35: the deployer, where none is named,',
      'deployer',
      { run: run() },
      'Who deploys is not known. Approvals by deployer do not count.',
    ],
    ['who deploys', 'deployer', { run: null }, 'Who deploys is not known. Approvals by deployer do not count.'],
    [
      'who began the run',
      'deployer',
      { run: { id: 1, attempt: 1, event: 'push', initiators: null } },
      'Who deploys is not known. Approvals by deployer do not count.',
    ],
  ])('and %s is not known: nobody can be told apart from them', (_, except, more, says) => {
    expect(judge(barred(except), [approval('ada')], more)).toEqual({
      outcome: 'wait',
      code: 'people-unseen',
      verdict: 'unknown',
      says,
      who: ['ada'],
    });
    expect(judge(barred(except), [], more).code).toBe('approvals-missing');
  });

  it('and nobody looked', () => {
    const without = facts({ approvals: known([approval('ada')]) });
    expect(decide(barred('author'), without).findings[0]).toMatchObject({
      code: 'people-unseen',
      says: expect.stringContaining('was not looked for'),
    });
    expect(decide(barred('deployer'), without).findings[0]?.code).toBe('people-unseen');
    expect(decide(ONE, without).outcome).toBe('approve');
  });

  it.each<[string, 'author' | 'committer', string]>([
    ['author', 'author', 'separation-unproven'],
    ['author', 'committer', 'approved'],
    ['committer', 'committer', 'separation-unproven'],
    ['committer', 'author', 'approved'],
    ['deployer', 'author', 'approved'],
  ])('except %s: GitHub has no account for an %s', (except, as, code) => {
    const nobody = people({ unattributed: [{ as, name: 'A. Nonymous' }] });
    const judged = judge(barred(except), [approval('ada'), approval('grace')], { people: nobody });
    expect(judged.code).toBe(code);
    if (code !== 'approved')
      expect(judged).toMatchObject({ outcome: 'wait', verdict: 'unmet', says: expect.stringContaining('no account for A. Nonymous') });
  });

  it('does not stand in the way of others', () => {
    expect(judge(barred('author'), [approval('ada'), approval('grace')], { people: people({ authors: ada }) })).toMatchObject({
      outcome: 'approve',
      who: ['grace'],
    });
  });
});
