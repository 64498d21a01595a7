// The App's worker over an embedded store in a process of its own, as bench/gate.ts measures it: takes webhooks, says when each question of
// a gate was acknowledged, does what follows, and tells which requests each decision and each answer took.
import { AsyncLocalStorage } from 'node:async_hooks';
import { mkdtempSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeLog } from '../src/app/log.ts';
import { makeMetrics } from '../src/app/metrics.ts';
import { openGitHubApp } from '../src/app/probot.ts';
import type { Settings } from '../src/app/settings.ts';
import { startWork } from '../src/app/work.ts';
import type { AnswerErrand, GateErrand } from '../src/core/errand.ts';
import { deliveryKey } from '../src/core/errand-of.ts';
import type { Situation } from '../src/flows/app-port.ts';
import { answerGate } from '../src/flows/gate/answer-gate.ts';
import { decideGate } from '../src/flows/gate/decide-gate.ts';
import type { Outcome } from '../src/flows/store-port.ts';
import { endpointsOf } from '../src/github/endpoints.ts';
import { openStore } from '../src/store/open.ts';

interface Start {
  readonly api: string;
  readonly appId: number;
  readonly privateKey: string;
}

/** What one task asked GitHub, in order. */
export interface Counted {
  readonly kind: 'gate' | 'answer';
  readonly run: number;
  readonly asked: readonly string[];
  /** Milliseconds since 1970. */
  readonly began: number;
  readonly ended: number;
}

const asking = new AsyncLocalStorage<string[]>();
const { fetch } = globalThis;
globalThis.fetch = (url, init) => {
  asking.getStore()?.push(nameOf(String(url), init ?? {}));
  return fetch(url, init);
};

/** A request by its method and path, and a query by what it asks for. */
function nameOf(url: string, { method = 'GET', body }: RequestInit): string {
  const { pathname } = new URL(url);
  if (pathname.endsWith('/graphql')) return `GraphQL ${partsOf(String(body)).join(' + ')}`;
  const path = pathname
    .replace(/^\/repos\/[^/]+\/[^/]+/, '')
    .replace(/[0-9a-f]{40}|(?<=\/)\d+(?=\/|$)/g, (one) => (one.length === 40 ? 'SHA' : 'N'));
  return `${method} ${path}`;
}

function partsOf(query: string): readonly string[] {
  const parts: readonly (readonly [string, RegExp])[] = [
    ['repository', /viewer \{ login/],
    ['checks', /checks0:/],
    ['deployments', /deployments0:/],
    ['names of environments', /environments: environments/],
    ['pull requests of the commit', /merged0:/],
    ['reviews', /reviews\d+:/],
    ['roles', /role0:/],
    ['what waits', /waiting: node/],
    ['range', /compare\(headRef/],
    ['credits', /c0: object/],
    ['courses', /nodes\(ids/],
  ];
  const found = parts.flatMap(([name, is]) => (is.test(query) ? [name] : []));
  return found.length === 0 ? ['other'] : found;
}

function counted<E extends GateErrand | AnswerErrand>(kind: Counted['kind'], flow: (situation: Situation, errand: E) => Promise<Outcome>) {
  return async (situation: Situation, errand: E): Promise<Outcome> => {
    const asked: string[] = [];
    const began = Date.now();
    const outcome = await asking.run(asked, () => flow(situation, errand));
    const task: Counted = { kind, run: errand.run, asked, began, ended: Date.now() };
    tell({ task });
    return outcome;
  };
}

/** Whoever measures may be gone by now. */
function tell(what: object): void {
  if (process.connected) process.send?.(what, () => undefined);
}

process.on('message', async (start: Start) => {
  const folder = mkdtempSync(join(tmpdir(), 'gate-app-'));
  const store = await openStore({ folder });
  const lines: string[] = [];
  const { log } = makeLog({ level: 'warn', to: { write: (line) => void lines.push(line) } });
  const endpoints = endpointsOf(start.api);
  const credentials = { appId: start.appId, privateKey: start.privateKey, webhookSecret: 'secret' };
  const app = await openGitHubApp({ credentials, endpoints, log });
  const metrics = makeMetrics(async () => ({ ready: 0, waiting: 0, running: 0, dead: 0, oldest: 0 }));
  const settings = { endpoints, sweepSeconds: 3_600 } as Settings;
  const nothing = async () => ({});
  // What else a repository asks for is measured elsewhere.
  const worker = startWork(
    { store, app, settings, log, metrics },
    {
      concurrency: 8,
      flows: {
        preview: nothing,
        draft: nothing,
        command: nothing,
        gate: counted('gate', decideGate),
        answer: counted('answer', answerGate),
      },
    },
  );
  const receiver = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const payload = Buffer.concat(chunks);
    const read = JSON.parse(payload.toString()) as { action?: string; deployment_callback_url?: string };
    const guid = String(request.headers['x-github-delivery']);
    const event = String(request.headers['x-github-event']);
    await store.accept([{ guid, event, action: read.action ?? null, key: deliveryKey(read), payload, receivedAt: Date.now() }]);
    response.writeHead(202).end();
    const run = /\/runs\/(\d+)\//.exec(read.deployment_callback_url ?? '')?.[1];
    if (run !== undefined) tell({ run: Number(run), at: Date.now() });
    worker.poke();
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  process.send?.({ url: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/` });
  process.on('disconnect', async () => {
    if (lines.length > 0) process.stderr.write(lines.slice(0, 5).join(''));
    await worker.stop(1_000);
    process.exit(0);
  });
});
