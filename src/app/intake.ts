// Takes webhook deliveries: nothing is believed before its signature, nothing is answered with 202 before it is durable. Probot's own intake
// reads bodies without a limit before it looks at the signature, and answers 202 for what a crash then loses (docs/app.md).

import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Delivery, type StorePort, StoreProblem } from '../flows/store-port.ts';
import type { FewLines } from './few-lines.ts';
import { glance } from './glance.ts';
import type { Log } from './log.ts';
import type { Metrics, Reason } from './metrics.ts';

export interface IntakeLimits {
  /** Of one body. GitHub sends none above 25 MB. */
  readonly bytes: number;
  /** Of all bodies that are in memory at one time. */
  readonly bytesInFlight: number;
  /** Requests that are not answered yet. */
  readonly unfinished: number;
  /** Milliseconds that the store may take: GitHub waits for ten seconds. */
  readonly storeMs: number;
  /** Milliseconds that a refused request's body is read on for, so that whoever sends it gets to the answer. */
  readonly lingerMs: number;
}

export const INTAKE_LIMITS: IntakeLimits = {
  bytes: 25 * 1024 * 1024,
  bytesInFlight: 256 * 1024 * 1024,
  unfinished: 1_000,
  storeMs: 9_000,
  lingerMs: 5_000,
};

export interface IntakeOptions {
  readonly store: Pick<StorePort, 'accept'>;
  readonly metrics: Pick<Metrics, 'accepted' | 'refused'>;
  readonly log: Log;
  /** For what strangers can cause: one line of many. */
  readonly few: FewLines;
  readonly limits?: Partial<IntakeLimits>;
  /** Told after something was accepted that is new. */
  readonly wake?: () => void;
  readonly now?: () => number;
}

export interface Intake {
  /** The secrets that deliveries may be signed with; none: the App is not set up. */
  readonly arm: (secrets: readonly string[]) => void;
  /** For `POST /api/github/webhooks`. `more`: asks the client for the body it holds back (`Expect: 100-continue`). */
  readonly take: (request: IncomingMessage, response: ServerResponse, more?: () => void) => void;
  /** The connection is being ended for being slow, which is counted already. */
  readonly late: (socket: object) => void;
}

interface Refusal {
  readonly status: number;
  readonly reason: Reason;
  readonly says: string;
  readonly retryAfter?: number;
}

export function makeIntake(options: IntakeOptions): Intake {
  const { store, metrics, log, few, wake, now = Date.now } = options;
  const limits: IntakeLimits = { ...INTAKE_LIMITS, ...options.limits };
  const late = new WeakSet<object>();
  let keys: readonly KeyObject[] = [];
  let unfinished = 0;
  let inFlight = 0;

  const refuse = (request: IncomingMessage, response: ServerResponse, refusal: Refusal) => {
    metrics.refused(refusal.reason);
    const { status, reason } = refusal;
    few(reason, () => log.warn({ delivery: guidOf(request), status, from: request.socket.remoteAddress }, `Delivery refused: ${reason}`));
    answerRefusal(request, response, refusal, limits.lingerMs);
  };

  const take: Intake['take'] = (request, response, more) => {
    const begun = performance.now();
    const before = refusedByHead(request, limits.bytes) ?? (keys.length === 0 ? NOT_SET_UP : null);
    if (before !== null) return refuse(request, response, before);
    if (unfinished >= limits.unfinished) return refuse(request, response, BUSY);
    more?.();
    const hmacs = keys.map((key) => createHmac('sha256', key));
    const chunks: Buffer[] = [];
    let size = 0;
    let over = false;
    unfinished += 1;

    const end = () => {
      if (over) return false;
      over = true;
      unfinished -= 1;
      inFlight -= size;
      return true;
    };
    const giveUp = (refusal: Refusal) => {
      if (end()) refuse(request, response, refusal);
    };
    request.on('data', (chunk: Buffer) => {
      if (over) return;
      size += chunk.length;
      inFlight += chunk.length;
      if (size > limits.bytes) return giveUp(tooLarge(limits.bytes));
      if (inFlight > limits.bytesInFlight) return giveUp(BUSY);
      for (const hmac of hmacs) hmac.update(chunk);
      chunks.push(chunk);
    });
    request.on('error', ignore);
    request.on('close', () => {
      // The connection ended first; of an answer that nobody gets there is nothing to say.
      if (!request.complete && end() && !late.has(request.socket)) metrics.refused('aborted');
    });
    request.on('end', () => {
      if (over) return;
      const digests = hmacs.map((hmac) => hmac.digest());
      if (!isSigned(request, digests)) return giveUp(UNSIGNED);
      const payload = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, size);
      const delivery = deliveryOf(request, payload, now());
      if (delivery === null) return giveUp(MALFORMED);
      const slow = setTimeout(() => giveUp(STORE_SLOW), limits.storeMs);
      store.accept([delivery]).then(
        ([isNew]) => {
          clearTimeout(slow);
          if (!end()) return;
          metrics.accepted(isNew === true, (performance.now() - begun) / 1_000);
          if (isNew !== true) return void response.writeHead(202, KNOWN_HEAD).end(KNOWN);
          response.writeHead(202, ACCEPTED_HEAD).end(ACCEPTED);
          wake?.();
        },
        (error: unknown) => {
          clearTimeout(slow);
          if (!end()) return;
          const ours = !(error instanceof StoreProblem);
          metrics.refused(ours ? 'mistake' : 'store');
          few(ours ? 'mistake' : 'store', () => log.error({ err: error, delivery: delivery.guid }, 'A delivery could not be stored'));
          answerRefusal(request, response, ours ? MISTAKE : STORE_DOWN, limits.lingerMs);
        },
      );
    });
  };

  return {
    arm: (secrets) => {
      keys = secrets.map((secret) => createSecretKey(secret, 'utf8'));
    },
    take,
    late: (socket) => void late.add(socket),
  };
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const EVENT = /^[a-z][a-z0-9_]{0,63}$/;
const SIGNATURE = /^sha256=[0-9a-f]{64}$/i;
const JSON_CONTENT = /^application\/json\s*(;|$)/i;

