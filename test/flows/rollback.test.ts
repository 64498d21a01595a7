// `/rollback`: back to what was there with success before, through the gate, and not over what has no way back.
import { afterEach, describe, expect, it } from 'vitest';
import { commands, deploys, ends, FILES, lastRun, release, runs } from './deploy-story.ts';
import { type GateStory, gateStories } from './gate-story.ts';

const { begin, end } = gateStories();
afterEach(end);

const QA = 'environments:\n  qa: { deploy: deploy.yml }\n';

async function withTwo(policy = QA): Promise<{ story: GateStory; pull: ReturnType<typeof release> }> {
  const story = await begin(policy, { files: FILES });
  const one = release(story, 'v1.1.0');
  await deploys(story, one, '/deploy qa');
  const pull = release(story, 'v1.2.0');
  await deploys(story, pull, '/deploy qa');
  story.world.grant(story.repository, 'mia', 'maintain');
  return { story, pull };
}

describe('/rollback', () => {
  it('goes to the last version that succeeded there before, holds the environment, and is in the record', async () => {
    const { story, pull } = await withTwo();
    const says = await commands(story, pull, '/rollback qa', 'mia');
    expect(says).toContain('`qa` goes back from `v1.2.0`');
    const run = lastRun(story);
    expect(run.sha).toBe(story.repository.sha('refs/tags/v1.1.0'));
    await runs(story, run);
    expect(ends(pull).at(-1)?.body).toContain('✅ `qa` is back at `v1.1.0`');
    expect(await story.app.store.notes(story.key, 'hold')).toMatchObject([{ body: { environment: 'qa', by: 'mia' } }]);
    const record = await story.record();
    expect(record.filter(({ what }) => what === 'rollback' || what === 'hold')).toMatchObject([
      { what: 'rollback', actor: { login: 'mia', role: 'maintain' }, release: 'v1.1.0' },
      { what: 'hold', actor: { app: 'shiplock' } },
    ]);
    expect(record.filter(({ what }) => what === 'gate').at(-1)).toMatchObject({ decision: { outcome: 'approve' } });
  });
});
