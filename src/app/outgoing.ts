// Messages to the one address that the operator has set: signed as GitHub signs its own, with an id that stays the same however often they
// are tried, and no further than that address: redirects are not followed.

import { createHash, createHmac } from 'node:crypto';
import http from 'node:http';
import https from 'node:https';
import { isIP } from 'node:net';
import type { Message } from '../core/tell.ts';
import { type OutgoingPort, OutgoingProblem } from '../flows/outgoing-port.ts';
import { isPublic, lookupPublic, NotPublic } from './public-address.ts';
import type { Outgoing } from './settings.ts';

export interface OutgoingOptions extends Outgoing {
  /** `Shiplock/1.2.3` */
  readonly agent?: string;
  readonly ended?: (result: 'sent' | 'failed') => void;
  readonly timeoutMs?: number;
}

const TIMEOUT = 10_000;
/** Too early, too often, or too slow: another time it may do. */
const PASSING: ReadonlySet<number> = new Set([408, 425, 429]);

export function connectOutgoing(options: OutgoingOptions): OutgoingPort {
  const { ended = () => undefined } = options;
  return {
    send: async (delivery, message) => {
      try {
        await post(options, delivery, message);
      } catch (error) {
        ended('failed');
        throw error;
      }
      ended('sent');
    },
  };
}

async function post(options: OutgoingOptions, delivery: string, message: Message): Promise<void> {
  const { url, secret, agent = 'Shiplock', timeoutMs = TIMEOUT, publicOnly = false } = options;
  const body = JSON.stringify(message);
  const headers = {
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(Buffer.byteLength(body)),
    'user-agent': agent,
    'x-shiplock-event': message.event,
    'x-shiplock-delivery': deliveryId(delivery),
    'x-shiplock-signature-256': signatureOf(secret, body),
  };
  let status: number;
  try {
    status = await statusOf({ url: new URL(url), headers, body, timeoutMs, publicOnly });
  } catch (error) {
    if (error instanceof NotPublic) {
      throw new OutgoingProblem(
        'The address in SHIPLOCK_WEBHOOK_URL leads into a private network, which SHIPLOCK_WEBHOOK_NETWORK=public does not allow. Set another address, or let it be `any`.',
        false,
      );
    }
    const timeout = error instanceof Error && error.name === 'TimeoutError';
    const why = timeout ? `did not answer within ${timeoutMs / 1_000} seconds` : 'could not be reached';
    throw new OutgoingProblem(`The address in SHIPLOCK_WEBHOOK_URL ${why}${codeOf(error)}.`, true);
  }
  if (status >= 200 && status < 300) return;
  if (status >= 300 && status < 400) {
    throw new OutgoingProblem(
      `The address in SHIPLOCK_WEBHOOK_URL redirects (${status}), which is not followed. Set the address it leads to.`,
      false,
    );
  }
  const passing = status >= 500 || PASSING.has(status);
  throw new OutgoingProblem(
    `The address in SHIPLOCK_WEBHOOK_URL answered ${status}${passing ? '' : ': it does not take our messages'}.`,
    passing,
  );
}

interface Post {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly timeoutMs: number;
  readonly publicOnly: boolean;
}

/** Not by `fetch`, which does not say where it goes before it is there; Node's own request follows nothing and reads no proxy settings. */
function statusOf({ url, headers, body, timeoutMs, publicOnly }: Post): Promise<number> {
  // Addresses are not looked up. In an address's brackets stands one of IPv6.
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (publicOnly && isIP(host) !== 0 && !isPublic(host)) return Promise.reject(new NotPublic());
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(timeoutMs);
    const request = (url.protocol === 'https:' ? https : http).request(url, {
      method: 'POST',
      headers,
      signal,
      agent: false,
      ...(publicOnly ? { lookup: lookupPublic } : {}),
    });
    // What it was aborted for is said by the signal.
    request.on('error', (error) => reject(signal.aborted ? signal.reason : error));
    request.on('response', (response) => {
      resolve(response.statusCode ?? 0);
      // Nobody reads it: what an address says beside its status is nothing to us.
      response.on('error', () => undefined).destroy();
    });
    request.end(body);
  });
}

/** As in GitHub's `X-Hub-Signature-256`: HMAC-SHA-256 of the body as it is sent. */
export function signatureOf(secret: string, body: string): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
}

/** In the shape of a UUID, which receivers expect of such a thing. */
function deliveryId(name: string): string {
  const hex = createHash('sha256').update(name).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`, hex.slice(20, 32)].join('-');
}

/** `ECONNREFUSED` and the like, without what else the error names. */
function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  return typeof code === 'string' && /^[A-Z_\d]{1,40}$/.test(code) ? ` (${code})` : '';
}
