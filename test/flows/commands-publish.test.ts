// `/release publish`, and what shows what it publishes: exactly what was to be seen when the comment was written goes out, or nothing, and in
// words what has moved since.
import { afterEach, describe, expect, it } from 'vitest';
import { updatePull } from '../support/github/pulls.ts';
import type { Pull } from '../support/github/records.ts';
import type { World } from '../support/github/world.ts';
import { beginCommands, type CommandOptions, lookOf } from './command-story.ts';

const worlds: World[] = [];
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.stop();
});

type Story = Awaited<ReturnType<typeof beginCommands>>;

async function begin(mode: CommandOptions['mode'] = 'draft', policy = ''): Promise<Story> {
  const story = await beginCommands({ mode, policy });
  worlds.push(story.world);
  return story;
}

async function endsClean({ world }: Story): Promise<void> {
  world.effects.ignore();
  await world.assertClean();
}

function mergeFix({ repository }: Story, title = 'fix: two'): void {
  repository.merge(repository.openPull({ title, author: 'ada' }));
}

function releasePull({ repository }: Story): Pull {
  const found = [...repository.record.issues.values()].find((one) => one.pull?.head.ref.startsWith('shiplock/release/'))?.pull;
  if (!found) throw new Error('There is no release pull request.');
  return found;
}

