// What GitHub's page and the release's thread say of a gate: within GitHub's limits, and inert whatever others wrote.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Finding } from '../../../src/core/gate/finding.ts';
import {
  type GateStatus,
  reportText,
  seenFindings,
  statusMark,
  statusPage,
  threadIssue,
  timeText,
  wordMark,
  wordOf,
} from '../../../src/core/gate/status-page.ts';
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

  const report = (more: Partial<Parameters<typeof reportText>[0]>) =>
    reportText({ environment: 'qa', decision: { outcome: 'wait', findings: [finding()] }, thread: null, last: false, ...more });
  const [unmet, unknown, pending, met] = (['unmet', 'unknown', 'pending', 'met'] as const).map((verdict) =>
    finding({ verdict, requirement: verdict, says: 'Because.' }),
  ) as [Finding, Finding, Finding, Finding];

  it('tells the worst first, and of what is met only the number', () => {
    const decision = { outcome: 'reject', findings: [met, pending, unknown, unmet] } as const;
    expect(report({ decision })).toBe(
      '**The gate of qa stays shut**: 3 of 4 not met.\n\n- ❌ unmet: Because.\n- ❔ unknown: Because.\n- ⏳ pending: Because.',
    );
    expect(report({ decision: { outcome: 'approve', findings: [met, met] } })).toBe('**The gate of qa is open**: all 2 requirements met.');
  });

  it('says where it goes on, where GitHub takes no more', () => {
    const thread = 'https://github.com/acme/app/issues/3';
    expect(report({ thread, last: true })).toContain(
      `\n\nGitHub takes no more reports for this deployment: what follows stands in ${thread}.`,
    );
    expect(report({ last: true })).not.toContain('GitHub takes');
  });

  it('counts what has no room, to the character', () => {
    const room = 1_024 - 60 - '**The gate of qa waits**: 6 of 6 not met.'.length - 4;
    const line = (length: number) => finding({ requirement: 'r', says: 'x'.repeat(length - '- ⏳ r: '.length) });
    const lines = (...lengths: readonly number[]) =>
      report({ decision: { outcome: 'wait', findings: lengths.map(line) } })
        .split('\n')
        .slice(2);
    const rest = room - 4 * 201 - 1;
    const more = '- …and 1 more'.length + 1;
    expect(lines(200, 200, 200, 200, rest - 21, 20)).toHaveLength(6);
    expect(lines(200, 200, 200, 200, rest - 21, 20).at(-1)).toContain('⏳ r:');
    expect(lines(200, 200, 200, 200, rest - 21, 21).at(-1)).toBe('- …and 1 more');
    expect(lines(200, 200, 200, 200, rest - 21, 21)).toHaveLength(6);
    expect(lines(200, 200, 200, 200, rest - more, 20).at(-1)).toBe('- …and 1 more');
    expect(lines(200, 200, 200, 200, rest - more, 20)).toHaveLength(6);
    expect(lines(200, 200, 200, 200, rest - more + 1, 20)).toHaveLength(5);
    expect(lines(200, 200, 200, 200, rest - more + 1, 20).at(-1)).toBe('- …and 2 more');
  });

  it('takes the room of its last line from the others, up to all of it', () => {
    const decision = { outcome: 'wait', findings: Array.from({ length: 9 }, () => finding({ says: 'x'.repeat(180) })) } as const;
    const thread = 'https://github.com/acme/app/issues/3';
    expect(report({ decision, thread, last: true }).length).toBeLessThanOrEqual(1_024 - 60);
    const about = (length: number) => report({ thread: 'x'.repeat(length) }).split('\n\n');
    const room = 1_024 - 60 - '**The gate of qa waits**: its one requirement is not met.'.length - '[All requirements]()'.length - 4;
    const more = '- …and 1 more';
    expect(about(room - more.length - 1)[1]).toBe(more);
    expect(about(room - more.length)).toHaveLength(2);
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
      'It is kept up to date. `/why ENVIRONMENT` shows the evidence, `/approve ENVIRONMENT` approves exactly this commit.',
    ]);
  });

  it('tells of each environment how it stands, and of each requirement, the worst first', () => {
    const outcomes = (['approve', 'reject', 'wait', 'bypassed', 'ended'] as const).map((outcome) => gate({ outcome, findings: [] }));
    const told = statusPage(SHA, outcomes, place).match(/(?<=\| \*\*)[^*]*/g);
    expect(told).toEqual(['🟢 open', '🔴 rejected', '🟡 waits', '⚠️ passed without us', '⚪ over']);
    const findings = (['met', 'pending', 'unknown', 'unmet'] as const).map((verdict) => ({ ...finding({ verdict }), seen: '' }));
    const verdicts = statusPage(SHA, [gate({ findings })], place).match(/(?<=check test \| )[^|]*(?= \|)/g);
    expect(verdicts).toEqual(['❌ unmet', '❔ unknown', '⏳ pending', '✅ met']);
  });

  it('names the version that any of its gates knows, tells what is where, and what GitHub could not be told', () => {
    const page = statusPage(
      SHA,
      [
        gate({ version: null, findings: [], trouble: 'It has no permission.' }),
        gate({ environment: 'qa', findings: [], trouble: 'Neither.' }),
      ],
      place,
      'Everything is everywhere.',
    );
    expect(page.split('\n').slice(1, 2)).toEqual([`### Gates of \`v1.1.0\` at \`${SHA.slice(0, 7)}\``]);
    expect(page.split('\n').slice(8)).toEqual([
      'Everything is everywhere.',
      '',
      '> [!WARNING]',
      '> **GitHub could not be told.**',
      '>',
      '> - production: It has no permission.',
      '> - qa: Neither.',
      '',
      'It is kept up to date. `/why ENVIRONMENT` shows the evidence, `/approve ENVIRONMENT` approves exactly this commit.',
    ]);
    expect(statusPage(SHA, [gate({ version: null })], place)).toContain(`\n### Gates of \`${SHA.slice(0, 7)}\`\n`);
    expect(statusPage(SHA, [gate()], place)).not.toContain('[!WARNING]');
  });

  it('writes commands as the gate that was decided last has them written', () => {
    const old = gate({ at: '2026-11-23T09:00:00Z', prefix: 'old' });
    const young = gate({ environment: 'qa', at: '2026-11-23T10:00:00Z', prefix: 'ship' });
    const nobody = gate({ environment: 'dev', at: 'lately', prefix: 'none' });
    for (const gates of [
      [old, young],
      [young, old],
      [nobody, young],
      [young, nobody],
    ])
      expect(statusPage(SHA, gates, place)).toMatch(/`\/ship why ENVIRONMENT` .*`\/ship approve ENVIRONMENT`/);
    expect(statusPage(SHA, [old, gate()], place)).toContain('`/why ENVIRONMENT`');
    expect(statusPage(SHA, [], place)).toContain('`/why ENVIRONMENT`');
  });

  it('counts what is too much for a page', () => {
    const findings = Array.from({ length: 101 }, () => ({ ...finding(), seen: '' }));
    const page = statusPage(SHA, [gate({ findings })], place);
    expect(page.match(/check test/g)).toHaveLength(99);
    expect(page).toContain('\n\n…and 2 more requirements: ');
    expect(statusPage(SHA, [gate({ findings: findings.slice(2) })], place)).not.toContain('more requirement');
  });

  it('tells no time that is none', () => {
    expect(['2026-11-23T10:00:00.000Z', 'lately', ''].map(timeText)).toEqual(['2026-11-23 10:00Z', '', '']);
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
    const lint = finding({ requirement: 'check lint' });
    const both = seenFindings(
      [finding(), lint],
      seenFindings([lint], before, '2026-11-23T09:30:00Z').concat(before),
      '2026-11-23T10:00:00Z',
    );
    expect(both.map(({ seen }) => seen)).toEqual(['2026-11-23T09:00:00Z', '2026-11-23T09:30:00Z']);
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

  it('names version, commit and what it is, and of a rejection each reason', () => {
    const commit = `\`${SHA.slice(0, 7)}\``;
    expect(wordOf(gate({ outcome: 'approve' }))).toBe(
      `<!-- shiplock:decided 7 1 production approve -->\n**\`production\`** is open: every requirement is met, and GitHub was told so (\`v1.1.0\`, ${commit}).`,
    );
    const findings = [finding({ verdict: 'met', requirement: 'check lint' }), finding(), finding({ requirement: 'hold', says: 'Wait.' })];
    const rejected = gate({ outcome: 'reject', version: null, findings: findings.map((one) => ({ ...one, seen: '' })) });
    expect(wordOf(rejected)).toBe(
      `<!-- shiplock:decided 7 1 production reject -->\n**\`production\`** was rejected, and the deployment is stopped (${commit}).\n\n- check test: No check named test has reported on this commit.\n- hold: Wait.`,
    );
    expect(wordOf({ ...rejected, outcome: 'bypassed' })).toBe(
      `<!-- shiplock:decided 7 1 production bypassed -->\n**\`production\`** was passed without us: somebody let the deployment in before the gate was open, which is in the record (${commit}).`,
    );
  });

  it('gives ten reasons at most, none of them longer than a line or two', () => {
    const findings = Array.from({ length: 12 }, () => ({ ...finding({ says: 'x'.repeat(500) }), seen: '' }));
    const lines = wordOf(gate({ outcome: 'reject', findings }))?.match(/^- .*/gm);
    expect(lines).toHaveLength(10);
    expect(lines?.[0]).toHaveLength('- check test: '.length + 400);
  });

  it('is marked as of an environment however its name is written', () => {
    expect(wordMark(gate({ environment: 'Prod.EU_1-a/b' }))).toBe('<!-- shiplock:decided 7 1 prod.eu_1-a-b wait -->');
  });

  it('is marked by what no name of an environment can break', () => {
    expect(wordMark(gate({ environment: 'a --> b' }))).toMatch(/^<!-- [^<>]* -->$/);
  });
});

describe('the issue in which a commit is talked about that no pull request brought', () => {
  it('is named by its tag where it has one, and begins with its mark', () => {
    expect(threadIssue(SHA, 'v1.1.0')).toEqual({
      title: 'Deployment of v1.1.0',
      body: `<!-- shiplock:thread ${SHA} -->\n\nGates wait for v1.1.0 (\`aaaaaaa\`), which did not come by a pull request of its own. Their status is kept below, and commands that name an environment are read here.`,
    });
    const nameless = threadIssue(SHA, null);
    expect(nameless.title).toBe('Deployment of aaaaaaa');
    expect(nameless.body).toContain('Gates wait for `aaaaaaa`, which');
  });
});
