// What people see on an open pull request: a check and a label that follow whatever may change them, are about the commit that they stand
// on, and are written once; and who may settle what a pull request is.
import { afterEach, describe, expect, it } from 'vitest';
import type { AppGitHubPort } from '../../src/flows/app-port.ts';
import { GitHubProblem } from '../../src/flows/github-port.ts';
import { createPull } from '../support/github/pulls.ts';
import type { Pull } from '../support/github/records.ts';
import type { StoryPull } from '../support/github/stories.ts';
import type { World } from '../support/github/world.ts';
import { beginKept, type KeptStory, labelsOf } from './kept-story.ts';

const worlds: World[] = [];
afterEach(async () => {
  for (const world of worlds.splice(0)) {
    await world.assertClean();
    await world.stop();
  }
});

async function begin(...given: Parameters<typeof beginKept>): Promise<KeptStory> {
  const story = await beginKept(...given);
  worlds.push(story.world);
  return story;
}

async function opened(pull: Partial<StoryPull>, ...given: Parameters<typeof beginKept>): Promise<{ story: KeptStory; pull: Pull }> {
  const story = await begin(...given);
  return { story, pull: story.repository.openPull({ title: 'fix: it', author: 'ada', ...pull }) };
}

/** Whatever was written so far was meant. */
function settled({ world }: KeptStory): void {
  world.effects.expect(world.effects.unexpected.map((one) => one.says));
}

async function expectNothingMore(story: KeptStory, pull: Pull): Promise<void> {
  settled(story);
  expect(await story.preview(pull)).toMatchObject({ notes: [] });
  story.world.expectEffects([]);
}

