// Every code of a gate in a case of its own, word for word: what people read of it, and under which name.
import { describe, expect, it } from 'vitest';
import { type Gate, type GateFacts, gateIn } from '../../../src/core/gate/facts.ts';
import { CODES, type Decision } from '../../../src/core/gate/finding.ts';
import { decide, undecided, unrecorded } from '../../../src/core/gate.ts';
import { DEFAULT_POLICY } from '../../../src/core/policy.ts';
import {
  account,
  approval,
  check,
  deployment,
  facts,
  known,
  OTHER_SHA,
  people,
  policyOf,
  production,
  unseen,
  waiver,
} from '../../support/gate-facts.ts';

const OPEN = gateIn(policyOf('default: open\nproduction: {}'), 'preview');
const EMPTY = production('promote: manual');
const CHECK = production('requires: [{ checks: [test] }]');
const BY_APP = production('requires: [{ checks: [test], app: 15368 }]');
const RETRIES = production('requires: [{ checks: [test], retries: 0 }]');
const BASELINE = production('requires: [{ checks: ["*"], baseline: previous-release }]');
const APPROVAL = production('requires: [{ approvals: { except: [author] } }]');
const AFTER = production('after: qa', 'qa: {}\n');
const SOAK = production('after: qa\nrequires: [{ soak: 2h }]', 'qa: {}\n');
const ROLLBACK = production('requires: [{ checks: [test] }]\nfor: { rollback: { requires: [] } }');
const TICKET = production('requires: [{ ticket: "CHG-\\\\d+" }]');
const FREEZE = production('freeze: [{ from: "2026-11-20T00:00", to: "2026-12-01T00:00", except: [security], reason: year end }]');
const WINDOW = production('windows: [{ days: mon, from: "09:00", to: "16:00", zone: Europe/Berlin }]');

const release = (occasion: string, text = '') =>
  known({ version: '1.2.4', tag: 'v1.2.4', kind: 'maintenance', occasion, texts: [{ where: 'the notes', text }] });
const seen = (...checks: readonly ReturnType<typeof check>[]) => ({ checks: known(checks) });
const since = (then: readonly ReturnType<typeof check>[], ...now: readonly ReturnType<typeof check>[]): Partial<GateFacts> => ({
  checks: known(now),
  baseline: known({ tag: 'v1.2.3', sha: OTHER_SHA, checks: then }),
});
const said = (...approvals: readonly ReturnType<typeof approval>[]): Partial<GateFacts> => ({
  approvals: known(approvals),
  people: people(),
});
const inQa = (...list: readonly ReturnType<typeof deployment>[]): Partial<GateFacts> => ({ deployments: { qa: known(list) } });
const here = (...list: readonly ReturnType<typeof deployment>[]): Partial<GateFacts> => ({
  release: release('rollback'),
  deployments: { production: known(list) },
});
const without = (key: 'holds' | 'freezes') => {
  const { [key]: _, ...rest } = facts();
  return rest as GateFacts;
};
const entryOf = (gate: Gate, more: object): Gate => ({ ...gate, entry: { ...(gate.entry as NonNullable<Gate['entry']>), ...more } });

