// Which commit and which environment a command means: what was to be seen where it was written, when it was written, or nothing.
import { afterEach, describe, expect, it } from 'vitest';
import { threadNotes } from '../../src/flows/gate/gate-notes.ts';
import { type GateStory, worldsOf } from './gate-command-story.ts';

const { begin, stop } = worldsOf();
afterEach(stop);

function approvedShas(story: GateStory): readonly (string | undefined)[] {
  return story.entriesOf('approve').map((one) => one.sha);
}

describe('on a merged pull request', () => {
  it('its own merge is meant while that waits, whatever else does', async () => {
    const story = await begin();
    const first = story.merged();
    const older = await story.deploy('production');
    story.merged({ title: 'fix: two' });
    await story.deploy('production');
    expect(await story.hears(first, '/approve production', 'rob')).toContain(`at \`${older.sha.slice(0, 7)}\``);
    expect(approvedShas(story)).toEqual([older.sha]);
    await story.endsClean();
  });

  it('else the release that waits and holds it', async () => {
    const story = await begin();
    const first = story.merged();
    story.merged({ title: 'fix: two' });
    const run = await story.deploy('production');
    expect(await story.hears(first, '/approve production', 'rob')).toContain(`at \`${run.sha.slice(0, 7)}\``);
    expect(approvedShas(story)).toEqual([run.sha]);
    await story.endsClean();
  });

  it('a release that was before it is not meant, nor one that follows the release that held it', async () => {
    const story = await begin();
    const first = story.merged();
    const own = story.repository.sha();
    story.repository.tag('v1.1.0', { message: 'v1.1.0' });
    story.merged({ title: 'fix: two' });
    const run = await story.deploy('production');
    const says = await story.hears(first, '/approve production', 'rob');
    expect(says).toContain(`at \`${own.slice(0, 7)}\` (\`v1.1.0\`)`);
    expect(says).toContain('No deployment of it waits there yet');
    expect(approvedShas(story)).toEqual([own]);
    expect(story.entriesOf('approve')[0]?.release).toBe('v1.1.0');
    expect(story.isOpen(run)).toBe(false);
    await story.endsClean();
  });

  it('where two releases that hold it wait, they are listed and none is approved', async () => {
    const story = await begin();
    const first = story.merged();
    story.merged({ title: 'fix: two' });
    const one = await story.deploy('production');
    story.merged({ title: 'fix: three' });
    const other = await story.deploy('production');
    const says = await story.hears(first, '/approve production', 'rob');
    expect(says).toContain('2 deployments may be meant, so nothing was done.');
    expect(says).toContain(`\`${one.sha.slice(0, 7)}\` in run ${one.id}, talked about in #2`);
    expect(says).toContain(`\`${other.sha.slice(0, 7)}\` in run ${other.id}, talked about in #3`);
    expect(says).toContain('Write it where the release that you mean is talked about');
    expect(approvedShas(story)).toEqual([]);
    await story.endsClean();
  });

  it('S-01: a release that came to wait after the comment was written cannot have been meant', async () => {
    const story = await begin();
    const first = story.merged();
    const errand = story.says(first, '/approve production', 'rob');
    story.world.clock.advance('1m');
    story.merged({ title: 'fix: two' });
    const run = await story.deploy('production');
    await story.answers(errand);
    const says = story.own(first).at(-1)?.body ?? '';
    expect(says).toContain(`\`${run.sha.slice(0, 7)}\` came only after your comment was written`);
    expect(says).toContain('write `/approve production` again');
    expect(approvedShas(story)).toEqual([]);
    await story.endsClean();
  });
});

