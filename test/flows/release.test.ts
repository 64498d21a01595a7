// Releasing in each mode: to the end at once; stopped after any write and begun again; two at the same time. The end is the same.
import { afterEach, describe, expect, it } from 'vitest';
import type { World } from '../support/github/world.ts';
import { beginStory, lookOf, type Mode, mergeReleasePull, type ReleaseStory } from './release-story.ts';

const worlds: World[] = [];
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.stop();
});

async function begin(mode: Mode): Promise<ReleaseStory> {
  const story = await beginStory(mode);
  worlds.push(story.world);
  return story;
}

/** One release from its plan to its end, as people and our runs bring it about. */
const JOURNEYS: Readonly<Record<string, { readonly mode: Mode; readonly merge: boolean }>> = {
  direct: { mode: 'direct', merge: false },
  draft: { mode: 'draft', merge: false },
  'pull-request, until it is open': { mode: 'pull-request', merge: false },
  'pull-request, once it is merged': { mode: 'pull-request', merge: true },
};

/** The story up to the run that matters. */
async function prepared(name: string): Promise<ReleaseStory> {
  const { mode, merge } = JOURNEYS[name] as { mode: Mode; merge: boolean };
  const story = await begin(mode);
  if (merge) {
    await story.run();
    mergeReleasePull(story);
  }
  story.world.effects.ignore();
  return story;
}

describe('releasing to the end', () => {
  it('directly: drafted, tagged, published as latest, and everybody told once', async () => {
    const story = await prepared('direct');
    const released = await story.run();
    expect(released.published.map((one) => one.tag)).toEqual(['v1.1.0']);
    const { record } = story.repository;
    const release = record.releases.find((one) => one.tag === 'v1.1.0');
    expect(release).toMatchObject({ draft: false, latest: 'true' });
    expect(release?.body).toContain('it can be done');
    expect(record.issues.get(1)?.comments[0]?.body).toContain('This issue is resolved in [v1.1.0]');
    expect(record.issues.get(2)?.comments[0]?.body).toContain('This pull request is part of [v1.1.0]');
    expect(record.git.refs.list('refs/tags/').map((ref) => ref.name)).toContain('refs/tags/v1.1.0');
    await story.world.assertClean();
  });

  it('as a draft: one draft, kept up to date, nothing tagged', async () => {
    const story = await prepared('draft');
    await story.run();
    const next = story.repository.openPull({ title: 'fix: another', author: 'ada' });
    story.repository.merge(next, { method: 'squash' });
    await story.run();
    const drafts = story.repository.record.releases.filter((one) => one.draft);
    expect(drafts.map((one) => one.tag)).toEqual(['v1.1.0']);
    expect(drafts[0]?.body).toContain('another');
    await story.world.assertClean();
  });

  it('what people wrote around the draft’s generated part stays to the letter', async () => {
    const story = await prepared('draft');
    await story.run();
    const draft = story.repository.record.releases.find((one) => one.draft);
    if (draft === undefined) throw new Error('there is no draft');
    draft.body = `Dear users,\n\n${draft.body}\n\nYours`;
    draft.name = 'The great one';
    const next = story.repository.openPull({ title: 'fix: another', author: 'ada' });
    story.repository.merge(next, { method: 'squash' });
    await story.run();
    expect(draft.body).toMatch(/^Dear users,\n\n<!-- shiplock:begin [\s\S]*another[\s\S]*<!-- shiplock:end -->\n\nYours$/);
    expect(draft.name).toBe('The great one');
  });

  it('by pull request: version file and changelog, then, once merged, tag and release at the merge', async () => {
    const story = await prepared('pull-request, until it is open');
    await story.run();
    const { record } = story.repository;
    const branch = record.git.refs.list('refs/heads/').find((ref) => ref.name.includes('shiplock/release/main'));
    expect(branch).toBeDefined();
    mergeReleasePull(story);
    const released = await story.run();
    expect(released.published.map((one) => one.tag)).toEqual(['v1.1.0']);
    expect(released.plan.kind).toBe('none');
    expect(record.releases.find((one) => one.tag === 'v1.1.0')).toMatchObject({ draft: false });
    await story.world.assertClean();
  });
});

describe('lines', () => {
  it('a maintenance line releases its patch, and never takes "latest" from a newer line', async () => {
    const story = await prepared('direct');
    const { repository } = story;
    await story.run();
    repository.branch('1.0.x', 'refs/tags/v1.0.0');
    const fix = repository.openPull({ title: 'fix: an old wound', author: 'ada', base: '1.0.x' });
    repository.merge(fix, { method: 'squash' });
    const released = await story.run('1.0.x');
    expect(released.published.map((one) => one.tag)).toEqual(['v1.0.1']);
    expect(repository.record.releases.find((one) => one.tag === 'v1.0.1')).toMatchObject({ draft: false, latest: 'false' });
    await story.world.assertClean();
  });

  it('a feature on it is an objection, and nothing is written', async () => {
    const story = await prepared('direct');
    const { repository } = story;
    await story.run();
    repository.branch('1.0.x', 'refs/tags/v1.0.0');
    repository.merge(repository.openPull({ title: 'feat: not here', author: 'ada', base: '1.0.x' }), { method: 'squash' });
    const writes = story.world.effects.all.length;
    const held = await story.run('1.0.x');
    expect(held.plan.objections.map((one) => one.code)).toEqual(['feature-on-maintenance-line']);
    expect(story.world.effects.all.length).toBe(writes);
    await story.world.assertClean();
  });
});