const CASES: readonly (readonly [string, () => Decision])[] = [
  ['nothing-asked', () => decide(EMPTY, facts())],
  ['unlisted-open', () => decide(OPEN, facts({ environment: 'preview' }))],
  ['no-entry', () => decide(gateIn(DEFAULT_POLICY, 'production'), facts())],
  ['policy-unseen', () => undecided('The policy could not be seen: GitHub is away.')],
  ['record-broken', () => unrecorded('Entry 7 of the record is not as it was written.')],
  ['other-environment', () => decide(EMPTY, facts({ environment: 'qa' }))],
  ['clock-unreadable', () => decide(EMPTY, facts({ now: 'noon' }))],
  ['occasion-unknown', () => decide(ROLLBACK, facts())],
  ['not-asked', () => decide(CHECK, facts())],
  ['not-asked', () => decide(BASELINE, facts(seen(check('test'))))],
  ['not-asked', () => decide(APPROVAL, facts())],
  ['not-asked', () => decide(AFTER, facts())],
  ['not-asked', () => decide(SOAK, facts())],
  ['not-asked', () => decide(ROLLBACK, facts({ release: release('rollback') }))],
  ['not-asked', () => decide(TICKET, facts())],
  ['not-asked', () => decide(EMPTY, without('holds'))],
  ['not-asked', () => decide(EMPTY, without('freezes'))],
  ['waived', () => decide(CHECK, facts({ ...seen(check('test', 'failure')), waivers: known([waiver()]) }))],

  ['check-passed', () => decide(CHECK, facts(seen(check('test'))))],
  [
    'check-quarantined',
    () =>
      decide(
        production('requires: [{ checks: [test], quarantine: [{ check: test, until: 2027-01-31, reason: "flaky, #12" }] }]'),
        facts(seen()),
      ),
  ],
  ['check-failed', () => decide(CHECK, facts(seen(check('test', 'timed_out'))))],
  ['check-flaky', () => decide(RETRIES, facts(seen(check('test', 'failure'), check('test'))))],
  ['check-not-success', () => decide(CHECK, facts(seen(check('test', 'stale'))))],
  ['check-of-other-app', () => decide(BY_APP, facts(seen(check('test', 'success', { app: 'impostor', appId: 1 }))))],
  ['check-missing', () => decide(CHECK, facts(seen()))],
  ['check-running', () => decide(CHECK, facts(seen(check('test', 'queued'))))],
  ['check-unclear', () => decide(RETRIES, facts(seen(check('test', 'sparkling'), check('test'))))],
  ['check-app-unseen', () => decide(BY_APP, facts(seen(check('test', 'success', { appId: null }))))],
  ['checks-unseen', () => decide(CHECK, facts({ checks: unseen() }))],

  ['baseline-kept', () => decide(BASELINE, facts(since([check('test')], check('test'))))],
  ['baseline-none', () => decide(BASELINE, facts(since([], check('test'))))],
  ['regression', () => decide(BASELINE, facts(since([check('test')], check('test', 'failure'))))],
  ['baseline-not-success', () => decide(BASELINE, facts(since([check('test')], check('test', 'stale'))))],
  ['baseline-missing', () => decide(BASELINE, facts(since([check('test')], check('lint'))))],
  ['baseline-running', () => decide(BASELINE, facts(since([check('test')], check('test', 'queued'))))],
  ['baseline-unseen', () => decide(BASELINE, facts({ ...seen(check('test')), baseline: unseen() }))],

  ['approved', () => decide(APPROVAL, facts(said(approval('ada'))))],
  ['rejected-by-person', () => decide(APPROVAL, facts(said(approval('ada', 'reject'))))],
  ['approvals-missing', () => decide(APPROVAL, facts(said()))],
  [
    'separation-unproven',
    () =>
      decide(
        APPROVAL,
        facts({ ...said(approval('ada')), people: people({ authors: [], unattributed: [{ as: 'author', name: 'A. Nonymous' }] }) }),
      ),
  ],
  ['approver-unclear', () => decide(APPROVAL, facts(said(approval('ada', 'approve', { role: unseen() }))))],
  ['approvals-unseen', () => decide(APPROVAL, facts({ approvals: unseen() }))],
  ['people-unseen', () => decide(APPROVAL, facts({ ...said(approval('ada')), people: unseen() }))],

  ['deployed-before', () => decide(AFTER, facts(inQa(deployment('2026-11-23T10:00:00Z'))))],
  ['not-deployed-before', () => decide(AFTER, facts(inQa()))],
  ['not-deployed-before', () => decide(SOAK, facts(inQa()))],
  ['deploying-before', () => decide(AFTER, facts(inQa(deployment(null))))],
  ['soaked', () => decide(SOAK, facts(inQa(deployment('2026-11-23T09:00:00Z'))))],
  ['soaking', () => decide(SOAK, facts(inQa(deployment('2026-11-23T11:00:00Z'))))],
  [
    'soak-cut-short',
    () => decide(SOAK, facts(inQa(deployment('2026-11-23T09:00:00Z', { state: 'inactive', endedAt: '2026-11-23T10:00:00Z' })))),
  ],
  ['soak-nowhere', () => decide(entryOf(EMPTY, { requires: [{ asks: 'soak', seconds: 7_200 }] }), facts())],
  ['deployed-by-hand', () => decide(AFTER, facts(inQa(deployment('2026-11-23T09:00:00Z', { by: { login: 'eve', id: 6, app: null } }))))],
  ['deployment-unclear', () => decide(AFTER, facts(inQa(deployment('2026-11-23T09:00:00Z', { by: null }))))],
  ['deployment-unclear', () => decide(AFTER, facts(inQa(deployment(null, { state: 'sparkling' }))))],
  ['deployment-unclear', () => decide(SOAK, facts(inQa(deployment('lately'))))],
  ['deployment-unclear', () => decide(SOAK, facts(inQa(deployment('2026-11-23T09:00:00Z', { state: 'inactive' }))))],
  ['deployment-unclear', () => decide(ROLLBACK, facts(here(deployment(null, { state: 'sparkling' }))))],
  ['deployments-unseen', () => decide(AFTER, facts({ deployments: { qa: unseen() } }))],
  ['clock-skew', () => decide(SOAK, facts(inQa(deployment('2026-11-23T13:00:00Z'))))],
  ['was-here', () => decide(ROLLBACK, facts(here(deployment('2026-11-23T09:00:00Z'))))],
  ['never-here', () => decide(ROLLBACK, facts(here()))],

  ['ticket-found', () => decide(TICKET, facts({ release: release('feature', 'See CHG-12.') }))],
  ['ticket-missing', () => decide(TICKET, facts({ release: release('feature', 'See nothing.') }))],
  ['release-unseen', () => decide(TICKET, facts({ release: unseen() }))],
  ['pattern-unusable', () => decide(entryOf(EMPTY, { requires: [{ asks: 'ticket', pattern: '(' }] }), facts())],

  ['held', () => decide(production('hold: the year ends'), facts())],
  ['held-by-person', () => decide(EMPTY, facts({ holds: known([{ by: 'ada', reason: 'wait', at: '2026-11-23T10:00:00Z' }]) }))],
  ['holds-unseen', () => decide(EMPTY, facts({ holds: unseen() }))],
  ['freeze-none', () => decide(FREEZE, facts({ now: '2026-12-24T12:00:00Z', release: release('feature') }))],
  ['freeze-excepted', () => decide(FREEZE, facts({ release: release('security') }))],
  ['frozen', () => decide(FREEZE, facts({ release: release('feature') }))],
  [
    'frozen-by-person',
    () => decide(EMPTY, facts({ freezes: known([{ by: 'ada', reason: 'wait', at: '2026-11-23T10:00:00Z', until: null }]) })),
  ],
  ['freezes-unseen', () => decide(EMPTY, facts({ freezes: unseen() }))],
  ['window-open', () => decide(WINDOW, facts())],
  ['window-closed', () => decide(WINDOW, facts({ now: '2026-11-23T16:00:00Z' }))],
  ['zone-unknown', () => decide(entryOf(WINDOW, { windows: [{ days: ['mon'], from: 0, to: 1440, zone: 'Mars/Olympus' }] }), facts())],
  [
    'zone-unknown',
    () => decide(entryOf(EMPTY, { freeze: [{ from: 'spring', to: '2026-12-01T00:00', zone: 'UTC', except: [], reason: null }] }), facts()),
  ],
];