describe('without an environment', () => {
  it('the only one that waits is meant', async () => {
    const story = await begin();
    const pull = story.merged();
    await story.deploy('qa');
    expect(await story.hears(pull, '/approve', 'rob')).toContain('You approve `qa`');
    await story.endsClean();
  });

  it('of several each is offered as it is to be written', async () => {
    const story = await begin(`${QUOTED}`);
    const pull = story.merged();
    const app = [...story.world.state.apps.values()].find((one) => one.slug === 'shiplock');
    story.repository.environment('pre prod', { rules: app === undefined ? [] : [app] });
    await story.deploy('qa');
    await story.deploy('pre prod');
    const says = await story.hears(pull, '/approve', 'rob');
    expect(says).toContain('`/approve qa`');
    expect(says).toContain('`/approve "pre prod"`');
    expect(says).toContain('Name the environment.');
    expect(await story.hears(pull, '/approve "pre prod"', 'rob')).toContain('You approve `pre prod`');
    await story.endsClean();
  });

  it('where nothing waits the environments are listed', async () => {
    const story = await begin();
    const says = await story.hears(story.merged(), '/approve', 'rob');
    expect(says).toContain('Name the environment that you mean: `/approve qa`, `/approve production`.');
    await story.endsClean();
  });
});

const QUOTED = `environments:
  qa: { requires: [{ approvals: { count: 2 } }] }
  pre prod: { requires: [{ approvals: { count: 2 } }] }
`;

describe('elsewhere', () => {
  it('on an open pull request, a closed one and an issue nothing is approved', async () => {
    const story = await begin();
    story.merged();
    await story.deploy('production');
    const open = story.repository.openPull({ title: 'feat: open', author: 'ada' });
    expect(await story.hears(open, '/approve production', 'rob')).toContain(`#${open.issue.number} is not merged`);
    const closed = story.repository.openPull({ title: 'feat: closed', author: 'ada' });
    closed.issue.state = 'closed';
    expect(await story.hears(closed, '/approve production', 'rob')).toContain('was closed without being merged');
    const issue = story.repository.openIssue('Something else');
    expect(await story.hears(issue, '/approve production', 'rob')).toContain('This issue is about no release');
    expect(approvedShas(story)).toEqual([]);
    await story.endsClean();
  });

  it('in the issue that was opened for a commit without a pull request, that commit is meant', async () => {
    const story = await begin();
    story.repository.push('main', [{ message: 'fix: straight to main', author: 'ada' }], { by: 'ada' });
    const run = await story.deploy('production');
    const thread = [...story.repository.record.issues.values()].find((one) => one.title.startsWith('Deployment of'));
    expect(thread).toBeDefined();
    if (thread === undefined) return;
    story.merged({ title: 'fix: later' });
    await story.deploy('production');
    await story.hears(thread, '/approve production', 'rob');
    await story.hears(thread, '/approve production', 'sue');
    expect(approvedShas(story)).toEqual([run.sha, run.sha]);
    expect(story.isOpen(run)).toBe(true);
    await story.endsClean();
  });

  it('an open release pull request means what it told of when the comment was written, and nothing newer', async () => {
    const story = await begin();
    const release = story.repository.openPull({ title: 'chore: release 1.1.0', author: 'mia', branch: 'shiplock/release/main' });
    const toldOf = (sha: string) => {
      for (const note of threadNotes(story.situation.repository, sha, { issue: release.issue.number, status: null })) story.write(note);
    };
    story.merged();
    const before = story.repository.sha();
    toldOf(before);
    await story.deploy('qa');
    expect(await story.hears(release, '/approve qa', 'rob')).toContain(`\`qa\` at \`${before.slice(0, 7)}\``);
    const errand = story.says(release, '/approve production', 'rob');
    story.world.clock.advance('1m');
    story.merged({ title: 'fix: two' });
    toldOf(story.repository.sha());
    await story.deploy('production');
    await story.answers(errand);
    expect(story.own(release).at(-1)?.body).toContain('came only after your comment was written');
    expect(approvedShas(story)).toEqual([before]);
    await story.endsClean();
  });
});

describe('the environment', () => {
  it('is found without regard to case, in the policy and on GitHub', async () => {
    const story = await begin();
    story.repository.environment('Load-Test');
    const pull = story.merged();
    expect(await story.hears(pull, '/why PRODUCTION', 'eve')).toContain('### `production` at');
    expect(await story.hears(pull, '/why load-test', 'eve')).toContain('### `Load-Test` at');
    await story.endsClean();
  });

  it('S-45: that neither the policy nor GitHub knows is refused with the nearest that there is', async () => {
    const story = await begin();
    story.repository.environment('staging');
    const pull = story.merged();
    expect(await story.hears(pull, '/why stagin', 'eve')).toContain('Did you mean `staging`?');
    expect(await story.hears(pull, '/hold prodution no', 'rob')).toContain('Did you mean `production`?');
    expect(await story.hears(pull, '/hold elsewhere no', 'rob')).toContain('There are `qa`, `production`, `staging`.');
    expect(story.entriesOf('hold')).toEqual([]);
    await story.endsClean();
  });

  it('that may be on GitHub, which cannot be seen, is not believed', async () => {
    const story = await begin();
    const pull = story.merged();
    story.world.faults.answer('GET /repos/{owner}/{repo}/environments', 403, { message: 'Resource not accessible by integration' });
    expect(await story.hears(pull, '/hold staging no', 'rob')).toContain('could not be seen');
    expect(story.entriesOf('hold')).toEqual([]);
    await story.endsClean();
  });
});

