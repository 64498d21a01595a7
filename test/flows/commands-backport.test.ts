// `/classify` and `/backport`: what one pull request is, and how it comes to another line.
import { afterEach, describe, expect, it } from 'vitest';
import type { MergeMethod } from '../support/github/merging.ts';
import type { Pull } from '../support/github/records.ts';
import type { StoryPull } from '../support/github/stories.ts';
import type { World } from '../support/github/world.ts';
import { beginCommands, lookOf } from './command-story.ts';
import { labelsOf } from './kept-story.ts';

const worlds: World[] = [];
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.stop();
});

type Story = Awaited<ReturnType<typeof beginCommands>>;

/** The line 1.0.x maintains v1.0.0, and a fix was merged to main. */
async function begin(pull: Partial<StoryPull> = {}, method: MergeMethod = 'squash'): Promise<Story & { fix: Pull }> {
  const story = await beginCommands();
  worlds.push(story.world);
  const { repository } = story;
  repository.branch('1.0.x', 'refs/tags/v1.0.0');
  const fix = repository.openPull({ title: 'fix: the wound', author: 'ada', labels: ['bug', 'lost'], ...pull });
  repository.merge(fix, { method });
  return { ...story, fix };
}

function opened({ repository }: Story): Pull | undefined {
  return [...repository.record.issues.values()].find((one) => one.pull?.head.ref.startsWith('backport/'))?.pull ?? undefined;
}

function branches({ repository }: Story): string[] {
  return repository.record.git.refs.list('refs/heads/').map((ref) => ref.name.slice('refs/heads/'.length));
}

async function endsClean({ world }: Story): Promise<void> {
  world.effects.ignore();
  await world.assertClean();
}

describe('/classify', () => {
  it('puts its label on, takes the others off, and has the pull request and its line looked at again', async () => {
    const story = await beginCommands();
    worlds.push(story.world);
    const pull = story.repository.openPull({ title: 'fix: x', author: 'eve', labels: ['release: feature', 'release: none', 'kept'] });
    const says = await story.command(pull, '/classify breaking', 'ada');
    expect(labelsOf(pull)).toEqual(['kept', 'release: breaking']);
    expect(says).toContain(`#${pull.issue.number} is a breaking change`);
    expect(story.tasks.map((one) => one.kind)).toEqual(['preview', 'draft']);
    await story.preview(pull);
    expect(story.check(pull.head.sha)?.output?.title).toContain('breaking');
    await endsClean(story);
  });

  it('is left as it is by whoever guards such labels', async () => {
    const story = await beginCommands();
    worlds.push(story.world);
    const pull = story.repository.openPull({ title: 'fix: x', author: 'eve', labels: ['release: feature'] });
    await story.command(pull, '/classify breaking', 'ada');
    const by = 'shiplock[bot]';
    await story.preview(pull, { label: { name: 'release: breaking', by, added: true } });
    await story.preview(pull, { label: { name: 'release: feature', by, added: false } });
    expect(labelsOf(pull)).toContain('release: breaking');
    expect(labelsOf(pull)).not.toContain('release: feature');
    await endsClean(story);
  });

  it('of a merged pull request moves the plan', async () => {
    const story = await beginCommands();
    worlds.push(story.world);
    await story.command(story.pull, '/classify maintenance', 'ada');
    await story.line();
    expect(story.draft()?.tag).toBe('v1.0.1');
    await endsClean(story);
  });

  it('on an issue, and of a pull request that was closed, it is refused', async () => {
    const story = await beginCommands();
    worlds.push(story.world);
    const issue = story.repository.openIssue('It is broken');
    expect(await story.command(issue, '/classify feature')).toContain('This is an issue');
    const pull = story.repository.openPull({ title: 'feat: no', author: 'eve' });
    pull.issue.state = 'closed';
    expect(await story.command(pull, '/classify feature')).toContain('was closed without being merged');
    expect(labelsOf(pull)).toEqual([]);
    await endsClean(story);
  });

  it('is refused where the policy gives the label a meaning of its own', async () => {
    const story = await beginCommands({ policy: 'classify: { labels: { "release: feature": bug } }\n' });
    worlds.push(story.world);
    expect(await story.command(story.pull, '/classify feature')).toContain('a meaning of its own');
    await endsClean(story);
  });
});