describe('a pull request is opened or changed', () => {
  it.each<[string, Partial<StoryPull>, string, string]>([
    ['a fix', {}, 'maintenance · patch → 1.0.1', 'shiplock: maintenance'],
    ['a feature', { title: 'feat: more' }, 'feature · minor → 1.1.0', 'shiplock: feature'],
    ['a breaking change', { title: 'feat!: other' }, 'breaking · major → 2.0.0', 'shiplock: breaking'],
    ['documentation', { title: 'docs: tell' }, 'none · no release', 'shiplock: none'],
    ['a draft', { draft: true }, 'maintenance · patch → 1.0.1', 'shiplock: maintenance'],
    ['from a fork', { title: 'feat: from outside', author: 'eve', fork: 'eve' }, 'feature · minor → 1.1.0', 'shiplock: feature'],
  ])('%s: its check says what it will be', async (_name, given, title, label) => {
    const { story, pull } = await opened(given);
    await story.preview(pull);
    const check = story.check(pull.head.sha);
    expect(check).toMatchObject({ status: 'completed', conclusion: 'success', output: { title } });
    expect(check?.output.summary).toContain('If it is something else, comment `/classify maintenance`');
    story.world.expectEffects([
      { by: 'shiplock[bot]', says: `create check shiplock / release on ${pull.head.sha.slice(0, 7)}` },
      { by: 'shiplock[bot]', says: `add label ${label} to #${pull.issue.number}` },
    ]);
    await expectNothingMore(story, pull);
  });

  it('its evidence and the release that will carry it are on the page', async () => {
    const { story, pull } = await opened({ title: 'feat: more', labels: ['enhancement'] });
    await story.preview(pull);
    const { summary } = story.check(pull.head.sha)?.output ?? {};
    expect(summary).toContain('## [#1](https://github.com/acme/app/pull/1) is a feature');
    expect(summary).toContain('Merged, it makes the next release of main 1.1.0; without it: none.');
    expect(summary).toContain('label "enhancement" means feature');
    expect(summary).toContain('`feat: …` means feature');
    settled(story);
  });

  it('with another title it is judged anew: disputed, then settled, and one label at a time', async () => {
    const { story, pull } = await opened({ labels: ['bug'] });
    await story.preview(pull);
    settled(story);
    pull.issue.title = 'feat!: all of it';
    await story.preview(pull);
    const disputed = story.check(pull.head.sha);
    expect(disputed).toMatchObject({ conclusion: 'action_required', output: { title: 'Disputed: a person must say what it is' } });
    expect(disputed?.output.summary).toContain('### What to do\n\nComment `/classify maintenance`');
    expect(disputed?.output.summary).toContain('label "bug" means bug');
    expect(disputed?.output.summary).toContain('`feat!: …` is marked as breaking');
    expect(labelsOf(pull)).toEqual(['bug', 'shiplock: disputed']);
    story.world.expectEffects([
      `update check shiplock / release on ${pull.head.sha.slice(0, 7)}`,
      'add label shiplock: disputed to #1',
      'remove label shiplock: maintenance from #1',
    ]);
    await story.label(pull, 'release: maintenance', 'shiplock[bot]');
    const after = story.check(pull.head.sha);
    expect(after).toMatchObject({ conclusion: 'success', output: { title: 'maintenance · patch → 1.0.1' } });
    expect(after?.output.summary).toContain('settled as maintenance by the label "release: maintenance"');
    expect(labelsOf(pull)).toEqual(['bug', 'release: maintenance', 'shiplock: maintenance']);
    await expectNothingMore(story, pull);
  });

  it('where the ways to merge it differ, each is told', async () => {
    const { story, pull } = await opened({ title: 'fix: it', commits: [{ message: 'feat: one' }, { message: 'feat: two' }] });
    story.repository.record.settings.squash_merge_commit_message = 'BLANK';
    await story.preview(pull);
    const check = story.check(pull.head.sha);
    settled(story);
    expect(check?.output.summary).toMatch(/\| squash \|.*\| merge \||\| merge \|[\s\S]*\| squash \|/);
    expect(check?.conclusion).toBe('action_required');
  });

  it('a feature against a maintenance line is action required, with the line that would take it', async () => {
    const story = await begin();
    const { repository } = story;
    repository.branch('1.0.x', 'refs/tags/v1.0.0');
    const pull = repository.openPull({ title: 'feat: not here', author: 'ada', base: '1.0.x' });
    await story.preview(pull);
    const check = story.check(pull.head.sha);
    expect(check).toMatchObject({ conclusion: 'action_required', output: { title: 'feature · minor · 1.0.x does not take it as it is' } });
    expect(check?.output.summary).toContain('Open it against a line that takes it.');
    expect(labelsOf(pull)).toEqual(['shiplock: feature']);
    await expectNothingMore(story, pull);
  });

  it('below 1.0 a breaking change asks for what the policy says', async () => {
    const { story, pull } = await opened({ title: 'feat!: other' });
    const { repository } = story;
    repository.deleteRef('refs/tags/v1.0.0');
    repository.tag('v0.3.0');
    await story.preview(pull);
    expect(story.check(pull.head.sha)?.output.title).toBe('breaking · minor → 0.4.0');
    settled(story);
  });

  it('where a version is asked for, that is what carries it', async () => {
    const { story, pull } = await opened({});
    story.write({ kind: 'release-as', name: 'main', body: { version: '2.0.0', by: 'ada', comment: 7 } });
    await story.preview(pull);
    expect(story.check(pull.head.sha)?.output.title).toBe('maintenance · patch → 2.0.0');
    await expectNothingMore(story, pull);
  });

  it('is seven calls, and four where nothing has changed', async () => {
    const { story, pull } = await opened({});
    story.repository.merge(story.repository.openPull({ title: 'feat: before', author: 'ada' }));
    const { calls } = story.world;
    await story.preview(pull);
    expect(calls.total).toBeLessThanOrEqual(7);
    const before = calls.total;
    await expectNothingMore(story, pull);
    expect(calls.total - before).toBeLessThanOrEqual(4);
  });

  it('with a prefix for commands, the words say so', async () => {
    const { story, pull } = await opened({}, 'version: 1\ncommands: { prefix: shiplock }\n');
    await story.preview(pull);
    expect(story.check(pull.head.sha)?.output.summary).toContain('comment `/shiplock classify maintenance`');
    settled(story);
  });
});

