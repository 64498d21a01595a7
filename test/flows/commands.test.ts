// Who is answered, when, how often, and what is never believed: the rules that every slash-command keeps.
import { afterEach, describe, expect, it } from 'vitest';
import { createComment, editComment } from '../support/github/comments.ts';

import type { World } from '../support/github/world.ts';
import { leaksOf } from '../support/markdown.ts';
import { beginCommands, type CommandOptions } from './command-story.ts';

const worlds: World[] = [];
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.stop();
});

async function begin(options: CommandOptions = {}) {
  const story = await beginCommands(options);
  worlds.push(story.world);
  return story;
}

describe('who is answered', () => {
  it('a comment without a command: nobody, not even with a reaction', async () => {
    const story = await begin();
    const errand = story.says(story.pull, 'Looks good. See `/release publish`.\n\n> /release publish');
    expect(await story.answers(errand)).toEqual({});
    expect(story.reactions(errand)).toEqual([]);
    story.world.expectEffects([]);
    await story.world.assertClean();
  });

  it('a comment without a line that begins with a slash costs no call', async () => {
    const story = await begin();
    const errand = story.says(story.pull, 'See a/b and /release publish, or not.');
    const before = story.world.calls.total;
    expect(await story.answers(errand)).toEqual({});
    expect(story.world.calls.total).toBe(before);
    await story.world.assertClean();
  });

  it('S-18: neither the App itself nor any other bot', async () => {
    const story = await begin();
    const errand = story.says(story.pull, '/release publish');
    const { app } = story.situation.self;
    expect(await story.answers({ ...errand, app: { slug: 'shiplock', id: app } })).toEqual({});
    expect(await story.answers({ ...errand, author: { ...errand.author, bot: true } })).toEqual({});
    story.world.expectEffects([]);
    await story.world.assertClean();
  });

  it('eyes at once, a rocket when done, one answer that mentions its author alone', async () => {
    const story = await begin();
    const errand = story.says(story.pull, '/release plan', 'eve');
    await story.answers(errand);
    expect(story.reactions(errand)).toEqual(['eyes', 'rocket']);
    const [answer] = story.own(story.pull);
    expect(answer?.body.match(/@[\w-]+/g)).toEqual(['@eve']);
    expect(answer?.body).toContain('Thanks to ada!');
    expect(story.own(story.pull)).toHaveLength(1);
    expect(answer?.body).not.toMatch(/^\s*\//m);
    story.world.effects.ignore();
    await story.world.assertClean();
  });
});

describe('who may', () => {
  it.each([
    ['/release draft', 'eve'],
    ['/release draft', 'tri'],
    ['/release publish', 'ada'],
    ['/release as 2.0.0', 'ada'],
    ['/classify feature', 'tri'],
    ['/backport 1.x', 'tri'],
  ])('%s by %s is refused in words, and nothing else is written', async (body, by) => {
    const story = await begin();
    const errand = story.says(story.pull, body, by);
    await story.answers(errand);
    expect(story.reactions(errand)).toEqual(['eyes', 'confused']);
    expect(story.own(story.pull)).toHaveLength(1);
    expect(story.tags()).toEqual(['v1.0.0']);
    expect(story.note('release-as', 'main')).toBeNull();
    expect(story.pull.issue.labels.filter((one) => one.name.startsWith('release:'))).toEqual([]);
    story.world.expectEffects([/react|reaction/, /comment/, /react|reaction/]);
    await story.world.assertClean();
  });

  it('whose role cannot be seen is refused in words', async () => {
    const story = await begin();
    story.world.faults.answer('GET /repos/{owner}/{repo}/collaborators/{username}/permission', 403, {
      message: 'Resource not accessible by integration',
    });
    const errand = story.says(story.pull, '/release publish');
    await story.answers(errand);
    expect(story.reactions(errand)).toEqual(['eyes', 'confused']);
    expect(story.tags()).toEqual(['v1.0.0']);
    story.world.effects.ignore();
    await story.world.assertClean();
  });
});

describe('what a comment is worth', () => {
  it('S-06: its commands once, however often its event comes', async () => {
    const story = await begin();
    const errand = story.says(story.pull, '/release publish');
    await story.answers(errand);
    expect(story.tags()).toEqual(['v1.0.0', 'v1.1.0']);
    story.repository.merge(story.repository.openPull({ title: 'fix: two', author: 'ada' }));
    await story.line();
    story.world.expectEffects(story.world.effects.unexpected.map(() => /^/));
    expect(await story.answers(errand)).toEqual({});
    expect(story.tags()).toEqual(['v1.0.0', 'v1.1.0']);
    story.world.expectEffects([]);
    await story.world.assertClean();
  });

  it('S-09: nothing once it was edited, whoever edited it, whatever it says now', async () => {
    const story = await begin();
    const errand = story.says(story.pull, '/release publish');
    const comment = story.pull.issue.comments.find((one) => one.id === errand.comment);
    if (comment === undefined) throw new Error('there is no comment');
    editComment(story.world.state, comment, story.world.state.account('ada'), '/release publish\n');
    await story.answers(errand);
    expect(story.tags()).toEqual(['v1.0.0']);
    expect(story.own(story.pull).at(-1)?.body).toContain('was edited after it was written');
    expect(story.reactions(errand)).toEqual(['eyes', 'confused']);
    story.world.effects.ignore();
    await story.world.assertClean();
  });

  it('S-09: a harmless comment that was edited into a command is not heard', async () => {
    const story = await begin();
    const errand = story.says(story.pull, 'Thank you!');
    const comment = story.pull.issue.comments.find((one) => one.id === errand.comment);
    if (comment === undefined) throw new Error('there is no comment');
    editComment(story.world.state, comment, story.world.state.account('ada'), '/release publish');
    expect(await story.answers(errand)).toEqual({});
    story.world.expectEffects([]);
    await story.world.assertClean();
  });

  it('nothing once its author has deleted it, and there is nothing to answer', async () => {
    const story = await begin();
    const errand = story.says(story.pull, '/release publish');
    story.pull.issue.comments.splice(0);
    await story.answers(errand);
    expect(story.tags()).toEqual(['v1.0.0']);
    story.world.expectEffects([]);
    await story.world.assertClean();
  });

  it('S-10: the rights of its author, who must be the one whom the event names', async () => {
    const story = await begin();
    const errand = story.says(story.pull, '/release publish', 'eve');
    const mia = story.world.state.account('mia');
    await story.answers({ ...errand, author: { login: 'mia', id: mia.id, bot: false } });
    expect(story.tags()).toEqual(['v1.0.0']);
    story.world.expectEffects([]);
    await story.world.assertClean();
  });

  it('S-16: an answer is found by who wrote it, never by a mark that anybody can write', async () => {
    const story = await begin();
    const errand = story.says(story.pull, '/release plan');
    const eve = story.world.state.account('eve');
    const mark = `<!-- shiplock:answer ${errand.comment} -->`;
    const forged = createComment(story.world.state, story.pull.issue, eve, null, `${mark}\n@mia Publish v9.9.9, all is well.`);
    await story.answers(errand);
    expect(story.own(story.pull).map((one) => one.body.startsWith(mark))).toEqual([true]);
    expect(forged.body).toContain('v9.9.9');
    story.world.effects.ignore();
    await story.world.assertClean();
  });
});

describe('several commands', () => {
  it('are answered in one comment, and what follows a refusal is not tried', async () => {
    const story = await begin();
    const says = await story.command(story.pull, '/release as 0.1.0\n/release draft\n/release plan');
    expect(says).toContain('The next release cannot be `0.1.0`');
    expect(says?.match(/Not tried/g)).toHaveLength(2);
    expect(story.own(story.pull)).toHaveLength(1);
    story.world.effects.ignore();
    await story.world.assertClean();
  });

  it('one that is malformed: none is run', async () => {
    const story = await begin();
    const says = await story.command(story.pull, '/release as soon\n/release publish');
    expect(story.tags()).toEqual(['v1.0.0']);
    expect(says).not.toBeNull();
    story.world.effects.ignore();
    await story.world.assertClean();
  });
});

describe('S-17: what others wrote', () => {
  it('has no power in an answer', async () => {
    const story = await begin();
    const title = 'fix: `x` @acme/all #7 <!-- --> [x](javascript:alert(1)) | ```\n/release publish';
    story.repository.merge(story.repository.openPull({ title, author: 'eve', commits: [{ message: title }] }), { title });
    const says = (await story.command(story.pull, '/release plan')) ?? '';
    const ours = ['https://github.com/acme/app/', '#1', '#2', '@mia'];
    const html = /^html: (?:<!-- shiplock:answer \d+ -->|<\/?(?:details|summary)>.*)$/s;
    expect(leaksOf(says, ours).filter((leak) => !html.test(leak))).toEqual([]);
    story.world.effects.ignore();
    await story.world.assertClean();
  });
});

describe('what stands in the way', () => {
  it('a policy that cannot be read is said, and nothing is done', async () => {
    const story = await begin();
    story.repository.push('main', [{ message: 'chore: policy', files: { '.github/shiplock.yml': 'version: 1\nrelaese: {}\n' } }]);
    const says = await story.command(story.pull, '/release publish');
    expect(says).toContain('.github/shiplock.yml:2:1');
    expect(story.tags()).toEqual(['v1.0.0']);
    story.world.effects.ignore();
    await story.world.assertClean();
  });

  it('GitHub being away is no answer: it is tried again later', async () => {
    const story = await begin();
    story.world.faults.answer(/PATCH .*releases/, 502, { times: 20 });
    const errand = story.says(story.pull, '/release publish');
    await expect(story.answers(errand)).rejects.toMatchObject({ kind: 'unavailable' });
    story.world.faults.clear();
    await story.answers(errand);
    expect(story.tags()).toEqual(['v1.0.0', 'v1.1.0']);
    expect(story.own(story.pull)).toHaveLength(1);
    story.world.effects.ignore();
    await story.world.assertClean();
  });

  it('a command that would start a deployment of nobody knows what is told in words', async () => {
    const story = await begin();
    const says = await story.command(story.pull, '/deploy production');
    expect(says).toContain('There is no environment `production` here.');
    story.world.effects.ignore();
    await story.world.assertClean();
  });

  it('under a prefix only what bears it is ours', async () => {
    const story = await begin({ policy: 'commands: { prefix: shiplock }\n' });
    expect(await story.command(story.pull, '/release plan')).toBeNull();
    expect(await story.command(story.pull, '/shiplock release plan')).toContain('`/shiplock release publish` publishes exactly this');
    expect(await story.command(story.pull, '/shiplock help')).toContain('/shiplock release publish');
    story.world.effects.ignore();
    await story.world.assertClean();
  });
});
