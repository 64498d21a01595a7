// The App: settings → store → Probot → HTTP → worker, put together. What happens in each is in src/app/; what is decided, in src/core/.

import { accessSync, constants, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Credentials, findCredentials, storeCredentials } from './app/credentials.ts';
import { makeFewLines } from './app/few-lines.ts';
import { type IntakeLimits, makeIntake } from './app/intake.ts';
import { type Log, type LogOptions, makeLog } from './app/log.ts';
import { missingOf, readManifest } from './app/manifest.ts';
import { type Metrics, makeMetrics } from './app/metrics.ts';
import { statusPage } from './app/pages.ts';
import { type GitHubApp, hearing, openGitHubApp } from './app/probot.ts';
import { makeReadiness } from './app/readiness.ts';
import { json, text } from './app/reply.ts';
import { type Pages, type ServerLimits, startServer } from './app/server.ts';
import { type Environment, readSettings, type Settings, SettingsProblem } from './app/settings.ts';
import { isLoopback, makeSetup, type Setup } from './app/setup.ts';
import { startWork } from './app/work.ts';
import { measuredRepositories } from './flows/deployment/keep-metrics.ts';
import type { StorePort } from './flows/store-port.ts';
import { guardedFetch } from './github/guard.ts';
import { openStore } from './store/open.ts';

/** The standard function of a Probot app, for a Probot of one's own: hands over what each event asks to be done. */
export const probotApp = hearing;

/** What the worker is given, once there are credentials. */
export interface Work {
  readonly store: StorePort;
  readonly app: GitHubApp;
  readonly settings: Settings;
  readonly log: Log;
  readonly metrics: Metrics;
}

/** What does the tasks: `poke` after a delivery was accepted, `stop` before the store is closed. */
export interface Worker {
  readonly poke: () => void;
  readonly stop: () => Promise<void>;
  /** Resolves as soon as nothing is due and nothing running. */
  readonly idle?: () => Promise<void>;
}

export interface ServeOptions {
  readonly env: Environment;
  /** Words for whoever started it; never a log. */
  readonly say: (words: string) => void;
  readonly version: string;
  /** What does the tasks, where it is not what does them by default; null: they wait for another process. */
  readonly work?: ((work: Work) => Promise<Worker> | Worker) | null;
  readonly openStore?: (where: { readonly databaseUrl?: string | undefined; readonly folder: string }) => Promise<StorePort>;
  readonly logTo?: LogOptions['to'];
  /**
   * The time that everything is decided by, and how often it is looked at: for whoever starts the App in its own process, as `demo` does,
   * whose days pass in a moment. No setting reaches it, for a soak is as long as the clock says.
   */
  readonly clock?: { readonly now: () => number; readonly pollMs: number };
  readonly limits?: { readonly intake?: Partial<IntakeLimits>; readonly server?: Partial<ServerLimits> };
}

export interface Serving {
  readonly url: string;
  /** Resolves as soon as nothing is due and nothing being done. */
  readonly idle: () => Promise<void>;
  /** Takes no more, ends what was begun within bounds, closes the store. */
  readonly stop: () => Promise<void>;
}

/** Throws `SettingsProblem`, `CredentialsProblem`, `StoreProblem`, or what listening does. */
export async function serve(options: ServeOptions): Promise<Serving> {
  const { env, say, version, clock } = options;
  const now = clock?.now ?? Date.now;
  const settings = readSettings(env);
  const found = findCredentials(settings.given, settings.folder);
  if (found.kind === 'part') throw new SettingsProblem(found.says);
  const { log, hide } = makeLog({ level: settings.level, ...(options.logTo === undefined ? {} : { to: options.logTo }) });
  if (settings.databaseUrl !== undefined) hide(passwordIn(settings.databaseUrl));
  if (settings.outgoing !== undefined) for (const one of [settings.outgoing.url, settings.outgoing.secret]) hide(one);
  const store = await (options.openStore ?? openStore)(settings);
  const { measures = () => false } = settings;
  const metrics = makeMetrics(
    () => store.stats(now()),
    () => measuredRepositories(store, measures, now()),
  );
  const left = (kind: string, count: number) => log.warn({ kind, count }, 'Lines of this kind were left out of the log');
  const few = makeFewLines({ most: 5, everyMs: 60_000, now: Date.now, left });

  let app: GitHubApp | null = null;
  let worker: Worker | null = null;
  const intake = makeIntake({ store, metrics, log, few, now, ...limitsOf(options.limits?.intake), wake: () => worker?.poke() });
  const readiness = makeReadiness({
    store,
    look: () => app?.look ?? null,
    now: Date.now,
    changed: (state) =>
      log[state.ready ? 'info' : 'warn'](
        { ...state, credentials: undefined, github: state.credentials },
        state.ready ? 'Ready' : 'Not ready',
      ),
  });

  const enter = async (credentials: Credentials) => {
    const secrets = [credentials.webhookSecret, ...(credentials.previousSecret === undefined ? [] : [credentials.previousSecret])];
    for (const secret of secrets) hide(secret);
    const opened = await openGitHubApp({ credentials, endpoints: settings.endpoints, log });
    app = opened;
    readiness.anew();
    intake.arm(secrets);
    const { work = (parts: Work) => startWork(parts, clock) } = options;
    worker = work === null ? null : await work({ store, app: opened, settings, log, metrics });
    void compareWithManifest(opened, log);
  };

  const setup = makeSetup({
    web: settings.web,
    manifest: readManifest(),
    host: settings.host,
    convert: (code) => convert(settings, code),
    probe: () => probeFolder(settings.folder),
    enter: async (credentials) => {
      storeCredentials(settings.folder, credentials);
      await enter(credentials);
      return join(settings.folder, 'credentials.json');
    },
    log,
    now: Date.now,
  });

  try {
    if (found.kind === 'whole') await enter(found.credentials);
    const pages = pagesOf({ version, metrics, readiness, setup, isSetUp: () => app !== null });
    const server = await startServer({ ...settings, intake, pages, metrics, log, ...limitsOf(options.limits?.server) });
    log.info({ url: server.url, version, store: settings.databaseUrl === undefined ? 'sqlite' : 'postgresql' }, 'Listening');
    say(app === null ? invitation(server.url, settings, setup) : `Shiplock listens at ${server.url}`);
    void readiness.check();
    return {
      url: server.url,
      idle: async () => worker?.idle?.(),
      stop: async () => {
        log.info('Stopping: what was begun is ended first');
        // What is accepted meanwhile is durable; it waits for the next start.
        await Promise.all([server.stop(), worker?.stop()]);
        await store.close();
        log.info('Stopped');
      },
    };
  } catch (error) {
    await (worker as Worker | null)?.stop();
    await store.close();
    throw error;
  }
}

