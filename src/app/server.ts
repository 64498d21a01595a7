// The App over HTTP, on node:http alone: which path is whose, how long a client may take, and how to stop without leaving anybody unanswered.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Intake } from './intake.ts';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';
import { json, type Reply, send, text } from './reply.ts';

export const WEBHOOKS = '/api/github/webhooks';

export interface Asked {
  readonly url: URL;
  readonly headers: IncomingMessage['headers'];
  readonly remote: string;
  /** Of a form that was posted; empty of any other request. */
  readonly form: URLSearchParams;
}

export type Page = (asked: Asked) => Reply | Promise<Reply>;

/** By method and path: `GET /healthz`; a GET answers HEAD as well. */
export type Pages = Readonly<Record<string, Page>>;

export interface ServerLimits {
  /** Milliseconds for the headers of a request. */
  readonly headersMs: number;
  /** Milliseconds for a request with its body. */
  readonly requestMs: number;
  /** How often those are looked at. */
  readonly checkMs: number;
  /** Milliseconds that an idle connection is kept: longer than the proxies before it do, which else meet one that is closing. */
  readonly idleMs: number;
  readonly connections: number;
  /** Milliseconds that open requests get once the server stops. */
  readonly stopMs: number;
}

export const SERVER_LIMITS: ServerLimits = {
  headersMs: 10_000,
  requestMs: 30_000,
  checkMs: 2_000,
  idleMs: 75_000,
  connections: 2_000,
  stopMs: 10_000,
};

export interface ServerOptions {
  readonly host: string;
  readonly port: number;
  readonly intake: Intake;
  readonly pages: Pages;
  readonly metrics: Pick<Metrics, 'refused'>;
  readonly log: Log;
  readonly limits?: Partial<ServerLimits>;
}

export interface Listening {
  readonly url: string;
  readonly port: number;
  /** Takes no more, lets what is open end, and closes. */
  readonly stop: () => Promise<void>;
}

/** Throws what `listen` does: the port is taken, the address is not this machine's. */
export async function startServer(options: ServerOptions): Promise<Listening> {
  const { intake, pages, metrics, log, host, port } = options;
  const limits: ServerLimits = { ...SERVER_LIMITS, ...options.limits };
  let stopping = false;

  const answer = (request: IncomingMessage, response: ServerResponse, more?: () => void) => {
    if (stopping) response.shouldKeepAlive = false;
    const address = request.url ?? '/';
    const end = address.indexOf('?');
    const path = end === -1 ? address : address.slice(0, end);
    if (path === WEBHOOKS && request.method === 'POST') return intake.take(request, response, more);
    more?.();
    void answerPage(request, path, pages).then(
      (reply) => send(request, response, reply),
      (error: unknown) => {
        log.error({ err: error, path }, 'A page could not be answered');
        if (response.headersSent) response.destroy();
        else send(request, response, text(500, 'This App made a mistake of its own; its log says which.'));
      },
    );
  };

  const server = createServer(
    {
      headersTimeout: limits.headersMs,
      requestTimeout: limits.requestMs,
      connectionsCheckingInterval: limits.checkMs,
      keepAliveTimeout: limits.idleMs,
      maxHeaderSize: 16 * 1024,
      noDelay: true,
    },
    (request, response) => answer(request, response),
  );
  server.maxConnections = limits.connections;
  server.on('checkContinue', (request, response) => answer(request, response, () => response.writeContinue()));
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT') {
      metrics.refused('slow');
      intake.late(socket);
      return hangUp(socket, '408 Request Timeout');
    }
    if (error.code === 'ECONNRESET' || error.code === 'EPIPE') return socket.destroy();
    metrics.refused('headers');
    hangUp(socket, error.code === 'HPE_HEADER_OVERFLOW' ? '431 Request Header Fields Too Large' : '400 Bad Request');
  });

  await listen(server, host, port);
  const { port: taken } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${taken}`,
    port: taken,
    stop: async () => {
      stopping = true;
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      // A connection whose request was open when the end came becomes idle later.
      const idle = setInterval(() => server.closeIdleConnections(), 50);
      const timer = setTimeout(() => server.closeAllConnections(), limits.stopMs);
      await closed;
      clearInterval(idle);
      clearTimeout(timer);
    },
  };
}

/** `localhost` may be two addresses, of which Node would take the first alone: 127.0.0.1 is the one that everybody tries. */
function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: host === 'localhost' ? '127.0.0.1' : host, port }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function hangUp(socket: Duplex, status: string): void {
  // An answer that was begun says how long it is: what comes after it is nobody's.
  const { bytesWritten = 0 } = socket as Socket;
  if (!socket.writable || bytesWritten > 0) return void socket.destroy();
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () => socket.destroy());
}

const FORM_BYTES = 16 * 1024;

async function answerPage(request: IncomingMessage, path: string, pages: Pages): Promise<Reply> {
  const method = request.method === 'HEAD' ? 'GET' : (request.method ?? '');
  const page = Object.hasOwn(pages, `${method} ${path}`) ? pages[`${method} ${path}`] : undefined;
  if (page === undefined) {
    const others = ['GET', 'POST'].filter((one) => Object.hasOwn(pages, `${one} ${path}`) || (one === 'POST' && path === WEBHOOKS));
    if (others.length === 0) return text(404, 'There is nothing here.', closing(request));
    return text(405, `Here is ${others.join(' and ')} alone.`, { allow: others.join(', '), ...closing(request) });
  }
  const form = method === 'POST' ? await readForm(request) : new URLSearchParams();
  if (form === null) return json(400, { message: `A form of at most ${FORM_BYTES / 1024} KB is expected.` }, { connection: 'close' });
  const address = request.url ?? '/';
  const url = new URL(address.startsWith('/') ? `http://here${address}` : 'http://here/');
  return page({ url, headers: request.headers, remote: request.socket.remoteAddress ?? '', form });
}

/** A body that nobody will read must not be taken for the next request. */
function closing(request: IncomingMessage): Readonly<Record<string, string>> {
  return request.complete || request.method === 'GET' || request.method === 'HEAD' ? {} : { connection: 'close' };
}

async function readForm(request: IncomingMessage): Promise<URLSearchParams | null> {
  if (!/^application\/x-www-form-urlencoded/i.test(request.headers['content-type'] ?? '')) return null;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += (chunk as Buffer).length;
    // Leaving the loop ends the connection, and with it the answer: what is only a little too long is read to its end.
    if (size <= FORM_BYTES) chunks.push(chunk as Buffer);
    else if (size > 64 * FORM_BYTES) break;
  }
  return size > FORM_BYTES ? null : new URLSearchParams(Buffer.concat(chunks).toString('utf8'));
}