describe('/backport', () => {
  it.each([
    ['a squash', 'squash', [{ message: 'fix: the wound', files: { 'a.txt': '1\n' } }], 1],
    [
      'a merge commit',
      'merge',
      [
        { message: 'fix: the wound', files: { 'a.txt': '1\n' } },
        { message: 'test: the wound', files: { 'b.txt': '1\n' } },
      ],
      1,
    ],
    [
      'rebased commits',
      'rebase',
      [
        { message: 'fix: the wound', files: { 'a.txt': '1\n' } },
        { message: 'test: the wound', files: { 'b.txt': '1\n' } },
      ],
      2,
    ],
    [
      'a squash of several',
      'squash',
      [
        { message: 'fix: the wound', files: { 'a.txt': '1\n' } },
        { message: 'test: the wound', files: { 'b.txt': '1\n' } },
      ],
      1,
    ],
  ] as const)('brings %s to the line, under its title and with the labels that say what it is', async (_, method, commits, picked) => {
    const story = await begin({ commits }, method);
    const errand = story.says(story.fix, '/backport 1.0.x', 'ada');
    await story.answers(errand);
    const pull = opened(story);
    expect(pull).toMatchObject({ base: { ref: '1.0.x' }, issue: { title: 'fix: the wound' } });
    expect(pull?.head.ref).toBe(`backport/${story.fix.issue.number}-to-1.0.x`);
    expect(labelsOf(pull as Pull)).toEqual(['bug']);
    expect(pull?.issue.body?.match(/cherry picked from commit [0-9a-f]{40}/g)).toHaveLength(picked);
    expect(story.own(story.fix).at(-1)?.body).toContain(`#${pull?.issue.number}`);
    expect(story.reactions(errand)).toEqual(['eyes', 'rocket']);
    // Merged, it is in the line's next release.
    story.repository.merge(pull as Pull, { method });
    await story.line('1.0.x');
    const draft = story.repository.record.releases.find((one) => one.draft && one.tag === 'v1.0.1');
    expect(draft?.body).toContain('the wound');
    expect(story.repository.record.git.git(['cat-file', '-e', 'refs/heads/1.0.x:a.txt']).status).toBe(0);
    await endsClean(story);
  });

  it('of a feature opens it and warns that the line will not take it', async () => {
    const story = await begin({ title: 'feat: more', labels: [], commits: [{ message: 'feat: more', files: { 'a.txt': '1\n' } }] });
    const says = await story.command(story.fix, '/backport 1.0.x');
    expect(opened(story)?.issue.title).toBe('feat: more');
    expect(says).toContain('[!WARNING]');
    expect(says).toContain('1.0.x takes patch releases only');
    await endsClean(story);
  });

  it('that conflicts says so with the commands to run, and leaves nothing behind', async () => {
    const story = await begin({ commits: [{ message: 'fix: the wound', files: { 'CHANGELOG.md': '# Changes\n\nmain\n' } }] });
    const { repository } = story;
    repository.push('1.0.x', [{ message: 'fix: other', files: { 'CHANGELOG.md': '# Changes\n\nold\n' } }]);
    const before = branches(story);
    const errand = story.says(story.fix, '/backport 1.0.x');
    await story.answers(errand);
    const says = story.own(story.fix).at(-1)?.body ?? '';
    const number = story.fix.issue.number;
    expect(says).toContain(`git switch -c backport/${number}-to-1.0.x origin/1.0.x\ngit cherry-pick -x ${story.fix.merged?.sha}\n`);
    expect(says).toContain(`https://github.com/acme/app/compare/1.0.x...backport/${number}-to-1.0.x?expand=1`);
    expect(story.reactions(errand)).toEqual(['eyes', 'confused']);
    expect(branches(story)).toEqual(before);
    expect(opened(story)).toBeUndefined();
    await endsClean(story);
  });

  it('of a merge that conflicts picks it against its first parent', async () => {
    const story = await begin({ commits: [{ message: 'fix: the wound', files: { 'CHANGELOG.md': '# Changes\n\nmain\n' } }] }, 'merge');
    story.repository.push('1.0.x', [{ message: 'fix: other', files: { 'CHANGELOG.md': '# Changes\n\nold\n' } }]);
    expect(await story.command(story.fix, '/backport 1.0.x')).toContain(`git cherry-pick -x -m 1 ${story.fix.merged?.sha}\n`);
    await endsClean(story);
  });

  it('a second time links the one that is open, and once it is merged says so', async () => {
    const story = await begin();
    await story.command(story.fix, '/backport 1.0.x');
    const pull = opened(story) as Pull;
    expect(await story.command(story.fix, '/backport 1.0.x')).toContain(
      `#${pull.issue.number}](${`https://github.com/acme/app/pull/${pull.issue.number}`}) is open already`,
    );
    story.repository.merge(pull);
    expect(await story.command(story.fix, '/backport 1.0.x')).toContain('already');
    expect([...story.repository.record.issues.values()].filter((one) => one.pull?.head.ref.startsWith('backport/'))).toHaveLength(1);
    await endsClean(story);
  });

  it('of what is on the line already says so', async () => {
    const story = await begin({ commits: [{ message: 'fix: the wound', files: { 'a.txt': '1\n' } }] });
    story.repository.push('1.0.x', [{ message: 'fix: the same', files: { 'a.txt': '1\n' } }]);
    expect(await story.command(story.fix, '/backport 1.0.x')).toContain('There is nothing to bring');
    await endsClean(story);
  });

  it.each([
    ['1.0.y', 'Did you mean `1.0.x`?'],
    ['main', 'main is no maintenance line'],
    ['2.x', 'There is no branch 2.x'],
  ])('to %s is refused, with the lines that there are', async (line, words) => {
    const story = await begin();
    const says = await story.command(story.fix, `/backport ${line}`);
    expect(says).toContain(words);
    expect(says).toContain('Maintenance lines are `1.0.x`');
    expect(opened(story)).toBeUndefined();
    await endsClean(story);
  });

  it('of what is not merged, and on an issue, is refused', async () => {
    const story = await begin();
    const open = story.repository.openPull({ title: 'fix: y', author: 'ada' });
    expect(await story.command(open, '/backport 1.0.x')).toContain('is not merged');
    const issue = story.repository.openIssue('Please');
    expect(await story.command(issue, '/backport 1.0.x')).toContain('This is an issue');
    await endsClean(story);
  });

  it('stopped after any write and begun again: one pull request, one answer', async () => {
    const clean = await begin();
    const before = clean.world.effects.all.length;
    await clean.answers(clean.says(clean.fix, '/backport 1.0.x'));
    const end = lookOf(clean);
    const writes = clean.world.effects.all.length - before;
    expect(writes).toBeGreaterThan(3);
    for (let after = 1; after <= writes + 1; after += 1) {
      const story = await begin();
      const errand = story.says(story.fix, '/backport 1.0.x');
      if (after <= writes) story.world.faults.killAfterWrite(after);
      await story.answers(errand, { lost: true }).catch(() => undefined);
      expect(story.world.faults.dead, `killed after write ${after} of ${writes}`).toBe(after <= writes);
      story.world.faults.revive();
      await story.answers(errand);
      expect(lookOf(story), `after write ${after} of ${writes}`).toEqual(end);
      await endsClean(story);
    }
  });
});
