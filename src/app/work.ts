// What the App does once it has credentials: the worker with its journeys, over GitHub as each installation sees it.

import type { Work } from '../app.ts';
import type { Home } from '../core/errand.ts';
import type { Situation } from '../flows/app-port.ts';
import { answerComment } from '../flows/command/answer-comment.ts';
import { followDeployment } from '../flows/deployment/follow-deployment.ts';
import { keepMetrics, rememberLoads } from '../flows/deployment/keep-metrics.ts';
import { promote } from '../flows/deployment/promote.ts';
import { closeReview, openReview } from '../flows/deployment/review.ts';
import { send, tell } from '../flows/deployment/tell.ts';
import { watchDeployment } from '../flows/deployment/watch-deployment.ts';
import { answerGate } from '../flows/gate/answer-gate.ts';
import { decideGate } from '../flows/gate/decide-gate.ts';
import { showStatus } from '../flows/gate/keep-thread.ts';
import { lookAgain } from '../flows/gate/look-again.ts';
import { readPolicyText } from '../flows/policy-problem.ts';
import { keepPreview } from '../flows/pull/keep-preview.ts';
import { attachDeployed } from '../flows/record/attach-deployed.ts';
import { keepLine } from '../flows/release/keep-line.ts';
import { runTrain } from '../flows/release/run-train.ts';
import { connectApp } from '../github/app.ts';
import { appApi } from '../github/app-api.ts';
import { connectDeploys } from '../github/dispatch.ts';
import { connectGates } from '../github/gates.ts';
import type { Fetch } from '../github/guard.ts';
import { type Flows, journeysOf } from './journeys.ts';
import { connectOutgoing } from './outgoing.ts';
import { startWorker, type Worker, type WorkerOptions } from './worker.ts';

const FLOWS: Omit<Flows, 'measure'> = {
  preview: keepPreview,
  draft: keepLine,
  command: answerComment,
  gate: decideGate,
  answer: answerGate,
  look: lookAgain,
  status: showStatus,
  follow: followDeployment,
  promote,
  tell,
  send,
  train: runTrain,
  review: openReview,
  reviewed: closeReview,
  watch: watchDeployment,
  attach: attachDeployed,
};

/** Longer waits are the worker's, which does something else meanwhile. */
const PATIENCE_SECONDS = 10;

export interface WorkOptions extends Partial<Pick<WorkerOptions, 'now' | 'random' | 'pollMs' | 'concurrency'>> {
  readonly flows?: Partial<Flows>;
  /** Of the client's own short waits. */
  readonly sleep?: (milliseconds: number) => Promise<void>;
}

/** For `ServeOptions.work`. */
export function startWork({ store, app, settings, log, metrics }: Work, options: WorkOptions = {}): Worker {
  const { api, graphql } = settings.endpoints;
  const { flows, sleep, ...worker } = options;
  const clock = { ...(options.now === undefined ? {} : { now: options.now }), ...(sleep === undefined ? {} : { sleep }) };
  const clientOf = (installation: number) => ({
    api,
    graphql,
    maxWaitSeconds: PATIENCE_SECONDS,
    token: (renew: boolean) => app.tokenOf(installation, renew),
    fetch: watched(installation),
    ...clock,
  });

  /** Tells of GitHub's limits as its answers do. */
  const watched = (installation: number): Fetch => {
    return async (url, init) => {
      const response = await globalThis.fetch(url, init);
      const { headers } = response;
      const remaining = Number(headers.get('x-ratelimit-remaining') ?? Number.NaN);
      if (!Number.isNaN(remaining)) metrics.limitSeen(String(installation), headers.get('x-ratelimit-resource') ?? 'core', remaining);
      return response;
    };
  };

  let self: Promise<Situation['self']> | null = null;
  const lookAtSelf = () => {
    self ??= app.look().then(
      ({ id, slug }) => ({ app: id, slug }),
      (error: unknown) => {
        // The next who asks tries again.
        self = null;
        throw error;
      },
    );
    return self;
  };

  const outgoing = settings.outgoing === undefined ? undefined : connectOutgoing({ ...settings.outgoing, ended: metrics.messageEnded });

  const situationOf = async (home: Home, now: number): Promise<Situation> => {
    const { installation, id, owner, name } = home;
    const self = await lookAtSelf();
    const options = { ...clientOf(installation), owner, name, self };
    const [github, gates, deploys] = [connectApp(options), connectGates(options), connectDeploys(options)];
    const head = () => store.head(`repo:${id}`);
    const repository = `repo:${id}`;
    const entries: Situation['entries'] = (from) => store.entries(repository, from);
    const { measures, attaches } = settings;
    const asked = { ...(measures === undefined ? {} : { measures }), ...(attaches === undefined ? {} : { attaches }) };
    const unsaid: Situation['unsaid'] = (where, why) =>
      log.warn(
        { repository: `${owner}/${name}`, where, why },
        'What has happened could not be said on GitHub. The record and the status have it.',
      );
    const kept = { notes: store, head, entries, repository, unsaid, ...asked };
    const base = { github, gates, deploys, home, now, self, readPolicy: readPolicyText, ...kept };
    return outgoing === undefined ? base : { ...base, outgoing };
  };

  const loads = rememberLoads();
  const measure: Flows['measure'] = (situation, errand) => keepMetrics(situation, errand, loads);

  const journeys = journeysOf({
    store,
    api: appApi({ asApp: app.asApp, clientOf }),
    flows: { ...FLOWS, measure, ...flows },
    situationOf,
    receive: app.receive,
    apiAddress: api,
    ...(outgoing === undefined ? {} : { outgoing }),
    ignored: metrics.ignored,
    log,
    sweepSeconds: settings.sweepSeconds,
  });
  return startWorker({ store, journeys, log, ended: metrics.taskEnded, ...worker });
}
