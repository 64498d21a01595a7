// `/hold`, `/freeze` and their ends: what they stop, until when, and that nobody lets go of what they have not heard of.
import { afterEach, describe, expect, it } from 'vitest';
import { type GateStory, worldsOf } from './gate-command-story.ts';

const { begin, stop } = worldsOf();
afterEach(stop);

/** Open unless somebody stops it. */
const OPEN = 'environments:\n  production: { requires: [] }\n';

function kinds(story: GateStory): readonly string[] {
  return story.entries.filter(({ what }) => what !== 'gate').map(({ what }) => what);
}

describe('/hold and /unhold', () => {
  it('keeps everything out until it is taken back, with who said so and how', async () => {
    const story = await begin(OPEN);
    const pull = story.merged();
    const says = await story.hears(pull, '/hold production the database is being moved', 'rob');
    expect(says).toContain('`production` is held');
    expect(says).toContain('`rob` said so');
    expect(says).toContain('the database is being moved');
    expect(says).toContain('takes it back with `/unhold production`');
    const run = await story.deploy('production');
    expect(run.status).toBe('waiting');
    expect(await story.hears(pull, '/unhold production', 'sue')).toContain('no longer held by:\n\n- `rob` said so');
    expect(story.isOpen(run)).toBe(true);
    expect(kinds(story)).toEqual(['hold', 'unhold']);
    expect(story.entriesOf('hold')[0]).toMatchObject({ environment: 'production', actor: { login: 'rob' } });
    await story.endsClean();
  });

  it('is an environment’s, and may be commanded anywhere: on an issue, on an open pull request', async () => {
    const story = await begin();
    const issue = story.repository.openIssue('The database is slow');
    expect(await story.hears(issue, '/hold qa it is slow', 'rob')).toContain('`qa` is held');
    const open = story.repository.openPull({ title: 'feat: open', author: 'ada' });
    expect(await story.hears(open, '/unhold QA', 'rob')).toContain('`qa` is no longer held');
    await story.endsClean();
  });

  it('S-42: of several people each holds for a reason of their own, and all of it is told', async () => {
    const story = await begin(OPEN);
    const pull = story.merged();
    await story.hears(pull, '/hold production the cache is cold', 'rob');
    const second = await story.hears(pull, '/hold production the database is moved', 'sue');
    expect(second).toContain('for other reasons, too:\n\n- `rob` said so');
    const run = await story.deploy('production');
    const says = await story.hears(pull, '/unhold production', 'ada');
    expect(says).toContain('the cache is cold');
    expect(says).toContain('the database is moved');
    expect(story.isOpen(run)).toBe(true);
    await story.endsClean();
  });

  it('S-42: what was held only after the comment was written stays held', async () => {
    const story = await begin(OPEN);
    const pull = story.merged();
    await story.hears(pull, '/hold production the cache is cold', 'rob');
    const errand = story.says(pull, '/unhold production', 'ada');
    story.world.clock.advance('1m');
    await story.hears(pull, '/hold production the database is moved', 'sue');
    await story.answers(errand);
    await story.goesOn();
    expect(story.own(pull).at(-1)?.body).toContain('It is still held by what was said after your comment was written:\n\n- `sue`');
    const run = await story.deploy('production');
    expect(run.status).toBe('waiting');
    await story.endsClean();
  });

  it('S-42: the same person again is one hold with the newest reason, never undone by an older comment that comes later', async () => {
    const story = await begin(OPEN);
    const pull = story.merged();
    const older = story.says(pull, '/hold production one', 'rob');
    story.world.clock.advance('1m');
    await story.hears(pull, '/hold production two', 'rob');
    await story.answers(older);
    expect(story.own(pull).at(-1)?.body).toContain('You held `production` again');
    expect(await story.noted('hold')).toMatchObject([{ reason: 'two', by: 'rob' }]);
    await story.endsClean();
  });

  it('nothing held: says so, and that the policy holds it where it does', async () => {
    const story = await begin('environments:\n  qa: {}\n  production: { hold: the audit is on }\n');
    const pull = story.merged();
    expect(await story.hears(pull, '/unhold qa', 'rob')).toContain('Nobody held `qa` by a command. Nothing was done.');
    expect(await story.hears(pull, '/unhold production', 'rob')).toContain('The policy itself holds `production`: the audit is on');
    await story.hears(pull, '/hold production and I do', 'rob');
    expect(await story.hears(pull, '/unhold production', 'rob')).toContain('Only a change of the policy takes that back.');
    await story.endsClean();
  });

  it('is for who may write', async () => {
    const story = await begin(OPEN);
    const pull = story.merged();
    expect(await story.hears(pull, '/hold production no', 'eve')).toContain('You have the role `read`');
    expect(await story.noted('hold')).toEqual([]);
    await story.endsClean();
  });

  it('holds two environments by one comment, and lets go of one', async () => {
    const story = await begin();
    const pull = story.merged();
    await story.hears(pull, '/hold qa one\n/hold production two', 'rob');
    expect(await story.noted('hold')).toHaveLength(2);
    await story.hears(pull, '/unhold qa', 'rob');
    expect(await story.noted('hold')).toMatchObject([{ environment: 'production' }]);
    await story.endsClean();
  });
});

