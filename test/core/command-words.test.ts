// What is answered about commands: help, problems and refusals. Whatever others wrote into it, no line of it is a command to anybody, and
// it pings nobody.
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { gfm } from 'micromark-extension-gfm';
import { describe, expect, it } from 'vitest';
import { commandsReference } from '../../scripts/commands-reference.ts';
import { type HelpFacts, helpText } from '../../src/core/command/help.ts';
import { parseComment } from '../../src/core/command/parse.ts';
import { usageOf } from '../../src/core/command/usage.ts';
import { problemsText, refusal, suffices } from '../../src/core/command/words.ts';
import { COMMANDS, type CommandShape } from '../../src/core/command.ts';
import { parsePolicy } from '../../src/core/policy/file.ts';
import { DEFAULT_POLICY, type Policy } from '../../src/core/policy.ts';
import type { Role } from '../../src/core/role.ts';

const from = { path: '.github/shiplock.yml', branch: 'main', sha: '0123456789abcdef', file: true };
const policy = policyOf(readFileSync(new URL('../../docs/examples/shiplock.yml', import.meta.url), 'utf8'));

describe('help', () => {
  const help = helpText({ policy, from, prefix: '', who: { login: 'ada', role: 'write' } });

  it('has each command of the table, who may, and its example', () => {
    for (const shape of COMMANDS) {
      const row = help.split('\n').find((line) => line.includes(`\`${usageOf(shape, '').replaceAll('|', '\\|')}\``));
      expect(row).toContain(shape.does.slice(1));
      expect(row).toContain(shape.example);
    }
  });

  it('marks what who asks may, and what not', () => {
    expect(help).toMatch(/\| `\/unhold ENV` \| write ✓ \|/);
    expect(help).toMatch(/\| `\/release publish` \| maintain ✗ \|/);
    expect(help).toMatch(/\| `\/approve \[ENV\]` \| the gate’s approvers \|/);
    expect(help).toContain('`ada` has the role `write`');
    expect(helpText({ policy, from, prefix: '', who: { login: 'ada', role: null } })).not.toMatch(/[✓✗]/);
  });

  it.each([
    ['where it was read', 'It is `.github/shiplock.yml` of the default branch, `main` at `0123456`.'],
    ['how releases are made', 'a release pull request is kept up to date'],
    ['lines', 'branches that match `main`, `[0-9]+.x`, `next` (prereleases, `rc`)'],
    [
      'an environment that is deployed by itself',
      '- `qa`: checks `unit / *`, `lint` of `github-actions`; deployed by `deploy.yml`, by itself.',
    ],
    ['a hold', '- `uat`: **held**: the test data is being replaced; after `qa`;'],
    ['approvals', '2 approvals from `@acme/release-managers`, `@ada`'],
    ['a soak', '24h in the environment before'],
    ['a ticket', 'a ticket that `CHG-\\d+` finds'],
    ['windows and freezes', 'mon-thu 09:00–16:00 Europe/Berlin; fri 00:00–12:00 Europe/Berlin; 1 freeze; other rules for maintenance'],
    ['what is not named', '- Other environments stay shut until the policy names them.'],
  ])('shows the policy in force: %s', (_, words) => {
    expect(help).toContain(words);
  });

  it.each<[string, Partial<HelpFacts>, string]>([
    [
      'the built-in one',
      { policy: DEFAULT_POLICY, from: { ...from, file: false } },
      'the default branch, `main` at `0123456`, has no `.github/shiplock.yml`',
    ],
    ['one with a prefix', { prefix: 'shiplock' }, '`/shiplock approve production`'],
    [
      'one that cannot be used',
      { policy: '.github/shiplock.yml:3:1: relase is unknown' },
      'is not used as it is. .github/shiplock.yml:3:1: relase is unknown',
    ],
    [
      'one that was not seen',
      { policy: 'GitHub answered 502', from: null },
      'None: the policy file is not used as it is. GitHub answered 502',
    ],
    ['one of open environments', { policy: policyOf('environments: { default: open }') }, 'The policy names no environment: all are open'],
    ['one that requires nothing', { policy: policyOf('environments: { qa: {} }') }, '`qa`: nothing required, and nothing opens no gate'],
    [
      'lines that are there',
      { lines: [{ name: '1.x', says: '1.0.0 up to, not including, 2.0.0' }] },
      'Lines: `1.x` (1.0.0 up to, not including, 2.0.0)',
    ],
  ])('shows a policy: %s', (_, facts, words) => {
    expect(helpText({ policy, from, prefix: '', ...facts })).toContain(words);
  });

  it('stays within a comment, however many environments there are', () => {
    const names = Array.from({ length: 400 }, (_, index) => `  ${'e'.repeat(200)}${index}: { requires: [{ approvals: { count: 2 } }] }`);
    const text = helpText({ policy: policyOf(`environments:\n${names.join('\n')}`), from, prefix: '' });
    expect(text.length).toBeLessThan(30_000);
    expect(text).toContain('…and 370 more environments');
  });
});