describe('a pick', () => {
  it.each([
    ['whose original GitHub does not know stays in the plan, and that is said', 'f'.repeat(40), ['fix: picked'], 1],
    ['whose original the last release contains is left out', null, [], 0],
  ])('%s', async (_name, unknown, titles, remarks) => {
    const story = await begin('draft');
    const { repository } = story;
    await story.run();
    repository.tag('v1.1.0', { message: 'v1.1.0' });
    const original = unknown ?? repository.sha('refs/tags/v1.0.0');
    const pick = repository.openPull({
      title: 'fix: picked',
      author: 'ada',
      commits: [{ message: `fix: picked\n\n(cherry picked from commit ${original})` }],
    });
    repository.merge(pick, { method: 'rebase' });
    const { plan, remarks: said } = await story.run();
    expect(plan.changes.map((change) => change.title)).toEqual(titles);
    expect(said).toHaveLength(remarks);
    story.world.effects.ignore();
    await story.world.assertClean();
  });
});

describe('a release pull request that was merged', () => {
  it('after another change had been merged: the change is in the notes, and what people wrote there, too', async () => {
    const story = await prepared('pull-request, until it is open');
    await story.run();
    const { record } = story.repository;
    const pull = [...record.issues.values()].find((issue) => issue.title.startsWith('chore(release)'));
    if (pull === undefined) throw new Error('there is no release pull request');
    pull.body = pull.body?.replace('it can be done', 'it can be done, says Ada') ?? null;
    story.repository.merge(story.repository.openPull({ title: 'fix: late', author: 'ada' }), { method: 'squash' });
    mergeReleasePull(story);
    await story.run();
    const release = record.releases.find((one) => one.tag === 'v1.1.0');
    expect(release).toMatchObject({ draft: false });
    expect(release?.body).toContain('it can be done, says Ada');
    expect(release?.body).toContain('late');
  });

  it('after a breaking change had been merged: it is not published as what it no longer is, and the next one says so', async () => {
    const story = await prepared('pull-request, until it is open');
    await story.run();
    story.repository.merge(story.repository.openPull({ title: 'feat!: all new', author: 'ada' }), { method: 'squash' });
    mergeReleasePull(story);
    const held = await story.run();
    expect(held.published.map((one) => [one.tag, one.tagged])).toEqual([['v1.1.0', false]]);
    expect(held.did.join(' ')).toContain('asks for 2.0.0');
    expect(held.plan.version).toBe('2.0.0');
    expect(story.repository.record.releases.some((one) => one.tag === 'v1.1.0')).toBe(false);
    mergeReleasePull(story);
    const out = await story.run();
    expect(out.published.map((one) => [one.tag, one.tagged])).toEqual([['v2.0.0', true]]);
    await story.world.assertClean();
  });
});

describe.each(Object.keys(JOURNEYS))('%s', (name) => {
  it('a second run writes nothing', async () => {
    const story = await prepared(name);
    await story.run();
    const writes = story.world.effects.all.length;
    await story.run();
    expect(story.world.effects.all.length).toBe(writes);
    await story.world.assertClean();
  });

  it('stopped after any write and begun again, it comes to the same end', async () => {
    const clean = await prepared(name);
    const before = clean.world.effects.all.length;
    await clean.run();
    const end = lookOf(clean);
    const writes = clean.world.effects.all.length - before;
    expect(writes).toBeGreaterThan(0);
    for (let after = 1; after <= writes; after += 1) {
      const story = await prepared(name);
      story.world.faults.killAfterWrite(after);
      await story.run().catch(() => undefined);
      expect(story.world.faults.dead, `killed after write ${after} of ${writes}`).toBe(true);
      story.world.faults.revive();
      await story.run();
      expect(lookOf(story), `after write ${after} of ${writes}`).toEqual(end);
      await story.world.assertClean();
    }
  });

  it('two runs at once make one release', async () => {
    const clean = await prepared(name);
    await clean.run();
    const story = await prepared(name);
    await Promise.allSettled([story.run(), story.run()]);
    await story.run();
    expect(lookOf(story)).toEqual(lookOf(clean));
    await story.world.assertClean();
  });

  it('pages of one give the same end', async () => {
    const clean = await prepared(name);
    await clean.run();
    const story = await prepared(name);
    story.world.faults.pageSize(1);
    await story.run();
    expect(lookOf(story)).toEqual(lookOf(clean));
    await story.world.assertClean();
  });
});
