// The schema of one environment of the policy file: what its gate asks, when, of which releases.

import * as z from 'zod/mini';
import { OCCASIONS } from './environment.ts';
import { anybody, key, named, needed, shaped, text } from './schema-words.ts';

const DURATION = 'is not a duration: write 90s, 15m, 24h or 3d';
export const duration = () => shaped(/^[1-9][0-9]{0,4}[smhd]$/, 'duration', DURATION);
const durationOrNone = () => shaped(/^[0-9]{1,5}[smhd]$/, 'duration', DURATION);
export const zone = () =>
  shaped(/^[A-Za-z][A-Za-z0-9_+/-]*$/, 'time zone', 'is not a time zone: write an IANA name as Europe/Berlin or UTC');
const approver = () =>
  shaped(
    /^(?:@[A-Za-z0-9][A-Za-z0-9_-]*(?:\/[A-Za-z0-9][A-Za-z0-9_.-]*)?|owners|write|maintain|admin)$/,
    'person, team or role',
    'is nobody: write "@user" or "@organisation/team", in quotes because of the @, owners, or a role: write, maintain or admin',
  );
const occasion = () => z.enum(OCCASIONS);

const approvers = () => z.array(approver());
const excepted = () => z.array(z.enum(['author', 'committer', 'pusher', 'deployer']));
const approvalCount = (least: number, says: string) => z.int(says).check(z.minimum(least, says), z.maximum(100, says));

const app = () =>
  z.union([
    shaped(/^[A-Za-z0-9][A-Za-z0-9-]*$/, 'slug', 'is not an app: write its slug, as github-actions, or its id'),
    z.int().check(z.minimum(1)),
  ]);

const Quarantine = z.strictObject({
  check: needed(text('must be the name of a check'), 'The check; `*` stands for any text.', ['regression / upload']),
  until: needed(
    shaped(
      /^[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9]{2}:[0-9]{2}(?::[0-9]{2})?(?:Z|[+-][0-9]{2}:[0-9]{2})?)?$/,
      'day, or date and time',
      'is not a day: write 2027-01-31',
    ),
    'The last day, or a moment; in UTC where no offset is given. From then on it counts again.',
    ['2027-01-31'],
  ),
  reason: needed(text('must say why'), 'Why, for those who wonder.', ['fails in one run of ten, #123']),
});

const Checks = z.strictObject({
  checks: needed(
    z.array(text('must be the name of a check')).check(z.minLength(1, 'must name at least one check')),
    'Checks and statuses that have passed on the deployed commit; `*` stands for any text. At least one must match each name: none at all is not a pass.',
    [['regression / *']],
  ),
  except: key(z.array(text('must be the name of a check')), 'Names left out of those matched.', {
    default: [],
    examples: [['* (nightly)']],
  }),
  app: key(
    app(),
    'The app, by slug or id, whose checks alone count. Without it anyone with write access can post a status of the same name.',
    { examples: ['github-actions'] },
  ),
  baseline: key(z.enum(['previous-release']), 'No check that passed on the previous release may fail now.', {
    examples: ['previous-release'],
  }),
  accept: key(z.array(z.enum(['skipped', 'neutral'])), 'Conclusions that count as passed besides success.', {
    default: [],
    examples: [['skipped']],
  }),
  flake: key(
    z.enum(['latest', 'passed', 'failed']),
    'What a check counts as that both passed and failed on the same commit: its latest run, passed, or failed.',
    { default: 'latest' },
  ),
  retries: key(
    z
      .int('must be a number from 0 to 100')
      .check(z.minimum(0, 'must be a number from 0 to 100'), z.maximum(100, 'must be a number from 0 to 100')),
    'How often a check may have failed on the same commit before it passed; any number where it is left out.',
    { examples: [2] },
  ),
  quarantine: key(z.array(Quarantine), 'Checks whose results do not count for a while, for instance because they are known to be flaky.', {
    default: [],
    examples: [[{ check: 'regression / upload', until: '2027-01-31', reason: 'fails in one run of ten, #123' }]],
  }),
  'on-failure': key(
    z.enum(['wait', 'reject']),
    'Whether a failed check waits, because a re-run may turn it green, or rejects the deployment.',
    {
      default: 'wait',
    },
  ),
});

