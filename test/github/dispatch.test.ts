// Starting a workflow, finding its run and ending it, on github.com and on an Enterprise Server, which does not say what it has started.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DeployPort } from '../../src/flows/deploy-port.ts';
import type { AppOptions } from '../../src/github/app.ts';
import { connectDeploys } from '../../src/github/dispatch.ts';
import { DEPLOY } from '../flows/deploy-story.ts';
import type { RepositoryStory } from '../support/github/stories.ts';
import { startWorld, type World } from '../support/github/world.ts';
import { appPortOf } from './app-world.ts';

let world: World;
let repository: RepositoryStory;
let options: AppOptions;
let deploys: DeployPort;

beforeEach(async () => {
  world = await startWorld();
  repository = world.repository('acme/app', { commits: [{ message: 'first', files: { '.github/workflows/deploy.yml': DEPLOY } }] });
  repository.tag('v1.0.0');
  ({ options } = appPortOf(world, repository));
  deploys = connectDeploys(options);
});
afterEach(async () => {
  world.effects.ignore();
  await world.assertClean();
  await world.stop();
});

const ask = { workflow: 'deploy.yml', ref: 'refs/tags/v1.0.0', inputs: { environment: 'qa' } };
const last = () => repository.record.runs.at(-1);

describe('a workflow', () => {
  it('is started on a tag, though a branch has the same name, and GitHub says in which run', async () => {
    repository.branch('v1.0.0');
    repository.push('v1.0.0', [{ message: 'other' }]);
    const { result, run } = (await deploys.dispatch(ask)) as { result: string; run: number };
    expect([result, run]).toEqual(['done', last()?.id]);
    expect(last()).toMatchObject({ sha: repository.sha('refs/tags/v1.0.0'), ref: 'refs/tags/v1.0.0', inputs: { environment: 'qa' } });
  });

  it('on an Enterprise Server is started as well, and the run is found by when and how it began', async () => {
    const { graphql: _, ...rest } = options;
    const server = connectDeploys({ ...rest, api: `http://${world.host}/api/v3` });
    expect(await server.dispatch(ask)).toEqual({ result: 'done', run: null });
    const found = await server.dispatchedRuns('deploy.yml', last()?.createdAt ?? '');
    expect(found).toMatchObject({
      known: true,
      value: [{ id: last()?.id, event: 'workflow_dispatch', actor: { login: 'shiplock[bot]' } }],
    });
  });

  it.each([
    ['an input that it does not declare', { ...ask, inputs: { ...ask.inputs, region: 'eu' } }, 'region'],
    ['a tag that is gone', { ...ask, ref: 'refs/tags/v9' }, 'No ref found'],
    ['a workflow that is gone', { ...ask, workflow: 'gone.yml' }, ''],
  ])('is not started with %s, and GitHub’s words say so', async (_, wrong, words) => {
    const answer = await deploys.dispatch(wrong);
    expect(answer).toMatchObject({ result: 'refused', says: expect.stringContaining(words) });
    expect(repository.record.runs).toEqual([]);
  });

  it('may have been started where no answer came: that is thrown, and never asked again by itself', async () => {
    world.faults.drop('POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches', 'after');
    await expect(deploys.dispatch(ask)).rejects.toMatchObject({ kind: 'unavailable' });
    expect(repository.record.runs).toHaveLength(1);
  });
});

describe('its runs', () => {
  it('are those of that workflow that were dispatched since then, newest first, whatever the pages', async () => {
    const old = repository.run('deploy.yml', { event: 'workflow_dispatch' });
    world.clock.advance('1h');
    const since = world.clock.iso();
    const one = repository.run('deploy.yml', { event: 'workflow_dispatch' });
    repository.run('deploy.yml', { event: 'push' });
    const two = repository.run('deploy.yml', { event: 'workflow_dispatch' });
    for (const size of [null, 1]) {
      world.faults.pageSize(size);
      const seen = await deploys.dispatchedRuns('deploy.yml', since);
      expect(seen.known && seen.value.map(({ id }) => id)).toEqual([two.id, one.id]);
    }
    expect(old.createdAt < since).toBe(true);
  });

  it('that cannot be seen are not none', async () => {
    world.faults.answer('GET /repos/{owner}/{repo}/actions/workflows/{workflow_id}/runs', 404);
    expect(await deploys.dispatchedRuns('deploy.yml', world.clock.iso())).toMatchObject({ known: false });
  });

  it('are cancelled; one that is over or gone is told apart', async () => {
    const run = repository.run('deploy.yml', { event: 'workflow_dispatch', inputs: { environment: 'qa' } });
    expect((await deploys.cancel(run.id)).result).toBe('done');
    expect(run.conclusion).toBe('cancelled');
    expect((await deploys.cancel(run.id)).result).toBe('over');
    expect((await deploys.cancel(1)).result).toBe('gone');
    world.faults.answer('POST /repos/{owner}/{repo}/actions/runs/{run_id}/cancel', 403, { message: 'Resource not accessible' });
    expect((await deploys.cancel(run.id)).result).toBe('refused');
  });
});
