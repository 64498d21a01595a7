// The task `classify` as GitHub runs it on pull requests: the built bundle with a token that may only read, from branches and from forks.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type ActionRun, type BuiltAction, buildAction, documentedPermissions, type RunRequest } from '../support/action.ts';
import type { Pull } from '../support/github/records.ts';
import type { RepositoryStory, StoryPull } from '../support/github/stories.ts';
import { type RepositoryOptions, startWorld, type World } from '../support/github/world.ts';
import { leaksOf } from '../support/markdown.ts';

let action: BuiltAction;
let world: World;

beforeAll(async () => {
  action = await buildAction();
}, 60_000);
afterAll(() => action.remove());
afterEach(async () => {
  // Whatever a pull request says, nothing is written.
  world.expectEffects([]);
  await world.assertClean();
  await world.stop();
});

interface Begun extends Omit<RepositoryOptions, 'commits'> {
  readonly policy?: string;
}

async function begin({ policy, ...options }: Begun = {}): Promise<RepositoryStory> {
  world = await startWorld();
  const files = { 'README.md': '# Lock\n', ...(policy === undefined ? {} : { '.github/shiplock.yml': policy }) };
  const repository = world.repository('acme/lock', { ...options, commits: [{ message: 'feat: begin', files }] });
  repository.tag('v1.2.3', { message: 'v1.2.3' });
  return repository;
}

function classify(repository: RepositoryStory, pull: Pull, more: Partial<RunRequest> = {}): Promise<ActionRun> {
  const { number } = pull.issue;
  return action.run({
    world,
    repository,
    token: world.githubToken(repository, documentedPermissions('classify')),
    event: { name: 'pull_request', payload: { action: 'opened', number, pull_request: { number, merged: false } } },
    ref: `refs/pull/${number}/merge`,
    ...more,
    env: { GITHUB_BASE_REF: pull.base.ref, GITHUB_HEAD_REF: pull.head.ref, ...more.env },
    inputs: { task: 'classify', ...more.inputs },
  });
}

interface Previewed {
  readonly agree: boolean;
  readonly before: string | null;
  readonly methods: readonly { readonly method: string; readonly status: string; readonly bump: string; readonly version: string | null }[];
}

const previewOf = (result: ActionRun) => JSON.parse(result.outputs.plan ?? '') as Previewed;

