// Every key of the policy file, once: its shape, its default and its description. The reader of the file, the JSON Schema for editors,
// docs/policy.md and the comments that `init` writes all read this table. zod/mini, because a run with a policy file waits for it.

import * as z from 'zod/mini';
import { DEFAULT_POLICY, MEANINGS } from '../policy.ts';
import { ENVIRONMENT_SCHEMA } from './environment-schema.ts';
import { descend } from './schema-walk.ts';
import { ABOUT, type About, anybody, key, named, needed, shaped, text } from './schema-words.ts';
import { TRAIN_SCHEMA } from './train-schema.ts';

const MEANING = named('meaning', z.enum(MEANINGS));
const bump = () => z.enum(['patch', 'minor', 'major']);
const tag = () =>
  shaped(
    /^(?=[^\s~^:?*[\\]+$).*\{version\}/,
    'tag template',
    'is not a tag template: it needs {version}, has no spaces and none of ~ ^ : ? * [ \\, as "v{version}"',
  );

const meanings = () => z.record(text('must not be empty'), z.nullable(MEANING));

const Line = z.strictObject({
  branch: needed(
    text('must be a regular expression for the whole branch name, as main or "[0-9]+.x"'),
    'A regular expression that matches the whole name of the branch.',
    ['main', '[0-9]+.x'],
  ),
  prerelease: key(
    shaped(/^(?:0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*)$/, 'name', 'is not a prerelease name: letters, digits and hyphens, as rc'),
    'Versions made on this branch are prereleases with this name: `rc` gives 1.3.0-rc.1.',
    { examples: ['rc'] },
  ),
});

const Classify = z.strictObject({
  labels: key(meanings(), 'What a label of a pull request says, compared without case. Added to the built-in labels; null takes one out.', {
    examples: [{ enhancement: 'feature', 'skip-changelog': 'none', patch: null }],
  }),
  types: key(
    meanings(),
    'What a Conventional Commits type (`feat: …`) says, compared without case. Added to the built-in types; null takes one out.',
    { examples: [{ feat: 'feature', docs: 'none' }] },
  ),
  branches: key(
    z.record(
      shaped(/^[A-Za-z]+$/, 'letters', 'is not the beginning of a branch name: letters only, as feature for feature/login'),
      z.nullable(MEANING),
    ),
    'What the beginning of a branch name, up to `/`, `-` or `_`, says where title and labels say nothing. Added to the built-in ones; null takes one out.',
    { examples: [{ feature: 'feature', hotfix: 'bug' }] },
  ),
  paths: key(
    meanings(),
    'What touched files say, where every file of the change is matched. The first glob that matches a file counts; those of this file come before the built-in ones; null takes one out.',
    { examples: [{ 'docs/api/**': 'documentation', 'test/**': null }] },
  ),
  unrecognised: key(z.enum(['maintenance', 'feature', 'none']), 'What a change counts as about which nothing says anything.', {
    default: DEFAULT_POLICY.classify.unrecognised,
  }),
});

const Release = z.strictObject({
  mode: key(
    z.enum(['draft', 'pull-request', 'direct']),
    'How a release is prepared: one draft release kept up to date, a pull request that bumps the version files, or published straight away.',
    { default: DEFAULT_POLICY.release.mode },
  ),
  tag: key(z.nullable(tag()), 'The tag of a version. Null reads it off the existing tags, and is `v{version}` where there are none.', {
    default: DEFAULT_POLICY.release.tag,
    examples: ['v{version}'],
  }),
  initial: key(
    shaped(
      /^(?:0|[1-9][0-9]*)\.(?:0|[1-9][0-9]*)\.(?:0|[1-9][0-9]*)(?:-(?:0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*)(?:\.(?:0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*))*)?$/,
      'version',
      'is not a semantic version: write three numbers, as 0.1.0',
    ),
    'The version of the first release.',
    { default: DEFAULT_POLICY.release.initial },
  ),
  'before-1.0': key(
    z.strictObject({
      breaking: key(bump(), 'What a breaking change bumps.', { default: DEFAULT_POLICY.release.before1.breaking }),
      feature: key(bump(), 'What a feature bumps.', { default: DEFAULT_POLICY.release.before1.feature }),
    }),
    'What changes bump as long as the version begins with 0.',
  ),
  features: key(
    z.enum(['any', 'staged']),
    'Which features make a feature release: `any`, or only `staged` ones, which came through a prerelease or a prerelease line, while others ride in maintenance releases.',
    { default: DEFAULT_POLICY.release.features },
  ),
  files: key(
    z.array(text('must be a path from the root of the repository')),
    'Files that hold the version, bumped in `pull-request` mode: a path; `path#key.path` for a key of a JSON, YAML or TOML file; or any file with a line marked `x-shiplock-version`.',
    {
      default: DEFAULT_POLICY.release.files,
    },
  ),
  changelog: key(
    z.nullable(text('must be a path from the root of the repository, or null for no changelog')),
    'The file that each release adds its notes to in `pull-request` mode; null for none.',
    { default: DEFAULT_POLICY.release.changelog },
  ),
});

const Notes = z.strictObject({
  sections: key(
    z.array(
      z.strictObject({
        title: needed(text('must be a text'), 'The heading.', ['Security']),
        of: needed(z.array(MEANING).check(z.minLength(1, 'must name at least one meaning')), 'Which changes it lists.', [['security']]),
      }),
    ),
    'The sections in their order. Empty for the built-in ones.',
    { default: DEFAULT_POLICY.notes.sections },
  ),
  template: key(
    z.nullable(text('must be a text')),
    'The whole of the notes, with `{summary}`, `{changes}`, `{contributors}`, `{compare}`, `{version}`, `{tag}` and `{previous}`; null for the built-in one.',
    { default: DEFAULT_POLICY.notes.template, examples: ['{summary}\n\n{changes}\n\n{compare}'] },
  ),
  line: key(
    z.nullable(text('must be a text')),
    'The line of one change, with `{subject}`, `{scope}`, `{pr}`, `{sha}`, `{author}` and `{issues}`; null for the built-in one.',
    { default: DEFAULT_POLICY.notes.line, examples: ['{subject} ({pr})'] },
  ),
});

const Package = z.strictObject({
  name: needed(shaped(/^[^\s~^:?*[\\]+$/, 'name', 'is not a name for a package: no spaces and none of ~ ^ : ? * [ \\'), 'Its name.', [
    'core',
  ]),
  path: needed(text('must be a folder from the root of the repository'), 'Its folder from the root of the repository.', ['packages/core']),
  tag: key(
    z.nullable(tag()),
    'The tag of its versions. Null reads it off the existing tags, and is `{name}-v{version}` where there are none.',
    {
      default: null,
      examples: ['core-v{version}'],
    },
  ),
});

export const EVENTS = ['published', 'waiting', 'approved', 'rejected', 'deployed', 'failed', 'rolled-back', 'overridden'] as const;

const section = <T extends z.core.$ZodType>(schema: T, description: string, rest?: Omit<About, 'description'>) =>
  key(z.nullable(schema), description, rest);

export const POLICY_SCHEMA = z.strictObject({
  version: key(z.literal(1), 'The version of this format.', { default: 1 }),
  lines: section(
    z.array(Line),
    'The branches that releases are made from, in the order in which they are tried. Without it: the default branch, and every branch named like `1.x` or `1.2.x`.',
  ),
  classify: section(Classify, 'How changes become maintenance, feature, breaking or none.'),
  release: section(Release, 'How releases are made.'),
  notes: section(Notes, 'How the notes are written.'),
  packages: section(z.array(Package), 'The packages of a monorepo, each released on its own. Without it: one package at the root.'),
  environments: section(
    z.catchall(
      z.object({
        default: key(
          z.enum(['open', 'closed'], 'says what happens to environments without an entry: write open or closed'),
          'Whether environments without an entry here may be deployed to. `closed` waits and says what is missing.',
          { default: DEFAULT_POLICY.unlisted },
        ),
      }),
      z.nullable(ENVIRONMENT_SCHEMA),
    ),
    'The environments that Shiplock gates, by their names on GitHub, in order.',
  ),
  deployers: section(
    z.array(
      shaped(
        /^@?[A-Za-z0-9](?:[A-Za-z0-9_-]*[A-Za-z0-9])?$/,
        'account',
        'is no account: write the login of a machine’s user, as jenkins-bot. Apps count without being named, and a team is none',
      ),
    ),
    'Accounts of machines that deploy with a token of their own, as Jenkins or Argo CD do: what they report as deployed counts. Workflows and GitHub Apps count without being named; what any other account posts through the API proves nothing.',
    { default: DEFAULT_POLICY.deployers, examples: [['jenkins-bot']] },
  ),
  trains: section(z.array(TRAIN_SCHEMA), 'Releases that leave by the clock, whatever is ready.', { default: DEFAULT_POLICY.trains }),
  commands: section(
    z.strictObject({
      prefix: key(
        shaped(/^(?:[a-z][a-z0-9-]*)?$/, 'word', 'is not a prefix: lower-case letters, digits and hyphens, as shiplock'),
        'The word before each command: `shiplock` makes them `/shiplock release …`.',
        { default: DEFAULT_POLICY.commands.prefix, examples: ['shiplock'] },
      ),
    }),
    'The slash-commands.',
  ),
  notify: section(
    z.array(
      z.strictObject({
        on: needed(z.array(z.enum(EVENTS)).check(z.minLength(1, 'must name at least one event')), 'At which events.', [
          ['published', 'deployed'],
        ]),
        mention: needed(
          z.array(anybody()).check(z.minLength(1, 'must name at least one person or team')),
          'Who is mentioned, once for each sort.',
          [['@acme/stakeholders']],
        ),
      }),
    ),
    'Who is told what: in the release’s thread, each sort of event once for a commit and an environment, and what follows within ten minutes together.',
    { default: DEFAULT_POLICY.notify },
  ),
});

export type RawPolicy = z.infer<typeof POLICY_SCHEMA>;

/** What is told about the key at a path; null where a user chose the name. */
export function descriptionAt(path: readonly (string | number)[]): string | null {
  return (
    descend([POLICY_SCHEMA], path)
      .map((schema) => ABOUT.get(schema)?.description)
      .find((one) => one !== undefined) ?? null
  );
}
