// The operator's inbox, as a command on a store that an App has written.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStore } from '../../src/store/open.ts';

const CLI = join(import.meta.dirname, '../../src/cli.ts');
const NOW = Date.parse('2026-01-05T10:00:00Z');
const home = { installation: 7, id: 42, owner: 'acme', name: 'app' };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'inbox-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function inbox(...args: readonly string[]) {
  const env = { ...process.env, SHIPLOCK_DATA: folder, DATABASE_URL: '', NO_COLOR: '1' };
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, 'inbox', ...args], { encoding: 'utf8', env, timeout: 30_000 });
  return { status, stdout, stderr };
}

/** Tasks that were given up; returns their ids. */
async function bury(...bodies: readonly (readonly [kind: string, body: object, error: string])[]): Promise<number[]> {
  const store = await openStore({ folder });
  const ids: number[] = [];
  for (const [index, [kind, body, error]] of bodies.entries()) {
    await store.add([{ key: `key:${index}`, kind, body: body as never }], NOW);
    const [task] = await store.claim({ owner: 'test', now: NOW, leaseMs: 1_000, limit: 1 });
    if (task === undefined) throw new Error('There is no task.');
    await store.bury({ task, owner: 'test' }, error, NOW + index * 60_000);
    ids.push(task.id);
  }
  await store.close();
  return ids;
}

describe('inbox', () => {
  it('shows what was given up, newest first, and begins it anew', async () => {
    const [draft, command, delivery] = await bury(
      ['draft', { kind: 'draft', home, branch: '1.x' }, 'GitHub could not be reached.'],
      ['command', { kind: 'command', home, issue: 5, delivery: 'guid-5' }, 'It\u001b[31m said no.'],
      ['delivery', { guid: 'guid-6' }, 'x is not a function'],
    );
    expect(inbox()).toEqual({
      status: 0,
      stderr: '',
      stdout: `${delivery}  delivery  key:2  given up at 2026-01-05T10:02Z after 1 attempt
    x is not a function
    delivery guid-6
${command}  command  acme/app#5  given up at 2026-01-05T10:01Z after 1 attempt
    It [31m said no.
    delivery guid-5
${draft}  draft  acme/app 1.x  given up at 2026-01-05T10:00Z after 1 attempt
    GitHub could not be reached.
`,
    });
    expect(inbox('--replay', String(command))).toMatchObject({ status: 0, stdout: '1 task is begun anew.\n' });
    expect(inbox('--replay', String(command))).toEqual({
      status: 1,
      stdout: '',
      stderr: `The inbox has no task ${command}. See \`shiplock inbox\`.\n`,
    });
    expect(JSON.parse(inbox('--replay', 'all', '--json').stdout)).toEqual({ replayed: [draft, delivery], missing: [] });
    expect(JSON.parse(inbox('--json').stdout)).toEqual({ dead: [] });
    expect(inbox().stdout).toBe('Nothing was given up.\n');
    const store = await openStore({ folder });
    expect(await store.stats(Date.now())).toMatchObject({ ready: 3, dead: 0 });
    await store.close();
  }, 60_000);

  it('tells as JSON what it tells in words', async () => {
    const [id] = await bury(['preview', { kind: 'preview', home, pull: 9 }, 'No.']);
    const [letter] = (JSON.parse(inbox('--json').stdout) as { dead: unknown[] }).dead;
    const since = '2026-01-05T10:00:00.000Z';
    expect(letter).toEqual({ id, kind: 'preview', about: 'acme/app#9', error: 'No.', attempts: 1, delivery: null, since, diedAt: since });
  });

  it.each(['0', 'x', '-1', '1e9'])('refuses --replay=%s', async (value) => {
    await bury();
    expect(inbox(`--replay=${value}`)).toMatchObject({
      status: 2,
      stdout: '',
      stderr: expect.stringMatching(/^--replay takes the number/),
    });
  });

  it('makes no store where there is none', () => {
    expect(inbox()).toMatchObject({ status: 2, stdout: '', stderr: expect.stringContaining('There is no store in') });
    expect(readdirSync(folder)).toEqual([]);
  });
});
