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
    expect(story.status(pull)).toContain('`@bob` approved; still needs approval by one person more');
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
