// What the App keeps of a line on every push: its draft or release pull request, and which release carries each merged pull request; and what
// it says where the policy cannot be read.
import { afterEach, describe, expect, it } from 'vitest';
import type { AppGitHubPort } from '../../src/flows/app-port.ts';
import { GitHubProblem } from '../../src/flows/github-port.ts';
import type { Pull } from '../support/github/records.ts';
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

const MODE = (mode: string) => `version: 1\nrelease: { mode: ${mode} }\n`;

function mergeNew({ repository }: KeptStory, title: string, base = 'main'): Pull {
  const pull = repository.openPull({ title, author: 'ada', base });
  repository.merge(pull, { method: 'squash' });
  return pull;
}

function settled({ world }: KeptStory): void {
  world.effects.expect(world.effects.unexpected.map((one) => one.says));
}

async function expectNothingMore(story: KeptStory, branch = 'main'): Promise<void> {
  settled(story);
  const { notes, tasks = [] } = await story.line(branch);
  expect({ notes, tasks }).toEqual({ notes: [], tasks: [] });
  story.world.expectEffects([]);
}

function draftsOf({ repository }: KeptStory): string[] {
  return repository.record.releases.filter((one) => one.draft).map((one) => one.tag);
}

function titleOn(story: KeptStory, pull: Pull): string | null | undefined {
  return story.check(pull.head.sha)?.output.title;
}

describe('in the mode draft', () => {
  it('a merge: one draft, and the pull request told by its check, without a comment', async () => {
    const story = await begin();
    const pull = story.repository.openPull({ title: 'fix: it', author: 'ada' });
    await story.preview(pull);
    settled(story);
    story.repository.merge(pull, { method: 'squash' });
    await story.line();
    expect(draftsOf(story)).toEqual(['v1.0.1']);
    const check = story.check(pull.head.sha);
    expect(check).toMatchObject({ conclusion: 'success', output: { title: 'maintenance · will be in 1.0.1' } });
    expect(check?.output.summary).toContain('[#1](https://github.com/acme/app/pull/1) will be in `1.0.1`, the next release of `main`.');
    expect(check?.output.summary).toContain('`fix: …` means bug');
    story.world.expectEffects(['create release v1.0.1', /^update check shiplock \/ release/]);
    expect(pull.issue.comments).toEqual([]);
    await expectNothingMore(story);
  });

  it('a second merge that is more: everybody is told anew', async () => {
    const story = await begin();
    const fix = mergeNew(story, 'fix: it');
    await story.line();
    const feature = mergeNew(story, 'feat: more');
    await story.line();
    expect(draftsOf(story)).toEqual(['v1.1.0']);
    expect(titleOn(story, fix)).toBe('maintenance · will be in 1.1.0');
    expect(titleOn(story, feature)).toBe('feature · will be in 1.1.0');
    expect(labelsOf(fix)).toEqual(['shiplock: maintenance']);
    await expectNothingMore(story);
  });

  it('settled after the merge: the plan, the check and the label follow', async () => {
    const story = await begin();
    const pull = mergeNew(story, 'feat: more');
    mergeNew(story, 'fix: it');
    await story.line();
    await story.label(pull, 'release: maintenance', 'ada');
    await story.line();
    expect(draftsOf(story)).toEqual(['v1.0.1']);
    expect(titleOn(story, pull)).toBe('maintenance · will be in 1.0.1');
    expect(labelsOf(pull)).toEqual(['release: maintenance', 'shiplock: maintenance']);
    await story.label(pull, 'release: maintenance', 'ada', false);
    await story.label(pull, 'release: none', 'ada');
    await story.line();
    expect(titleOn(story, pull)).toBe('none · in no release');
    expect(story.check(pull.head.sha)?.output.summary).toContain('settled as none by the label "release: none"');
    await expectNothingMore(story);
  });

  it('what is disputed or contradictory is merged: the draft warns, and the check asks', async () => {
    const story = await begin();
    const pull = story.repository.openPull({ title: 'feat!: more', author: 'ada', labels: ['bug'] });
    story.repository.merge(pull, { method: 'squash' });
    await story.line();
    const check = story.check(pull.head.sha);
    expect(check).toMatchObject({ conclusion: 'action_required', output: { title: 'Disputed: a person must say what it is' } });
    expect(labelsOf(pull)).toEqual(['bug', 'shiplock: disputed']);
    expect(story.repository.record.releases.find((one) => one.draft)?.body).toContain('[!WARNING]');
    await story.label(pull, 'release: breaking', 'ada');
    await story.line();
    expect(titleOn(story, pull)).toBe('breaking · will be in 2.0.0');
    await expectNothingMore(story);
  });

  it('what does not fit the line is held back, and says so on what it holds', async () => {
    const story = await begin();
    story.repository.branch('1.0.x', 'refs/tags/v1.0.0');
    const fix = mergeNew(story, 'fix: it', '1.0.x');
    const feature = mergeNew(story, 'feat: not here', '1.0.x');
    await story.line('1.0.x');
    expect(story.check(feature.head.sha)).toMatchObject({
      conclusion: 'action_required',
      output: { title: 'feature · held back on 1.0.x' },
    });
    expect(story.check(fix.head.sha)).toMatchObject({ conclusion: 'success', output: { title: 'maintenance · held back on 1.0.x' } });
    await expectNothingMore(story, '1.0.x');
  });

  it('where nothing is left to release, the draft goes', async () => {
    const story = await begin();
    mergeNew(story, 'fix: it');
    await story.line();
    story.repository.tag('v1.0.1');
    await story.line();
    expect(draftsOf(story)).toEqual([]);
    settled(story);
  });
});