describe('what is not judged', () => {
  it('a branch that is no line: a neutral check, and no label', async () => {
    const story = await begin();
    story.repository.branch('topic');
    const pull = story.repository.openPull({
      title: 'feat: on the way',
      author: 'ada',
      base: 'topic',
      labels: ['shiplock: feature', 'bug'],
    });
    await story.preview(pull);
    expect(story.check(pull.head.sha)).toMatchObject({ conclusion: 'neutral', output: { title: 'topic is no release line' } });
    expect(labelsOf(pull)).toEqual(['bug']);
    await expectNothingMore(story, pull);
  });

  it('under a policy with problems: action required, with each problem and its place', async () => {
    const { story, pull } = await opened({}, 'version: 1\nrelease:\n  mood: draft\n');
    await story.preview(pull);
    const check = story.check(pull.head.sha);
    expect(check).toMatchObject({
      conclusion: 'action_required',
      output: { title: '.github/shiplock.yml on the default branch has a problem' },
    });
    expect(check?.output.summary).toContain('.github/shiplock.yml:3:3: release.mood:');
    expect(labelsOf(pull)).toEqual([]);
    await expectNothingMore(story, pull);
  });

  it('the release pull request itself: its check says what it publishes', async () => {
    const story = await begin('version: 1\nrelease: { mode: pull-request }\n');
    const { repository } = story;
    repository.merge(repository.openPull({ title: 'feat: more', author: 'ada' }));
    await story.line();
    const pull = [...repository.record.issues.values()].find((one) => one.title === 'chore(release): v1.1.0')?.pull;
    if (pull == null) throw new Error('There is no release pull request.');
    await story.preview(pull);
    expect(story.check(pull.head.sha)).toMatchObject({ conclusion: 'success', output: { title: 'Publishes 1.1.0 once it is merged' } });
    expect(labelsOf(pull)).toEqual([]);
    await expectNothingMore(story, pull);
  });

  it('what is closed, merged or gone', async () => {
    const { story, pull } = await opened({});
    story.repository.merge(pull);
    expect(await story.preview(pull)).toEqual({ notes: [], tasks: [] });
    const issue = story.repository.openIssue('no pull request');
    expect(await story.preview({ ...pull, issue })).toEqual({});
    expect(await story.preview({ ...pull, issue: { ...issue, number: 99 } })).toEqual({});
    story.world.expectEffects([]);
  });

  it('what cannot be seen is tried again', async () => {
    const { story, pull } = await opened({});
    const between = (github: AppGitHubPort): AppGitHubPort => ({ ...github, pull: async () => ({ known: false, why: 'it was dark' }) });
    await expect(story.preview(pull, { between })).rejects.toThrow(GitHubProblem);
    story.world.expectEffects([]);
  });
});

describe('the head moves while it is looked at', () => {
  it('the check stands on the commit that was read, no label speaks of the new one, and it is looked at again', async () => {
    const { story, pull } = await opened({});
    const was = pull.head.sha;
    const between = (github: AppGitHubPort): AppGitHubPort => ({
      ...github,
      scene: async (request) => {
        if (pull.head.sha === was) story.repository.update(pull, [{ message: 'feat: slipped in' }]);
        return github.scene(request);
      },
    });
    await story.preview(pull, { between });
    expect(story.check(was)?.output.title).toBe('maintenance · patch → 1.0.1');
    expect(story.check(pull.head.sha)).toBeNull();
    expect(labelsOf(pull)).toEqual([]);
    expect(story.tasks).toMatchObject([{ kind: 'preview', body: { pull: 1 }, unique: `preview/${story.repository.record.id}/1` }]);
    await story.preview(pull);
    expect(story.check(pull.head.sha)?.conclusion).toBe('action_required');
    expect(story.check(was)?.output.title).toBe('maintenance · patch → 1.0.1');
    await expectNothingMore(story, pull);
    expect(story.tasks).toHaveLength(1);
  });

  it('merged while it is looked at: no label of an open one is written', async () => {
    const { story, pull } = await opened({});
    const between = (github: AppGitHubPort): AppGitHubPort => ({
      ...github,
      putCheck: async (check) => {
        const put = await github.putCheck(check);
        story.repository.merge(pull);
        return put;
      },
    });
    await story.preview(pull, { between });
    story.world.expectEffects([/^create check/]);
    expect(story.tasks).toEqual([]);
  });
});

