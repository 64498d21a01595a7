// Releases that wait for labels and milestones, in the world: what is published and what is not, what drafts say, and what it costs.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_POLICY } from '../../src/core/policy.ts';
import { BLOCKER } from '../../src/core/scope.ts';
import { previewOnGitHub } from '../../src/flows/pull/preview.ts';
import { observeGitHub, planOnGitHub } from '../../src/flows/release/plan-github.ts';
import { releaseOnGitHub } from '../../src/flows/release/release.ts';
import { portOf } from '../github/port.ts';
import type { RepositoryStory } from '../support/github/stories.ts';
import { startWorld, type World } from '../support/github/world.ts';

let world: World;
let repository: RepositoryStory;
const readPolicy = async () => DEFAULT_POLICY;
const request = { readPolicy, today: '2026-11-22' };

beforeEach(async () => {
  world = await startWorld();
  repository = world.repository('acme/app');
  repository.tag('v1.2.0', { message: 'v1.2.0' });
  repository.release('v1.2.0');
  repository.merge(repository.openPull({ title: 'feat: one' }));
});
afterEach(async () => {
  world.effects.ignore();
  await world.assertClean();
  await world.stop();
});

async function planned(line?: string) {
  const { github } = portOf(world, repository);
  const asked = { readPolicy, ...(line === undefined ? {} : { line }) };
  const { plan, remarks } = await planOnGitHub(github, await observeGitHub(github, asked), asked);
  return { version: plan.version, objections: plan.objections.map(({ code, says }) => `${code}: ${says}`), remarks };
}

const isBlocked = (number: number) => `release-blocker: #${number} is open and labelled release-blocker: close it, or take the label off.`;

describe('a plan', () => {
  it('waits for nothing where nobody said so', async () => {
    repository.openIssue('Broken', { labels: ['bug'] });
    repository.milestone(repository.openIssue('Later'), '2.0.0');
    expect(await planned()).toEqual({ version: '1.3.0', objections: [], remarks: [] });
  });

  it('waits for an open blocker, and no longer once it is closed', async () => {
    const issue = repository.openIssue('Broken', { labels: [BLOCKER.toUpperCase()] });
    expect(await planned()).toEqual({ version: '1.3.0', objections: [isBlocked(issue.number)], remarks: [] });
    Object.assign(issue, { state: 'closed' });
    expect((await planned()).objections).toEqual([]);
  });

  it('waits for an open pull request for its own branch', async () => {
    repository.branch('1.x', 'v1.2.0');
    const ours = repository.openPull({ title: 'fix: two', labels: [BLOCKER] });
    repository.openPull({ title: 'fix: three', base: '1.x', labels: [BLOCKER] });
    expect((await planned()).objections).toEqual([isBlocked(ours.issue.number)]);
  });

  it('waits for what is open in the milestone of its name', async () => {
    const issue = repository.openIssue('Document it');
    repository.milestone(issue, 'v1.3.0');
    repository.milestone(repository.openPull({ title: 'docs: it' }), 'v1.3.0');
    expect((await planned()).objections).toEqual([
      'open-milestone: The milestone v1.3.0 has 2 open items: close them or move them to another milestone.',
    ]);
  });

  it('waits for nothing where there is nothing to release', async () => {
    repository.tag('v1.3.0');
    repository.openIssue('Broken', { labels: [BLOCKER] });
    expect(await planned()).toMatchObject({ version: null, objections: [] });
  });

  it('says that it could not see, and is made all the same', async () => {
    repository.openIssue('Broken', { labels: [BLOCKER] });
    const token = world.githubToken(repository, { contents: 'write', pull_requests: 'write', metadata: 'read' });
    const { github } = portOf(world, repository, { token });
    const { plan, remarks } = await planOnGitHub(github, await observeGitHub(github, { readPolicy }), { readPolicy });
    expect(plan).toMatchObject({ version: '1.3.0', objections: [] });
    expect(remarks).toEqual([
      'Whether release blockers or items of its milestone are open was not seen: the token may not see them; it needs `issues: read`.',
    ]);
  });

  it('costs no call more', async () => {
    const callsOf = async () => {
      const before = world.calls.all.length;
      await planned();
      return world.calls.all.length - before;
    };
    const bare = await callsOf();
    repository.openIssue('Broken', { labels: [BLOCKER] });
    repository.milestone(repository.openIssue('Document it'), '1.3.0');
    expect(await callsOf()).toBe(bare);
  });
});

describe('a release', () => {
  it('is not made while something holds it up, and then is', async () => {
    const { github } = portOf(world, repository);
    const issue = repository.openIssue('Broken', { labels: [BLOCKER] });
    expect((await releaseOnGitHub(github, { ...request, mode: 'direct' })).published).toEqual([]);
    Object.assign(issue, { state: 'closed' });
    expect((await releaseOnGitHub(github, { ...request, mode: 'direct' })).published).toMatchObject([{ tag: 'v1.3.0', tagged: true }]);
  });

  it('is drafted all the same, with a warning that names no foreign text', async () => {
    const { github } = portOf(world, repository);
    const issue = repository.openIssue('@everyone **look**', { labels: [BLOCKER] });
    expect((await releaseOnGitHub(github, request)).draft).toMatchObject({ tag: 'v1.3.0' });
    const draft = repository.record.releases.find((one) => one.draft);
    expect(draft?.body).toContain(`> #${issue.number} is open and labelled release-blocker`);
    expect(draft?.body).not.toContain('everyone');
    Object.assign(issue, { state: 'closed' });
    await releaseOnGitHub(github, request);
    expect(draft?.body).not.toContain('release-blocker');
  });

  it('holds up no pull request: one in its milestone is what it waits for', async () => {
    const { github } = portOf(world, repository);
    const pull = repository.openPull({ title: 'feat: two', labels: [BLOCKER] });
    repository.milestone(pull, '1.3.0');
    const seen = await previewOnGitHub(github, { number: pull.issue.number, readPolicy });
    expect(seen.known && seen.value.methods.map(({ version, objections }) => ({ version, objections }))).toEqual(
      expect.arrayContaining([{ version: '1.3.0', objections: [] }]),
    );
  });
});
