// An intake behind a server of its own, over a store that a test answers for, and what signs and sends deliveries to it.
import { createHmac } from 'node:crypto';
import { type ClientRequest, type IncomingHttpHeaders, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { makeFewLines } from '../../src/app/few-lines.ts';
import { type IntakeLimits, makeIntake } from '../../src/app/intake.ts';
import { makeLog } from '../../src/app/log.ts';
import { makeMetrics } from '../../src/app/metrics.ts';
import { type Listening, type Pages, type ServerLimits, startServer, WEBHOOKS } from '../../src/app/server.ts';
import type { Delivery } from '../../src/flows/store-port.ts';

export const SECRET = 'a secret of the webhook';
export const GUID = '72d3162e-cc78-11e3-81ab-4c9367dc0958';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export class IntakeServer {
  readonly accepted: Delivery[] = [];
  readonly lines: string[] = [];
  readonly metrics = makeMetrics(async () => ({ ready: 0, waiting: 0, running: 0, dead: 0, oldest: 0 }));
  /** What the store does; by default it is new where its GUID is. */
  accept: (deliveries: readonly Delivery[]) => Promise<readonly boolean[]> = async (deliveries) => {
    return deliveries.map((one) => {
      const isNew = this.accepted.every(({ guid }) => guid !== one.guid);
      if (isNew) this.accepted.push(one);
      return isNew;
    });
  };
  arm: (secrets: readonly string[]) => void = () => {};
  woken = 0;
  #listening: Listening | null = null;

  async start(
    limits: { intake?: Partial<IntakeLimits>; server?: Partial<ServerLimits> } = {},
    pages: Pages = {},
    secrets: readonly string[] = [SECRET],
  ): Promise<this> {
    const { log } = makeLog({ level: 'debug', to: { write: (line) => void this.lines.push(line) } });
    const few = makeFewLines({ most: 5, everyMs: 60_000, now: Date.now, left: () => {} });
    const { metrics } = this;
    const store = { accept: (deliveries: readonly Delivery[]) => this.accept(deliveries) };
    const wake = () => {
      this.woken += 1;
    };
    const intake = makeIntake({ store, metrics, log, few, limits: limits.intake ?? {}, wake });
    intake.arm(secrets);
    this.arm = intake.arm;
    this.#listening = await startServer({
      host: '127.0.0.1',
      port: 0,
      intake,
      pages,
      metrics,
      log,
      limits: { checkMs: 50, ...limits.server },
    });
    return this;
  }

  get port(): number {
    return this.#listening?.port ?? 0;
  }

  stop(): Promise<void> {
    return this.#listening?.stop() ?? Promise.resolve();
  }

  /** A count of the metrics, 0 where there is none. */
  async count(name: string): Promise<number> {
    const line = (await this.metrics.text()).split('\n').find((one) => one.startsWith(`${name} `));
    return Number(line?.split(' ').at(-1) ?? 0);
  }

  refused(reason: string): Promise<number> {
    return this.count(`shiplock_deliveries_refused_total{reason="${reason}"}`);
  }

  send(body: string | Buffer, headers: Readonly<Record<string, string | null>> = {}, method = 'POST', path = WEBHOOKS): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const sent = this.open(body, headers, method, path);
      receive(sent).then(resolve, reject);
      sent.end(body);
    });
  }

  /** The head of a request; its body is the test's to write. */
  open(body: string | Buffer, headers: Readonly<Record<string, string | null>>, method = 'POST', path = WEBHOOKS): ClientRequest {
    const all = Object.entries({ ...headersOf(body), ...headers }).filter((one): one is [string, string] => one[1] !== null);
    return request({ port: this.port, host: '127.0.0.1', method, path, headers: Object.fromEntries(all), agent: false });
  }

  /** A bare connection. */
  socket(): Socket {
    return connect({ port: this.port, host: '127.0.0.1' });
  }
}

export function receive(sent: ClientRequest): Promise<Answer> {
  return new Promise((resolve, reject) => {
    sent.on('error', reject);
    sent.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
        // An answer of known length is whole, whatever becomes of the connection.
        if (Buffer.byteLength(text) === Number(response.headers['content-length']))
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
      response.on('error', reject);
    });
  });
}

export function signature(body: string | Buffer, secret = SECRET): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
}

export function headersOf(body: string | Buffer, event = 'push', guid = GUID): Record<string, string> {
  return {
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
    'user-agent': 'GitHub-Hookshot/044aadd',
    'x-github-delivery': guid,
    'x-github-event': event,
    'x-hub-signature-256': signature(body),
  };
}
