// Whoever the App's messages go to: answers as it is told, and keeps what it got, in the order in which it came.
import { createHmac } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Outgoing } from '../../src/app/settings.ts';
import type { Digested } from '../../src/core/news-digest.ts';
import type { Message } from '../../src/core/tell.ts';

export const SECRET = 'a secret of theirs';

export interface Got {
  readonly id: string;
  readonly event: string;
  readonly message: Message | Digested;
  /** As it came. */
  readonly body: string;
  /** Whether the signature is right. */
  readonly signed: boolean;
  readonly status: number;
}

export class Receiver {
  readonly got: Got[] = [];
  readonly outgoing: Outgoing;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    this.outgoing = { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook?key=hidden`, secret: SECRET };
  }

  /** `answer`: the status for the so manieth message, from 1; 0: none comes. */
  static async open(answer: (nth: number) => number = () => 200): Promise<Receiver> {
    let receiver: Receiver | null = null;
    const server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const body = Buffer.concat(chunks).toString();
      const all = (receiver as Receiver).got;
      const status = answer(all.length + 1);
      const { 'x-shiplock-delivery': id, 'x-shiplock-event': event, 'x-shiplock-signature-256': signature } = request.headers;
      const signed = signature === `sha256=${createHmac('sha256', SECRET).update(body).digest('hex')}`;
      all.push({ id: String(id), event: String(event), message: JSON.parse(body) as Message, body, signed, status });
      if (status > 0) response.writeHead(status).end('no matter what');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    receiver = new Receiver(server);
    return receiver;
  }

  /** What it took, each once. */
  taken(): readonly (Message | Digested)[] {
    return [...new Map(this.got.filter(({ status }) => status < 300 && status > 0).map((one) => [one.id, one.message])).values()];
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
