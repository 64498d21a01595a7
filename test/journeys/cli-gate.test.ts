// `shiplock gate` as people run it: a policy and facts in, the decision and its exit code out.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { check, facts, known } from '../support/gate-facts.ts';

const CLI = join(import.meta.dirname, '../../src/cli.ts');
const folder = mkdtempSync(join(tmpdir(), 'shiplock-gate-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const POLICY =
  'version: 1\nenvironments:\n  production:\n    requires:\n      - checks: [test]\n        on-failure: reject\n    windows: [{ days: mon }]\n';
writeFileSync(join(folder, 'policy.yml'), POLICY);

function gate(value: unknown, ...more: readonly string[]) {
  writeFileSync(join(folder, 'facts.json'), typeof value === 'string' ? value : JSON.stringify(value));
  return shiplock(['--policy', 'policy.yml', '--environment', 'production', '--facts', 'facts.json', ...more]);
}

function shiplock(args: readonly string[], input = '') {
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, 'gate', ...args], {
    cwd: folder,
    encoding: 'utf8',
    input,
    timeout: 30_000,
  });
  return { status, stdout, stderr };
}

const at = (state: string, now = '2026-11-23T12:00:00Z') => facts({ now, checks: known([check('test', state)]) });

describe('shiplock gate', () => {
  it.each<[string, ReturnType<typeof facts>, number, string]>([
    ['opens', at('success'), 0, 'approve'],
    ['waits', at('in_progress'), 1, 'wait'],
    ['rejects', at('failure'), 1, 'reject'],
  ])('%s, and its exit code says so', (_, seen, status, outcome) => {
    const result = gate(seen, '--json');
    expect(result).toMatchObject({ status, stderr: '' });
    expect(JSON.parse(result.stdout)).toMatchObject({
      outcome,
      findings: [{ requirement: 'check test' }, { requirement: 'windows', verdict: 'met' }],
      again: '2026-11-24T00:00:00Z',
    });
  });

  it('says why in words', () => {
    expect(gate(at('success', '2026-11-24T12:00:00Z')).stdout).toBe(
      [
        'production waits',
        '  met      check test  test passed. (check-passed)',
        '  pending  windows     No window is open. The next window opens at 2026-11-30 00:00 UTC. (window-closed)',
        '',
        'By the clock alone nothing changes before 2026-11-30T00:00:00Z.',
        '',
      ].join('\n'),
    );
    expect(gate(at('success')).stdout).toMatch(/^production is open\n/);
    expect(gate(at('failure')).stdout).toMatch(/^production stays shut\n {2}unmet/);
  });

  it('reads facts from stdin', () => {
    const result = shiplock(
      ['--policy', 'policy.yml', '--environment', 'Production', '--facts=-', '--json'],
      JSON.stringify(at('success')),
    );
    expect(result).toMatchObject({ status: 0, stderr: '' });
  });

  it.each<[string, readonly string[], string]>([
    ['no policy', ['--environment', 'production', '--facts', 'facts.json'], 'needs --policy FILE'],
    ['no environment', ['--policy', 'policy.yml', '--facts', 'facts.json'], 'needs --environment ENV'],
    ['no facts', ['--policy', 'policy.yml', '--environment', 'production'], 'needs --facts FILE'],
    [
      'facts that are not there',
      ['--policy', 'policy.yml', '--environment', 'production', '--facts', 'none.json'],
      'none.json cannot be read (ENOENT)',
    ],
    [
      'a policy that is not there',
      ['--policy', 'none.yml', '--environment', 'production', '--facts', 'facts.json'],
      'none.yml cannot be read',
    ],
    [
      'facts of another environment',
      ['--policy', 'policy.yml', '--environment', 'qa', '--facts', 'facts.json'],
      'are about production, and --environment asks for qa',
    ],
  ])('is wrong usage with %s', (_, args, says) => {
    gate(at('success'));
    expect(shiplock(args)).toMatchObject({ status: 2, stdout: '', stderr: expect.stringContaining(says) });
  });

  it('tells each problem of the facts with its place', () => {
    const { checks: _, ...rest } = at('success');
    const result = gate({ ...rest, checks: { known: true, value: [{ name: 'test', kind: 'chick', state: 7 }] }, peple: {} });
    expect(result).toMatchObject({ status: 2, stdout: '' });
    expect(result.stderr.trim().split('\n')).toEqual([
      'facts.json: checks.value[0].kind: must be check or status, and is "chick"',
      'facts.json: checks.value[0].state: must be a text, and is 7',
      'facts.json: peple: is no fact that is known here',
    ]);
    expect(gate('{').stderr).toMatch(/^facts\.json: not JSON: /);
  });
});
