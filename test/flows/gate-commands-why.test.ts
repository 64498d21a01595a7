// `/why`: every requirement with its verdict and the evidence, for whoever may read, and without a deployment that waits.
import { afterEach, describe, expect, it } from 'vitest';
import { leaksOf } from '../support/markdown.ts';
import { worldsOf } from './gate-command-story.ts';

const { begin, stop } = worldsOf();
afterEach(stop);

const ALL = `environments:
  qa: { requires: [] }
  production:
    after: qa
    requires:
      - checks: ["test"]
      - approvals: { count: 1, from: ["@acme/release"] }
      - soak: 24h
      - ticket: "CHG-[0-9]+"
    freeze: [{ from: "2026-01-01T00:00", to: "2026-01-09T00:00", reason: year end, except: [security] }]
    windows: [{ days: tue-wed, from: "09:00", to: "16:00", zone: Europe/Berlin }]
    hold: the audit is on
`;

describe('/why', () => {
  it('tells every requirement, since when, when it could pass, and what was seen', async () => {
    const story = await begin(ALL);
    const pull = story.merged({ title: 'feat: one CHG-12' });
    const says = await story.hears(pull, '/why production', 'eve');
    const rows = says.split('\n').filter((line) => line.startsWith('| '));
    const verdicts = rows.slice(2).map((row) => row.split(' | ').slice(0, 2).join(' ').replace('| ', ''));
    expect(verdicts).toEqual([
      'check test ⏳ pending',
      'approval ⏳ pending',
      'soak 24h ❌ unmet',
      'ticket CHG-\\[0-9\\]+ ✅ met',
      'after qa ❌ unmet',
      'windows ⏳ pending',
      'freeze ⏳ pending',
      'hold ❌ unmet',
    ]);
    expect(says).toContain('| 2026-01-01 00:00Z | 2026-01-09 00:00Z |');
    expect(says).toContain('| 2026-01-06 08:00Z |');
    expect(says).toContain('It counts as a feature release.');
    expect(says).toContain('No deployment of it waits there now');
    expect(says).toContain('Decided by `.github/shiplock.yml` of the default branch, `main` at');
    expect(says).toContain('**Deployments to `qa`**: none.');
    await story.endsClean();
  });

  it('of a deployment that waits links its run, and lists the reports of checks and what was said', async () => {
    const story = await begin('environments:\n  production: { requires: [{ checks: ["test"] }, { approvals: { count: 2 } }] }\n');
    const pull = story.merged();
    const run = await story.deploy('production');
    story.repository.check('test', 'failure', { at: run.sha });
    await story.hears(pull, '/approve production', 'rob');
    const says = await story.hears(pull, '/why production', 'eve');
    expect(says).toContain(`[Run ${run.id}](https://github.com/acme/app/actions/runs/${run.id}) has been waiting since`);
    expect(says).toContain('- `test` of `github-actions`: `failure`');
    expect(says).toContain('- `rob`: `approve` by a command');
    expect(says).toContain('| check test | ❌ unmet |');
    await story.endsClean();
  });

  it('changes nothing and records nothing', async () => {
    const story = await begin();
    const pull = story.merged();
    await story.hears(pull, '/why production', 'eve');
    expect(story.entries).toEqual([]);
    story.world.expectEffects([/^react/, /^comment/, /^react/].map((says) => ({ says })));
    await story.world.assertClean();
  });

  it('S-47: tells no members of a team, and mentions nobody but its reader', async () => {
    const story = await begin();
    const pull = story.merged();
    await story.deploy('production');
    await story.hears(pull, '/approve production', 'rob');
    const says = await story.hears(pull, '/why production', 'ada');
    expect(says).toContain('`@acme/release`');
    expect(says).not.toMatch(/\b(?:sue|sam|eve)\b/);
    expect(says.match(/(?<!`)@[\w/-]+/g)).toEqual(['@ada']);
    await story.endsClean();
  });

  it('says what could not be seen, and why', async () => {
    const story = await begin(ALL);
    const pull = story.merged();
    story.world.faults.withdraw('deployments');
    const says = await story.hears(pull, '/why production', 'eve');
    expect(says).toContain('❔ unknown');
    expect(says).toMatch(/Deployments to `qa`\*\* could not be seen/);
    await story.endsClean();
  });

  it('on an issue that is about no release shows the only commit that waits there', async () => {
    const story = await begin();
    story.merged();
    const run = await story.deploy('production');
    const issue = story.repository.openIssue('When is it out?');
    expect(await story.hears(issue, '/why production', 'eve')).toContain(`\`production\` at \`${run.sha.slice(0, 7)}\``);
    expect(await story.hears(issue, '/why qa', 'eve')).toContain('This issue is about no release');
    await story.endsClean();
  });

  it('of an environment that the policy does not name says that nothing opens it', async () => {
    const story = await begin();
    story.repository.environment('staging');
    const says = await story.hears(story.merged(), '/why staging', 'eve');
    expect(says).toContain('The policy has no entry for staging, and nothing opens what it does not name.');
    await story.endsClean();
  });

  it('S-37: decides by the policy of the default branch, whatever the pull request’s own says', async () => {
    const story = await begin();
    const open = story.repository.openPull({
      title: 'feat: let me in',
      author: 'eve',
      commits: [{ message: 'feat: let me in', files: { '.github/shiplock.yml': 'version: 1\nenvironments: { default: open }\n' } }],
    });
    const pull = story.merged();
    expect(open.issue.state).toBe('open');
    expect(await story.hears(pull, '/why production', 'eve')).toContain('2 approvals');
    expect(await story.hears(open, '/why production', 'eve')).toContain('is not merged');
    await story.endsClean();
  });

  it('S-17: is inert, whatever a reason or a check is called', async () => {
    const story = await begin('environments:\n  production: { requires: [{ checks: ["*"] }] }\n');
    const pull = story.merged();
    const hostile = '@acme/release <!-- --> ![x](https://evil.example) | #1 `/approve production`';
    await story.hears(pull, `/hold production ${hostile.replace('<!-- -->', '')}`, 'rob');
    story.repository.check(hostile, 'failure');
    const says = await story.hears(pull, '/why production', 'eve');
    const body = says.replace(/^<!-- shiplock:answer \d+ -->\n@eve/, '');
    const ours = ['https://github.com/acme/app'];
    expect(leaksOf(body, ours).filter((leak) => !/^html: <\/?(?:details|summary)>/.test(leak))).toEqual([]);
    await story.endsClean();
  });
});