/** What is wrong before the body is looked at. */
function refusedByHead({ headers }: IncomingMessage, bytes: number): Refusal | null {
  const content = headers['content-type'] ?? '';
  if (!JSON_CONTENT.test(content)) {
    const form = /^application\/x-www-form-urlencoded/i.test(content);
    return {
      status: 415,
      reason: 'not-json',
      says: form
        ? 'This delivery is form-encoded. Set the content type of the webhook to application/json.'
        : 'A delivery has the content type application/json.',
    };
  }
  if (headers['content-encoding'] !== undefined && headers['content-encoding'] !== 'identity') {
    return { status: 415, reason: 'not-json', says: 'A delivery is not compressed: GitHub signs the text as it is sent.' };
  }
  if (Number(headers['content-length'] ?? 0) > bytes) return tooLarge(bytes);
  if (!UUID.test(String(headers['x-github-delivery'] ?? ''))) return headerless('X-GitHub-Delivery is missing or no GUID.');
  if (!EVENT.test(String(headers['x-github-event'] ?? ''))) return headerless('X-GitHub-Event is missing or names no event.');
  const signature = headers['x-hub-signature-256'];
  if (signature === undefined) {
    return {
      status: 401,
      reason: 'signature',
      says: 'This delivery is not signed (X-Hub-Signature-256). Set a secret for the webhook, the same as WEBHOOK_SECRET here.',
    };
  }
  return SIGNATURE.test(String(signature)) ? null : UNSIGNED;
}

/** Compared in a time that does not depend on where they differ, with every secret, so that neither says which one it was. */
function isSigned({ headers }: IncomingMessage, digests: readonly Buffer[]): boolean {
  const given = Buffer.from(String(headers['x-hub-signature-256']).slice('sha256='.length), 'hex');
  let signed = false;
  for (const digest of digests) signed = timingSafeEqual(given, digest) || signed;
  return signed;
}

/** Null: it is no JSON object. */
function deliveryOf(request: IncomingMessage, payload: Buffer, receivedAt: number): Delivery | null {
  const read = glance(payload);
  if (read === null) return null;
  return {
    guid: String(request.headers['x-github-delivery']).toLowerCase(),
    event: String(request.headers['x-github-event']),
    action: read.action,
    key: read.key,
    payload,
    receivedAt,
  };
}

function guidOf({ headers }: IncomingMessage): string | undefined {
  const guid = String(headers['x-github-delivery']);
  return UUID.test(guid) ? guid.toLowerCase() : undefined;
}

const tooLarge = (bytes: number): Refusal => ({
  status: 413,
  reason: 'too-large',
  says: `A delivery has at most ${Math.floor(bytes / 1024 / 1024)} MB, as GitHub sends none that is larger.`,
});
const headerless = (says: string): Refusal => ({ status: 400, reason: 'headers', says });
const UNSIGNED: Refusal = {
  status: 401,
  reason: 'signature',
  says: 'The signature is not one of this body with this App’s secret. Check that the webhook’s secret and WEBHOOK_SECRET are the same.',
};
const MALFORMED: Refusal = { status: 400, reason: 'malformed', says: 'The body is no JSON object.' };
const BUSY: Refusal = { status: 503, reason: 'busy', says: 'There is too much to do at this moment.', retryAfter: 10 };
const NOT_SET_UP: Refusal = { status: 503, reason: 'not-set-up', says: 'This App is not set up yet.', retryAfter: 60 };
const STORE_DOWN: Refusal = {
  status: 503,
  reason: 'store',
  says: 'The store cannot be reached, so the delivery was not taken.',
  retryAfter: 30,
};
const STORE_SLOW: Refusal = { ...STORE_DOWN, says: 'The store does not answer in time; the delivery may not have been taken.' };
const MISTAKE: Refusal = { status: 500, reason: 'mistake', says: 'This App made a mistake of its own; its log says which.' };

// Texts and not bytes: Node writes a text together with the head, at once.
const ACCEPTED = '{"accepted":true}\n';
const KNOWN = '{"accepted":false}\n';
const ignore = () => undefined;
const headFor = (body: string) => [...HEAD, 'content-length', String(Buffer.byteLength(body))];
const HEAD = ['content-type', 'application/json; charset=utf-8', 'x-content-type-options', 'nosniff', 'cache-control', 'no-store'];
const ACCEPTED_HEAD = headFor(ACCEPTED);
const KNOWN_HEAD = headFor(KNOWN);

function answerRefusal(request: IncomingMessage, response: ServerResponse, { status, says, retryAfter }: Refusal, lingerMs: number): void {
  const body = `${JSON.stringify({ accepted: false, message: says })}\n`;
  const retry = retryAfter === undefined ? [] : ['retry-after', String(retryAfter)];
  const head = headFor(body);
  if (request.complete) {
    response.writeHead(status, [...head, ...retry]).end(body);
    return;
  }
  // Ending a connection while the other side still writes makes it lose the answer: it is read on for a while, and thrown away.
  response.writeHead(status, [...head, ...retry, 'connection', 'close']);
  response.write(body);
  const finish = () => {
    clearTimeout(timer);
    response.end();
  };
  const timer = setTimeout(() => request.socket.destroy(), lingerMs);
  request.on('error', ignore).once('end', finish).once('close', finish);
  request.resume();
}
