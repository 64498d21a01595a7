// The process dies after any of its writes to GitHub, with the answer lost and nothing noted; another takes over and comes to the same end.
import { afterEach, describe, expect, it } from 'vitest';
import { type GateStory, gateStories } from './gate-story.ts';

const { begin, end } = gateStories();
afterEach(end);

const CHECKS = 'environments:\n  production: { requires: [{ checks: [test], app: github-actions }] }\n';

interface End {
  readonly states: readonly string[];
  readonly issues: readonly string[];
  readonly comments: readonly string[];
  readonly outcomes: readonly (string | undefined)[];
  readonly waiting: number;
}

/** A commit that no pull request brought waits, so that an issue is opened for it; then its check passes. */
async function tell(kill: number): Promise<{ readonly end: End; readonly died: boolean; readonly writes: number }> {
  const story = await begin(CHECKS);
  story.repository.push('main', [{ message: 'feat: straight' }], { by: 'ada' });
  await story.settle();
  const before = story.world.effects.all.length;
  let died = false;
  if (kill > 0) {
    story.world.faults.killAfterWrite(kill, () => {
      died = true;
    });
  }
  const revive = async () => {
    if (!died) return;
    story.world.faults.revive();
    await story.restart();
    for (let minutes = 0; minutes < 4; minutes += 1) await story.pass('1m');
  };
  const run = await story.deploy('production');
  await revive();
  story.repository.check('test', 'success');
  await story.pass('5s');
  await revive();
  const writes = story.world.effects.all.length - before;
  story.world.faults.revive();
  return { end: await endOf(story, run), died, writes };
}

async function endOf(story: GateStory, run: Parameters<GateStory['states']>[0]): Promise<End> {
  const record = (await story.record()).filter((one) => one.what === 'gate');
  return {
    states: story.states(run),
    issues: story.issues().map((one) => one.title),
    comments: story
      .issues()
      .flatMap((one) => story.comments(one).map(({ body }) => body.split('\n')[0]?.replace(/ \d+ 1 /, ' N 1 ') ?? '')),
    outcomes: record.map((one) => one.decision?.outcome),
    waiting: (await story.waiting()).length,
  };
}

describe('killed after any write', () => {
  it('comes to the same end', async () => {
    const whole = await tell(0);
    expect(whole.end).toMatchObject({ states: ['pending', 'approved'], outcomes: ['wait', 'approve'], waiting: 0 });
    expect(whole.end.issues).toHaveLength(1);
    expect(whole.end.comments).toHaveLength(2);
    expect(whole.writes).toBeGreaterThanOrEqual(5);
    // Looks that come close together are one, so that a story may have a write more or less.
    for (let kill = 1; kill <= whole.writes + 1; kill += 1) {
      const { end: other, died } = await tell(kill);
      expect(died || kill >= whole.writes).toBe(true);
      // A report may be given twice, where the first one's answer was lost; nothing else is.
      expect([kill, { ...other, states: [...new Set(other.states)], outcomes: [...new Set(other.outcomes)] }]).toEqual([kill, whole.end]);
      expect(other.states.filter((one) => one === 'approved')).toHaveLength(1);
      expect(other.states.length).toBeLessThanOrEqual(3);
    }
  }, 300_000);

  it('an event that comes twice, or after the process came back, changes nothing', async () => {
    const story = await begin(CHECKS);
    const pull = story.merge('feat: one');
    story.world.deliveries.double(1, 'deployment_protection_rule');
    const run = await story.deploy('production');
    await story.restart();
    await story.pass('1h');
    expect(story.states(run)).toEqual(['pending']);
    expect(story.comments(pull)).toHaveLength(1);
    expect((await story.record()).filter((one) => one.what === 'gate')).toHaveLength(1);
  });
});
