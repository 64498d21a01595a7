// The gate's own story: what the release is decides what production asks, the gate explains itself where people look, and it opens.
import { afterEach, describe, expect, it } from 'vitest';
import { gateStories } from './gate-story.ts';

const { begin, end } = gateStories();
afterEach(end);

const POLICY = `environments:
  qa:
    requires: [{ checks: ["regression / *"], app: github-actions }]
  production:
    after: qa
    requires:
      - { checks: ["regression / *"], app: github-actions, baseline: previous-release }
      - { approvals: { count: 2, except: [author, committer, deployer] } }
      - soak: 24h
    for:
      security: { soak: 0h, approvals: { count: 1 } }
`;

describe('a feature release', () => {
  it('waits in production for two approvals, a soak of 24 hours and the regression suite, explains itself, and opens', async () => {
    const story = await begin(POLICY);
    const pull = story.merge('feat: a new door');
    story.tag('v1.1.0');
    await story.settle();
    await story.check('regression / web', 'success');

    const qa = await story.deploy('qa');
    expect(story.states(qa)).toEqual(['approved']);
    await story.succeed(qa);

    const run = await story.deploy('production');
    expect(story.states(run)).toEqual(['pending']);
    const word = story.word(run);
    expect(word).toContain('**The gate of production waits**: 2 of');
    expect(word).toContain('2 approvals: Needs approval by 2 people');
    expect(word).toContain('soak 24h: This commit has stood in qa since');
    expect(word).toContain(`[All requirements](https://github.com/acme/app/issues/${pull.issue.number})`);
    expect(word).toMatch(/record \d+ · [0-9a-f]{12}$/);
    expect(word.length).toBeLessThanOrEqual(1_024);

    const status = story.status(pull);
    expect(status).toContain('### Gates of `v1.1.0` at `');
    expect(status).toContain('| `production` | **🟡 waits** |');
    expect(status).toContain('| after qa | ✅ met |');
    expect(status).toContain('| soak 24h | ⏳ pending |');

    await story.says(pull, '/approve production', 'bob');
    expect(story.states(run)).toEqual(['pending', 'pending']);
    expect(story.status(pull)).toContain('`@bob` approved; still needs approval by one more person');
    await story.says(pull, '/approve production', 'cat');
    expect(story.word(run)).not.toContain('approval');
    expect(run.status).toBe('waiting');

    await story.pass('23h');
    expect(run.status).toBe('waiting');
    await story.pass('1h');
    expect(story.states(run).at(-1)).toBe('approved');
    expect(run.status).toBe('in_progress');
    expect(story.status(pull)).toContain('| `production` | **🟢 open** |');
    expect(story.comments(pull).map((one) => one.body.split('\n')[0])).toEqual([
      expect.stringMatching(/^<!-- shiplock:status /),
      `<!-- shiplock:decided ${run.id} 1 production approve -->`,
    ]);
    await story.succeed(run);
    expect(await story.waiting()).toEqual([]);
    const gates = (await story.record()).filter((one) => one.what === 'gate' && one.environment === 'production');
    expect(gates.map((one) => one.decision?.outcome)).toEqual(['wait', 'wait', 'wait', 'approve']);
    expect(gates.at(-1)).toMatchObject({ run: { id: run.id, attempt: 1 }, release: 'v1.1.0', sha: run.sha });
  });
});

describe('what the release is decides what the gate asks', () => {
  it('a security fix needs one approval and no soak', async () => {
    const story = await begin(POLICY);
    const pull = story.merge('security: mend the lock');
    story.tag('v1.0.1');
    await story.check('regression / web', 'success');
    await story.succeed(await story.deploy('qa'));
    const run = await story.deploy('production');
    expect(story.word(run)).toContain('1 of');
    expect(story.word(run)).not.toContain('soak');
    await story.says(pull, '/approve production', 'bob');
    expect(run.status).toBe('in_progress');
    const last = (await story.record()).findLast((one) => one.what === 'gate');
    expect(last?.decision).toMatchObject({ outcome: 'approve', occasion: 'security' });
  });

  it('a fix that came with a feature is a feature release, tagged or not', async () => {
    const story = await begin(POLICY);
    story.merge('security: mend the lock');
    story.merge('feat: a new door');
    const run = await story.deploy('production');
    expect(story.word(run)).toContain('2 approvals');
    expect((await story.record()).at(-1)?.decision?.occasion).toBe('feature');
  });

  it('what goes back to where it was is a rollback, by the gate that is for it', async () => {
    const story = await begin(`environments:
  production:
    requires: [{ approvals: { count: 2 } }]
    for: { feature: { approvals: { count: 1 } }, rollback: { approvals: { count: 0 } } }
`);
    const first = story.merge('feat: one');
    story.tag('v1.1.0');
    const old = await story.deploy('production');
    expect(story.word(old)).toContain('approval: Needs approval by one person');
    await story.says(first, '/approve production', 'bob');
    await story.succeed(old);
    const second = story.merge('feat: two');
    story.tag('v1.2.0');
    const next = await story.deploy('production');
    await story.says(second, '/approve production', 'bob');
    await story.succeed(next);
    const back = await story.deploy('production', { ref: 'refs/tags/v1.1.0' });
    expect(story.states(back)).toEqual(['approved']);
    const last = (await story.record()).at(-1);
    expect(last).toMatchObject({ what: 'gate', release: 'v1.1.0', decision: { occasion: 'rollback' } });
    // The same commit again, where it stands already, is no step back.
    await story.succeed(back);
    const same = await story.deploy('production', { ref: 'refs/tags/v1.1.0' });
    expect((await story.record()).at(-1)?.decision?.occasion).toBe('feature');
    expect(same.status).toBe('in_progress');
  });
});

