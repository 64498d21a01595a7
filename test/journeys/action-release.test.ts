// The task `release` as GitHub runs it: the built bundle with the token that docs/action.md asks for and nothing else takes a repository
// through a maintenance, a feature and a breaking release in each mode, and writes nothing where there is nothing to do.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { PlanJson } from '../../src/core/plan-json.ts';
import { type ActionRun, type BuiltAction, buildAction, documentedPermissions, type RunRequest } from '../support/action.ts';
import { pullsOf } from '../support/github/pulls.ts';
import type { Pull } from '../support/github/records.ts';
import { latestRelease, updateRelease } from '../support/github/releases.ts';
import type { RepositoryStory } from '../support/github/stories.ts';
import { startWorld, type World } from '../support/github/world.ts';
import { leaksOf } from '../support/markdown.ts';

type Mode = 'draft' | 'pull-request' | 'direct';

let action: BuiltAction;
let world: World;

beforeAll(async () => {
  action = await buildAction();
}, 60_000);
afterAll(() => action.remove());
afterEach(async () => {
  await world.stop();
});

const PACKAGE = (version: string) => `{\n  "name": "lock",\n  "version": "${version}",\n  "private": true\n}\n`;

/** v1.0.0 is out, and issue #1 is open. */
async function begin(policy: string | null): Promise<RepositoryStory> {
  world = await startWorld();
  const files = { 'package.json': PACKAGE('1.0.0'), ...(policy === null ? {} : { '.github/shiplock.yml': policy }) };
  const repository = world.repository('acme/lock', { commits: [{ message: 'feat: begin', files }] });
  repository.tag('v1.0.0', { message: 'v1.0.0' });
  repository.release('v1.0.0');
  repository.openIssue('The gate sticks');
  return repository;
}

const modePolicy = (mode: Mode) => `version: 1\nrelease: { mode: ${mode} }\n`;

function release(repository: RepositoryStory, more: Partial<RunRequest> = {}): Promise<ActionRun> {
  const token = world.githubToken(repository, documentedPermissions('release'));
  return action.run({ world, repository, token, ...more, inputs: { task: 'release', ...more.inputs } });
}

/** It may be run again at any time: nothing is written then. */
async function expectNothingMore(repository: RepositoryStory, more: Partial<RunRequest> = {}): Promise<ActionRun> {
  world.effects.expect(world.effects.unexpected.map(({ says }) => says));
  const again = await release(repository, more);
  world.expectEffects([]);
  return again;
}

const ROUNDS = [
  { title: 'fix: close the valve', body: 'Closes #1', method: 'squash', commits: 1, kind: 'maintenance', bump: 'patch', version: '1.0.1' },
  { title: 'feat: open the gate', body: '', method: 'merge', commits: 2, kind: 'feature', bump: 'minor', version: '1.1.0' },
  { title: 'feat!: drop the old keys', body: '', method: 'rebase', commits: 2, kind: 'feature', bump: 'major', version: '2.0.0' },
] as const;
type Round = (typeof ROUNDS)[number];

function mergeChange(repository: RepositoryStory, { title, body, method, commits }: Round): Pull {
  const messages = Array.from({ length: commits }, (_, at) => ({ message: at === commits - 1 ? title : 'refactor: prepare it' }));
  const pull = repository.openPull({ title, body, author: 'ada', commits: messages });
  repository.merge(pull, { method });
  return pull;
}

const subjectOf = ({ title }: Round) => title.replace(/^\w+!?: /, '');

/** What everybody can see of a release that is out. */
function expectOut(repository: RepositoryStory, round: Round, pull: Pull, at: string): void {
  const { record } = repository;
  const tag = `v${round.version}`;
  expect(repository.sha(tag)).toBe(at);
  const found = record.releases.filter((one) => one.tag === tag);
  expect(found).toHaveLength(1);
  expect(found[0]).toMatchObject({ draft: false, prerelease: false, name: tag });
  const closes = round.body === '' ? '' : ', closes [#1](https://github.com/acme/lock/issues/1)';
  const of = round.bump === 'major' ? ' *(feature)*' : '';
  const line = `- ${subjectOf(round)}${of} ([#${pull.issue.number}](https://github.com/acme/lock/pull/${pull.issue.number})${closes}) by @ada`;
  expect(found[0]?.body).toContain(line);
  expect(latestRelease(record)?.tag).toBe(tag);
  const told = (number: number) => record.issues.get(number)?.comments.map(({ body }) => body) ?? [];
  expect(told(pull.issue.number)).toEqual([
    expect.stringContaining(`This pull request is part of [${tag}](https://github.com/acme/lock/releases/tag/${tag})`),
  ]);
  expect(told(1).filter((body) => body.includes(tag))).toHaveLength(round.body === '' ? 0 : 1);
}