describe('one commit is the head of several pull requests', () => {
  /** A feature into 1.0.x, which does not take it, and the same branch into main, which does. */
  async function both(): Promise<{ story: KeptStory; old: Pull; main: Pull }> {
    const story = await begin();
    const { repository, world } = story;
    repository.branch('1.0.x', 'refs/tags/v1.0.0');
    const main = repository.openPull({ title: 'feat: more', author: 'ada', branch: 'more' });
    const wanted = { title: 'feat: more', body: null, head: 'acme:more', base: '1.0.x', draft: false };
    const old = createPull(world.state, repository.record, world.state.account('ada'), null, wanted);
    expect(old.head.sha).toBe(main.head.sha);
    return { story, old, main };
  }

  it('what stops one is not hidden by the other, whichever is looked at last', async () => {
    const { story, old, main } = await both();
    await story.preview(old);
    await story.preview(main);
    const check = story.check(main.head.sha);
    expect(check).toMatchObject({
      conclusion: 'action_required',
      output: { title: '#2 into 1.0.x: feature · minor · 1.0.x does not take it as it is' },
    });
    expect(check?.output.summary).toContain('# Into `main` by #1: feature · minor → 1.1.0');
    await expectNothingMore(story, old);
    await expectNothingMore(story, main);
  });

  it('when one is closed, the other is looked at again and stands alone', async () => {
    const { story, old, main } = await both();
    await story.preview(old);
    await story.preview(main);
    old.issue.state = 'closed';
    await story.preview(old);
    expect(story.tasks).toMatchObject([{ kind: 'preview', body: { pull: 1 } }]);
    await story.preview(main);
    expect(story.check(main.head.sha)).toMatchObject({ conclusion: 'success', output: { title: 'feature · minor → 1.1.0' } });
    await expectNothingMore(story, main);
  });

  it('when one is merged, its check does not speak over the open one', async () => {
    const { story, old, main } = await both();
    await story.preview(old);
    await story.preview(main);
    story.repository.merge(main, { method: 'squash' });
    await story.line();
    expect(story.check(old.head.sha)?.conclusion).toBe('action_required');
    expect(story.tasks).toMatchObject([{ kind: 'preview', body: { pull: 2 } }]);
    await story.preview(old);
    expect(story.check(old.head.sha)?.output.title).toBe('feature · minor · 1.0.x does not take it as it is');
    await expectNothingMore(story, old);
  });

  it('looked at both at once, one of them is looked at again', async () => {
    const { story, old, main } = await both();
    let first: Promise<unknown> | null = null;
    const between = (github: AppGitHubPort): AppGitHubPort => ({
      ...github,
      putCheck: async (check) => {
        first ??= story.preview(main);
        await first;
        return github.putCheck(check);
      },
    });
    await expect(story.preview(old, { between })).rejects.toThrow('has moved');
    await story.preview(old);
    expect(story.check(main.head.sha)?.output.title).toContain('#2 into 1.0.x');
    await expectNothingMore(story, main);
  });

  it('when one moves on, each has its own again', async () => {
    const { story, old, main } = await both();
    await story.preview(old);
    await story.preview(main);
    old.head.sha = story.repository.push('other', [{ message: 'fix: it' }], { from: 'refs/tags/v1.0.0' });
    await story.preview(main);
    expect(story.check(main.head.sha)).toMatchObject({ conclusion: 'success', output: { title: 'feature · minor → 1.1.0' } });
    await story.preview(old);
    expect(story.note('heads', main.head.sha)).toEqual([1]);
    expect(story.note('heads', old.head.sha)).toEqual([2]);
    await expectNothingMore(story, old);
  });
});