const Approvals = z.strictObject({
  approvals: needed(
    z.strictObject({
      count: key(approvalCount(1, 'must be a number from 1 to 100'), 'How many people.', { default: 1 }),
      from: key(
        approvers(),
        'Whose approvals count, all of them people with write access: people, teams, `owners` (whom CODEOWNERS names for a file that the release changes), or a role (`write`, `maintain`, `admin`) and those above it. Empty for everyone with write access.',
        { default: [], examples: [['@acme/release-managers', '@ada', 'maintain']] },
      ),
      except: key(
        excepted(),
        'Whose approvals never count: `author` (co-authors too), `committer` and `pusher` of the changes, `deployer` of the run.',
        {
          default: [],
          examples: [['author', 'committer', 'deployer']],
        },
      ),
    }),
    'People who have approved this commit for this environment, each counted once.',
    [{ count: 2, from: ['@acme/release-managers'], except: ['author'] }],
  ),
});

const Soak = z.strictObject({
  soak: needed(duration(), 'How long the same commit has stood in the environment named by `after`.', ['24h']),
});

const Ticket = z.strictObject({
  ticket: needed(
    text('must be a regular expression, as "CHG-\\\\d+"'),
    'A regular expression for a ticket that the release or its pull request must name.',
    ['CHG-\\d+'],
  ),
});

const Requirement = named('requirement', z.union([Checks, Approvals, Soak, Ticket]));

const clock = (pattern: RegExp) => shaped(pattern, 'time of day', 'is not a time of day: write 09:00');
const weekday = () =>
  shaped(
    /^(?:mon|tue|wed|thu|fri|sat|sun)(?:-(?:mon|tue|wed|thu|fri|sat|sun))?$/,
    'day or range',
    'is not a day: write mon, tue, wed, thu, fri, sat or sun, or a range as mon-thu',
  );
const Window = named(
  'window',
  z.strictObject({
    days: key(
      z.union([weekday(), z.array(weekday()).check(z.minLength(1, 'must name at least one day'))]),
      'The days, as a range or a list.',
      {
        default: 'mon-sun',
        examples: ['mon-thu', ['mon', 'wed']],
      },
    ),
    from: key(clock(/^(?:[01][0-9]|2[0-3]):[0-5][0-9]$/), 'From this time of day.', { default: '00:00', examples: ['09:00'] }),
    to: key(
      clock(/^(?:(?:[01][0-9]|2[0-3]):[0-5][0-9]|24:00)$/),
      'Until just before this time of day, on the next day where it is earlier than `from`.',
      { default: '24:00', examples: ['16:00'] },
    ),
    zone: key(zone(), 'The time zone of both.', { default: 'UTC', examples: ['Europe/Berlin'] }),
  }),
);

const moment = () =>
  shaped(
    /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(?::[0-9]{2})?(?:Z|[+-][0-9]{2}:[0-9]{2})?$/,
    'date and time',
    'is not a date with a time: write "2026-12-19T18:00"',
  );
const Freeze = z.strictObject({
  from: needed(moment(), 'Its beginning.', ['2026-12-19T18:00']),
  to: needed(moment(), 'Its end.', ['2027-01-04T08:00']),
  zone: key(zone(), 'The time zone of both, where they have no offset of their own.', { default: 'UTC', examples: ['Europe/Berlin'] }),
  except: key(z.array(occasion()), 'What may be deployed all the same.', { default: [], examples: [['security']] }),
  reason: key(text('must be a text'), 'Why, for those who wait.', { examples: ['year end'] }),
});

