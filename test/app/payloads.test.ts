// Every example of GitHub's own is signed and sent to the intake, which takes and keeps it, and routed through Probot without a request.
import { createHash } from 'node:crypto';
import examples from '@octokit/webhooks-examples' with { type: 'json' };
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeLog } from '../../src/app/log.ts';
import { type GitHubApp, openGitHubApp } from '../../src/app/probot.ts';
import { errandsOf } from '../../src/core/errand-of.ts';
import { endpointsOf } from '../../src/github/endpoints.ts';
import { startWorld, type World } from '../support/github/world.ts';
import { headersOf, IntakeServer } from './intake-server.ts';

const { log } = makeLog({ level: 'silent' });

describe('every example of GitHub’s payloads', () => {
  const all = (examples as unknown as { name: string; examples: object[] }[]).flatMap(({ name, examples: payloads }) =>
    payloads.map((payload, index) => ({ name, index, payload })),
  );
  let server: IntakeServer;
  let router: GitHubApp;
  let elsewhere: World;
  beforeAll(async () => {
    server = await new IntakeServer().start();
    elsewhere = await startWorld({ check: false });
    const own = elsewhere.app('router', { permissions: {} });
    router = await openGitHubApp({
      credentials: { appId: own.id, privateKey: own.privateKey, webhookSecret: 'secret' },
      endpoints: endpointsOf(elsewhere.url),
      log,
    });
  });
  afterAll(async () => {
    await server.stop();
    expect(elsewhere.calls.count('POST /app/installations/{installation_id}/access_tokens')).toBe(0);
    await elsewhere.stop();
  });

  it('is there', () => expect(all.length).toBeGreaterThan(300));

  it.each(all)('$name $index is taken and routed', async ({ name, index, payload }) => {
    const guid = `00000000-0000-4000-8000-${createHash('sha256').update(`${name} ${index}`).digest('hex').slice(0, 12)}`;
    const body = JSON.stringify(payload);
    const answer = await server.send(body, headersOf(body, name, guid));
    expect([answer.status, answer.text]).toEqual([202, '{"accepted":true}\n']);
    const stored = server.accepted.at(-1);
    expect(JSON.parse(Buffer.from(stored?.payload ?? []).toString())).toEqual(payload);
    expect(stored?.key).toMatch(/^(repo|installation):\d+$|^app$/);
    expect(await router.receive({ guid, event: name, payload })).toEqual(errandsOf(name, payload));
  });
});