const previousOf = (round: Round) => `v${ROUNDS[ROUNDS.indexOf(round) - 1]?.version ?? '1.0.0'}`;

function expectPublished(result: ActionRun, round: Round): void {
  const { kind, bump, version } = round;
  const tag = `v${version}`;
  expect(result).toMatchObject({ status: 0, commands: [] });
  expect(result.outputs).toMatchObject({
    ...{ kind, bump, version, tag, released: 'true', decision: 'published', 'previous-tag': previousOf(round) },
    'release-url': `https://github.com/acme/lock/releases/tag/${tag}`,
    notes: expect.stringContaining(subjectOf(round)),
  });
  expect(result.outputs.notes).not.toContain('<!--');
  expect(result.summary).toContain(`## Published [\`${tag}\`](https://github.com/acme/lock/releases/tag/${tag})`);
}

const NOTHING = { kind: 'none', bump: 'none', version: '', tag: '', released: 'false', 'release-url': '', decision: 'none' };

describe('through three releases', () => {
  it('in mode direct', async () => {
    const repository = await begin(modePolicy('direct'));
    for (const round of ROUNDS) {
      const pull = mergeChange(repository, round);
      const head = repository.sha();
      expectPublished(await release(repository), round);
      expectOut(repository, round, pull, head);
      expect(world.effects.unexpected.map(({ says }) => says)).toEqual([
        `create release v${round.version}`,
        expect.stringMatching(/^write tag object v[\d.]+ of /),
        expect.stringMatching(/^create refs\/tags\/v[\d.]+ at /),
        `update release v${round.version}`,
        `comment on #${pull.issue.number}`,
        ...(round.body === '' ? [] : ['comment on #1']),
        `update release v${round.version}`,
      ]);
      const again = await expectNothingMore(repository);
      expect(again).toMatchObject({ status: 0, outputs: { ...NOTHING, 'previous-tag': `v${round.version}` } });
      expect(again.summary).toContain('## Nothing to release');
    }
    await world.assertClean();
  });

  it('in mode draft, where a person publishes', async () => {
    const repository = await begin(null);
    const { record } = repository;
    for (const round of ROUNDS) {
      const { kind, bump, version } = round;
      const pull = mergeChange(repository, round);
      const head = repository.sha();
      const drafted = await release(repository);
      expect(drafted).toMatchObject({ status: 0, commands: [] });
      expect(drafted.outputs).toMatchObject({ kind, bump, version, tag: `v${version}`, released: 'false', decision: 'drafted' });
      expect(drafted.outputs['previous-tag']).toBe(previousOf(round));
      expect(drafted.outputs['release-url']).toMatch(/^https:\/\/github\.com\/acme\/lock\/releases\/tag\/untagged-/);
      expect(drafted.summary).toContain(`## Draft [\`v${version}\`](${drafted.outputs['release-url']})`);
      world.expectEffects([`create release v${version}`]);
      expect((await expectNothingMore(repository)).outputs.decision).toBe('drafted');

      const draft = record.releases.find((one) => one.draft);
      if (draft === undefined) throw new Error('There is no draft.');
      updateRelease(world.state, draft, world.state.account('maintainer'), { draft: false, make_latest: 'true' });
      const told = await release(repository);
      expect(told).toMatchObject({ status: 0, outputs: NOTHING });
      expectOut(repository, round, pull, head);
      await expectNothingMore(repository);
    }
    expect(record.releases).toHaveLength(4);
    await world.assertClean();
  });

  it('in mode pull-request, where a person merges', async () => {
    const repository = await begin(modePolicy('pull-request'));
    const { record } = repository;
    const text = (path: string) => record.git.git(['show', `main:${path}`]).out;
    for (const round of ROUNDS) {
      const { kind, bump, version } = round;
      const tag = `v${version}`;
      const pull = mergeChange(repository, round);
      const proposed = await release(repository);
      expect(proposed).toMatchObject({ status: 0, commands: [] });
      expect(proposed.outputs).toMatchObject({ kind, bump, version, tag, released: 'false', decision: 'proposed' });
      const own = pullsOf(record).find((one) => one.head.ref === 'shiplock/release/main' && one.issue.state === 'open');
      if (own === undefined) throw new Error('There is no release pull request.');
      expect(own.issue).toMatchObject({ title: `chore(release): ${tag}` });
      expect(own.issue.body).toContain(subjectOf(round));
      expect(proposed.outputs['release-url']).toBe(`https://github.com/acme/lock/pull/${own.issue.number}`);
      expect(proposed.summary).toContain(
        `## Release pull request [#${own.issue.number}](https://github.com/acme/lock/pull/${own.issue.number})`,
      );
      expect(proposed.summary).toContain('GitHub starts no workflows');
      expect(world.effects.unexpected.at(-1)?.says).toBe(`open pull request #${own.issue.number} shiplock/release/main → main`);
      await expectNothingMore(repository);

      const merge = repository.merge(own, { method: 'squash' });
      expectPublished(await release(repository), round);
      expectOut(repository, round, pull, merge);
      expect(text('package.json')).toBe(PACKAGE(version));
      expect((await expectNothingMore(repository)).outputs).toMatchObject(NOTHING);
    }
    const changelog = text('CHANGELOG.md');
    const at = ROUNDS.map(({ version }) => changelog.indexOf(`[${version}]`)).toReversed();
    expect(at).toEqual(at.toSorted((a, b) => a - b));
    for (const round of ROUNDS) expect(changelog).toContain(subjectOf(round));
    expect(record.git.refs.list('refs/heads/').map(({ name }) => name)).not.toContain('refs/heads/shiplock/release/main-next');
    await world.assertClean();
  });

  it('of an old line, which takes the mark of the latest from nobody', async () => {
    const repository = await begin(modePolicy('direct'));
    repository.branch('1.0.x', 'v1.0.0');
    mergeChange(repository, ROUNDS[2]);
    await release(repository);
    const fix = repository.openPull({ title: 'fix: close the valve', base: '1.0.x' });
    repository.merge(fix, { method: 'squash' });
    const patched = await release(repository, { ref: 'refs/heads/1.0.x' });
    expect(patched.outputs).toMatchObject({ version: '1.0.1', 'previous-tag': 'v1.0.0', released: 'true' });
    expect(repository.sha('v1.0.1')).toBe(repository.sha('1.0.x'));
    expect(latestRelease(repository.record)?.tag).toBe('v2.0.0');
    await expectNothingMore(repository, { ref: 'refs/heads/1.0.x' });
    await world.assertClean();
  });
});