describe('a failed regression', () => {
  it('holds the gate until it passes', async () => {
    const story = await begin('environments:\n  production: { requires: [{ checks: ["regression / *"], baseline: previous-release }] }\n');
    story.repository.check('regression / web', 'success', { at: 'v1.0.0' });
    const pull = story.merge('feat: one');
    await story.check('regression / web', 'failure');
    const run = await story.deploy('production');
    expect(story.states(run)).toEqual(['pending']);
    expect(story.word(run)).toContain('regression / web passed on v1.0.0 and fails now');
    expect(story.status(pull)).toContain('❌ unmet');
    await story.check('regression / web', 'success');
    expect(story.states(run)).toEqual(['pending', 'approved']);
  });

  it('is rejected where the policy says so, once and for all', async () => {
    const story = await begin('environments:\n  production: { requires: [{ checks: ["regression / *"], on-failure: reject }] }\n');
    const pull = story.merge('feat: one');
    const run = await story.deploy('production');
    expect(story.states(run)).toEqual(['pending']);
    await story.check('regression / web', 'failure');
    expect(story.states(run)).toEqual(['pending', 'rejected']);
    expect(run.conclusion).toBe('failure');
    expect(story.comments(pull).at(-1)?.body).toContain('was rejected, and the deployment is stopped');
    expect(await story.waiting()).toEqual([]);
  });
});

describe('a freeze', () => {
  it('ends by the wall of its zone, on the night when the clocks go back, and a security fix passes', async () => {
    const policy = `environments:
  production:
    freeze: [{ from: "2026-10-24T18:00", to: "2026-10-25T08:00", zone: Europe/Berlin, except: [security], reason: the clocks }]
`;
    const story = await begin(policy, { at: '2026-10-24T17:30:00Z' });
    story.merge('feat: one');
    const run = await story.deploy('production');
    expect(story.word(run)).toContain('Frozen until 2026-10-25 08:00 Europe/Berlin: the clocks.');
    await story.pass('12h');
    await story.pass('80m');
    // In Berlin it is 07:50 of winter; by the summer's clock the freeze would be over.
    expect(run.status).toBe('waiting');
    await story.pass('10m');
    expect(run.status).toBe('in_progress');

    const other = await begin(policy, { at: '2026-10-24T17:30:00Z' });
    other.merge('security: one');
    expect((await other.deploy('production')).status).toBe('in_progress');
  });
});

describe('where people look', () => {
  it('is the pull request whose merge is deployed, else an issue of our own, opened only where something waits', async () => {
    const story = await begin('environments:\n  qa: {}\n  production: { requires: [{ approvals: { count: 1 } }] }\n');
    story.repository.push('main', [{ message: 'feat: straight' }], { by: 'ada' });
    const qa = await story.deploy('qa');
    expect(story.states(qa)).toEqual(['approved']);
    expect(story.issues()).toEqual([]);
    const run = await story.deploy('production');
    const [issue, ...others] = story.issues();
    expect(others).toEqual([]);
    expect(issue?.title).toBe(`Deployment of ${run.sha.slice(0, 7)}`);
    expect(story.status(issue)).toContain('| `production` | **🟡 waits** |');
    await story.says(issue as NonNullable<typeof issue>, '/approve production', 'bob');
    expect(run.status).toBe('in_progress');
    expect(story.status(issue)).toContain('**🟢 open**');
  });

  it('S-16: nobody else’s comment is taken for the status, whatever mark it has', async () => {
    const story = await begin('environments:\n  production: { requires: [{ approvals: { count: 1 } }] }\n');
    const pull = story.merge('feat: one');
    const forged = `<!-- shiplock:status ${story.repository.sha()} -->\n### Gates: all open`;
    story.repository.comment(pull, forged, { by: 'eve' });
    await story.deploy('production');
    expect(story.status(pull)).toContain('🟡 waits');
    expect(pull.issue.comments.find((one) => one.user.login === 'eve')?.body).toBe(forged);
  });

  it('one commit has one status for all of its environments', async () => {
    const story = await begin(
      'environments:\n  qa: { requires: [{ approvals: { count: 1 } }] }\n  production: { requires: [{ approvals: { count: 1 } }] }\n',
    );
    const pull = story.merge('feat: one');
    await story.deploy('qa');
    await story.deploy('production');
    expect(story.status(pull)).toContain('| `qa` | **🟡 waits**');
    expect(story.status(pull)).toContain('| `production` | **🟡 waits**');
  });
});