describe('who may settle what it is', () => {
  it('somebody who may write, by hand', async () => {
    const { story, pull } = await opened({});
    await story.label(pull, 'release: feature', 'ada');
    expect(story.check(pull.head.sha)).toMatchObject({ conclusion: 'success', output: { title: 'feature · minor → 1.1.0' } });
    expect(labelsOf(pull)).toEqual(['release: feature', 'shiplock: feature']);
    await expectNothingMore(story, pull);
  });

  it('nobody with less: the label goes, they are told why, and it never counted', async () => {
    const { story, pull } = await opened({});
    await story.label(pull, 'Release: None', 'tri');
    expect(labelsOf(pull)).toEqual(['shiplock: maintenance']);
    expect(story.check(pull.head.sha)?.output.title).toBe('maintenance · patch → 1.0.1');
    const [comment] = pull.issue.comments;
    expect(comment?.body).toContain('I took the label `Release: None` off again');
    expect(comment?.body).toContain('`tri` does not have it');
    expect(comment?.body).toContain('`/classify none`');
    story.world.expectEffects([/^comment on #1/, 'remove label Release: None from #1', /^create check/, /^add label/]);
    await story.label(pull, 'release: feature', 'tri');
    expect(labelsOf(pull)).toEqual(['shiplock: maintenance']);
    story.world.expectEffects(['remove label release: feature from #1']);
    expect(pull.issue.comments).toHaveLength(1);
  });

  it('on a merged one neither', async () => {
    const { story, pull } = await opened({});
    story.repository.merge(pull);
    await story.label(pull, 'release: none', 'tri');
    expect(labelsOf(pull)).toEqual([]);
    story.world.expectEffects([/^comment on #1/, 'remove label release: none from #1']);
  });

  it.each([['github-actions[bot]'], ['stranger']])('not %s', async (by) => {
    const { story, pull } = await opened({});
    story.world.state.account(by, by.endsWith('[bot]') ? 'Bot' : 'User');
    await story.label(pull, 'release: none', by);
    expect(labelsOf(pull)).toEqual(['shiplock: maintenance']);
    settled(story);
  });

  it('an unknown role is none', async () => {
    const { story, pull } = await opened({});
    const between = (github: AppGitHubPort): AppGitHubPort => ({ ...github, roleOf: async () => ({ known: false, why: 'it was dark' }) });
    story.repository.label(pull, 'release: none');
    await story.preview(pull, { label: { name: 'release: none', by: 'maintainer', added: true }, between });
    expect(labelsOf(pull)).toEqual(['shiplock: maintenance']);
    settled(story);
  });

  it('stopped after any write, the label still goes and is told of once', async () => {
    for (const writes of [1, 2, 3]) {
      const { story, pull } = await opened({});
      story.world.faults.killAfterWrite(writes);
      await expect(story.label(pull, 'release: none', 'tri')).rejects.toThrow();
      story.world.faults.revive();
      await story.preview(pull, { label: { name: 'release: none', by: 'tri', added: true } });
      expect(labelsOf(pull)).toEqual(['shiplock: maintenance']);
      expect(pull.issue.comments).toHaveLength(1);
      settled(story);
    }
  });

  it('a name that the policy gives a meaning is anybody’s', async () => {
    const { story, pull } = await opened({}, 'version: 1\nclassify: { labels: { "release: feature": feature } }\n');
    await story.label(pull, 'release: feature', 'tri');
    expect(labelsOf(pull)).toEqual(['release: feature', 'shiplock: feature']);
    expect(story.check(pull.head.sha)?.output.summary).toContain('label "release: feature" means feature');
    await expectNothingMore(story, pull);
  });

  it('a policy with problems gives no name a meaning', async () => {
    const { story, pull } = await opened({}, 'version: 1\nclassify: { labels: { "release: feature": feature }, oops: 1 }\n');
    await story.label(pull, 'release: feature', 'tri');
    expect(labelsOf(pull)).toEqual([]);
    settled(story);
  });

  it('two labels that say different things are disputed, and both are named', async () => {
    const { story, pull } = await opened({});
    await story.label(pull, 'release: none', 'ada');
    await story.label(pull, 'release: feature', 'ada');
    const check = story.check(pull.head.sha);
    expect(check).toMatchObject({ conclusion: 'action_required', output: { title: 'Disputed: a person must say what it is' } });
    expect(check?.output.summary).toContain('the label "release: feature" settles it as feature');
    expect(check?.output.summary).toContain('the label "release: none" settles it as none');
    await expectNothingMore(story, pull);
  });

  it('what somebody who may has settled, somebody who may not cannot take away', async () => {
    const { story, pull } = await opened({});
    await story.label(pull, 'release: breaking', 'ada');
    settled(story);
    await story.label(pull, 'release: breaking', 'tri', false);
    expect(labelsOf(pull)).toEqual(['release: breaking', 'shiplock: breaking']);
    expect(pull.issue.comments[0]?.body).toContain('I put the label `release: breaking` on again');
    story.world.expectEffects([/^comment on #1/, 'add label release: breaking to #1']);
    await story.label(pull, 'release: breaking', 'ada', false);
    expect(labelsOf(pull)).toEqual(['shiplock: maintenance']);
    await expectNothingMore(story, pull);
  });

  it('what nobody has settled does not come back by taking it off', async () => {
    const { story, pull } = await opened({});
    story.world.state.account('tri');
    await story.preview(pull, { label: { name: 'release: breaking', by: 'tri', added: true } });
    await story.preview(pull, { label: { name: 'release: breaking', by: 'tri', added: false } });
    expect(labelsOf(pull)).toEqual(['shiplock: maintenance']);
    expect(pull.issue.comments).toEqual([]);
    settled(story);
  });

  it('nor over what was settled since', async () => {
    const { story, pull } = await opened({});
    await story.label(pull, 'release: breaking', 'ada');
    pull.issue.labels = [];
    story.repository.label(pull, 'release: none');
    await story.preview(pull, { label: { name: 'release: breaking', by: 'tri', added: false } });
    expect(labelsOf(pull)).toEqual(['release: none', 'shiplock: none']);
    settled(story);
  });
});