describe('a pull request', () => {
  it.each<[string, StoryPull, Record<string, string>, string]>([
    [
      'with a fix',
      { title: 'fix: close the valve' },
      { kind: 'maintenance', bump: 'patch', version: '1.2.4', decision: 'classified' },
      '#1 is maintenance',
    ],
    [
      'with a feature',
      { title: 'feat: open the gate' },
      { kind: 'feature', bump: 'minor', version: '1.3.0', decision: 'classified' },
      '#1 is a feature',
    ],
    [
      'that breaks',
      { title: 'feat!: drop the old keys' },
      { kind: 'feature', bump: 'major', version: '2.0.0', decision: 'classified' },
      '#1 is a breaking change',
    ],
    [
      'whose label settles it',
      { title: 'Open the gate', labels: ['enhancement'] },
      { kind: 'feature', bump: 'minor', version: '1.3.0', decision: 'classified' },
      '#1 is a feature',
    ],
    [
      'that no release has to do with',
      { title: 'ci: cache more', labels: ['skip-changelog'] },
      { kind: 'none', bump: 'none', version: '', decision: 'excluded' },
      '#1 is left out of releases',
    ],
  ])('%s', async (_, story, outputs, words) => {
    const repository = await begin();
    const result = await classify(repository, repository.openPull(story));
    expect(result).toMatchObject({ status: 0, commands: [], outputs: { ...outputs, released: 'false', 'release-url': '', tag: '' } });
    expect(result.summary).toMatch(/^## /);
    expect(result.log).toContain(words);
    expect(
      previewOf(result)
        .methods.map(({ method }) => method)
        .sort(),
    ).toEqual(['merge', 'rebase', 'squash']);
  });

  it('is shown with the release that it would change', async () => {
    const repository = await begin();
    repository.merge(repository.openPull({ title: 'fix: close the valve' }), { method: 'squash' });
    const result = await classify(repository, repository.openPull({ title: 'feat: open the gate' }));
    expect(result.summary).toContain('Merged, it makes the next release of main 1.3.0; without it: 1.2.4.');
    expect(result.outputs.reasons).toContain('means feature');
  });

  it('from a fork, with the token that only reads, as pull_request and pull_request_target', async () => {
    const repository = await begin({ policy: 'version: 1\nclassify:\n  types: { chore: feature }\n' });
    const pull = repository.openPull({
      title: 'chore: open the gate',
      fork: 'mallory',
      // Its own rules would make nothing of it.
      commits: [
        { message: 'chore: open the gate', files: { '.github/shiplock.yml': 'version: 1\nclassify:\n  types: { chore: none }\n', a: '' } },
      ],
    });
    for (const name of ['pull_request', 'pull_request_target']) {
      const { number } = pull.issue;
      const result = await classify(repository, pull, { event: { name, payload: { pull_request: { number, merged: false } } } });
      expect(result).toMatchObject({ status: 0, outputs: { kind: 'feature', version: '1.3.0', decision: 'classified' } });
    }
  });

  it('of which a squash would keep less than a merge: a table of the methods that are allowed', async () => {
    const repository = await begin({
      settings: { allow_rebase_merge: false, squash_merge_commit_title: 'PR_TITLE', squash_merge_commit_message: 'BLANK' },
    });
    const pull = repository.openPull({
      title: 'Open the gate',
      commits: [{ message: 'feat!: open the gate' }, { message: 'fix: mend it' }],
    });
    const result = await classify(repository, pull);
    expect(result).toMatchObject({ status: 0, outputs: { decision: 'classified', kind: 'feature', bump: 'major', version: '' } });
    expect(result.log).toContain(
      '#1 depends on how it is merged. The next release of main would be 2.0.0 by merge, 1.2.4 by squash; without it: none.',
    );
    expect(result.summary).toContain('| Merged by | It is | Next release | Why |');
    expect(result.summary).toMatch(/\| merge \| breaking \| `2\.0\.0` \| /);
    expect(result.summary).toMatch(/\| squash \| maintenance \| `1\.2\.4` \| /);
    expect(result.summary).not.toContain('| rebase |');
  });

  it('that changes nothing of what comes next says so', async () => {
    const repository = await begin();
    repository.merge(repository.openPull({ title: 'feat: open the gate' }), { method: 'squash' });
    const result = await classify(repository, repository.openPull({ title: 'fix: close the valve' }));
    expect(result.summary).toContain('The next release of main stays 1.3.0.');
    expect(previewOf(result)).toMatchObject({ agree: true, before: '1.3.0' });
  });

  it('that was merged meanwhile is told what it was', async () => {
    const repository = await begin();
    const pull = repository.openPull({ title: 'feat: open the gate' });
    repository.merge(pull, { method: 'squash' });
    const result = await classify(repository, pull);
    expect(result).toMatchObject({ status: 0, outputs: { kind: 'feature', version: '1.3.0' } });
    expect(result.summary).toContain('without it: none');
  });
});

describe('what a person must settle fails the step', () => {
  it('a dispute: each source, and how to settle it', async () => {
    const repository = await begin();
    const pull = repository.openPull({ title: 'feat!: drop the old keys', labels: ['bug'] });
    const result = await classify(repository, pull);
    expect(result).toMatchObject({ status: 1, outputs: { decision: 'disputed' } });
    expect(result.commands).toHaveLength(1);
    const [error] = result.commands;
    expect(error).toMatchObject({ name: 'error', properties: { title: 'Disputed' } });
    for (const says of ['bug', 'drop the old keys', '/classify', 'mend the title, or take the label off'])
      expect(error?.data).toContain(says);
    expect(result.summary).toMatch(/^## \[#1\]\(https:\/\/github\.com\/acme\/lock\/pull\/1\) is disputed\n/);
    expect(result.summary).toContain('[!CAUTION]');
    repository.record.issues.get(1)?.labels.splice(0);
    expect(await classify(repository, pull)).toMatchObject({ status: 0, outputs: { decision: 'classified', version: '2.0.0' } });
  });

  it('a feature for a maintenance line, but not what objects without it', async () => {
    const repository = await begin();
    repository.branch('1.2.x', 'v1.2.3');
    repository.push('main', [{ message: 'feat: open the gate' }]);
    repository.tag('v1.3.0');
    const feature = await classify(repository, repository.openPull({ title: 'feat: open it wider', base: '1.2.x' }));
    expect(feature).toMatchObject({ status: 1, outputs: { decision: 'classified', kind: 'feature', version: '' } });
    expect(feature.commands).toMatchObject([
      { properties: { title: 'Objection' }, data: expect.stringContaining('1.2.x takes patch releases only') },
    ]);

    const disputed = repository.openPull({ title: 'feat!: drop the old keys', labels: ['bug'], base: '1.2.x' });
    repository.merge(disputed, { method: 'squash' });
    const fix = await classify(repository, repository.openPull({ title: 'fix: close the valve', base: '1.2.x' }));
    expect(fix).toMatchObject({ status: 0, commands: [], outputs: { decision: 'classified', kind: 'maintenance' } });
  });
});

describe('what keeps it from an answer', () => {
  it.each(['push', 'issue_comment', 'merge_group', 'workflow_dispatch', 'pull_request_review'])(
    'is an event that is about no pull request: %s',
    async (name) => {
      const repository = await begin();
      const pull = repository.openPull({ title: 'fix: x' });
      const result = await classify(repository, pull, { event: { name, payload: { pull_request: { number: 1 } } } });
      expect(result).toMatchObject({
        status: 2,
        outputs: {},
        commands: [{ data: expect.stringContaining('Start it with `on: pull_request`') }],
      });
      expect(result.commands[0]?.data).toContain(name);
    },
  );

  it.each([[{}], [{ pull_request: { number: '1' } }], [{ pull_request: { number: -1 } }], [{ pull_request: null }], [[]], [null]])(
    'is an event without a number: %j',
    async (payload) => {
      const repository = await begin();
      const pull = repository.openPull({ title: 'fix: x' });
      expect(await classify(repository, pull, { event: { name: 'pull_request', payload } })).toMatchObject({ status: 2, outputs: {} });
    },
  );

  it('is a number that GitHub does not know, or a token that may not see it', async () => {
    const repository = await begin({ private: true });
    const pull = repository.openPull({ title: 'fix: x' });
    const unknown = await classify(repository, pull, { event: { name: 'pull_request', payload: { pull_request: { number: 99 } } } });
    expect(unknown).toMatchObject({ status: 3, outputs: {}, commands: [{ data: expect.stringContaining('number of 99') }] });
    const blind = await classify(repository, pull, { token: world.githubToken(repository, { metadata: 'read', contents: 'read' }) });
    expect(blind.status).toBe(3);
    expect(blind.commands).toMatchObject([{ data: expect.stringContaining('pull-requests: read') }]);
    expect(blind.summary).toMatch(/^## Not classified\n/);
  });
});

describe('hostile text', () => {
  it.each([
    '::set-output name=version::9.9.9',
    'fix: ##[set-output name=version]9.9.9',
    'fix: x%0A::error::forged%0D%0A::stop-commands::x',
    'feat: version<<EOF',
    'feat: @acme/team GH-2 </details></summary><img src=x onerror=alert(1)> <!-- x',
    'fix: | a | `c|d` [x](javascript:alert(1)) ![y](https://evil.example/z)',
    'fix: \u001b[31mred\u202egnp.exe\u200b',
    `feat(${'('.repeat(200)}`,
  ])('is only text: %j', async (title) => {
    const repository = await begin();
    const pull = repository.openPull({
      title,
      body: '::error::forged\r\nversion<<EOF\r\n9.9.9\r\nEOF\r\n## Forged\r\nBREAKING CHANGE: ::error::forged',
      branch: 'x%0A;;error@team',
      fork: 'mallory',
      labels: ['bug', '::error::forged', '@acme/team'],
    });
    const result = await classify(repository, pull);
    for (const { name, properties } of result.commands) expect([name, properties.title]).toEqual(['error', 'Disputed']);
    expect(Object.keys(result.outputs)).toHaveLength(11);
    expect(result.outputs.version).not.toBe('9.9.9');
    expect(leaksOf(result.summary, ['https://github.com/acme/lock/'])).toEqual([]);
    expect(result.summary.match(/^## /gm)).toHaveLength(1);
  });
});