interface PageParts {
  readonly version: string;
  readonly metrics: Metrics;
  readonly readiness: ReturnType<typeof makeReadiness>;
  readonly setup: Setup;
  readonly isSetUp: () => boolean;
}

function pagesOf({ version, metrics, readiness, setup, isSetUp }: PageParts): Pages {
  const toStatus = () => text(303, 'The App is set up.', { location: '/' });
  return {
    'GET /healthz': () => text(200, 'ok'),
    'GET /readyz': async () => {
      const state = await readiness.check();
      return json(state.ready ? 200 : 503, state, state.ready ? {} : { 'retry-after': '10' });
    },
    'GET /metrics': async () => ({ status: 200, type: metrics.contentType, body: await metrics.text() }),
    'GET /': async (asked) => {
      if (!isSetUp()) return setup.form(asked);
      const { ready, store, credentials } = await readiness.check();
      const wrong = [...(store === 'ok' ? [] : ['the store']), ...(credentials === 'ok' ? [] : ['GitHub'])];
      const says = ready
        ? 'Webhooks are taken, and worked on.'
        : `Something is wrong with ${wrong.join(' and ')}; /readyz and the log say what.`;
      return statusPage({ version, ready, says });
    },
    'POST /setup': (asked) => (isSetUp() ? toStatus() : setup.begin(asked)),
    'GET /setup/done': (asked) => (isSetUp() ? toStatus() : setup.done(asked)),
  };
}

/** At the configured GitHub and nowhere else; the code is all that is needed (docs: "Registering a GitHub App from a manifest"). */
async function convert({ endpoints }: Settings, code: string): Promise<unknown> {
  const response = await guardedFetch(endpoints)(`${endpoints.api}/app-manifests/${encodeURIComponent(code)}/conversions`, {
    method: 'POST',
    headers: { accept: 'application/vnd.github+json', 'user-agent': 'shiplock', 'x-github-api-version': '2022-11-28' },
  });
  if (response.status === 201) return response.json();
  const expired = response.status === 404 ? ' The code is good for an hour, and once.' : '';
  throw new Error(`it answered ${response.status}.${expired}`);
}

function probeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    accessSync(folder, constants.W_OK);
  } catch (error) {
    throw new Error(
      `The credentials could not be kept in ${folder} (${(error as Error).message}). Set SHIPLOCK_DATA to a folder that this user may write to.`,
    );
  }
}

/** After an update the App at GitHub may lack what this version uses: said once, at the start. */
async function compareWithManifest(app: GitHubApp, log: Log): Promise<void> {
  try {
    const seen = await app.look();
    const missing = missingOf(seen, readManifest());
    if (missing.length > 0)
      log.warn(
        { missing },
        'The App at GitHub lacks what this version uses: change it on its settings page, and accept it where it is installed',
      );
  } catch {
    // Readiness says it, each time that it is asked.
  }
}

function invitation(url: string, settings: Settings, setup: Setup): string {
  const here = isLoopback(settings.host) ? url : `${url} (or its public address)`;
  return [
    'There are no credentials yet, so this App cannot hear GitHub. Set it up in the browser:',
    `    ${here}`,
    `    set-up token, for a browser on another machine: ${setup.token}`,
    'or set APP_ID, PRIVATE_KEY (or PRIVATE_KEY_PATH) and WEBHOOK_SECRET, and start it again.',
  ].join('\n');
}

function passwordIn(url: string): string {
  return URL.canParse(url) ? decodeURIComponent(new URL(url).password) : url;
}

function limitsOf<T>(limits: T | undefined): { readonly limits?: T } {
  return limits === undefined ? {} : { limits };
}