describe('once', () => {
  it('S-06: whoever sends a comment again gets nothing for it', async () => {
    const story = await begin();
    const pull = story.merged();
    await story.deploy('production');
    const errand = story.says(pull, '/approve production', 'rob');
    await story.answers(errand);
    expect(await story.answers(errand)).toEqual({});
    expect(approvedShas(story)).toHaveLength(1);
    await story.endsClean();
  });

  it('a person’s latest word holds, also where an older comment comes later', async () => {
    const story = await begin();
    const pull = story.merged();
    const run = await story.deploy('production');
    const older = story.says(pull, '/approve production', 'rob');
    story.world.clock.advance('1m');
    await story.hears(pull, '/reject production it is broken', 'rob');
    await story.answers(older);
    expect(story.own(pull).at(-1)?.body).toContain('You rejected `production`');
    expect(story.own(pull).at(-1)?.body).toContain('your latest word counts');
    expect(run.conclusion).toBe('failure');
    expect(story.entriesOf('approve')).toEqual([]);
    await story.endsClean();
  });

  it.each([
    '/approve production',
    '/reject production it is broken',
    '/hold production the database is moved',
    '/freeze production 3d year end',
    '/override production INC-1: the shop is down',
    '/hold qa one thing\n/freeze production 3d and another\n/why production',
  ])('killed after any write and begun again, %s comes to the same end', async (body) => {
    const first = await story();
    await first.told.answers(first.errand);
    const writes = first.told.world.effects.all.length - first.before;
    const end = await lookOf(first.told);
    await first.told.endsClean();
    expect(writes).toBeGreaterThan(1);
    for (let after = 1; after <= writes + 1; after += 1) {
      const { told, errand } = await story();
      if (after <= writes) told.world.faults.killAfterWrite(after);
      await told.answers(errand, { lost: true }).catch(() => undefined);
      told.world.faults.revive();
      await told.answers(errand);
      expect(await lookOf(told), `after write ${after} of ${writes}`).toEqual(end);
      await told.endsClean();
    }

    async function story() {
      const told = await begin();
      const pull = told.merged();
      await told.deploy('production');
      const by = body.startsWith('/override') ? 'boss' : body.includes('/freeze') ? 'mia' : 'rob';
      return { told, errand: told.says(pull, body, by), before: told.world.effects.all.length };
    }
  });
});

/** What commands leave behind, without ids, hashes and times. */
async function lookOf(story: GateStory): Promise<unknown> {
  const plain = (text: string | null | undefined) =>
    (text ?? '')
      .replace(/[0-9a-f]{40}/g, 'SHA')
      .replace(/`[0-9a-f]{7}`/g, '`sha`')
      .replace(/\b[0-9a-f]{7}\b/g, 'sha')
      .replace(/\d{4}-\d\d-\d\dT?[\d: .]*Z?/g, 'TIME')
      .replace(/\d{4,}/g, 'N');
  const issues = [...story.repository.record.issues.values()];
  return {
    issues: issues.map((one) => [one.number, one.state, plain(one.title), plain(one.body)]),
    comments: issues.map((one) => one.comments.map((comment) => [plain(comment.body), comment.reactions.map((r) => r.content)])),
    entries: story.entries.map(({ what, environment, reason, requirement, issue }) => [what, environment, reason, requirement, issue]),
    stops: (await Promise.all(['hold', 'freeze', 'approval', 'waiver'].map(story.noted))).map((all) => plain(JSON.stringify(all))),
  };
}
