// What people do by hand around a release: text, branches and modes that change under it, and strangers who imitate ours.
import { execFileSync } from 'node:child_process';
import { afterEach, describe, expect, it } from 'vitest';
import type { Pull } from '../support/github/records.ts';
import { beginStory, type Mode, mergeReleasePull, type ReleaseStory } from './release-story.ts';

const stories: ReleaseStory[] = [];
afterEach(async () => {
  for (const { world } of stories.splice(0)) {
    world.effects.ignore();
    await world.assertClean();
    await world.stop();
  }
});

async function begin(mode: Mode): Promise<ReleaseStory> {
  const story = await beginStory(mode);
  stories.push(story);
  return story;
}

function releasePull({ repository }: ReleaseStory): Pull {
  const pulls = [...repository.record.issues.values()].flatMap((issue) => issue.pull ?? []);
  const found = pulls.filter((pull) => pull.head.repository === repository.record && pull.head.ref === 'shiplock/release/main').at(-1);
  if (found === undefined) throw new Error('there is no release pull request');
  return found;
}

function historyOf({ repository }: ReleaseStory): string[] {
  return execFileSync('git', ['log', '--format=%H', 'shiplock/release/main'], { cwd: repository.folder, encoding: 'utf8' }).split('\n');
}

const tagsOf = ({ repository }: ReleaseStory) => repository.record.git.refs.list('refs/tags/').map((ref) => ref.name.slice(10));

describe('a release pull request', () => {
  it('whose merge was taken back by force is not published', async () => {
    const story = await begin('pull-request');
    const before = story.repository.sha();
    await story.run();
    mergeReleasePull(story);
    story.repository.push('main', [{ message: 'fix: rewritten' }], { from: before, force: true });
    const released = await story.run();
    expect(released.published).toEqual([]);
    expect(released.did.join(' ')).toContain('main no longer holds its merge');
    expect(tagsOf(story)).toEqual(['v1.0.0']);
    expect(released.pull).not.toBeNull();
  });

  it('that was led to another branch and merged there publishes nothing from this line', async () => {
    const story = await begin('pull-request');
    await story.run();
    story.repository.branch('develop');
    const pull = releasePull(story);
    pull.base.ref = 'develop';
    story.repository.merge(pull, { method: 'squash' });
    const released = await story.run();
    expect(released.published).toEqual([]);
    expect(tagsOf(story)).toEqual(['v1.0.0']);
    expect(released.pull?.number).not.toBe(pull.issue.number);
  });

  it.each([
    ['their own words', 'docs: mend the changelog', 'ada'],
    ['our words, by somebody whom GitHub does not know', 'chore(release): mend the changelog', { name: 'Zoe', email: 'zoe@example.org' }],
  ])('keeps commits of people: %s', async (_, message, author) => {
    const story = await begin('pull-request');
    await story.run();
    const who = typeof author === 'string' ? author : { ...author, date: '2026-01-01T00:00:00Z' };
    const theirs = story.repository.update(releasePull(story), [{ message, author: who, files: { 'people.txt': 'x' } }], { by: 'ada' });
    story.repository.merge(story.repository.openPull({ title: 'fix: another', author: 'ada' }), { method: 'squash' });
    await story.run();
    expect(historyOf(story)).toContain(theirs);
  });

  it('of which our commits are all is made anew on what was merged since', async () => {
    const story = await begin('pull-request');
    await story.run();
    story.repository.merge(story.repository.openPull({ title: 'fix: another', author: 'ada' }), { method: 'squash' });
    await story.run();
    expect(historyOf(story)[1]).toBe(story.repository.sha());
  });

  it('that was merged without our text cannot be opened again, and the words say what to do', async () => {
    const story = await begin('pull-request');
    await story.run();
    releasePull(story).issue.body = 'All mine.';
    mergeReleasePull(story);
    await expect(story.run()).rejects.toThrow(/No file of main would change for v1\.1\.0[\s\S]*tag its merge/);
  });

  it('from a fork, with our branch’s name and our marks, is none', async () => {
    const story = await begin('pull-request');
    const body =
      '<!-- shiplock:begin 00000000000000 {"line":"main","version":"9.9.9","sha":"a","intent":"publish","since":null} -->\n<!-- shiplock:end -->';
    const forged = story.repository.openPull({ title: 'chore(release): v9.9.9', body, fork: 'mallory', branch: 'shiplock/release/main' });
    story.repository.merge(forged, { method: 'squash' });
    const released = await story.run();
    expect(released.published).toEqual([]);
    expect(released.plan.version).toBe('1.1.0');
    expect(released.pull?.number).not.toBe(forged.issue.number);
  });
});

describe('a draft', () => {
  it('in which somebody speaks of our marks stays the one draft', async () => {
    const story = await begin('draft');
    await story.run();
    const drafts = () => story.repository.record.releases.filter((one) => one.draft);
    for (const draft of drafts()) draft.body = `What is <!-- shiplock:begin for?\n\n${draft.body}`;
    story.repository.merge(story.repository.openPull({ title: 'fix: another', author: 'ada' }), { method: 'squash' });
    await story.run();
    expect(drafts()).toHaveLength(1);
    expect(drafts()[0]?.body).toMatch(/^What is <!-- shiplock:begin for\?\n\n<!-- shiplock:begin [\s\S]*another/);
  });

  it('keeps what people wrote around it where the mode changes to pull requests', async () => {
    const story = await begin('draft');
    await story.run();
    for (const draft of story.repository.record.releases.filter((one) => one.draft)) draft.body = `Dear users,\n\n${draft.body}`;
    const policy = 'version: 1\nrelease:\n  mode: pull-request\n';
    story.repository.push('main', [{ message: 'chore: release by pull request', files: { '.github/shiplock.yml': policy } }]);
    await story.run();
    mergeReleasePull(story);
    await story.run();
    const release = story.repository.record.releases.find((one) => one.tag === 'v1.1.0');
    expect(release?.draft).toBe(false);
    expect(release?.body).toMatch(/^Dear users,\n\n<!-- shiplock:begin /);
  });
});

describe('a version asked for in the text of a pull request', () => {
  it.each([
    ['from a fork, edited after the merge: does not count', { fork: 'mallory' }, '1.1.0'],
    ['from a branch of the repository: counts', { author: 'ada' }, '9.0.0'],
  ])('%s', async (_, from, version) => {
    const story = await begin('draft');
    const pull = story.repository.openPull({ title: 'fix: a typo', ...from });
    story.repository.merge(pull, { method: 'squash' });
    pull.issue.body = 'Release-As: 9.0.0';
    expect((await story.run()).plan.version).toBe(version);
  });
});
