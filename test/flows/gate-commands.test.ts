// `/approve` and `/reject`: whose word counts, for which commit, and what comes of it.
import { afterEach, describe, expect, it } from 'vitest';
import { worldsOf } from './gate-command-story.ts';

const { begin, stop } = worldsOf();
afterEach(stop);

describe('/approve', () => {
  it('of two people opens the gate, and each is told what is still missing', async () => {
    const story = await begin();
    const pull = story.merged();
    const run = await story.deploy('production');
    expect(story.isOpen(run)).toBe(false);
    const first = await story.hears(pull, '/approve production', 'rob');
    expect(first).toContain(`You approve \`production\` at \`${run.sha.slice(0, 7)}\``);
    expect(first).toContain('Still missing, 1 of 1 requirement');
    expect(first).toContain('one person more');
    expect(story.isOpen(run)).toBe(false);
    const second = await story.hears(pull, '/approve production', 'sue');
    expect(second).toContain('Nothing is missing: the gate opens');
    expect(story.isOpen(run)).toBe(true);
    expect(story.entriesOf('approve').map(({ actor, sha, environment }) => [actor, sha, environment])).toEqual([
      [{ login: 'rob', id: story.world.state.account('rob').id, role: 'write' }, run.sha, 'production'],
      [{ login: 'sue', id: story.world.state.account('sue').id, role: 'write' }, run.sha, 'production'],
    ]);
    expect(story.entriesOf('approve').every((one) => typeof one.comment === 'number')).toBe(true);
    await story.endsClean();
  });
});