describe('a role', () => {
  it.each<[Role, CommandShape['who'], boolean | null]>([
    ['none', 'read', false],
    ['read', 'read', true],
    ['triage', 'read', true],
    ['triage', 'write', false],
    ['write', 'write', true],
    ['write', 'maintain', false],
    ['maintain', 'maintain', true],
    ['maintain', 'admin', false],
    ['admin', 'admin', true],
    ['admin', 'approvers', null],
  ])('%s for %s: %s', (has, needed, enough) => {
    expect(suffices(has, needed)).toBe(enough);
  });
});

describe('a refusal', () => {
  const named = (name: string) => COMMANDS.find((shape) => shape.name === name) as CommandShape;
  it.each<[string, Parameters<typeof refusal>[0], string]>([
    [
      'says who may, what they are and what to do',
      { command: named('override'), needed: 'admin', has: 'write', login: 'ada' },
      '`/override` is for admins of the repository. `ada` has the role `write`. Nothing was done. Ask an admin to comment it, or to give the role.',
    ],
    [
      'speaks to whoever reads it',
      { command: named('unhold'), needed: 'write', has: 'none', prefix: 'shiplock' },
      '`/shiplock unhold` is for those with write access or more. You have no role in this repository. Nothing was done. Ask somebody who has `write` or more to comment it, or an admin to give the role.',
    ],
    [
      'names a gate’s approvers as the policy does, teams without their members',
      { command: named('reject'), needed: 'approvers', has: 'write', login: 'ada', environment: 'production', approvers: ['@acme/leads'] },
      '`/reject` is for those whom the gate of `production` counts: `@acme/leads`. It does not count `ada`, with the role `write`. Nothing was done. Ask one of them to comment `/reject`; whom a gate counts is in the policy.',
    ],
    [
      'knows a gate that counts all who may write',
      { command: named('approve'), needed: 'approvers', has: 'read', environment: 'qa', approvers: [] },
      '`/approve` is for those whom the gate of `qa` counts: everyone with write access. It does not count you, with the role `read`; a gate may leave out who wrote, committed or deployed what is approved. Nothing was done. Ask one of them to comment `/approve`; whom a gate counts is in the policy.',
    ],
    [
      'of a role that could not be seen',
      { command: named('deploy'), needed: 'write', has: null, login: 'ada' },
      '`/deploy` is for those with write access or more, and what role `ada` has here could not be seen. Nothing was done; try again in a moment.',
    ],
  ])('%s', (_, facts, words) => {
    expect(refusal(facts)).toBe(words);
  });
});

describe('problems', () => {
  it('are told with the line as it was written, and what to do', () => {
    const { problems } = parseComment('/aprove qa\n/hold qa', { prefix: '' });
    expect(problemsText(problems, '')).toBe(
      [
        'Nothing in this comment was run: a comment’s commands are run all or none.',
        '',
        '- `/aprove qa`: There is no `/aprove`: did you mean `/approve`?',
        '- `/hold qa`: It lacks a reason: `/hold ENV REASON`, as in `/hold production the database is being moved`.',
        '',
        'Write them anew in a new comment, since an edited one is not read again. `/help` shows every command.',
      ].join('\n'),
    );
  });

  it('are counted where they are many', () => {
    const problem = { code: 'unknown-command', text: '/x', says: 'No.' } as const;
    expect(problemsText(Array(12).fill(problem), 'shiplock')).toContain('…and 2 more');
  });
});