describe('a finding', () => {
  it('is told word for word', () => {
    const told = CASES.flatMap(([code, decide]) => decide().findings.filter((one) => one.code === code)).map(
      ({ asks, requirement, verdict, code, says }) => `${verdict} ${code}: ${asks}: ${requirement}: ${says}`,
    );
    expect(told).toMatchInlineSnapshot(`
      [
        "met nothing-asked: policy: policy: The policy asks nothing of a deployment to production.",
        "met unlisted-open: policy: policy: The policy has no entry for preview, and its \`environments.default\` is open.",
        "unmet no-entry: policy: policy: The policy has no entry for production, and nothing opens what it does not name. Add \`environments.production\` with what it requires, or set \`environments.default: open\`.",
        "unknown policy-unseen: policy: policy: The policy could not be seen: GitHub is away.",
        "unmet record-broken: policy: record: Entry 7 of the record is not as it was written.",
        "unknown other-environment: policy: facts: These facts are about qa, not about production.",
        "unknown clock-unreadable: policy: facts: The time "noon" of these facts is none.",
        "met occasion-unknown: release: release: What sort of release this is is not known (nobody looked), so everything is asked that any sort is asked.",
        "unknown not-asked: checks: check test: What the checks of this commit say was not looked for, so it cannot be judged here.",
        "unknown not-asked: baseline: baseline of *: What passed on the previous release was not looked for, so it cannot be judged here.",
        "unknown not-asked: approvals: approval: Approval by one person was not looked for, so it cannot be judged here.",
        "unknown not-asked: after: after qa: What was deployed to qa was not looked for, so it cannot be judged here.",
        "unknown not-asked: soak: soak 2h: What was deployed to qa was not looked for, so it cannot be judged here.",
        "unknown not-asked: after: after qa: What was deployed to qa was not looked for, so it cannot be judged here.",
        "unknown not-asked: rollback: rollback: What was deployed to production was not looked for, so it cannot be judged here.",
        "unknown not-asked: ticket: ticket CHG-\\d+: What the release says was not looked for, so it cannot be judged here.",
        "unknown not-asked: hold: hold: Whether a person holds it was not looked for, so it cannot be judged here.",
        "unknown not-asked: freeze: freeze: Whether a person has frozen it was not looked for, so it cannot be judged here.",
        "met waived: checks: check test: Waived by @ada until 2026-11-23T13:00:00Z: the shop is down. Without it: test ended as failure.",
        "met check-passed: checks: check test: test passed.",
        "met check-quarantined: checks: check test: test is in quarantine until 2027-01-31 and does not count: flaky, #12",
        "unmet check-failed: checks: check test: test ended as timed_out.",
        "unmet check-flaky: checks: check test: test failed once on this commit before it passed, and the policy allows no failure.",
        "unmet check-not-success: checks: check test: test ended as stale, which is not success.",
        "unmet check-of-other-app: checks: check test of app 15368: test was reported by impostor, not by 15368, so it does not count.",
        "pending check-missing: checks: check test: No check named test has reported on this commit.",
        "pending check-running: checks: check test: test is queued.",
        "unknown check-unclear: checks: check test: test passed, but a run of it on this commit ended as sparkling, which nobody here can read, and the policy allows no failure.",
        "unknown check-app-unseen: checks: check test of app 15368: Which app reported test is told by its slug alone (github-actions), and only 15368 counts.",
        "unknown checks-unseen: checks: check test: The checks of this commit could not be seen: GitHub did not answer.",
        "met baseline-kept: baseline: baseline of *: test passed on v1.2.3 and passes now.",
        "met baseline-none: baseline: baseline of *: Nothing that is asked passed on v1.2.3.",
        "unmet regression: baseline: baseline of *: test passed on v1.2.3 and fails now.",
        "unmet baseline-not-success: baseline: baseline of *: test passed on v1.2.3 and ended as stale now.",
        "pending baseline-missing: baseline: baseline of *: test passed on v1.2.3 and has not reported on this commit. What is no longer run belongs under \`except\`.",
        "pending baseline-running: baseline: baseline of *: test passed on v1.2.3; not over yet on this commit.",
        "unknown baseline-unseen: baseline: baseline of *: What passed on the previous release could not be seen: GitHub did not answer.",
        "met approved: approvals: approval: @ada approved.",
        "unmet rejected-by-person: approvals: approval: @ada rejected this commit for production. Only their own approval takes it back.",
        "pending approvals-missing: approvals: approval: Needs approval by one person, from anyone with write access.",
        "unmet separation-unproven: approvals: approval: GitHub knows no account for A. Nonymous, who made a change, so nobody can show that the approvers are others. Add the commit’s e-mail address to the account it belongs to.",
        "unknown approver-unclear: approvals: approval: Whether @ada may approve could not be seen: GitHub did not answer.",
        "unknown approvals-unseen: approvals: approval: The approvals could not be seen: GitHub did not answer.",
        "unknown people-unseen: approvals: approval: Who the author is could not be seen: GitHub did not answer. Approvals by author do not count.",
        "met deployed-before: after: after qa: This commit has been deployed to qa with success.",
        "unmet not-deployed-before: after: after qa: This commit has not been deployed to qa with success. Deploy it there first.",
        "unmet not-deployed-before: soak: soak 2h: This commit has not been deployed to qa with success, where it has to stand for 2h.",
        "unmet not-deployed-before: after: after qa: This commit has not been deployed to qa with success. Deploy it there first.",
        "pending deploying-before: after: after qa: Its deployment to qa is in_progress.",
        "met soaked: soak: soak 2h: This commit has stood in qa for 2h and longer, since 2026-11-23T09:00:00Z.",
        "pending soaking: soak: soak 2h: This commit has stood in qa since 2026-11-23T11:00:00Z; 2h will have passed at 2026-11-23T13:00:00Z.",
        "unmet soak-cut-short: soak: soak 2h: This commit stood in qa from 2026-11-23T09:00:00Z to 2026-11-23T10:00:00Z only, and 2h are asked. Deploy it there again.",
        "unknown soak-nowhere: soak: soak 2h: The policy asks for a soak and names no environment to soak in. Say which with \`after\`.",
        "unmet deployed-by-hand: after: after qa: That this commit was deployed to qa with success was posted by @eve by hand, which is not counted. Deploy it there by a workflow; if @eve deploys for a machine, name the account in \`deployers\` of the policy.",
        "unknown deployment-unclear: after: after qa: Who says that this commit was deployed to qa with success is not known, so that it proves nothing.",
        "unknown deployment-unclear: after: after qa: Whether this commit’s deployment to qa succeeded cannot be told.",
        "unknown deployment-unclear: soak: soak 2h: When something was deployed to qa, or replaced there, cannot be told.",
        "unknown deployment-unclear: soak: soak 2h: How long this commit stood in qa cannot be told.",
        "unknown deployment-unclear: rollback: rollback: Whether this commit’s deployment to production succeeded cannot be told.",
        "unknown deployments-unseen: after: after qa: What was deployed to qa could not be seen: GitHub did not answer.",
        "unknown clock-skew: soak: soak 2h: A deployment to qa tells a time that is yet to come, so no time can be proven by it.",
        "met was-here: rollback: rollback: This commit has been deployed to production with success before.",
        "unmet never-here: rollback: rollback: This commit was never deployed to production with success, so going there is no rollback.",
        "met ticket-found: ticket: ticket CHG-\\d+: CHG-12 is named in the notes.",
        "unmet ticket-missing: ticket: ticket CHG-\\d+: The release names nothing that CHG-\\d+ finds (looked through the notes). Name the ticket in its notes or its pull request.",
        "unknown release-unseen: ticket: ticket CHG-\\d+: What the release says could not be seen: GitHub did not answer.",
        "unknown pattern-unusable: ticket: ticket (: ( cannot be used as a regular expression: the group that begins at 1 never ends.",
        "unmet held: hold: hold: The policy holds it: the year ends",
        "unmet held-by-person: hold: hold: @ada holds it: wait",
        "unknown holds-unseen: hold: hold: Whether a person holds it could not be seen: GitHub did not answer.",
        "met freeze-none: freeze: freeze: No freeze is on.",
        "met freeze-excepted: freeze: freeze: A freeze is on, and does not hold for security.",
        "pending frozen: freeze: freeze: Frozen until 2026-12-01 00:00 UTC: year end.",
        "unmet frozen-by-person: freeze: freeze: @ada has frozen it until it is taken back: wait",
        "unknown freezes-unseen: freeze: freeze: Whether a person has frozen it could not be seen: GitHub did not answer.",
        "met window-open: windows: windows: A window is open.",
        "pending window-closed: windows: windows: No window is open. The next window opens at 2026-11-30 09:00 Europe/Berlin.",
        "unknown zone-unknown: windows: windows: The time zone of a window is not known here.",
        "unknown zone-unknown: freeze: freeze: When the freeze from spring to 2026-12-01T00:00 (UTC) is cannot be worked out here.",
      ]
    `);
  });

  it('has a case for every code that a decision gives', () => {
    expect(CASES.map(([code]) => code).filter((code, at, all) => all.indexOf(code) === at)).toEqual(Object.keys(CODES));
  });

  it('names people by their logins', () => {
    const who = (more: Partial<GateFacts>) => decide(APPROVAL, facts(more)).findings[0]?.who;
    expect(who({ ...said(approval('ada'), approval('grace')), people: people({ authors: [account('grace')] }) })).toEqual(['ada']);
  });
});