describe('in the other modes', () => {
  it('pull-request: the release pull request is kept and shown; once it is merged the release is out', async () => {
    const story = await begin(MODE('pull-request'));
    const pull = mergeNew(story, 'feat: more');
    await story.line();
    expect(titleOn(story, pull)).toBe('feature · will be in 1.1.0');
    await expectNothingMore(story);
    const release = [...story.repository.record.issues.values()].find((one) => one.title === 'chore(release): v1.1.0')?.pull;
    story.repository.merge(release as Pull, { method: 'squash' });
    await story.line();
    expect(story.repository.record.releases.find((one) => one.tag === 'v1.1.0')).toMatchObject({ draft: false });
    expect(pull.issue.comments.map((one) => one.body).join()).toContain('v1.1.0');
    await expectNothingMore(story);
  });

  it('direct: out at once, and told by the release itself', async () => {
    const story = await begin(MODE('direct'));
    const pull = mergeNew(story, 'feat: more');
    await story.line();
    expect(story.repository.record.releases.find((one) => one.tag === 'v1.1.0')).toMatchObject({ draft: false });
    expect(story.check(pull.head.sha)).toBeNull();
    await expectNothingMore(story);
  });
});

describe('where there is nothing to keep', () => {
  it.each([
    ['a branch that is no line', 'topic', 1],
    ['a branch that is gone', 'gone', 1],
  ])('%s: one look', async (_name, branch, calls) => {
    const story = await begin();
    story.repository.branch('topic');
    expect(await story.line(branch)).toEqual({ notes: [] });
    expect(story.world.calls.total).toBe(calls);
    story.world.expectEffects([]);
  });

  it('what GitHub refuses otherwise is no branch that is gone', async () => {
    const story = await begin();
    const between = (github: AppGitHubPort): AppGitHubPort => ({
      ...github,
      scene: () => Promise.reject(new GitHubProblem('forbidden', 'You may not.')),
    });
    await expect(story.line('main', { between })).rejects.toThrow('You may not.');
  });
});

describe('a version that was asked for', () => {
  const ask = (story: KeptStory, version: string) =>
    story.write({ kind: 'release-as', name: 'main', body: { version, by: 'ada', comment: 7 } });

  it('is the draft’s, until it is out; what comes then is numbered by its changes again', async () => {
    const story = await begin();
    mergeNew(story, 'fix: it');
    ask(story, '2.0.0');
    await story.line();
    expect(draftsOf(story)).toEqual(['v2.0.0']);
    await expectNothingMore(story);
    const draft = story.repository.record.releases.find((one) => one.draft);
    if (draft === undefined) throw new Error('There is no draft.');
    story.repository.tag('v2.0.0');
    Object.assign(draft, { draft: false, body: draft.body });
    mergeNew(story, 'fix: that');
    await story.line();
    expect(story.note('release-as', 'main')).toBeNull();
    expect(draftsOf(story)).toEqual(['v2.0.1']);
    await expectNothingMore(story);
  });

  it('directly: out in the same run, and not asked for again', async () => {
    const story = await begin(MODE('direct'));
    mergeNew(story, 'fix: it');
    ask(story, '1.5.0');
    await story.line();
    expect(story.repository.record.releases.map((one) => one.tag)).toContain('v1.5.0');
    expect(story.note('release-as', 'main')).toBeNull();
    await expectNothingMore(story);
  });

  it('overtaken by a higher one: given up', async () => {
    const story = await begin();
    ask(story, '1.2.0');
    mergeNew(story, 'fix: it');
    story.repository.tag('v1.3.0');
    mergeNew(story, 'fix: that');
    await story.line();
    expect(story.note('release-as', 'main')).toBeNull();
    expect(draftsOf(story)).toEqual(['v1.3.1']);
    await expectNothingMore(story);
  });

  it('that cannot be stays asked for, and holds the release back', async () => {
    const story = await begin();
    story.repository.branch('1.0.x', 'refs/tags/v1.0.0');
    const fix = mergeNew(story, 'fix: it', '1.0.x');
    story.write({ kind: 'release-as', name: '1.0.x', body: { version: '3.0.0', by: 'ada', comment: 7 } });
    await story.line('1.0.x');
    expect(draftsOf(story)).toEqual([]);
    expect(titleOn(story, fix)).toBe('maintenance · held back on 1.0.x');
    expect(story.note('release-as', '1.0.x')).toMatchObject({ version: '3.0.0' });
    await expectNothingMore(story, '1.0.x');
  });

  it('that is no version holds the release back, too', async () => {
    const story = await begin();
    mergeNew(story, 'fix: it');
    ask(story, 'two');
    await story.line();
    expect(draftsOf(story)).toEqual([]);
    await expectNothingMore(story);
  });

  it.each([[null], ['2.0.0'], [{ version: 2 }]])('a note of another shape, %j, asks for nothing', async (body) => {
    const story = await begin();
    mergeNew(story, 'fix: it');
    story.write({ kind: 'release-as', name: 'main', body });
    await story.line();
    expect(draftsOf(story)).toEqual(['v1.0.1']);
    settled(story);
  });
});

