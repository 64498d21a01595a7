// What is shown on an open pull request is what it will be: for each way to merge it, the preview equals what is read off the history once
// it really was merged that way, in the words that the repository's settings give to GitHub's commits.
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Classification } from '../../src/core/change.ts';
import { DEFAULT_POLICY } from '../../src/core/policy.ts';
import type { MergeMethod } from '../../src/core/preview.ts';
import type { GitHubPort } from '../../src/flows/github-port.ts';
import { previewOnGitHub } from '../../src/flows/pull/preview.ts';
import { observeGitHub, planOnGitHub } from '../../src/flows/release/plan-github.ts';
import { connect } from '../../src/github/github.ts';
import type { Pull } from '../support/github/records.ts';
import type { RepositoryStory, StoryCommit, StoryPull } from '../support/github/stories.ts';
import { type RepositoryOptions, startWorld, type World } from '../support/github/world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(async () => {
  world.expectEffects([]);
  await world.assertClean();
  await world.stop();
});

interface Story {
  readonly before: readonly StoryCommit[];
  readonly pull: StoryPull;
  readonly settings: NonNullable<RepositoryOptions['settings']>;
}

const METHODS: readonly MergeMethod[] = ['merge', 'squash', 'rebase'];
const READ = { contents: 'read', pull_requests: 'read', metadata: 'read' } as const;
const readPolicy = async () => DEFAULT_POLICY;

let copies = 0;

/** A copy of the story of its own, up to the open pull request. */
function begin({ before, pull, settings }: Story): {
  readonly repository: RepositoryStory;
  readonly opened: Pull;
  readonly github: GitHubPort;
} {
  copies += 1;
  const repository = world.repository(`acme/copy-${copies}`, { settings });
  repository.tag('v1.2.3', { message: 'v1.2.3' });
  if (before.length > 0) repository.push('main', before);
  const opened = repository.openPull(pull);
  const token = world.githubToken(repository, READ);
  return { repository, opened, github: connect({ api: world.url, token, owner: repository.owner, name: repository.repo }) };
}

interface Outcome {
  readonly classification: Omit<Classification, 'because'> | null;
  readonly version: string | null;
  readonly kind: string;
}

/** Without the evidence: which of a pull request's sources is read first may differ, what they come to may not. */
function outcomeOf(classification: Classification | null, release: Pick<Outcome, 'version' | 'kind'>): Outcome {
  // What is left out has no classification any more.
  if (classification === null || classification.status === 'excluded') return { classification: null, ...release };
  const { because: _, ...rest } = classification;
  return { classification: rest, ...release };
}

async function previewed(github: GitHubPort, number: number, method: MergeMethod): Promise<Outcome> {
  const seen = await previewOnGitHub(github, { number, readPolicy });
  if (!seen.known) throw new Error(seen.why);
  const found = seen.value.methods.find((one) => one.method === method);
  if (found === undefined) throw new Error(`There is no preview of ${method}.`);
  const { classification, version, kind } = found;
  return outcomeOf(classification, { version, kind });
}

async function merged(github: GitHubPort, number: number): Promise<Outcome> {
  const request = { readPolicy };
  const { plan } = await planOnGitHub(github, await observeGitHub(github, request), request);
  const own = plan.changes.filter((one) => one.pr === number);
  expect(own.length + plan.excluded.filter((one) => one.pr === number).length, 'the pull request is in the plan once').toBe(1);
  return outcomeOf(own[0]?.classification ?? null, { version: plan.version, kind: plan.kind });
}

async function expectSame(story: Story, methods: readonly MergeMethod[] = METHODS): Promise<void> {
  for (const method of methods) {
    const { repository, opened, github } = begin(story);
    const { number } = opened.issue;
    const before = await previewed(github, number, method);
    repository.merge(opened, { method });
    expect({ method, ...(await merged(github, number)) }).toEqual({ method, ...before });
  }
}