describe('/release publish, of a draft', () => {
  it('publishes the draft that was shown, at its commit', async () => {
    const story = await begin();
    const head = story.repository.sha();
    const says = await story.command(story.pull, '/release publish');
    expect(says).toContain('`v1.1.0`](https://github.com/acme/app/releases/tag/v1.1.0) is published');
    expect(story.repository.sha('refs/tags/v1.1.0')).toBe(head);
    expect(story.repository.record.releases.find((one) => one.tag === 'v1.1.0')).toMatchObject({ draft: false, latest: 'true' });
    await endsClean(story);
  });

  it('a second one right after says that it is out already', async () => {
    const story = await begin();
    await story.command(story.pull, '/release publish');
    const errand = story.says(story.pull, '/release publish');
    await story.answers(errand);
    expect(story.own(story.pull).at(-1)?.body).toContain('is out already');
    expect(story.reactions(errand)).toEqual(['eyes', 'confused']);
    expect(story.tags()).toEqual(['v1.0.0', 'v1.1.0']);
    await endsClean(story);
  });

  it('on an issue it is about the default branch', async () => {
    const story = await begin();
    const issue = story.repository.openIssue('When is it out?');
    await story.command(issue, '/release publish');
    expect(story.tags()).toEqual(['v1.0.0', 'v1.1.0']);
    await endsClean(story);
  });

  it('S-01: the head moves between the comment and its evaluation: nothing is published, and what moved is said', async () => {
    const story = await begin();
    const errand = story.says(story.pull, '/release publish');
    const before = story.repository.sha();
    mergeFix(story, 'feat!: all new');
    await story.answers(errand);
    expect(story.tags()).toEqual(['v1.0.0']);
    const says = story.own(story.pull).at(-1)?.body ?? '';
    expect(says).toContain(`the draft release showed \`v1.1.0\` at \`${before.slice(0, 7)}\``);
    expect(says).toContain(`was \`${before.slice(0, 7)}\` and is \`${story.repository.sha().slice(0, 7)}\``);
    expect(says).toContain('The version was `1.1.0` and is `2.0.0`');
    expect(says).toMatch(/Added since:\n\n- \[#2\]\(\S+\) feat!: all new/);
    // What the answer shows may be agreed to.
    await story.command(story.pull, '/release publish');
    expect(story.tags()).toEqual(['v1.0.0', 'v2.0.0']);
    await endsClean(story);
  });

  it('S-05: the push is heard of first and the draft follows it: what was shown after the comment is not what it agreed to', async () => {
    const story = await begin();
    const errand = story.says(story.pull, '/release publish');
    mergeFix(story, 'fix: evil');
    await story.line();
    expect(story.draft()?.body).toContain('evil');
    await story.answers(errand);
    expect(story.tags()).toEqual(['v1.0.0']);
    expect(story.own(story.pull).at(-1)?.body).toContain('moved since your comment was written');
    await endsClean(story);
  });

  it('S-01: a history that was rewritten is said to be', async () => {
    const story = await begin();
    const errand = story.says(story.pull, '/release publish');
    story.repository.push('main', [{ message: 'feat: another one' }], { force: true, from: 'refs/tags/v1.0.0' });
    await story.answers(errand);
    expect(story.tags()).toEqual(['v1.0.0']);
    expect(story.own(story.pull).at(-1)?.body).toContain('the branch was rewritten');
    await endsClean(story);
  });

  it('the version moves although the head does not: refused', async () => {
    const story = await begin();
    story.repository.label(story.pull, 'release: breaking');
    const says = await story.command(story.pull, '/release publish');
    expect(story.tags()).toEqual(['v1.0.0']);
    expect(says).toContain('The version was `1.1.0` and is `2.0.0`');
    await endsClean(story);
  });

  it('objections hold it back', async () => {
    const story = await begin();
    story.repository.merge(story.repository.openPull({ title: 'feat: x', labels: ['bug'], author: 'ada' }));
    await story.line();
    story.world.clock.advance('1m');
    const says = await story.command(story.pull, '/release publish');
    expect(story.tags()).toEqual(['v1.0.0']);
    expect(says).toContain('something holds this release back');
    expect(says).toContain('This holds it back.');
    await endsClean(story);
  });

  it('nothing shown yet: shows the plan, and publishes it when asked again', async () => {
    const story = await begin('direct');
    const says = await story.command(story.pull, '/release publish');
    expect(says).toContain('no plan of this release was shown before your comment');
    expect(says).toContain('Feature release 1.1.0');
    expect(story.tags()).toEqual(['v1.0.0']);
    story.world.clock.advance('1m');
    await story.command(story.pull, '/release publish');
    expect(story.tags()).toEqual(['v1.0.0', 'v1.1.0']);
    await endsClean(story);
  });

  it('shown and published in one comment: nobody can have seen it', async () => {
    const story = await begin('direct');
    await story.command(story.pull, '/release plan\n/release publish');
    expect(story.tags()).toEqual(['v1.0.0']);
    await endsClean(story);
  });

  it('a plan that an answer showed counts beside the draft', async () => {
    const story = await begin();
    mergeFix(story);
    await story.command(story.pull, '/release plan', 'eve');
    story.world.clock.advance('1m');
    await story.command(story.pull, '/release publish');
    expect(story.repository.record.releases.find((one) => one.tag === 'v1.1.0')?.body).toContain('two');
    await endsClean(story);
  });

  it('nothing to release is said', async () => {
    const story = await begin();
    await story.command(story.pull, '/release publish');
    await story.line();
    story.repository.branch('1.0.x', 'refs/tags/v1.0.0');
    const pull = story.repository.openPull({ title: 'docs: words', base: '1.0.x', author: 'ada' });
    const says = await story.command(pull, '/release publish');
    expect(says).toContain('is out already, and there is nothing to release after it');
    await endsClean(story);
  });

  it('a pull request into a branch that is no line publishes nothing', async () => {
    const story = await begin();
    story.repository.branch('wip');
    const pull = story.repository.openPull({ title: 'feat: aside', base: 'wip', author: 'ada' });
    const says = await story.command(pull, '/release publish');
    expect(says).toContain('wip is no release line');
    expect(story.tags()).toEqual(['v1.0.0']);
    await endsClean(story);
  });
});

describe('/release publish, of a release pull request', () => {
  it('merges it at the head that was shown, and publishes the merge', async () => {
    const story = await begin('pull-request');
    const says = await story.command(releasePull(story), '/release publish');
    expect(says).toContain('`v1.1.0`](https://github.com/acme/app/releases/tag/v1.1.0) is published');
    expect(releasePull(story).merged).not.toBeNull();
    expect(story.repository.sha('refs/tags/v1.1.0')).toBe(story.repository.sha());
    await endsClean(story);
  });

  it('S-01: a commit on its branch between the comment and its evaluation is not merged', async () => {
    const story = await begin('pull-request');
    const errand = story.says(story.pull, '/release publish');
    const release = releasePull(story);
    story.repository.update(release, [{ message: 'chore: evil', files: { 'evil.txt': 'evil\n' } }], { by: 'ada' });
    await story.answers(errand);
    expect(release.merged).toBeNull();
    expect(story.tags()).toEqual(['v1.0.0']);
    expect(story.own(story.pull).at(-1)?.body).toMatch(/the branch of #2 was at `\w+` and is at `\w+`/);
    expect(story.own(story.pull).at(-1)?.body).toContain(`by merging #2 at \`${release.head.sha.slice(0, 7)}\``);
    // The answer shows it; who asks again agrees to it.
    await story.command(story.pull, '/release publish');
    expect(release.merged).not.toBeNull();
    expect(story.tags()).toEqual(['v1.0.0', 'v1.1.0']);
    await endsClean(story);
  });

  it('S-01: its text written anew after the comment is nothing that it agreed to', async () => {
    const story = await begin('pull-request');
    const errand = story.says(story.pull, '/release publish');
    const release = releasePull(story);
    const { world, repository } = story;
    updatePull(world.state, repository.record, release, world.state.account('ada'), { body: `${release.issue.body}\nMore.` });
    await story.answers(errand);
    expect(release.merged).toBeNull();
    expect(story.tags()).toEqual(['v1.0.0']);
    await endsClean(story);
  });

  it('the line moves: neither merged nor published', async () => {
    const story = await begin('pull-request');
    const errand = story.says(story.pull, '/release publish');
    mergeFix(story);
    await story.answers(errand);
    expect(releasePull(story).merged).toBeNull();
    expect(story.own(story.pull).at(-1)?.body).toContain('#2 showed `v1.1.0`');
    await endsClean(story);
  });

  it('an answer showed the plan, but the pull request does not have it: it must be brought up to date first', async () => {
    const story = await begin('pull-request');
    mergeFix(story);
    await story.command(story.pull, '/release plan');
    story.world.clock.advance('1m');
    expect(await story.command(story.pull, '/release publish')).toContain('there is no open release pull request that shows this plan');
    await story.command(story.pull, '/release draft');
    story.world.clock.advance('1m');
    await story.command(story.pull, '/release publish');
    expect(story.tags()).toEqual(['v1.0.0', 'v1.1.0']);
    await endsClean(story);
  });
});

describe('/release plan', () => {
  it('whose outcome was lost, and the head moved: the answer is made anew, and what it shows now may be published', async () => {
    const story = await begin('direct');
    const errand = story.says(story.pull, '/release plan', 'eve');
    await story.answers(errand, { lost: true });
    mergeFix(story);
    await story.answers(errand);
    expect(story.own(story.pull)).toHaveLength(1);
    expect(story.own(story.pull)[0]?.body).toContain(story.repository.sha().slice(0, 7));
    story.world.clock.advance('1m');
    await story.command(story.pull, '/release publish');
    expect(story.repository.record.releases.find((one) => one.tag === 'v1.1.0')?.body).toContain('two');
    await endsClean(story);
  });
});

describe('/release as auto', () => {
  it('takes back the version that was asked for: the draft is what the changes ask for again', async () => {
    const story = await begin();
    const said = await story.command(story.pull, '/release as 3.0.0');
    expect(said).toContain('or `/release as auto` takes it back');
    const says = await story.command(story.pull, '/release as AUTO');
    expect(says).toContain('`3.0.0` is no longer asked for on `main`: by its changes, the next release is `v1.1.0`.');
    expect(story.note('release-as', 'main')).toBeNull();
    expect(story.draft()?.tag).toBe('v1.1.0');
    expect(await story.command(story.pull, '/release as auto')).toContain('No version had been asked for on `main`');
    await endsClean(story);
  });
});

describe('/release as', () => {
  it('asks for a version, which the draft then has, and which is out once it is published', async () => {
    const story = await begin();
    const says = await story.command(story.pull, '/release as v3.0.0');
    expect(says).toContain('The next release of `main` is `v3.0.0`, as you asked');
    expect(story.note('release-as', 'main')).toMatchObject({ version: '3.0.0', by: 'mia' });
    expect(story.draft()?.tag).toBe('v3.0.0');
    story.world.clock.advance('1m');
    await story.command(story.pull, '/release publish');
    expect(story.tags()).toEqual(['v1.0.0', 'v3.0.0']);
    expect(story.note('release-as', 'main')).toBeNull();
    mergeFix(story);
    expect(await story.command(story.pull, '/release plan')).toContain('Maintenance release 3.0.1');
    await endsClean(story);
  });

  it('is refused where the plan objects, and what was planned stays', async () => {
    const story = await begin();
    const says = await story.command(story.pull, '/release as 0.9.0');
    expect(says).toContain('0.9.0 is below the last release, 1.0.0');
    expect(story.note('release-as', 'main')).toBeNull();
    expect(story.draft()?.tag).toBe('v1.1.0');
    await endsClean(story);
  });

  it('moves what was shown: a publication that was asked for before is refused', async () => {
    const story = await begin();
    const publish = story.says(story.pull, '/release publish');
    await story.command(story.pull, '/release as 3.0.0');
    await story.answers(publish);
    expect(story.tags()).toEqual(['v1.0.0']);
    await endsClean(story);
  });
});

describe('/release draft', () => {
  it.each([
    ['draft', 'The draft [`v1.1.0`]'],
    ['pull-request', 'The release pull request [#2]'],
    ['direct', 'The draft [`v1.1.0`]'],
  ] as const)('in the mode %s brings up to date what waits, and publishes nothing', async (mode, words) => {
    const story = await begin(mode);
    mergeFix(story);
    expect(await story.command(story.pull, '/release draft', 'ada')).toContain(words.replace('#2', mode === 'pull-request' ? '#2' : ''));
    expect(story.tags()).toEqual(['v1.0.0']);
    await endsClean(story);
  });
});

describe('pages of one', () => {
  it.each([
    ['draft', '/release publish'],
    ['pull-request', '/release publish'],
    ['draft', '/release plan'],
  ] as const)('in the mode %s, %s comes to the same end', async (mode, body) => {
    const clean = await begin(mode);
    await clean.answers(clean.says(clean.pull, body));
    const story = await begin(mode);
    const errand = story.says(story.pull, body);
    story.world.faults.pageSize(1);
    await story.answers(errand);
    expect(lookOf(story)).toEqual(lookOf(clean));
    await endsClean(story);
  });
});

describe('stopped after any write and begun again, it comes to the same end with one answer', () => {
  const JOURNEYS: Readonly<Record<string, { readonly mode: CommandOptions['mode']; readonly body: string }>> = {
    '/release publish of a draft': { mode: 'draft', body: '/release publish' },
    '/release publish by pull request': { mode: 'pull-request', body: '/release publish' },
    '/release as and /release draft': { mode: 'draft', body: '/release as 4.0.0\n/release draft' },
    '/release plan': { mode: 'draft', body: '/release plan' },
    '/classify': { mode: 'draft', body: '/classify breaking' },
  };

  it.each(Object.entries(JOURNEYS))('%s', async (_, { mode, body }) => {
    const clean = await begin(mode);
    const before = clean.world.effects.all.length;
    await clean.answers(clean.says(clean.pull, body));
    const end = lookOf(clean);
    const writes = clean.world.effects.all.length - before;
    expect(writes).toBeGreaterThan(1);
    // At last everything is written to GitHub, and only what is to be remembered is lost.
    for (let after = 1; after <= writes + 1; after += 1) {
      const story = await begin(mode);
      const errand = story.says(story.pull, body);
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
