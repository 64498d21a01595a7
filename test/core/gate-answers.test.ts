// What answers about gates say: in words that nobody else's text can turn into something else, and within what a comment may have.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  approvedText,
  nobodyAskedText,
  ownWorkText,
  rejectedText,
  saidSinceText,
  standingUnseenText,
} from '../../src/core/answer/approve.ts';
import {
  environmentUnseenText,
  movedOnText,
  noEnvironmentText,
  nothingWaitsText,
  openPullText,
  type Spot,
  whichText,
} from '../../src/core/answer/gate.ts';
import {
  notWaivableText,
  type Override,
  overriddenText,
  reviewIssue,
  shortReasonText,
  tooLateText,
} from '../../src/core/answer/override.ts';
import { answerMark, answerText } from '../../src/core/answer/page.ts';
import {
  frozenText,
  heldText,
  noTimeText,
  notFrozenText,
  notHeldText,
  pastText,
  stoppedSinceText,
  unfrozenText,
  unheldText,
} from '../../src/core/answer/stop.ts';
import { type Arrival, whyPage } from '../../src/core/answer/why.ts';
import { gateText } from '../../src/core/command/policy-text.ts';
import type { GateFacts } from '../../src/core/gate/facts.ts';
import type { Decision, Finding } from '../../src/core/gate/finding.ts';
import { approval, check, deployment, facts, known, policyOf, SHA, unseen } from '../support/gate-facts.ts';
import { hostileText, leaksOf } from '../support/markdown.ts';

const NOW = '2026-11-23T12:00:00Z';

function findingOf(says: string, verdict: Finding['verdict'] = 'unmet'): Finding {
  return { asks: 'ticket', requirement: says, verdict, code: 'ticket-missing', says, who: [says], since: NOW, opensAt: NOW };
}

function decisionOf(findings: readonly Finding[]): Decision {
  return { outcome: 'wait', findings, again: NOW, occasion: 'security' };
}

function spotOf(text: string, run: number | null = 7): Spot {
  return { environment: text, sha: SHA, version: text, run };
}

/** Facts in which every word of others is one text. */
function factsOf(text: string): GateFacts {
  return facts({
    environment: text,
    run: { id: 7, attempt: 1, event: text, initiators: [{ login: text, id: 1 }] },
    release: known({ version: text, tag: text, kind: text, occasion: text, texts: [] }),
    checks: known([check(text, text, { app: text })]),
    baseline: known({ tag: text, sha: SHA, checks: [] }),
    approvals: known([approval(text, text, { source: text })]),
    deployments: { [text]: known([deployment(NOW, { state: text })]), other: unseen(text) },
  });
}

function whyOf(text: string, arrival: Arrival | null = null): string {
  return whyPage({
    arrival,
    spot: spotOf(text),
    decision: decisionOf([findingOf(text), findingOf(text, 'met')]),
    facts: factsOf(text),
    policy: { path: text, branch: text, sha: SHA, file: true },
    waits: { url: 'https://github.com/acme/app/actions/runs/7', since: NOW },
    base: 'https://github.com/acme/app',
  });
}

function arrivedOf(text: string, outcome: 'approve' | 'bypassed'): string {
  const findings = (['approved', 'waived'] as const).map((code) => ({ ...findingOf(text, 'met'), code }));
  return whyOf(text, { isThere: outcome === 'approve', since: NOW, run: 7, gate: { outcome, at: NOW, findings, by: text } });
}

function overrideOf(text: string): Override {
  return { spot: spotOf(text), by: text, reason: text, at: NOW, until: NOW };
}

function reviewOf(text: string, to: readonly string[]) {
  return reviewIssue({
    override: overrideOf(text),
    decision: decisionOf([findingOf(text)]),
    comment: { id: 9, issue: 7, url: 'https://github.com/acme/app/issues/7#issuecomment-9' },
    runUrl: null,
    to,
  });
}

const stop = (text: string) => ({ by: text, reason: text, at: NOW });
const freeze = (text: string) => ({ ...stop(text), until: NOW });
const decision = (text: string) => decisionOf([findingOf(text)]);

