// Looking back: one issue for what was deployed, once it has stood for a while; one at once for what was rolled back; closed, it is recorded.
import { afterEach, describe, expect, it } from 'vitest';
import { emitIssue } from '../support/github/issues.ts';
import type { Issue } from '../support/github/records.ts';
import { deploys, FILES, release } from './deploy-story.ts';
import { GATE_EVENTS, type GateStory, gateStories } from './gate-story.ts';

const { begin, end } = gateStories();
afterEach(end);

const POLICY = `environments:
  production: { deploy: deploy.yml, review: { after: 72h, to: ["@acme/sre"] } }
notify:
  - { on: [deployed, rolled-back], mention: ["@acme/stakeholders"] }
`;

if (!GATE_EVENTS.includes('issues')) GATE_EVENTS.push('issues');

function reviews(story: GateStory): readonly Issue[] {
  return story.issues().filter((one) => one.title.startsWith('Look back: '));
}

describe('a review', () => {
  it('is opened when the deployment has stood for the time, once, and says what the record has of it', async () => {
    const story = await begin(POLICY, { files: FILES });
    const pull = release(story, 'v1.1.0');
    const run = await deploys(story, pull, '/deploy production');
    await story.pass('71h');
    expect(reviews(story)).toEqual([]);
    await story.pass('1h');
    const [review, ...others] = reviews(story);
    expect(others).toEqual([]);
    expect(review?.title).toBe(`Look back: deployment to production at ${run.sha.slice(0, 7)}`);
    expect(review?.body).toContain('[`v1.1.0`](https://github.com/acme/app/releases/tag/v1.1.0)');
    expect(review?.body).toContain('deployment: success');
    expect(review?.body).toContain('Notes of v1.1.0.');
    expect(review?.body).toContain('- Deviations: none in the record');
    expect(review?.body).toContain('Asked to look: @acme/sre');
    // Nobody but its history tells what is new in a release that others wrote.
    expect(review?.body).toMatch(/^- Lead time: \d+s from commit to success \(median\), \d+s at most$/m);
    const entry = (await story.record()).find((one) => one.what === 'deployment');
    expect(review?.body).toContain(`${entry?.seq} · \`${entry?.hash.slice(0, 12)}\``);
    await story.restart();
    await story.pass('80h');
    expect(reviews(story)).toHaveLength(1);
  });

  it('of the first release cannot tell what is new in it', async () => {
    const story = await begin(POLICY, { files: FILES });
    await deploys(story, story.repository.openIssue('First', { by: 'ada' }), '/deploy production 1.0.0');
    await story.pass('72h');
    expect(reviews(story)[0]?.body).toContain('- Lead time: not known: which commits are new in it could not be seen');
  });

  it('that is closed goes into the record once, with who closed it and what was ticked', async () => {
    const story = await begin(POLICY, { files: FILES });
    const pull = release(story, 'v1.1.0');
    await deploys(story, pull, '/deploy production');
    await story.pass('72h');
    const [review] = reviews(story);
    if (review === undefined) throw new Error('There is no review.');
    review.body = review.body?.replace('- [ ]', '- [x]') ?? null;
    const bob = story.world.state.account('bob');
    Object.assign(review, { state: 'closed', stateReason: 'completed', closedAt: story.world.clock.iso(), closedBy: bob });
    emitIssue(story.world.state, review, 'closed', bob);
    await story.settle();
    const closed = (await story.record()).filter((one) => one.what === 'review' && one.state === 'closed');
    expect(closed).toMatchObject([{ issue: review.number, environment: 'production', actor: { login: 'bob' } }]);
    const texts = await story.app.store.notes(story.key, 'record-text');
    expect(JSON.stringify(texts)).toMatch(/1 of 3 ticked; sha256 of the text [0-9a-f]{64}/);
  });

  it('of a rollback comes at once, names what was done, and asks what a rollback asks', async () => {
    const story = await begin(POLICY, { files: FILES });
    const first = release(story, 'v1.1.0');
    await deploys(story, first, '/deploy production');
    const second = release(story, 'v1.2.0');
    await deploys(story, second, '/deploy production');
    story.world.grant(story.repository, 'mia', 'maintain');
    await deploys(story, second, '/rollback production', 'mia');
    const [review, ...others] = reviews(story);
    expect(others).toEqual([]);
    expect(review?.title).toContain('Look back: rollback of production');
    expect(review?.body).toContain('rolled back by mia');
    expect(review?.body).toContain('- [ ] Why did no check and nobody see it before?');
    await story.pass('11m');
    const told = [...story.comments(first), ...story.comments(second)].filter((one) => one.body.startsWith('<!-- shiplock:told '));
    expect(told.map(({ body }) => body).join('\n')).toContain('`production` was rolled back to `v1.1.0` by `mia`');
  });
});
