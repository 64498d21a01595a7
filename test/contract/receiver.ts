// A server that takes webhooks, verifies each signature with Octokit's own code, and keeps what it got.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { verify } from '@octokit/webhooks-methods';

export interface Received {
  readonly guid: string;
  readonly event: string;
  // biome-ignore lint/suspicious/noExplicitAny: each event has its own payload.
  readonly payload: any;
  readonly verified: boolean;
}

export class Receiver {
  readonly received: Received[] = [];
  readonly secret = 'a secret of the webhook';
  /** What it answers next; 500 lets a delivery fail. */
  status = 202;
  readonly #server: Server;

  constructor() {
    this.#server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const body = Buffer.concat(chunks).toString();
      const {
        'x-github-delivery': guid,
        'x-github-event': event,
        'x-hub-signature-256': signature,
      } = request.headers as Record<string, string>;
      const verified = await verify(this.secret, body, signature ?? '');
      this.received.push({ guid: guid ?? '', event: event ?? '', payload: JSON.parse(body), verified });
      response.writeHead(this.status, { 'content-type': 'text/plain' });
      response.end('taken');
    });
  }

  async start(): Promise<{ url: string; secret: string }> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return { url: `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`, secret: this.secret };
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** `event.action` of everything received. */
  get names(): string[] {
    return this.received.map(({ event, payload }) => (payload.action ? `${event}.${payload.action}` : event));
  }
}
