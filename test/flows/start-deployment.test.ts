// What may come between taking the turn and the run: a tag that moves at that moment, a server that does not name the run, several runs that
// may be it, an answer that is lost.
import { afterEach, describe, expect, it } from 'vitest';
import type { Claim } from '../../src/core/deployment.ts';
import type { Situation } from '../../src/flows/app-port.ts';
import type { DeployPort } from '../../src/flows/deploy-port.ts';
import { readClaim } from '../../src/flows/deployment/claim.ts';
import { followDeployment } from '../../src/flows/deployment/follow-deployment.ts';
import { type Started, startDeployment } from '../../src/flows/deployment/start-deployment.ts';
import type { Outcome } from '../../src/flows/store-port.ts';
import type { World } from '../support/github/world.ts';
import { FILES, POLICY } from './deploy-story.ts';
import { beginKept, type KeptStory } from './kept-story.ts';

const worlds: World[] = [];
afterEach(async () => {
  for (const world of worlds.splice(0)) {
    world.effects.ignore();
    await world.assertClean();
    await world.stop();
  }
});

interface Story extends KeptStory {
  readonly claim: (more?: Partial<Claim>) => Claim;
  readonly now: (deploys?: Partial<DeployPort>) => Situation;
  readonly starts: (deploys?: Partial<DeployPort>, environment?: string) => Promise<Started>;
  readonly follows: (environment?: string, deploys?: Partial<DeployPort>) => Promise<Outcome>;
  readonly turn: (environment?: string) => Promise<Claim | null>;
}

/** v1.0.0 holds the workflow; its turn in qa is taken. */
async function begin(): Promise<Story> {
  const story = await beginKept(null, {
    commits: [
      { message: 'feat: begin', files: { ...FILES, '.github/shiplock.yml': `version: 1\n${POLICY}  other: { deploy: deploy.yml }\n` } },
    ],
  });
  const { world, repository, situation } = story;
  worlds.push(world);
  const issue = repository.openIssue('Deploy', { by: 'ada' });
  const at = world.clock.iso();
  const sha = repository.sha('refs/tags/v1.0.0');
  const claim: Story['claim'] = (more = {}) => ({
    token: 'deploy 7 qa',
    kind: 'deploy',
    environment: 'qa',
    sha,
    tag: 'v1.0.0',
    version: '1.0.0',
    workflow: 'deploy.yml',
    inputs: { environment: 'qa' },
    by: { login: 'ada', id: 5 },
    at,
    comment: 7,
    issue: issue.number,
    sent: null,
    run: null,
    instead: null,
    from: null,
    ...more,
  });
  const now: Story['now'] = (deploys = {}) => ({ ...situation, now: world.clock.now(), deploys: { ...situation.deploys, ...deploys } });
  const finish = (outcome: Outcome) => {
    for (const note of outcome.notes ?? []) story.write(note);
    return outcome;
  };
  const turn = async (environment = 'qa') => (await readClaim(situation.notes, situation.repository, environment))?.claim ?? null;
  story.write({ kind: 'claim', name: 'qa', body: JSON.parse(JSON.stringify(claim())) });
  return {
    ...story,
    claim,
    now,
    turn,
    starts: async (deploys, environment = 'qa') => {
      const claimed = await readClaim(situation.notes, situation.repository, environment);
      if (claimed === null) throw new Error('Nobody has the turn.');
      const started = await startDeployment(now(deploys), claimed, 'https://github.com/acme/app');
      if (started.state !== 'later') finish(started.outcome);
      return started;
    },
    follows: async (environment = 'qa', deploys = {}) =>
      finish(await followDeployment(now(deploys), { kind: 'follow', home: situation.home, environment, run: null, deployment: null })),
  };
}

/** As an Enterprise Server answers. */
const unnamed = (story: Story): Partial<DeployPort> => ({
  dispatch: async (ask) => {
    const done = await story.situation.deploys.dispatch(ask);
    return done.result === 'done' ? { result: 'done', run: null } : done;
  },
});

describe('S-07: a tag that is moved', () => {
  it('before GitHub is asked: nothing is started', async () => {
    const story = await begin();
    story.repository.push('main', [{ message: 'feat: other' }]);
    story.repository.record.git.refs.write('refs/tags/v1.0.0', story.repository.sha('refs/heads/main'));
    const started = await story.starts();
    expect(started).toMatchObject({ state: 'refused', says: expect.stringContaining('The tag `v1.0.0` points to') });
    expect(story.repository.record.runs).toEqual([]);
    expect(await story.turn()).toBeNull();
  });

  it('at that very moment: the run is of another commit, and is rejected and cancelled', async () => {
    const story = await begin();
    const app = [...story.world.state.apps.values()].find(({ slug }) => slug === 'shiplock');
    if (app === undefined) throw new Error('no App');
    story.repository.environment('qa', { rules: [app] });
    const started = await story.starts({
      dispatch: async (ask) => {
        story.repository.push('main', [{ message: 'feat: other' }]);
        story.repository.record.git.refs.write('refs/tags/v1.0.0', story.repository.sha('refs/heads/main'));
        const done = await story.situation.deploys.dispatch(ask);
        const run = story.repository.record.runs.at(-1);
        if (run !== undefined) story.repository.finish(run, 'success', 'build');
        return done;
      },
    });
    expect(started).toMatchObject({ state: 'refused', says: expect.stringContaining('was stopped') });
    const run = story.repository.record.runs.at(-1);
    expect(run?.approvals.map(({ state }) => state)).toEqual(['rejected']);
    expect(run?.status).toBe('completed');
    expect(await story.turn()).toBeNull();
  });
});

