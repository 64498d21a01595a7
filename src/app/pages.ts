// The App's few pages, whole without a script or anything from elsewhere. What is not ours is escaped where it is put in.

import { HTML, type Reply } from './reply.ts';

export const DOCS = 'https://github.com/shiplock/shiplock/blob/main/docs/app.md';

export interface StatusShown {
  readonly version: string;
  readonly ready: boolean;
  /** In words, without a name of anything that is private. */
  readonly says: string;
}

/** What anybody may see: no repository, no installation, no address. */
export function statusPage({ version, ready, says }: StatusShown): Reply {
  const state = ready ? '<span class="dot go"></span>Ready' : '<span class="dot stop"></span>Not ready';
  return page({
    title: 'Shiplock',
    main: `
<p class="state">${state}</p>
<p>${escaped(says)}</p>
<dl>
  <dt>Version</dt><dd>${escaped(version)}</dd>
  <dt>For machines</dt><dd><a href="/healthz">/healthz</a> <a href="/readyz">/readyz</a> <a href="/metrics">/metrics</a></dd>
  <dt>Handbook</dt><dd><a href="${DOCS}">docs/app.md</a></dd>
</dl>`,
  });
}

export interface FormShown {
  readonly web: string;
  readonly address: string;
  readonly organization: string;
  readonly name: string;
  /** Whether the page asks for the token that the terminal shows. */
  readonly asksToken: boolean;
  readonly token: string;
  /** What was wrong with the last try. */
  readonly problem: string | null;
}

export function formPage(shown: FormShown, status = 200): Reply {
  const token = shown.asksToken
    ? field(
        'token',
        'Set-up token',
        shown.token,
        'required',
        'Shown in the terminal where this App was started: whoever can read it there may set it up.',
      )
    : '';
  return page({
    title: 'Set up Shiplock',
    status,
    formsTo: [],
    main: `
<p>This server has no credentials yet. Two steps register it at <strong>${escaped(hostOf(shown.web))}</strong> as a GitHub App of your own;
nobody else gets to see its key.</p>
${problem(shown.problem)}
<form method="post" action="/setup">
${field('address', 'Public address', shown.address, 'required type="url"', 'Where GitHub reaches this server, as in https://shiplock.example.com. Webhooks come to it.')}
${field('organization', 'Organization', shown.organization, '', 'The organization that the App will belong to; empty for your own account.')}
${field('name', 'Name', shown.name, 'required maxlength="34"', 'Shown beside everything that it does. No other App of the world may have it.')}
${token}
<button>Continue</button>
</form>
<p class="small">Or set <code>APP_ID</code>, <code>PRIVATE_KEY</code> and <code>WEBHOOK_SECRET</code> and start anew: <a href="${DOCS}">handbook</a>.</p>`,
  });
}

export interface HandoverShown {
  readonly web: string;
  /** Where the form is posted to at GitHub. */
  readonly action: string;
  readonly manifest: string;
  readonly permissions: readonly (readonly [name: string, level: string])[];
  readonly cookie: string;
}

/** The second step leads to GitHub, with the manifest; GitHub shows it and asks for a yes. */
export function handoverPage(shown: HandoverShown): Reply {
  const rows = shown.permissions
    .map(([name, level]) => `<dt>${escaped(name.replaceAll('_', ' '))}</dt><dd>${escaped(level)}</dd>`)
    .join('\n  ');
  return page({
    title: 'Register at GitHub',
    formsTo: [shown.web],
    headers: { 'set-cookie': shown.cookie },
    main: `
<p>GitHub shows the App once more and asks you to confirm it. It may do this, in repositories that you install it on, and nothing beyond:</p>
<dl>
  ${rows}
</dl>
<form method="post" action="${escaped(shown.action)}">
<input type="hidden" name="manifest" value="${escaped(shown.manifest)}">
<button>Register at ${escaped(hostOf(shown.web))}</button>
</form>`,
  });
}

export function installPage(shown: {
  readonly name: string;
  readonly install: string;
  readonly stored: string;
  readonly cookie: string;
}): Reply {
  return page({
    title: 'Registered',
    headers: { 'set-cookie': shown.cookie },
    main: `
<p class="state"><span class="dot go"></span>${escaped(shown.name)} is registered</p>
<p>Its credentials are in <code>${escaped(shown.stored)}</code>, which only this user may read. Nothing has to be started anew.</p>
<p><a class="button" href="${escaped(shown.install)}">Choose repositories</a></p>
<p class="small">After that every merged pull request there counts towards the next release. <a href="${DOCS}">Handbook</a></p>`,
  });
}

