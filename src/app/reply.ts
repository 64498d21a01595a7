// An answer over HTTP as a value, and how it is sent: every one with the headers that keep a browser from doing more than showing it.

import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

export interface Reply {
  readonly status: number;
  readonly type: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** For pages with a form: where it may lead, besides here. */
  readonly formsTo?: readonly string[];
  /** For pages: the text of their one `<style>`. */
  readonly style?: string;
}

export const HTML = 'text/html; charset=utf-8';
export const JSON_TYPE = 'application/json; charset=utf-8';
export const TEXT = 'text/plain; charset=utf-8';

export function json(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): Reply {
  return { status, type: JSON_TYPE, body: `${JSON.stringify(value)}\n`, headers };
}

export function text(status: number, words: string, headers: Readonly<Record<string, string>> = {}): Reply {
  return { status, type: TEXT, body: `${words}\n`, headers };
}

/** Sends it whole; of a HEAD request's answer the head. */
export function send(request: IncomingMessage, response: ServerResponse, reply: Reply): void {
  const body = Buffer.from(reply.body);
  response.writeHead(reply.status, {
    'content-type': reply.type,
    'content-length': body.length,
    ...SECURITY,
    'content-security-policy': policyOf(reply),
    ...reply.headers,
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}

const SECURITY: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
  // Not `no-referrer`: a browser would hide from us where a form came from as well.
  'referrer-policy': 'strict-origin-when-cross-origin',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

function policyOf({ style, formsTo }: Reply): string {
  const styles = style === undefined ? '' : `style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; `;
  const forms = formsTo === undefined ? "'none'" : ["'self'", ...formsTo].join(' ');
  return `default-src 'none'; ${styles}img-src data:; base-uri 'none'; form-action ${forms}; frame-ancestors 'none'`;
}
