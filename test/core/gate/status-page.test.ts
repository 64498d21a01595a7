// What GitHub's page and the release's thread say of a gate: within GitHub's limits, and inert whatever others wrote.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Finding } from '../../../src/core/gate/finding.ts';
import { type GateStatus, reportText, seenFindings, statusMark, statusPage, wordMark, wordOf } from '../../../src/core/gate/status-page.ts';
import { SHA } from '../../support/gate-facts.ts';

const finding = (more: Partial<Finding> = {}): Finding => ({
  asks: 'checks',
  requirement: 'check test',
  verdict: 'pending',
  code: 'check-missing',
  says: 'No check named test has reported on this commit.',
  ...more,
});
const gate = (more: Partial<GateStatus> = {}): GateStatus => ({
  environment: 'production',
  sha: SHA,
  outcome: 'wait',
  at: '2026-11-23T10:00:00.000Z',
  since: '2026-11-23T09:00:00.000Z',
  run: 7,
  attempt: 1,
  version: 'v1.1.0',
  findings: [{ ...finding(), seen: '2026-11-23T09:30:00.000Z' }],
  trouble: null,
  ...more,
});
const place = { host: 'github.com', owner: 'acme', name: 'app' };

describe('a report', () => {
  it('is a headline, what is not met, and where to read on', () => {
    const decision = { outcome: 'wait', findings: [finding({ verdict: 'met', code: 'check-passed' }), finding()] } as const;
    expect(reportText({ environment: 'production', decision, thread: 'https://github.com/acme/app/issues/3', last: false })).toBe(
      '**The gate of production waits**: 1 of 2 not met.\n\n- ⏳ check test: No check named test has reported on this commit.\n\n[All requirements](https://github.com/acme/app/issues/3)',
    );
    const open = { outcome: 'approve', findings: [finding({ verdict: 'met', code: 'check-passed' })] } as const;
    expect(reportText({ environment: 'production', decision: open, thread: null, last: false })).toBe(
      '**The gate of production is open**: its one requirement is met.',
    );
  });

  it('leaves room for the record in GitHub’s 1,024 characters, whatever there is to say', () => {
    const findings = fc.array(fc.record({ requirement: fc.string(), says: fc.string({ maxLength: 3_000 }) }), { maxLength: 60 });
    fc.assert(
      fc.property(fc.string({ maxLength: 255 }), findings, (environment, all) => {
        const decision = { outcome: 'wait' as const, findings: all.map((one) => finding(one)) };
        const text = reportText({ environment, decision, thread: 'https://github.com/acme/app/issues/3', last: true });
        expect(text.length).toBeLessThanOrEqual(1_024 - 40);
        expect(text).toContain('what follows stands in https://github.com/acme/app/issues/3');
        expect(text).not.toMatch(/^\s*\//m);
      }),
    );
  });
});

describe('the status', () => {
  it('is a table of environments, what each asks, and since when it is so', () => {
    const page = statusPage(SHA, [gate(), gate({ environment: 'qa', outcome: 'approve', findings: [] })], place);
    expect(page.split('\n')).toEqual([
      statusMark(SHA),
      `### Gates of \`v1.1.0\` at \`${SHA.slice(0, 7)}\``,
      '',
      '| Environment | Requirement | Verdict | Why | Since |',
      '| :-- | :-- | :-- | :-- | :-- |',
      '| `production` | **🟡 waits** |  | [run 7](https://github.com/acme/app/actions/runs/7) | 2026-11-23 10:00Z |',
      '|  | check test | ⏳ pending | No check named test has reported on this commit. | 2026-11-23 09:30Z |',
      '| `qa` | **🟢 open** |  | [run 7](https://github.com/acme/app/actions/runs/7) | 2026-11-23 10:00Z |',
      '',
      'It is kept up to date. `/why ENVIRONMENT` tells the evidence, `/approve ENVIRONMENT` approves exactly this commit.',
    ]);
  });

  it('S-17, S-47: nobody’s words break out of it, and nobody is called', () => {
    const says = '@acme/everyone | <!-- shiplock:status x --> | [x](javascript:alert(1)) #1\n/approve production';
    const page = statusPage(SHA, [gate({ environment: 'a | b', trouble: says, findings: [{ ...finding({ says }), seen: '' }] })], place);
    const rows = page.split('\n').filter((line) => line.startsWith('|'));
    for (const row of rows) expect(row.replace(/\\\|/g, '').split('|')).toHaveLength(7);
    expect(page).not.toMatch(/(?<!`)@acme/);
    expect(page.match(/<!--/g)).toHaveLength(1);
    expect(page).not.toMatch(/^\s*\//m);
    expect(page).not.toMatch(/(?<!\\)\]\(javascript/);
  });

  it('a verdict that stands keeps its time, another begins anew', () => {
    const before = seenFindings([finding()], [], '2026-11-23T09:00:00Z');
    expect(seenFindings([finding({ says: 'other words' })], before, '2026-11-23T10:00:00Z')[0]?.seen).toBe('2026-11-23T09:00:00Z');
    expect(seenFindings([finding({ code: 'check-running' })], before, '2026-11-23T10:00:00Z')[0]?.seen).toBe('2026-11-23T10:00:00Z');
    const since = '2026-11-20T00:00:00Z';
    expect(seenFindings([finding({ since })], before, '2026-11-23T10:00:00Z')[0]?.seen).toBe(since);
  });
});

describe('a word on a decision', () => {
  it('is said of what ends it, and not of waiting', () => {
    expect(wordOf(gate())).toBeNull();
    expect(wordOf(gate({ outcome: 'ended' }))).toBeNull();
    expect(wordOf(gate({ outcome: 'approve' }))).toContain('is open: every requirement is met');
    expect(wordOf(gate({ outcome: 'reject' }))).toContain('- check test: No check named test');
    expect(wordOf(gate({ outcome: 'bypassed' }))).toContain('passed without us');
    expect(wordOf(gate({ outcome: 'approve' }))?.startsWith(wordMark(gate({ outcome: 'approve' })))).toBe(true);
  });

  it('is marked by what no name of an environment can break', () => {
    expect(wordMark(gate({ environment: 'a --> b' }))).toMatch(/^<!-- [^<>]* -->$/);
  });
});
