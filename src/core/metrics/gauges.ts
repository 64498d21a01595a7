// The four keys as gauges, for Prometheus. What is not known has no gauge: a zero would be an answer.

import type { EnvironmentMetrics } from '../metrics.ts';

export interface DoraGauge {
  readonly name: string;
  readonly help: string;
  readonly samples: readonly { readonly labels: Readonly<Record<string, string>>; readonly value: number }[];
}

type Sample = DoraGauge['samples'][number];

/** `repository` is `owner/name`. Gauges without a sample are left out. */
export function doraGauges(repository: string, all: readonly EnvironmentMetrics[]): DoraGauge[] {
  const gauge = (name: string, help: string, samplesOf: (one: EnvironmentMetrics) => readonly Sample[]): DoraGauge => ({
    name: `shiplock_dora_${name}`,
    help,
    samples: all.flatMap((one) =>
      samplesOf(one).map(({ labels, value }) => ({
        labels: { repository, environment: one.environment, days: String(one.days), ...labels },
        value,
      })),
    ),
  });
  const plain = (value: number): Sample => ({ labels: {}, value });
  const quantiles = ({ median, p90 }: { readonly median: number; readonly p90: number }): Sample[] => [
    { labels: { quantile: '0.5' }, value: median },
    { labels: { quantile: '0.9' }, value: p90 },
  ];
  return [
    gauge('deployments', 'Deployments of something new that succeeded in the last `days` days.', ({ frequency }) =>
      frequency.known ? [plain(frequency.value.deployments)] : [],
    ),
    gauge('lead_time_seconds', 'From the writing of a commit to its first success here.', ({ leadTime }) =>
      leadTime.known ? quantiles(leadTime.value) : [],
    ),
    gauge(
      'change_failure_ratio',
      'Deployments of something new that failed, went back or were mended in a hurry, of all.',
      ({ failureRate }) => (failureRate.known ? [plain(failureRate.value.rate)] : []),
    ),
    gauge('restore_seconds', 'From a failure to the success that ended it.', ({ restore }) =>
      restore.known && restore.value.times !== null ? quantiles(restore.value.times) : [],
    ),
    gauge('open_failures', 'Failures that no success has ended yet.', ({ restore }) => (restore.known ? [plain(restore.value.open)] : [])),
  ].filter(({ samples }) => samples.length > 0);
}