it('a draft of an old line says that it is not to be the latest release', async () => {
  const repository = await begin(null);
  repository.branch('1.0.x', 'v1.0.0');
  repository.push('main', [{ message: 'feat: open the gate' }]);
  repository.tag('v1.1.0', { message: 'v1.1.0' });
  repository.push('1.0.x', [{ message: 'fix: close the valve' }]);
  const result = await release(repository, { ref: 'refs/heads/1.0.x' });
  expect(result).toMatchObject({ status: 0, outputs: { version: '1.0.1', decision: 'drafted' } });
  expect(result.summary).toContain('do not let GitHub set it as the latest release');
  world.expectEffects(['create release v1.0.1']);
  await world.assertClean();
});

it('a run that a tag or a release started is about the default branch', async () => {
  const repository = await begin(modePolicy('direct'));
  mergeChange(repository, ROUNDS[0]);
  const result = await release(repository, { event: { name: 'release' }, ref: 'refs/tags/v1.0.0' });
  expect(result).toMatchObject({ status: 0, outputs: { version: '1.0.1', released: 'true' } });
  world.effects.ignore();
  await world.assertClean();
});

describe('an objection', () => {
  const disputed = (repository: RepositoryStory) =>
    repository.merge(repository.openPull({ title: 'feat!: drop the old keys', labels: ['bug'] }), { method: 'squash' });

  it('leaves everything unpublished in mode direct', async () => {
    const repository = await begin(modePolicy('direct'));
    disputed(repository);
    const result = await release(repository);
    expect(result.status).toBe(1);
    expect(result.commands).toMatchObject([
      { name: 'error', properties: { title: 'Objection' }, data: expect.stringContaining('drop the old keys') },
    ]);
    expect(result.outputs).toMatchObject({
      released: 'false',
      decision: 'held',
      'release-url': '',
      reasons: expect.stringContaining('/classify'),
    });
    expect(result.summary).toContain('holds this release back.');
    world.expectEffects([]);
    await world.assertClean();
  });

  it.each<Mode>(['draft', 'pull-request'])('is shown and fails the step in mode %s', async (mode) => {
    const repository = await begin(modePolicy(mode));
    disputed(repository);
    const result = await release(repository);
    expect(result.status).toBe(1);
    expect(result.outputs).toMatchObject({ decision: 'held', released: 'false' });
    expect(result.outputs['release-url']).not.toBe('');
    const shown =
      mode === 'draft' ? repository.record.releases.find((one) => one.draft)?.body : pullsOf(repository.record).at(-1)?.issue.body;
    expect(shown).toContain('[!WARNING]');
    world.effects.ignore();
    await world.assertClean();
  });

  it.each<[Mode, number, string]>([
    ['draft', 0, 'warning'],
    ['pull-request', 0, 'warning'],
    ['direct', 1, 'error'],
  ])('by a label fails the step only where it should have published: mode %s ends with %d and a word of %s', async (mode, status, name) => {
    const repository = await begin(modePolicy(mode));
    mergeChange(repository, ROUNDS[1]);
    repository.openIssue('It leaks', { labels: ['release-blocker'] });
    const result = await release(repository);
    expect(result).toMatchObject({ status, outputs: { released: 'false', decision: 'held' } });
    expect(result.commands).toMatchObject([{ name, data: expect.stringMatching(/^#3 is open and labelled release-blocker/) }]);
    expect(result.summary).toContain('release-blocker');
    world.effects.ignore();
    await world.assertClean();
  });

  it('to the next release is a warning where one was published', async () => {
    const repository = await begin(modePolicy('pull-request'));
    mergeChange(repository, ROUNDS[0]);
    await release(repository);
    const own = pullsOf(repository.record).find((one) => one.head.ref.startsWith('shiplock/')) as Pull;
    repository.merge(own, { method: 'squash' });
    disputed(repository);
    const result = await release(repository);
    expect(result.status).toBe(0);
    expect(result.outputs).toMatchObject({ version: '1.0.1', released: 'true', decision: 'published' });
    expect(result.commands).toMatchObject([{ name: 'warning', properties: { title: 'Objection' } }]);
    world.effects.ignore();
    await world.assertClean();
  });

  it('that came in before the release pull request was merged keeps it from being published', async () => {
    const repository = await begin(modePolicy('pull-request'));
    mergeChange(repository, ROUNDS[0]);
    await release(repository);
    disputed(repository);
    repository.merge(pullsOf(repository.record).find((one) => one.head.ref.startsWith('shiplock/')) as Pull, { method: 'squash' });
    const result = await release(repository);
    expect(result).toMatchObject({ status: 1, outputs: { released: 'false', decision: 'held' } });
    expect(result.commands).toContainEqual({
      name: 'error',
      properties: { title: 'Not published' },
      data: expect.stringContaining('which is not published'),
    });
    expect(result.summary).toMatch(/^## Not published\n\n> \[!CAUTION\]\n> \*\*It could not be published\.\*\*\n/);
    expect(repository.record.releases.map(({ tag }) => tag)).toEqual(['v1.0.0']);
    world.effects.ignore();
    await world.assertClean();
  });

  it('comes of a version that goes backwards', async () => {
    const repository = await begin(modePolicy('direct'));
    mergeChange(repository, ROUNDS[0]);
    const result = await release(repository, { inputs: { 'release-as': '0.9.0' } });
    expect(result).toMatchObject({ status: 1, outputs: { released: 'false', version: '' } });
    const planned = JSON.parse(result.outputs.plan ?? '') as PlanJson;
    expect(planned.objections[0]?.code).toBe('release-as-backwards');
    world.expectEffects([]);
    expect((await release(repository, { inputs: { 'release-as': '3.0.0' } })).outputs).toMatchObject({
      version: '3.0.0',
      released: 'true',
    });
    world.effects.ignore();
    await world.assertClean();
  });
});

describe('nothing is written', () => {
  it.each<Mode>(['draft', 'pull-request', 'direct'])('with `dry-run` in mode %s', async (mode) => {
    const repository = await begin(modePolicy(mode));
    mergeChange(repository, ROUNDS[1]);
    const result = await release(repository, { inputs: { 'dry-run': 'true' } });
    expect(result).toMatchObject({ status: 0, outputs: { version: '1.1.0', released: 'false', decision: 'planned', 'release-url': '' } });
    expect(result.summary).toMatch(/^## Dry run: nothing written\n/);
    world.expectEffects([]);
    await world.assertClean();
  });

  it('from a branch that is no line: a warning on a push, an error where `line` says it', async () => {
    const repository = await begin(modePolicy('direct'));
    repository.push('topic', [{ message: 'feat: open the gate' }]);
    const pushed = await release(repository, { ref: 'refs/heads/topic' });
    expect(pushed).toMatchObject({ status: 0, outputs: { released: 'false', decision: 'held' } });
    expect(pushed.commands).toMatchObject([{ name: 'warning', data: expect.stringContaining('topic is no release line') }]);
    const asked = await release(repository, { inputs: { line: 'topic' } });
    expect(asked).toMatchObject({ status: 2, commands: [{ name: 'error' }] });
    const missing = await release(repository, { inputs: { line: 'nowhere' } });
    expect(missing).toMatchObject({ status: 3, outputs: {}, commands: [{ data: expect.stringContaining('no branch nowhere') }] });
    world.expectEffects([]);
    await world.assertClean();
  });

  it('of packages, which are not released one by one yet', async () => {
    const repository = await begin('version: 1\nrelease: { mode: direct }\npackages:\n  - { name: core, path: packages/core }\n');
    repository.push('main', [{ message: 'feat: open the gate', files: { 'packages/core/a': '1' } }]);
    const result = await release(repository);
    expect(result).toMatchObject({ status: 2, commands: [{ name: 'error', data: expect.stringContaining('packages') }] });
    world.expectEffects([]);
    await world.assertClean();
  });

  it('for a pull request that is open', async () => {
    const repository = await begin(modePolicy('direct'));
    mergeChange(repository, ROUNDS[0]);
    for (const name of ['pull_request', 'pull_request_target', 'pull_request_review']) {
      const event = { name, payload: { pull_request: { number: 2, merged: false } } };
      const result = await release(repository, { event, ref: 'refs/pull/2/merge', env: { GITHUB_BASE_REF: 'main' } });
      expect(result).toMatchObject({ status: 2, outputs: {}, commands: [{ data: expect.stringContaining('`classify`') }] });
      expect(result.summary).toMatch(/^## Not released\n/);
    }
    world.expectEffects([]);
    const merged = { name: 'pull_request', payload: { pull_request: { number: 2, merged: true } } };
    const closed = await release(repository, { event: merged, ref: 'refs/pull/2/merge', env: { GITHUB_BASE_REF: 'main' } });
    expect(closed.outputs).toMatchObject({ released: 'true', version: '1.0.1' });
    world.effects.ignore();
    await world.assertClean();
  });

  it('by a policy with problems, each at its place in the file', async () => {
    const repository = await begin('version: 1\nrelase: {}\n');
    const result = await release(repository);
    expect(result.status).toBe(2);
    expect(result.commands).toMatchObject([{ name: 'error', properties: { file: '.github/shiplock.yml', line: '2' } }]);
    world.expectEffects([]);
    await world.assertClean();
  });
});

describe('a token that may not', () => {
  it.each([
    ['write contents', 'direct', { contents: 'read', pull_requests: 'write', issues: 'write' }, /contents: write/],
    ['read contents', 'draft', { pull_requests: 'write', issues: 'write' }, /contents: read/],
    ['open pull requests', 'pull-request', { contents: 'write', pull_requests: 'read', issues: 'write' }, /pull-requests: write/],
  ] as const)('%s: the words name the line of `permissions:`', async (_, mode, permissions, says) => {
    const repository = await begin(modePolicy(mode));
    repository.record.private = true;
    mergeChange(repository, ROUNDS[0]);
    const result = await release(repository, { token: world.githubToken(repository, { metadata: 'read', ...permissions }) });
    expect(result.status).toBe(3);
    expect(result.commands).toHaveLength(1);
    expect(result.commands[0]?.data).toMatch(says);
    expect(result.commands[0]?.data).toContain('`permissions:`');
    expect(result.summary).toMatch(/^## Not released\n\n> \[!CAUTION\]/);
    world.effects.ignore();
    await world.assertClean();
  });

  it('comment: the release is out all the same, and the next run tells', async () => {
    const repository = await begin(modePolicy('direct'));
    mergeChange(repository, ROUNDS[0]);
    const quiet = world.githubToken(repository, { metadata: 'read', contents: 'write', pull_requests: 'read', issues: 'read' });
    const result = await release(repository, { token: quiet });
    expect(result).toMatchObject({ status: 0, outputs: { released: 'true', version: '1.0.1' } });
    expect(result.commands).toMatchObject([{ name: 'warning', data: expect.stringMatching(/v1\.0\.1 is out, but .*issues: write/) }]);
    expect(repository.record.issues.get(2)?.comments).toEqual([]);
    const next = await release(repository);
    expect(next).toMatchObject({ status: 0, commands: [], outputs: { released: 'false' } });
    expect(repository.record.issues.get(2)?.comments).toHaveLength(1);
    world.effects.ignore();
    await world.assertClean();
  });

  it('is not there, is wrong, or belongs elsewhere', async () => {
    const repository = await begin(null);
    const none = await release(repository, { token: 'unused', env: { 'INPUT_GITHUB-TOKEN': '' } });
    expect(none).toMatchObject({ status: 2, commands: [{ data: expect.stringContaining('`github-token` is empty') }] });
    const wrong = await release(repository, { token: 'ghs_wrong' });
    expect(wrong).toMatchObject({ status: 3, commands: [{ data: expect.stringContaining('does not accept the token') }] });
    const elsewhere = await release(repository, { env: { GITHUB_GRAPHQL_URL: 'https://evil.example/graphql' } });
    expect(elsewhere).toMatchObject({ status: 2, commands: [{ properties: { title: 'An address is wrong' } }] });
    world.expectEffects([]);
    await world.assertClean();
  });
});

describe('hostile text', () => {
  const TITLES = [
    'fix: ::set-output name=version::9.9.9',
    'fix: ##[error]forged',
    'fix: x%0A::error::forged%0D%0A::stop-commands::x',
    'feat: version<<EOF',
    'fix: hello @acme/team see GH-2 </details></summary><img src=x onerror=alert(1)> <!-- shiplock:end -->',
    'fix: | a | b | `c|d` [x](javascript:alert(1)) ![y](https://evil.example/z)',
    `fix: ${'('.repeat(200)}`,
  ];

  it('in titles, bodies and branches commands nothing, forges no output and gets into no page', async () => {
    const repository = await begin(modePolicy('direct'));
    for (const [index, title] of TITLES.entries()) {
      const body = 'BREAKING CHANGE: upgrade\r\n::error::forged\r\nversion<<EOF\r\n9.9.9\r\nEOF\r\n</details>\r\n## Forged';
      const pull = repository.openPull({ title, body, branch: `x%0A;;error@team-${index}`, author: 'mallory' });
      repository.merge(pull, { method: 'squash' });
    }
    const result = await release(repository);
    expect(result).toMatchObject({ status: 0, commands: [], outputs: { version: '2.0.0', tag: 'v2.0.0', released: 'true' } });
    expect(Object.keys(result.outputs)).toHaveLength(11);
    const page = result.summary.replace(/^(?:<\/?details>|<summary>(?:\d+ changes? left out|Release notes)<\/summary>)$/gm, '');
    const ours = ['https://github.com/acme/lock/', '@mallory'];
    for (const text of [page, result.outputs.notes ?? '']) expect(leaksOf(text, ours)).toEqual([]);
    expect(result.summary).not.toMatch(/^## Forged/m);
    expect(repository.record.releases.at(-1)?.body?.match(/<!-- shiplock:end -->/g)).toHaveLength(1);
    world.effects.ignore();
    await world.assertClean();
  });
});
