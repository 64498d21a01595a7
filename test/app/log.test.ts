// What may not stand in the log does not, whoever hands it over; and strangers cannot fill it.
import { describe, expect, it } from 'vitest';
import { makeFewLines } from '../../src/app/few-lines.ts';
import { makeLog } from '../../src/app/log.ts';

const PEM = `-----BEGIN RSA PRIVATE KEY-----\n${'QUJDREVGR0g'.repeat(8)}\n-----END RSA PRIVATE KEY-----`;

function logged(write: (log: ReturnType<typeof makeLog>['log']) => void, hidden: readonly string[] = []) {
  const lines: string[] = [];
  const { log, hide } = makeLog({ level: 'trace', to: { write: (line) => void lines.push(line) } });
  for (const secret of hidden) hide(secret);
  write(log);
  return lines.join('');
}

describe('the log leaves out', () => {
  it.each<[string, unknown]>([
    ['a token', { token: 'hunter2-hunter2' }],
    ['an installation’s token in a text', { says: 'used ghs_0123456789abcdefghijklmnop: hunter2'.replace(': hunter2', '') }],
    ['a fine-grained token in a text', { says: `github_pat_${'a1'.repeat(20)}` }],
    ['a key', { privateKey: 'hunter2' }],
    ['a key in a text', { says: PEM }],
    ['half a key', { says: PEM.slice(0, 60) }],
    ['a JWT', { says: `eyJhbGciOiJSUzI1NiJ9.${'eyJpc3MiOjF9'.repeat(2)}.${'sIgNaTuRe'.repeat(3)}` }],
    ['a payload', { payload: { comment: 'hunter2' } }],
    ['a body', { body: 'hunter2' }],
    ['a signature', { signature: 'sha256=hunter2' }],
    ['headers that sign in', { headers: { authorization: 'Bearer hunter2hunter2hunter2', cookie: 'hunter2' } }],
    ['a password in an address', { url: 'postgres://shiplock:hunter2@db.example/shiplock' }],
    ['a secret deep inside', { a: { b: [{ webhookSecret: 'hunter2' }] } }],
    ['a secret under another name', { says: `x-${'known to this process'}-y` }],
  ])('%s', (_, fields) => {
    const text = logged((log) => log.info(fields as object, 'said'), ['known to this process']);
    expect(text).toContain('"msg":"said"');
    expect(text).not.toMatch(/hunter2|ghs_|github_pat_|QUJD|eyJhbGci|known to this process/);
  });

  it('what Octokit’s errors carry beside their words', () => {
    const error = Object.assign(new Error('Bad credentials: token ghs_0123456789abcdefghijklmnop'), {
      name: 'HttpError',
      status: 401,
      request: { headers: { authorization: 'bearer hunter2' }, body: 'hunter2' },
      response: { data: 'hunter2' },
      cause: Object.assign(new Error('inner'), { request: { body: 'hunter2' } }),
    });
    for (const text of [logged((log) => log.error(error)), logged((log) => log.error({ err: error }, 'said'))]) {
      expect(JSON.parse(text)).toMatchObject({ level: 'error', err: { type: 'HttpError', status: 401, cause: { message: 'inner' } } });
      expect(text).not.toMatch(/hunter2|ghs_/);
    }
  });

  it('secrets from what every line of a part of the App says', () => {
    expect(logged((log) => log.child({ part: 'x' }).warn({ password: 'hunter2' }, 'token ghs_0123456789abcdefghijklmnop'))).not.toMatch(
      /hunter2|ghs_/,
    );
  });

  it('the greater part of a text without end, in little time', () => {
    const text = logged((log) =>
      log.info({ says: 'a'.repeat(5_000_000), deep: nest(500), wide: Array.from({ length: 10_000 }, (_, i) => i) }, 'said'),
    );
    expect(text.length).toBeLessThan(10_000);
  });

  it('nothing of what helps', () => {
    const line = JSON.parse(logged((log) => log.warn({ delivery: '72d3162e', status: 401, from: '127.0.0.1', none: null }, 'said')));
    expect(line).toMatchObject({
      level: 'warn',
      name: 'shiplock',
      delivery: '72d3162e',
      status: 401,
      from: '127.0.0.1',
      none: null,
      msg: 'said',
    });
    expect(Date.parse(line.time)).not.toBeNaN();
  });
});

it('lines that strangers cause are few, and those left out are counted', () => {
  let now = 0;
  const written: string[] = [];
  const few = makeFewLines({ most: 2, everyMs: 1_000, now: () => now, left: (kind, count) => written.push(`${count} more of ${kind}`) });
  for (let times = 0; times < 10; times++) few('a', () => written.push('a'));
  few('b', () => written.push('b'));
  now = 1_000;
  few('a', () => written.push('a'));
  few('b', () => written.push('b'));
  expect(written).toEqual(['a', 'a', 'b', '8 more of a', 'a', 'b']);
});

function nest(depth: number): object {
  let value: object = {};
  for (let level = 0; level < depth; level++) value = { value };
  return value;
}