describe('/freeze and /unfreeze', () => {
  it('keeps everything out until its time, and then by itself no longer', async () => {
    const story = await begin(OPEN);
    const pull = story.merged();
    const says = await story.hears(pull, '/freeze production 3d year end', 'mia');
    expect(says).toMatch(/frozen until 2026-01-08 10:\d\dZ/);
    expect(says).toContain('ends it with `/unfreeze production`');
    const run = await story.deploy('production');
    expect(run.status).toBe('waiting');
    story.world.clock.advance('71h');
    await story.goesOn();
    expect(run.status).toBe('waiting');
    story.world.clock.advance('1h');
    await story.goesOn();
    expect(story.isOpen(run)).toBe(true);
    expect(await story.hears(pull, '/unfreeze production', 'mia')).toContain('Nobody had frozen `production`');
    expect(kinds(story)).toEqual(['freeze']);
    await story.endsClean();
  });

  it('without a time: until it is taken back', async () => {
    const story = await begin(OPEN);
    const pull = story.merged();
    expect(await story.hears(pull, '/freeze production year end', 'mia')).toContain('frozen until the freeze is taken back');
    const run = await story.deploy('production');
    story.world.clock.advance('9d');
    await story.goesOn();
    expect(run.status).toBe('waiting');
    expect(await story.hears(pull, '/unfreeze production', 'boss')).toContain('no longer frozen by:\n\n- until it is taken back: `mia`');
    expect(story.isOpen(run)).toBe(true);
    expect(story.entriesOf('freeze')[0]).toMatchObject({ until: null });
    await story.endsClean();
  });

  it.each([
    ['the policy’s freeze', 'freeze: [{ from: "2027-12-19T18:00", to: "2028-01-04T08:00", zone: Europe/Berlin }]'],
    ['the policy’s window', 'windows: [{ days: mon-sun, from: "00:00", to: "24:00", zone: Europe/Berlin }]'],
  ])('S-46: a time without an offset is on the clock of %s, in summer and in winter', async (_, entry) => {
    const story = await begin(`environments:\n  production: { ${entry} }\n`);
    const pull = story.merged();
    const winter = await story.hears(pull, '/freeze production 2026-03-28T18:00 before the clocks change', 'mia');
    expect(winter).toContain('until 2026-03-28 18:00 Europe/Berlin (2026-03-28 17:00Z)');
    const summer = await story.hears(pull, '/freeze production 2026-03-29T18:00 after they did', 'mia');
    expect(summer).toContain('until 2026-03-29 18:00 Europe/Berlin (2026-03-29 16:00Z)');
    // An hour that comes twice ends the second time, one that never comes after it.
    expect(await story.hears(pull, '/freeze production 2026-10-25T02:30 twice', 'mia')).toContain('(2026-10-25 01:30Z)');
    expect(await story.hears(pull, '/freeze production 2026-03-29T02:30 never', 'mia')).toContain('(2026-03-29 01:30Z)');
    expect(await story.noted('freeze')).toHaveLength(1);
    await story.endsClean();
  });

  it.each([
    ['2026-01-06', '2026-01-06 00:00Z'],
    ['2026-01-06T08:00', '2026-01-06 08:00Z'],
    ['2026-01-06T08:00+01:00', '2026-01-06 07:00Z'],
    ['90m', '2026-01-05 11:'],
  ])('%s is until %s where the policy names no zone', async (written, until) => {
    const story = await begin(OPEN);
    expect(await story.hears(story.merged(), `/freeze production ${written} because`, 'mia')).toContain(`frozen until ${until}`);
    await story.endsClean();
  });

  it('until a time that is over is refused', async () => {
    const story = await begin(OPEN);
    const pull = story.merged();
    const says = await story.hears(pull, '/freeze production 2025-01-06T08:00 too late', 'mia');
    expect(says).toContain('`2025-01-06T08:00` is over: it was 2025-01-06 08:00Z. Nothing was done.');
    // A duration counts from when it was written: a comment that is read late does not freeze longer.
    const late = story.says(pull, '/freeze production 5m a moment', 'mia');
    story.world.clock.advance('10m');
    await story.answers(late);
    expect(story.own(pull).at(-1)?.body).toContain('`5m` is over');
    expect(kinds(story)).toEqual([]);
    await story.endsClean();
  });

  it('is for who maintains the repository', async () => {
    const story = await begin(OPEN);
    expect(await story.hears(story.merged(), '/freeze production 3d no', 'rob')).toContain('You have the role `write`');
    await story.endsClean();
  });

  it('ends no freeze of the policy, and says which one is on', async () => {
    const story = await begin(`environments:
  production:
    freeze: [{ from: "2026-01-01T00:00", to: "2026-01-09T00:00", reason: year end }]
`);
    const pull = story.merged();
    const says = await story.hears(pull, '/unfreeze production', 'mia');
    expect(says).toContain('A freeze of the policy is on for `production`: Frozen until 2026-01-09 00:00 UTC: year end');
    expect(says).toContain('Only a change of the policy ends it sooner.');
    await story.endsClean();
  });

  it('S-42: what was frozen only after the comment was written stays frozen', async () => {
    const story = await begin(OPEN);
    const pull = story.merged();
    await story.hears(pull, '/freeze production 3d one', 'mia');
    const errand = story.says(pull, '/unfreeze production', 'mia');
    story.world.clock.advance('1m');
    await story.hears(pull, '/freeze production two', 'boss');
    await story.answers(errand);
    expect(await story.noted('freeze')).toMatchObject([{ by: 'boss' }]);
    await story.endsClean();
  });
});
