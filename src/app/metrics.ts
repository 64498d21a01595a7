// What the App counts of itself, for Prometheus: a registry of its own, so that two Apps in a process (as in tests) never share a number.

import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { DORA_GAUGES, doraGauges } from '../core/metrics/gauges.ts';
import type { MeasuredRepository } from '../flows/deployment/keep-metrics.ts';
import type { StoreStats } from '../flows/store-port.ts';

export const REASONS = [
  'too-large',
  'not-json',
  'headers',
  'signature',
  'malformed',
  'aborted',
  'slow',
  'busy',
  'not-set-up',
  'store',
  'mistake',
] as const;
/** Why a delivery was not accepted. */
export type Reason = (typeof REASONS)[number];

export interface Metrics {
  readonly accepted: (isNew: boolean, seconds: number) => void;
  readonly refused: (reason: Reason) => void;
  /** An event that asks for nothing, and why. */
  readonly ignored: (event: string, reason: string) => void;
  readonly taskEnded: (kind: string, end: string, seconds: number) => void;
  /** As GitHub's answers tell it. */
  readonly limitSeen: (installation: string, resource: string, remaining: number) => void;
  /** A message to the operator's own address. */
  readonly messageEnded: (result: 'sent' | 'failed') => void;
  readonly contentType: string;
  readonly text: () => Promise<string>;
}

/** Both are asked at each look; what they cannot tell is left out of it. */
export function makeMetrics(
  stats: () => Promise<StoreStats>,
  measured: () => Promise<readonly MeasuredRepository[]> = async () => [],
): Metrics {
  const register = new Registry();
  const registers = [register];
  collectDefaultMetrics({ register });
  const deliveries = new Counter({
    name: 'shiplock_deliveries_total',
    help: 'Webhook deliveries that were accepted, by whether they were new or known already.',
    labelNames: ['result'],
    registers,
  });
  const refusals = new Counter({
    name: 'shiplock_deliveries_refused_total',
    help: 'Webhook deliveries that were refused, by reason.',
    labelNames: ['reason'],
    registers,
  });
  const intake = new Histogram({
    name: 'shiplock_intake_seconds',
    help: 'From the headers of a delivery to its durable acceptance.',
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  });
  const ignored = new Counter({
    name: 'shiplock_events_ignored_total',
    help: 'Accepted events that asked for nothing, by event and reason.',
    labelNames: ['event', 'reason'],
    registers,
  });
  const ended = new Counter({
    name: 'shiplock_tasks_ended_total',
    help: 'Attempts at tasks, by kind and by how they ended.',
    labelNames: ['kind', 'end'],
    registers,
  });
  const durations = new Histogram({
    name: 'shiplock_task_seconds',
    help: 'How long an attempt at a task took, by kind.',
    labelNames: ['kind'],
    buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300],
    registers,
  });
  const limits = new Gauge({
    name: 'shiplock_github_rate_limit_remaining',
    help: 'Requests left in GitHub’s hourly limit, by installation (0: the App itself) and resource, as its last answer said.',
    labelNames: ['installation', 'resource'],
    registers,
  });
  const messages = new Counter({
    name: 'shiplock_messages_total',
    help: 'Attempts to send a message to SHIPLOCK_WEBHOOK_URL, by how they ended.',
    labelNames: ['result'],
    registers,
  });
  const tasks = new Gauge({ name: 'shiplock_tasks', help: 'Tasks in the store, by state.', labelNames: ['state'], registers });
  const oldest = new Gauge({ name: 'shiplock_oldest_task_seconds', help: 'How long the oldest due task has waited.', registers });
  const answers = new Gauge({ name: 'shiplock_store_up', help: '1 where the store answered this look, 0 where it did not.', registers });
  const keys = new Map(
    DORA_GAUGES.map(({ name, help, labels }) => [name, new Gauge({ name, help, labelNames: [...labels], registers })] as const),
  );
  const measuredAt = new Gauge({
    name: 'shiplock_dora_measured_timestamp_seconds',
    help: 'When the four keys of a repository were worked out last.',
    labelNames: ['repository'],
    registers,
  });
  // A counter that is not there until its first count cannot be told from one that stands still.
  for (const result of ['accepted', 'known']) deliveries.inc({ result }, 0);
  for (const result of ['sent', 'failed']) messages.inc({ result }, 0);
  for (const reason of REASONS) refusals.inc({ reason }, 0);

  /** Of a repository that is there no more nothing is left: every look begins anew. */
  const showKeys = (repositories: readonly MeasuredRepository[]) => {
    for (const gauge of [...keys.values(), measuredAt]) gauge.reset();
    for (const { repository, at, environments } of repositories) {
      measuredAt.set({ repository }, Math.floor(at / 1_000));
      for (const { name, samples } of doraGauges(repository, environments))
        for (const { labels, value } of samples) keys.get(name)?.set(labels, value);
    }
  };

  const look = async () => {
    tasks.reset();
    oldest.reset();
    try {
      const [{ ready, waiting, running, dead, oldest: milliseconds }, repositories] = await Promise.all([stats(), measured()]);
      showKeys(repositories);
      for (const [state, count] of Object.entries({ ready, waiting, running, dead })) tasks.set({ state }, count);
      oldest.set(milliseconds / 1_000);
      answers.set(1);
    } catch {
      // The look itself says so: whoever watches sees 0 here, and the log has the words from whoever needed the store.
      answers.set(0);
      showKeys([]);
    }
  };
  const known = deliveries.labels('known');
  const fresh = deliveries.labels('accepted');
  return {
    accepted: (isNew, seconds) => {
      (isNew ? fresh : known).inc();
      intake.observe(seconds);
    },
    refused: (reason) => refusals.inc({ reason }),
    ignored: (event, reason) => ignored.inc({ event, reason }),
    taskEnded: (kind, end, seconds) => {
      ended.inc({ kind, end });
      durations.observe({ kind }, seconds);
    },
    limitSeen: (installation, resource, remaining) => limits.set({ installation, resource }, remaining),
    messageEnded: (result) => messages.inc({ result }),
    contentType: register.contentType,
    text: async () => {
      await look();
      return register.metrics();
    },
  };
}