const subject = fc.constantFrom(
  ...[
    'feat: open the gate',
    'fix: close the valve',
    'feat!: drop the old keys',
    'fix(api)!: rename it',
    'docs: tell of it',
    'chore: tidy up',
  ],
  ...['ci: cache more', 'perf: less of it', 'refactor(core): move it', 'security: close CVE-2026-12345', 'FEAT: shout', 'feat:too close'],
  ...['Open the gate', 'Update README', 'wip', 'Bump lodash from 4.17.20 to 4.17.21', 'build(deps): bump zod from 3.1.0 to 4.0.0'],
  ...['Revert "feat: open the gate"', 'feat: one, see (#7)', '✨ feat: shine', 'Merge the two files', 'fixup! feat: open the gate'],
);
const paragraph = fc.constantFrom(
  ...[
    'It was stuck.',
    'BREAKING CHANGE: the keys are gone',
    'BREAKING-CHANGE: as above',
    'Closes #1',
    'Co-authored-by: Bea <bea@example.com>',
  ],
  ...['Release-As: 3.0.0', '* feat!: in a list', '- fix: in another', 'breaking change: in small letters', 'Refs: GHSA-aaaa-bbbb-cccc'],
  ...[
    '(cherry picked from commit 1234567890123456789012345678901234567890)',
    '### Upgrade notes\n\nSay it twice.',
    '```\nfeat!: in code\n```',
  ],
);
const text = fc.array(paragraph, { maxLength: 3 }).map((parts) => parts.join('\n\n'));
const message = fc.tuple(subject, text).map(([first, rest]) => ({ message: rest === '' ? first : `${first}\n\n${rest}` }));
const labels = fc.subarray(['bug', 'enhancement', 'breaking', 'documentation', 'skip-changelog', 'security', 'unknown'], { maxLength: 2 });
const squash = fc.constantFrom(
  ...([
    ['PR_TITLE', 'PR_BODY'],
    ['PR_TITLE', 'BLANK'],
    ['PR_TITLE', 'COMMIT_MESSAGES'],
    ['COMMIT_OR_PR_TITLE', 'COMMIT_MESSAGES'],
  ] as const),
);
const merge = fc.constantFrom(
  ...([
    ['PR_TITLE', 'PR_BODY'],
    ['PR_TITLE', 'BLANK'],
    ['MERGE_MESSAGE', 'PR_TITLE'],
  ] as const),
);

const stories: fc.Arbitrary<Story> = fc
  .record({
    before: fc.array(message, { maxLength: 2 }),
    title: subject,
    body: fc.oneof(fc.constant(null), text),
    commits: fc.array(message, { minLength: 1, maxLength: 3 }),
    labels,
    branch: fc.constantFrom('change', 'feature/gate', 'fix/valve', 'dependabot/npm/zod-4', 'docs/x'),
    fork: fc.boolean(),
    squash,
    merge,
  })
  .map(({ before, fork, squash: [squashTitle, squashMessage], merge: [mergeTitle, mergeMessage], ...pull }) => ({
    before,
    pull: { ...pull, author: 'ada', ...(fork ? { fork: 'ada' } : {}) },
    settings: {
      squash_merge_commit_title: squashTitle,
      squash_merge_commit_message: squashMessage,
      merge_commit_title: mergeTitle,
      merge_commit_message: mergeMessage,
    },
  }));

describe('the preview', () => {
  it('is what the merge makes of it, by each method', async () => {
    await fc.assert(
      fc.asyncProperty(stories, (story) => expectSame(story)),
      { numRuns: 30 },
    );
  }, 240_000);

  const settings = { squash_merge_commit_title: 'PR_TITLE', squash_merge_commit_message: 'PR_BODY' } as const;

  it.each<[string, readonly StoryCommit[], readonly (string | null)[]]>([
    ['the last commit', [{ message: 'feat: open it' }, { message: 'fix: mend it\n\nRelease-As: 3.0.0' }], ['3.0.0', '1.3.0', '3.0.0']],
    ['an earlier commit', [{ message: 'feat: open it\n\nRelease-As: 3.0.0' }, { message: 'fix: mend it' }], ['3.0.0', '1.3.0', '3.0.0']],
    [
      'a commit that names another',
      [{ message: 'feat: see (#7)' }, { message: 'fix: x\n\nRelease-As: 3.0.0' }],
      ['3.0.0', '1.3.0', '3.0.0'],
    ],
  ])('knows whether a version that %s asks for is on the line afterwards', async (_, commits, versions) => {
    const story: Story = { before: [], pull: { title: 'feat: open the gate', commits }, settings };
    await expectSame(story);
    const { opened, github } = begin(story);
    for (const [index, method] of METHODS.entries()) {
      expect((await previewed(github, opened.issue.number, method)).version, method).toBe(versions[index]);
    }
  });

  it('is of the methods alone that the repository allows', async () => {
    const { opened, github } = begin({
      before: [],
      pull: { title: 'fix: x' },
      settings: { allow_merge_commit: false, allow_squash_merge: false },
    });
    const seen = await previewOnGitHub(github, { number: opened.issue.number, readPolicy });
    expect(seen).toMatchObject({ known: true, value: { agree: true, methods: [{ method: 'rebase', version: '1.2.4' }] } });
  });

  it('of what is merged already is what it would have been', async () => {
    const { repository, opened, github } = begin({ before: [], pull: { title: 'feat: open the gate' }, settings });
    const before = await previewed(github, opened.issue.number, 'squash');
    repository.merge(opened, { method: 'squash' });
    expect(await previewed(github, opened.issue.number, 'squash')).toEqual(before);
  });

  it('of a number that there is not is unknown, with the reason', async () => {
    const { github } = begin({ before: [], pull: { title: 'fix: x' }, settings });
    expect(await previewOnGitHub(github, { number: 99, readPolicy })).toMatchObject({ known: false, why: expect.stringContaining('99') });
  });
});