describe('a policy with problems', () => {
  const name = 'shiplock / policy';
  const write = ({ repository }: KeptStory, text: string) =>
    repository.push('main', [{ message: 'chore: policy', files: { '.github/shiplock.yml': text } }]);

  it('is said on the default branch’s head, once, and taken back when it is mended', async () => {
    const story = await begin('version: 1\nrelease:\n  mood: draft\n');
    story.repository.branch('1.0.x', 'refs/tags/v1.0.0');
    mergeNew(story, 'feat: more');
    const broken = story.repository.sha();
    await story.line('1.0.x');
    const check = story.check(broken, name);
    expect(check).toMatchObject({ conclusion: 'failure', output: { title: '.github/shiplock.yml has a problem, so nothing is released' } });
    expect(check?.output.summary).toContain('.github/shiplock.yml:3:3: release.mood:');
    story.world.expectEffects([/^create check shiplock \/ policy/]);
    expect(await story.line()).toEqual({ notes: [] });
    story.world.expectEffects([]);
    const mended = write(story, MODE('draft'));
    await story.line();
    expect(story.check(mended, name)).toMatchObject({ conclusion: 'success', output: { title: '.github/shiplock.yml is sound again' } });
    expect(draftsOf(story)).toEqual(['v1.1.0']);
    await expectNothingMore(story);
  });

  it('a sound one is not worth a word', async () => {
    const story = await begin(MODE('draft'));
    await story.line();
    expect(story.check(story.repository.sha(), name)).toBeNull();
    story.world.expectEffects([]);
  });
});

describe('many merged pull requests', () => {
  it('of a line that was never looked at only the newest are told; then a run tells some, and the next the rest', async () => {
    const story = await begin();
    const pulls = Array.from({ length: 33 }, (_, index) => mergeNew(story, `fix: number ${index}`));
    await story.line();
    expect(pulls.filter((pull) => titleOn(story, pull) === 'maintenance · will be in 1.0.1')).toEqual(pulls.slice(-20));
    expect(story.tasks).toEqual([]);
    pulls.push(mergeNew(story, 'feat: more'));
    await story.line();
    const told = () => pulls.filter((pull) => titleOn(story, pull)?.endsWith('will be in 1.1.0')).length;
    expect(told()).toBe(30);
    expect(story.tasks).toMatchObject([{ kind: 'draft', body: { branch: 'main' }, unique: `draft/${story.repository.record.id}/main` }]);
    await story.line();
    expect(told()).toBe(34);
    await expectNothingMore(story);
    expect(story.tasks).toHaveLength(1);
  }, 60_000);

  it('one whose head is gone stops nothing; a GitHub that is away does', async () => {
    const story = await begin();
    mergeNew(story, 'fix: it');
    const failing = (kind: 'refused' | 'unavailable') => (github: AppGitHubPort) => ({
      ...github,
      putCheck: () => Promise.reject(new GitHubProblem(kind, `It was ${kind}.`)),
    });
    await expect(story.line('main', { between: failing('unavailable') })).rejects.toThrow('It was unavailable.');
    await story.line('main', { between: failing('refused') });
    expect(draftsOf(story)).toEqual(['v1.0.1']);
    await expectNothingMore(story);
  });
});