export function problemPage(status: number, says: string): Reply {
  return page({ title: 'That did not work', status, main: `${problem(says)}\n<p><a href="/">Begin again</a></p>` });
}

function problem(says: string | null): string {
  return says === null ? '' : `<p class="problem" role="alert">${escaped(says)}</p>`;
}

function field(name: string, label: string, value: string, attributes: string, hint: string): string {
  return `<label for="${name}">${label}</label>
<input id="${name}" name="${name}" value="${escaped(value)}" autocomplete="off" spellcheck="false" aria-describedby="${name}-hint" ${attributes}>
<p class="small" id="${name}-hint">${hint}</p>`;
}

interface Contents {
  readonly title: string;
  readonly main: string;
  readonly status?: number;
  readonly formsTo?: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
}

function page({ title, main, status = 200, formsTo, headers = {} }: Contents): Reply {
  const body = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escaped(title)}</title>
<link rel="icon" href="data:image/svg+xml,${encodeURIComponent(MARK)}">
<style>${STYLE}</style>
<main>
<header>${MARK}<h1>${escaped(title)}</h1></header>
${main.trim()}
</main>
</html>
`;
  return { status, type: HTML, body, style: STYLE, headers, ...(formsTo === undefined ? {} : { formsTo }) };
}

/** A vessel between two gates. */
const MARK =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" width="32" height="32" aria-hidden="true"><rect width="32" height="32" rx="7" fill="#0b5c7d"/><path d="M7 8v16M25 8v16" stroke="#9fd8ee" stroke-width="2.5" stroke-linecap="round"/><path d="M11 17h10l-2 5h-6z" fill="#fff"/><path d="M16 8v7l4-2z" fill="#fff"/></svg>';

const STYLE = `
:root{color-scheme:light dark;--ink:#17252c;--soft:#52666f;--paper:#f4f7f8;--card:#fff;--line:#d5dfe3;--brand:#0b5c7d;--go:#1a7f4b;--stop:#b3541e;--bad:#fdeee6}
@media (prefers-color-scheme:dark){:root{--ink:#e3ecef;--soft:#9fb2ba;--paper:#0f171b;--card:#172229;--line:#2b3a42;--brand:#5cb8dc;--go:#4cc38a;--stop:#e8935f;--bad:#3a251a}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 system-ui,sans-serif}
main{max-width:38rem;margin:8vh auto 4rem;padding:2rem 2.25rem;background:var(--card);border:1px solid var(--line);border-radius:14px}
header{display:flex;gap:.75rem;align-items:center;margin-bottom:1.25rem}
h1{font-size:1.35rem;margin:0;letter-spacing:-.01em}
a{color:var(--brand)}
.state{display:flex;align-items:center;gap:.6rem;font-size:1.15rem;font-weight:600;margin:.5rem 0}
.dot{width:.8rem;height:.8rem;border-radius:50%}
.go{background:var(--go)}
.stop{background:var(--stop)}
.small{color:var(--soft);font-size:.875rem;margin:.25rem 0 0}
.problem{background:var(--bad);border-left:4px solid var(--stop);padding:.6rem .9rem;border-radius:4px}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.35rem 1.25rem;margin:1.25rem 0}
dt{color:var(--soft)}
dd{margin:0;display:flex;gap:.75rem;flex-wrap:wrap}
label{display:block;font-weight:600;margin-top:1.1rem}
input{width:100%;font:inherit;color:inherit;background:var(--paper);border:1px solid var(--line);border-radius:7px;padding:.5rem .7rem;margin-top:.25rem}
button,.button{display:inline-block;font:inherit;font-weight:600;margin:1.4rem 0 .6rem;padding:.55rem 1.2rem;border:0;border-radius:7px;background:#0b5c7d;color:#fff;text-decoration:none;cursor:pointer}
:focus-visible{outline:3px solid var(--brand);outline-offset:2px}
code{font-family:ui-monospace,monospace;font-size:.9em}
@media (max-width:40rem){main{margin:0;border:0;border-radius:0;min-height:100vh;padding:1.5rem}}
`;

function hostOf(web: string): string {
  return new URL(web).host;
}

export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