const requires = () => z.array(Requirement);
const ForOccasion = named(
  'differs',
  z.strictObject({
    requires: key(requires(), 'Asked instead of everything under the environment’s own `requires`.'),
    soak: key(durationOrNone(), 'The soak instead; `0h` asks for none.', { examples: ['2h'] }),
    approvals: key(
      z.strictObject({
        count: key(approvalCount(0, 'must be a number from 0 to 100'), 'How many people; 0 asks for none.', { examples: [1] }),
        from: key(approvers(), 'Whose approvals count.', { examples: [['@acme/on-call']] }),
        except: key(excepted(), 'Whose approvals never count.', { examples: [['author']] }),
      }),
      'Of the approvals, what differs.',
      { examples: [{ count: 1 }] },
    ),
    ticket: key(text('must be a regular expression, as "CHG-\\\\d+", or none'), 'The ticket instead; `none` asks for none.', {
      examples: ['none'],
    }),
    windows: key(
      z.union([z.enum(['any'], 'must be any, or a list of windows'), z.array(Window)]),
      'The windows instead; `any` for at any time.',
      { examples: ['any'] },
    ),
  }),
);

const whatDiffers = (of: string) => key(z.nullable(ForOccasion), `What differs for ${of}.`);

export const ENVIRONMENT_SCHEMA = named(
  'environment',
  z.strictObject({
    after: key(
      text('must be the name of an environment'),
      'The environment of this policy where the same commit must have been deployed with success before.',
      { examples: ['qa'] },
    ),
    deploy: key(
      shaped(
        /^(?:\.github\/workflows\/)?[^/\\\s][^/\\]*\.ya?ml$/,
        'file name',
        'is not a workflow: write the name of a file in .github/workflows, as deploy.yml',
      ),
      'The workflow that `/deploy` and `/rollback` start.',
      { examples: ['deploy.yml'] },
    ),
    promote: key(
      z.enum(['manual', 'auto']),
      'Whether `deploy` is started by hand, or as soon as the release is out and has come through `after`. The gate is asked either way.',
      { default: 'manual' },
    ),
    requires: key(requires(), 'What the gate asks, each item one thing: `checks`, `approvals`, `soak` or `ticket`.', { default: [] }),
    windows: key(z.array(Window), 'When a deployment may start; empty for at any time.', { default: [] }),
    freeze: key(z.array(Freeze), 'When none may.', { default: [] }),
    hold: key(text('must say why'), 'Stops every deployment for as long as it stands here, and says why.', {
      examples: ['database migration'],
    }),
    for: key(
      z.strictObject({
        maintenance: whatDiffers('a maintenance release'),
        security: whatDiffers('a maintenance release that mends security; without it, what is said for maintenance'),
        feature: whatDiffers('a feature release'),
        breaking: whatDiffers('a feature release that breaks something; without it, what is said for feature'),
        rollback: whatDiffers('going back to a version that has been deployed here before'),
      }),
      'What the release is decides what the gate asks.',
      { examples: [{ security: { soak: '0h', approvals: { count: 1 } } }] },
    ),
    rollback: key(
      z.strictObject({
        'on-failed': needed(
          z.array(text('must be the name of a check')).check(z.minLength(1, 'must name at least one check')),
          'Checks that verify what has been deployed; `*` stands for any text. One that fails on the deployed commit, after the deployment, takes it back.',
          [['smoke / *']],
        ),
        app: needed(app(), 'The app, by slug or id, whose checks alone count.', ['github-actions']),
        within: key(duration(), 'So long after the deployment has succeeded.', { default: '30m' }),
      }),
      'Begins by itself what `/rollback` begins, through the same gate, where what was deployed proves to be bad. Once for each deployment, and never after a rollback.',
    ),
    review: key(
      z.strictObject({
        after: needed(duration(), 'So long after a deployment.', ['72h']),
        to: key(z.array(anybody()), 'Who is asked.', { default: [], examples: [['@acme/sre']] }),
      }),
      'Opens the post-release review: so long after a deployment, and at once after a rollback. An override opens one with or without this.',
    ),
  }),
);

export type RawEnvironment = z.infer<typeof ENVIRONMENT_SCHEMA>;
export type RawRequirement = z.infer<typeof Requirement>;
export type RawOccasion = z.infer<typeof ForOccasion>;
export type RawApprovals = z.infer<typeof Approvals>['approvals'];
export type RawWindow = z.infer<typeof Window>;
export type RawQuarantine = z.infer<typeof Quarantine>;
export type RawFreeze = z.infer<typeof Freeze>;