describe('a server that does not name the run', () => {
  it('it is found at once where it is listed', async () => {
    const story = await begin();
    expect(await story.starts(unnamed(story))).toMatchObject({ state: 'started' });
    expect(await story.turn()).toMatchObject({ run: story.repository.record.runs.at(-1)?.id });
  });

  it('it is looked for while it is not listed, and nobody else deploys there meanwhile', async () => {
    const story = await begin();
    const blind: Partial<DeployPort> = { dispatchedRuns: async () => ({ known: true, value: [] }) };
    const before = story.world.clock.now();
    const started = await story.starts({ ...unnamed(story), ...blind });
    expect(started).toMatchObject({ state: 'started', says: expect.stringContaining('This GitHub does not say which run that is') });
    const later = started.state === 'later' ? [] : started.outcome.tasks;
    expect(later.map(({ kind, runAt }) => [kind, (runAt ?? 0) - before])).toEqual([
      ['follow', 5_000],
      ['follow', 6 * 3_600_000],
    ]);
    const again = await story.follows('qa', blind);
    expect(again.tasks?.some(({ kind }) => kind === 'follow')).toBe(true);
    expect(await story.turn()).toMatchObject({ run: null });
    await story.follows();
    expect(await story.turn()).toMatchObject({ run: story.repository.record.runs.at(-1)?.id });
  });

  it('of several that may be it the one is taken that goes into the environment', async () => {
    const story = await begin();
    const blind: Partial<DeployPort> = { dispatchedRuns: async () => ({ known: true, value: [] }) };
    await story.starts({ ...unnamed(story), ...blind });
    const own = story.repository.record.runs.at(-1);
    const bot = story.repository.record.runs.at(-1)?.actor.login ?? '';
    story.repository.run('deploy.yml', { event: 'workflow_dispatch', inputs: { environment: 'elsewhere' }, by: bot });
    await story.follows();
    expect(await story.turn()).toMatchObject({ run: null });
    if (own !== undefined) story.repository.finish(own, 'success', 'build');
    await story.follows();
    expect(await story.turn()).toMatchObject({ run: own?.id });
  });

  it('and is never found: after six hours the turn is free, and that is told', async () => {
    const story = await begin();
    const blind: Partial<DeployPort> = { dispatchedRuns: async () => ({ known: true, value: [] }) };
    await story.starts({ ...unnamed(story), ...blind });
    story.world.clock.advance('6h');
    await story.follows('qa', blind);
    expect(await story.turn()).toBeNull();
    const comments = [...story.repository.record.issues.values()].flatMap((one) => one.comments.map(({ body }) => body));
    expect(comments).toEqual([expect.stringContaining('its run was never found')]);
  });

  it('another environment of the same workflow waits until theirs can be told apart', async () => {
    const story = await begin();
    const blind: Partial<DeployPort> = { dispatchedRuns: async () => ({ known: true, value: [] }) };
    await story.starts({ ...unnamed(story), ...blind });
    const other = story.claim({ token: 'deploy 8 other', environment: 'other', inputs: { environment: 'other' } });
    story.write({ kind: 'claim', name: 'other', body: JSON.parse(JSON.stringify(other)) });
    expect(await story.starts({}, 'other')).toMatchObject({ state: 'later' });
    await story.follows();
    expect(await story.starts({}, 'other')).toMatchObject({ state: 'started' });
    expect(story.repository.record.runs.map(({ inputs }) => inputs.environment)).toEqual(['qa', 'other']);
    expect((await story.turn('other'))?.run).not.toBe((await story.turn())?.run);
  });
});

describe('an answer that is lost', () => {
  it('is no reason to start it twice', async () => {
    const story = await begin();
    story.world.faults.drop('POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches', 'after');
    await expect(story.starts()).rejects.toMatchObject({ kind: 'unavailable' });
    expect(await story.starts()).toMatchObject({ state: 'started' });
    expect(story.repository.record.runs).toHaveLength(1);
    expect(await story.turn()).toMatchObject({ run: story.repository.record.runs[0]?.id });
  });

  it('nor is a list of runs that cannot be seen', async () => {
    const story = await begin();
    const unseen: Partial<DeployPort> = { dispatchedRuns: async () => ({ known: false, why: 'GitHub does not answer.' }) };
    await expect(story.starts(unseen)).rejects.toMatchObject({ kind: 'unavailable' });
    expect(story.repository.record.runs).toEqual([]);
  });

  it('S-42: and whoever lost the turn meanwhile writes nothing', async () => {
    const story = await begin();
    const claimed = await readClaim(story.situation.notes, story.situation.repository, 'qa');
    story.write({ kind: 'claim', name: 'qa', body: JSON.parse(JSON.stringify(story.claim({ token: 'deploy 9 qa' }))) });
    if (claimed === null) throw new Error('Nobody has the turn.');
    const started = await startDeployment(story.now(), claimed, 'https://github.com/acme/app');
    const notes = started.state === 'later' ? [] : started.outcome.notes;
    expect(() => notes.map((note) => story.write(note))).toThrow('has moved');
    expect(await story.turn()).toMatchObject({ token: 'deploy 9 qa' });
  });
});