/** Every sentence that holds words of others, made of one text. */
const SAYINGS: Readonly<Record<string, (text: string) => string>> = {
  'an approval': (text) => approvedText(spotOf(text), decision(text), true, text),
  'a rejection': (text) => rejectedText(spotOf(text), text, text),
  'a later word': (text) => saidSinceText(spotOf(text), 'approve'),
  'own work': (text) => ownWorkText(spotOf(text), `is ${text}`, [text]),
  'a standing that is not seen': (text) => standingUnseenText(spotOf(text), text),
  'nobody to ask': (text) => nobodyAskedText(spotOf(text), true, 'reject', text),
  'no environment': (text) => noEnvironmentText(text, [text], text),
  'an environment that is not seen': (text) => environmentUnseenText(text, text),
  'several that may be meant': (text) => whichText(text, [{ environment: text, sha: SHA, run: 7, thread: null }]),
  'nothing that waits': (text) => nothingWaitsText(text, [text]),
  'what came later': (text) => movedOnText(spotOf(text), text),
  'an open pull request': (text) => openPullText(1, text).replace('#1', ''),
  'a hold': (text) => heldText(text, stop(text), [stop(text)], text),
  'no hold any more': (text) => unheldText(text, [stop(text)], [stop(text)], text),
  'no hold': (text) => notHeldText(text, [stop(text)], text),
  'a freeze': (text) => frozenText(text, freeze(text), [freeze(text)], 'Europe/Berlin', text),
  'no freeze any more': (text) => unfrozenText(text, { ended: [freeze(text)], left: [freeze(text)], zone: 'UTC', policy: text }),
  'no freeze': (text) => notFrozenText(text, [freeze(text)], 'UTC', text),
  'a later stop': (text) => stoppedSinceText(text, 'held'),
  'a time that is over': (text) => pastText(text, text, 'UTC'),
  'a time that is none': (text) => noTimeText(text, text),
  'an override': (text) =>
    overriddenText(overrideOf(text), 1, decision(text), { number: 7, url: 'https://github.com/acme/app/issues/7' }).replace('#7', ''),
  'a reason that is none': (text) => shortReasonText(text),
  'an override that would not help': (text) => notWaivableText(spotOf(text), text),
  'an override that is late': (text) => tooLateText(spotOf(text), text),
  'a review': (text) =>
    reviewOf(text, [])
      .body.replace(/^<!-- shiplock:review overridden [0-9a-f]{40} [0-9a-f]{14} -->/, '')
      .replace('#7', ''),
  why: (text) => whyOf(text),
  'why, once it is there': (text) => arrivedOf(text, 'approve'),
  'why, past the gate': (text) => arrivedOf(text, 'bypassed'),
};

const OURS = ['https://github.com/acme/app'];
const OUR_HTML = /^html: (?:<\/?(?:details|summary)>|<summary>What was seen<\/summary>|<details>\n<summary>What was seen<\/summary>)\s*$/;

describe('S-17: in every answer about a gate, text from others', () => {
  it.each(Object.entries(SAYINGS))('%s: neither pings, links, hides nor commands', { timeout: 120_000 }, (_, say) => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const page = answerText(9, 'ada', [{ text: null, done: true, says: say(text) }]).replace(`${answerMark(9)}\n@ada`, '');
        expect(leaksOf(page, OURS).filter((leak) => !OUR_HTML.test(leak))).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });

  it('whom the policy asks to look back is asked by name, and nothing else that stands there', () => {
    const { body } = reviewOf('because', ['@acme/sre', '@boss', '@a @b', '#1', '@x/y/z']);
    expect(body).toContain('Asked to look: @acme/sre @boss `@a @b` `#1` `@x/y/z`');
  });

  it('the title of a review is one line', () => {
    const { title } = reviewOf('a\nb\u202e', []);
    expect(title).toBe('Look back: override of a b at aaaaaaa');
  });
});

describe('the page of `/why`', () => {
  const page = (count: number, limit: number) => {
    const long = 'words '.repeat(100);
    const many = Array.from({ length: count }, (_, index) => findingOf(`${index} ${long}`, index % 2 === 0 ? 'met' : 'unmet'));
    return whyPage({
      spot: spotOf('production'),
      decision: decisionOf(many),
      facts: facts({ checks: known(Array.from({ length: 500 }, () => check(long))) }),
      policy: { path: '.github/shiplock.yml', branch: 'main', sha: SHA, file: true },
      waits: null,
      base: 'https://github.com/acme/app',
      limit,
    });
  };

  it.each([
    [3, 60_000],
    [60, 60_000],
    [150, 60_000],
    [500, 60_000],
    [500, 6_000],
  ])('of %i requirements takes no more than %i characters', (count, limit) => {
    expect(page(count, limit).length).toBeLessThanOrEqual(limit);
  });

  it('counts what it leaves out, and leaves out what is met first', () => {
    const says = page(150, 20_000);
    expect(says).toMatch(/…and \d+ more requirements\./);
    expect(says).toContain('❌ unmet');
    expect(says).not.toContain('✅ met');
  });
});

describe('an environment in `/help`', () => {
  it('tells who may approve, and where other occasions ask others', () => {
    const { environments } = policyOf(`production:
  requires: [{ approvals: { count: 2, from: ["@acme/release"] } }]
  for:
    maintenance: { approvals: { count: 1 } }
    security: { approvals: { count: 1, from: ["@acme/security"] } }
    rollback: { approvals: { count: 0 } }
`);
    const production = environments.production;
    expect(production).toBeDefined();
    if (production === undefined) return;
    const says = gateText(production);
    expect(says).toContain('2 approvals from `@acme/release`');
    expect(says).toContain('other rules for maintenance (1 approval from `@acme/release`');
    expect(says).toContain('security (1 approval from `@acme/security`');
    expect(says).toContain('rollback (no approval)');
  });
});
