// The schema of one release train of the policy file.

import * as z from 'zod/mini';
import { TRAIN_TASKS } from '../policy.ts';
import { duration, zone } from './environment-schema.ts';
import { key, named, needed, shaped, text } from './schema-words.ts';

export const TRAIN_SCHEMA = named(
  'train',
  z.strictObject({
    name: needed(
      shaped(/^[A-Za-z0-9][A-Za-z0-9._-]{0,59}$/, 'name', 'is no name for a train: letters, digits, dots, hyphens and underscores'),
      'Its name.',
      ['weekly'],
    ),
    line: key(text('must be the name of a branch'), 'The branch whose releases it carries. Without it the default branch.', {
      examples: ['main'],
    }),
    cron: needed(
      text('must say when, as "0 10 * * tue"'),
      'When it leaves: minute, hour, day of the month, month, day of the week, as in a crontab; `mon#1` is the first Monday of a month. A time that a change of the clocks skips comes right after it, one that it repeats comes once.',
      ['0 10 * * tue'],
    ),
    zone: key(zone(), 'The time zone of `cron`.', { default: 'UTC', examples: ['Europe/Berlin'] }),
    do: key(
      z.enum(TRAIN_TASKS),
      'What is done then: `report` what would be released, bring the `draft` or release pull request up to date, `freeze` the commit that the next release is made of, or `publish` it.',
      { default: 'draft', examples: ['publish'] },
    ),
    'freeze-before': key(duration(), 'So long before it leaves its load is settled: what is merged after that rides on the next train.', {
      examples: ['24h'],
    }),
  }),
);

export type RawTrain = z.infer<typeof TRAIN_SCHEMA>;