describe('S-12, S-17: what others wrote', () => {
  const nasty = fc.oneof(
    fc.constantFrom(
      '```',
      '-->',
      '<!-- ',
      '@acme/team',
      '#1',
      '[x](javascript:alert(1))',
      '\n/deploy qa\n',
      '| x |',
      '"',
      '`',
      '\u202e',
      '<b>',
      'a b',
      '/deploy qa',
      '\r',
      '  ',
    ),
    fc.string({ unit: 'binary', maxLength: 12 }),
  );
  const written = fc.array(nasty, { minLength: 1, maxLength: 6 }).map((parts) => parts.join(''));
  const verb = fc.constantFrom('deploy', 'hold', 'freeze', 'classify', 'release', 'backport', 'aprove', 'reject', 'why', 'release as');

  it('makes no line a command, opens no HTML, links nowhere and pings nobody', () => {
    let told = 0;
    fc.assert(
      fc.property(verb, written, written, fc.constantFrom('', 'shiplock'), (name, one, other, prefix) => {
        const line = `/${prefix === '' ? '' : `${prefix} `}${name} ${`${one} ${other}`.replace(/[\r\n]/g, ' ')}`;
        const { problems } = parseComment(line, { prefix });
        if (problems.length > 0) told += 1;
        const command = COMMANDS[0] as CommandShape;
        const texts = [
          problemsText(problems, prefix),
          refusal({ command, needed: 'approvers', has: 'read', login: one, environment: other, approvers: [one, other], prefix }),
          refusal({ command, needed: 'write', has: null, login: one, prefix }),
          helpText({
            policy: {
              ...policy,
              environments: { [one]: { ...(policy.environments.uat as Policy['environments'][string]), hold: other, after: one } },
            },
            from: { ...from, branch: one, path: other },
            prefix,
            who: { login: one, role: 'read' },
            lines: [{ name: one, says: other }],
          }),
          helpText({ policy: one, from: null, prefix }),
        ];
        for (const text of texts) expectInert(text, prefix);
      }),
      { numRuns: 600 },
    );
    expect(told).toBeGreaterThan(200);
  });
});

describe('the reference', () => {
  it('has each command, how it is written and its example', () => {
    const text = commandsReference();
    for (const shape of COMMANDS) {
      expect(text).toContain(`\`${usageOf(shape, '').replaceAll('|', '\\|')}\``);
      expect(text).toContain(`\`\`\`text\n${shape.example}\n\`\`\``);
    }
  });

  it('is no comment that would run something', () => {
    expect(parseComment(commandsReference().slice(0, 60_000), { prefix: '' }).calls).toEqual([]);
  });
});

function expectInert(text: string, prefix: string): void {
  const lines = text.split(/[\r\n\u2028\u2029]/);
  expect(lines.filter((line) => /^\s*\//.test(line))).toEqual([]);
  expect(parseComment(text, { prefix })).toEqual({ calls: [], problems: [] });
  const alive: string[] = [];
  const walk = (node: { readonly type: string; readonly value?: string; readonly children?: readonly object[] }): void => {
    if (
      ['html', 'link', 'linkReference', 'image', 'imageReference', 'heading', 'code', 'definition', 'footnoteReference'].includes(node.type)
    )
      alive.push(node.type);
    if (node.type === 'text' && /(?:^|[^\w`])@\w|(?:^|\W)#\d/.test(node.value ?? '')) alive.push(node.value ?? '');
    for (const child of node.children ?? []) walk(child as typeof node);
  };
  walk(fromMarkdown(text, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] }));
  if (alive.length > 0) expect({ text, alive }).toEqual({ text, alive: [] });
}

function policyOf(text: string): Policy {
  const read = parsePolicy(text);
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  return read.policy;
}
