// `/deploy`: which release goes where, one at a time, and the release's commit alone.
import { afterEach, describe, expect, it } from 'vitest';
import { claims, commands, ends, FILES, lastRun, POLICY, places, release, runs } from './deploy-story.ts';
import { gateStories } from './gate-story.ts';

const { begin, end } = gateStories();
afterEach(end);
const start = (policy = POLICY, files: Record<string, string> = FILES) => begin(policy, { files });

describe('/deploy', () => {
  it('starts the workflow on the tag of the release that is talked about, and says how it ended', async () => {
    const story = await start();
    const pull = release(story, 'v1.1.0');
    const says = await commands(story, pull, '/deploy qa');
    const run = lastRun(story);
    expect(run).toMatchObject({ ref: 'refs/tags/v1.1.0', sha: story.repository.sha('refs/tags/v1.1.0') });
    expect(run.inputs).toEqual({ environment: 'qa', version: '1.1.0', sha: run.sha });
    expect(says).toContain('`v1.1.0`');
    expect(says).toContain(`/actions/runs/${run.id})`);
    expect(await claims(story)).toMatchObject([{ environment: 'qa', run: run.id, sha: run.sha, by: { login: 'ada' } }]);
    await runs(story);
    expect(run.conclusion).toBe('success');
    expect(ends(pull).map((one) => one.body)).toEqual([expect.stringContaining('✅ `v1.1.0`')]);
    expect(ends(pull)[0]?.body).toContain('Next: `/deploy production`');
    expect(await claims(story)).toEqual([]);
    expect(await places(story)).toMatchObject({ qa: { current: { tag: 'v1.1.0', run: run.id }, pending: null, failed: null } });
    const entries = (await story.record()).filter((one) => one.what === 'deploy' || one.what === 'deployment');
    expect(entries).toMatchObject([
      { what: 'deploy', actor: { login: 'ada', role: 'write' }, environment: 'qa', sha: run.sha, release: 'v1.1.0', run: { id: run.id } },
      { what: 'deployment', state: 'success', environment: 'qa', release: 'v1.1.0', run: { id: run.id } },
    ]);
  });
});
