// The four keys as gauges, for Prometheus. What is not known has no gauge: a zero would be an answer.

import type { EnvironmentMetrics, Spread } from '../metrics.ts';

export interface DoraGauge {
  readonly name: string;
  readonly help: string;
  readonly samples: readonly { readonly labels: Readonly<Record<string, string>>; readonly value: number }[];
}

type Sample = DoraGauge['samples'][number];

interface Kind {
  readonly name: string;
  readonly help: string;
  readonly labels: readonly string[];
  readonly samplesOf: (one: EnvironmentMetrics) => readonly Sample[];
}

const PLACE = ['repository', 'environment', 'days'];

/** All that there are, each with its labels. */
export const DORA_GAUGES: readonly Kind[] = [
  {
    name: 'shiplock_dora_deployments',
    help: 'Deployments of something new that succeeded in the last `days` days.',
    labels: PLACE,
    samplesOf: ({ frequency }) => (frequency.known ? [plain(frequency.value.deployments)] : []),
  },
  {
    name: 'shiplock_dora_lead_time_seconds',
    help: 'From the writing of a commit to its first success here.',
    labels: [...PLACE, 'quantile'],
    samplesOf: ({ leadTime }) => (leadTime.known ? quantiles(leadTime.value) : []),
  },
  {
    name: 'shiplock_dora_change_failure_ratio',
    help: 'Deployments of something new that failed, went back or were mended in a hurry, of all.',
    labels: PLACE,
    samplesOf: ({ failureRate }) => (failureRate.known ? [plain(failureRate.value.rate)] : []),
  },
  {
    name: 'shiplock_dora_restore_seconds',
    help: 'From a failure to the success that ended it.',
    labels: [...PLACE, 'quantile'],
    samplesOf: ({ restore }) => (restore.known && restore.value.times !== null ? quantiles(restore.value.times) : []),
  },
  {
    name: 'shiplock_dora_open_failures',
    help: 'Failures that no success has ended yet.',
    labels: PLACE,
    samplesOf: ({ restore }) => (restore.known ? [plain(restore.value.open)] : []),
  },
];

/** `repository` is `owner/name`. Gauges without a sample are left out. */
export function doraGauges(repository: string, all: readonly EnvironmentMetrics[]): DoraGauge[] {
  return DORA_GAUGES.map(({ name, help, samplesOf }) => ({
    name,
    help,
    samples: all.flatMap((one) =>
      samplesOf(one).map(({ labels, value }) => ({
        labels: { repository, environment: one.environment, days: String(one.days), ...labels },
        value,
      })),
    ),
  })).filter(({ samples }) => samples.length > 0);
}

function plain(value: number): Sample {
  return { labels: {}, value };
}

function quantiles({ median, p90 }: Spread): Sample[] {
  return [
    { labels: { quantile: '0.5' }, value: median },
    { labels: { quantile: '0.9' }, value: p90 },
  ];
}
