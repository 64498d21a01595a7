// Sends signed deliveries over keep-alive connections from bare sockets, as little work as can be, so that the server is what is measured;
// every answer is read, and a wrong one is an error.
import { createHmac, randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import { connect, type Socket } from 'node:net';

export interface Sample {
  readonly requests: number;
  readonly seconds: number;
  /** Milliseconds, one an answer, from when it was to be sent. */
  readonly latencies: readonly number[];
}

/** A request whose GUID is written over each time. */
interface Template {
  readonly bytes: Buffer;
  readonly guidAt: number;
}

/**
 * Payloads as GitHub's own examples have them: a push, a comment, a pull request, each of a repository of its own. Names, numbers
 * and hashes are of each alone, so that neither the store's order nor its compression has it easier than with many customers.
 */
export function templates(secret: string): readonly Template[] {
  const examples = createRequire(import.meta.url)('@octokit/webhooks-examples') as readonly { name: string; examples: readonly object[] }[];
  const random = randomOf(1);
  const made = Array.from({ length: OF_EACH }, () => EVENTS.map((event) => [event, random.like(example(event))] as const));
  function example(event: string): string {
    return JSON.stringify(examples.find((one) => one.name === event)?.examples[0]);
  }
  return made.flat().map(([event, body]) => {
    const guid = randomUUID();
    const head = [
      'POST /api/github/webhooks HTTP/1.1',
      'Host: 127.0.0.1',
      'User-Agent: GitHub-Hookshot/044aadd',
      'Accept: */*',
      'Content-Type: application/json',
      `Content-Length: ${Buffer.byteLength(body)}`,
      'X-GitHub-Hook-ID: 1',
      'X-GitHub-Hook-Installation-Target-ID: 1',
      'X-GitHub-Hook-Installation-Target-Type: integration',
      `X-GitHub-Event: ${event}`,
      `X-GitHub-Delivery: ${guid}`,
      `X-Hub-Signature-256: sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
    ].join('\r\n');
    const bytes = Buffer.from(`${head}\r\n\r\n${body}`);
    return { bytes, guidAt: bytes.indexOf(guid) };
  });
}

const EVENTS = ['push', 'issue_comment', 'pull_request'];
const OF_EACH = 24;

/** The same each time, from a seed. */
function randomOf(seed: number): { readonly like: (text: string) => string } {
  let state = seed;
  const next = (below: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const letters = (count: number, of: string) => Array.from({ length: count }, () => of[next(of.length)]).join('');
  return {
    // As long as it was, and the same for the same within one payload.
    like: (text) => {
      const names = new Map<string, string>();
      const another = (found: string, of: string) => {
        const name = names.get(found) ?? letters(found.length, of);
        names.set(found, name);
        return name;
      };
      return text
        .replace(/Codertocat|Hello-World/g, (found) => another(found, 'abcdefghijklmnopqrstuvwxyz'))
        .replace(/[0-9a-f]{40}/g, (found) => another(found, '0123456789abcdef'))
        .replace(/(?<=:)\d{6,}(?=[,}])/g, (found) => another(found, '123456789'))
        .replace(/(?<="node_id":")[^"]+/g, (found) => another(found, 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'));
    },
  };
}

export class Load {
  readonly #connections: Connection[];
  readonly #templates: readonly Template[];
  readonly #node = randomUUID().slice(19);
  #next = 0;

  constructor(port: number, connections: number, requests: readonly Template[]) {
    this.#connections = Array.from({ length: connections }, () => new Connection(port));
    this.#templates = requests;
  }

  /** As many as the server takes, each connection with one request at a time; by count, or for a time. */
  async flood(until: { readonly requests?: number; readonly seconds?: number }): Promise<Sample> {
    const { requests = Number.POSITIVE_INFINITY, seconds = Number.POSITIVE_INFINITY } = until;
    const since = performance.now();
    const latencies: number[] = [];
    let sent = 0;
    await Promise.all(
      this.#connections.map(async (connection) => {
        while (sent < requests && performance.now() - since < seconds * 1_000) {
          sent += 1;
          const begun = performance.now();
          await connection.send(this.#request());
          latencies.push(performance.now() - begun);
        }
      }),
    );
    return { requests: sent, seconds: (performance.now() - since) / 1_000, latencies };
  }

  /** So many a second, whether or not the server keeps up: latency counts from when each was due. */
  async pace(rate: number, seconds: number): Promise<Sample> {
    const since = performance.now();
    const total = Math.floor(rate * seconds);
    const latencies: number[] = [];
    let taken = 0;
    await Promise.all(
      this.#connections.map(async (connection) => {
        while (taken < total) {
          const due = since + (taken++ / rate) * 1_000;
          for (let wait = due - performance.now(); wait > 0; wait = due - performance.now()) {
            await new Promise<void>((resolve) => (wait > 2 ? setTimeout(resolve, wait - 1) : setImmediate(resolve)));
          }
          await connection.send(this.#request());
          latencies.push(performance.now() - due);
        }
      }),
    );
    return { requests: total, seconds: (performance.now() - since) / 1_000, latencies };
  }

  close(): void {
    for (const connection of this.#connections) connection.close();
  }

  #request(): Buffer {
    const { bytes, guidAt } = this.#templates[this.#next++ % this.#templates.length] as Template;
    const request = Buffer.from(bytes);
    request.write(this.#guid(), guidAt, 'latin1');
    return request;
  }

  /** As GitHub makes them: of version 1, by the clock, so that neighbours in time are neighbours in an index. */
  #guid(): string {
    const ticks = (BigInt(Date.now()) * 10_000n + BigInt(this.#next % 10_000) + 0x1b21dd213814000n).toString(16).padStart(15, '0');
    return `${ticks.slice(7)}-${ticks.slice(3, 7)}-1${ticks.slice(0, 3)}-${this.#node}`;
  }
}

class Connection {
  readonly #socket: Socket;
  #seen = '';
  #answer: { resolve: () => void; reject: (error: Error) => void } | null = null;

  constructor(port: number) {
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true });
    this.#socket.setEncoding('latin1');
    this.#socket.on('data', (text: string) => this.#read(text));
    this.#socket.on('error', (error) => this.#answer?.reject(error));
    this.#socket.on('close', () => this.#answer?.reject(new Error('The server hung up.')));
  }

  send(request: Buffer): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#answer = { resolve, reject };
      this.#socket.write(request);
    });
  }

  close(): void {
    this.#answer = null;
    this.#socket.destroy();
  }

  #read(text: string): void {
    this.#seen += text;
    const end = this.#seen.indexOf('\r\n\r\n');
    if (end === -1) return;
    const head = this.#seen.slice(0, end).toLowerCase();
    const length = /\r\ncontent-length: (\d+)/.exec(head)?.[1];
    const body = this.#seen.slice(end + 4);
    if (length === undefined ? !body.endsWith('0\r\n\r\n') : body.length < Number(length)) return;
    this.#seen = '';
    const answer = this.#answer;
    this.#answer = null;
    if (/^http\/1\.1 20[02] /.test(head)) answer?.resolve();
    else answer?.reject(new Error(`The server refused: ${head.slice(0, head.indexOf('\r\n'))} ${body.slice(0, 200)}`));
  }
}
