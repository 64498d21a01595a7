// `/why` of what has arrived: that it is there, since when, and who let it in, and nothing of a gate that it would have to wait at.
import { afterEach, expect, it } from 'vitest';
import { commands, FILES, lastRun, release, runs } from './deploy-story.ts';
import { type GateStory, gateStories } from './gate-story.ts';

const { begin, end } = gateStories();
afterEach(end);

const NOT_ITS_DEPLOYER = 'environments:\n  qa: { deploy: deploy.yml, requires: [{ approvals: { count: 1, except: [deployer] } }] }\n';

async function approved(): Promise<{ story: GateStory; says: () => Promise<string> }> {
  const story = await begin(NOT_ITS_DEPLOYER, { files: FILES });
  const pull = release(story, 'v1.1.0');
  await commands(story, pull, '/deploy qa', 'bob');
  const run = lastRun(story);
  story.repository.finish(run, 'success', 'build');
  await story.settle();
  await commands(story, pull, '/approve qa', 'cat');
  story.world.clock.advance('2h');
  story.repository.finish(run);
  await story.settle();
  return { story, says: () => commands(story, pull, '/why qa', 'eve') };
}

it('names who approved it where its deployer may not', async () => {
  const { story, says } = await approved();
  const run = lastRun(story);
  const page = await says();
  expect(page).toContain(`### \`qa\` at \`${run.sha.slice(0, 7)}\` (\`v1.1.0\`): ✅ deployed`);
  expect(page).toContain(
    `It has been there since 2026-11-23 13:00Z, deployed by [\`run ${run.id}\`](https://github.com/acme/app/actions/runs/${run.id}). The gate let it in at 2026-11-23 11:00Z, approved by \`cat\`.`,
  );
  expect(page).toContain('| approval | ✅ met | `@cat` approved. |');
  expect(page).not.toMatch(/🟡|Who deploys is not known|No deployment of it waits/);
});

it('once it is let in, and not there yet, says that it is on its way', async () => {
  const story = await begin(NOT_ITS_DEPLOYER, { files: FILES });
  const pull = release(story, 'v1.1.0');
  await commands(story, pull, '/deploy qa', 'bob');
  const run = lastRun(story);
  story.repository.finish(run, 'success', 'build');
  await story.settle();
  await commands(story, pull, '/approve qa', 'cat');
  expect(run.status).toBe('in_progress');
  const page = await commands(story, pull, '/why qa', 'eve');
  expect(page).toContain('(`v1.1.0`): 🟢 let in');
  expect(page).toContain(`It is being deployed by [\`run ${run.id}\`]`);
  expect(page).toContain('approved by `cat`');
});

it('of a commit that was there and is no longer tells what one would be asked', async () => {
  const { story, says } = await approved();
  story.policy('environments:\n  qa: { deploy: deploy.yml, requires: [{ checks: [unit] }] }\n');
  story.tag('v1.2.0');
  story.repository.deploy('qa', { ref: 'refs/tags/v1.2.0' });
  await story.settle();
  const page = await says();
  expect(page).toContain('(`v1.1.0`): 🟡 would wait');
  expect(page).toContain('Its one requirement is not met. ');
  expect(page).toContain('No deployment of it waits there now; this is what one would be asked.');
});

it('of another that waits at the same commit tells of that', async () => {
  const { story } = await approved();
  story.policy('environments:\n  qa: { deploy: deploy.yml, requires: [{ checks: [unit] }] }\n');
  const issue = story.repository.openIssue('Again?', { by: 'ada' });
  await commands(story, issue, '/deploy qa 1.1.0');
  story.repository.finish(lastRun(story), 'success', 'build');
  await story.settle();
  const page = await commands(story, issue, '/why qa', 'eve');
  expect(page).toContain('(`v1.1.0`): 🟡 waits');
  expect(page).toContain('has been waiting since');
});

it('that nobody asked its gate for says so', async () => {
  const story = await begin('environments:\n  elsewhere: {}\n', { files: FILES });
  const pull = release(story, 'v1.1.0');
  story.repository.deploy('elsewhere', { ref: 'refs/tags/v1.1.0' });
  await story.settle();
  const page = await commands(story, pull, '/why elsewhere', 'eve');
  expect(page).toContain('✅ deployed');
  expect(page).toContain('Its gate was not asked, as far as is known here.');
});

it('that was let past its gate says by whom', async () => {
  const story = await begin('environments:\n  production: { deploy: deploy.yml, requires: [{ checks: [unit] }] }\n', { files: FILES });
  const pull = release(story, 'v1.1.0');
  await commands(story, pull, '/deploy production');
  const run = lastRun(story);
  story.repository.finish(run, 'success', 'build');
  await story.settle();
  story.repository.bypass(run, { by: 'boss' });
  await story.settle();
  await runs(story, run);
  await story.pass('10m');
  const page = await commands(story, pull, '/why production', 'eve');
  expect(page).toContain('✅ deployed');
  expect(page).toContain('`boss` let it past the gate');
  expect(page).toContain('| check unit | ⏳ pending |');
});

it('the status shows commands as they have to be written here', async () => {
  const policy = 'commands: { prefix: ship }\nenvironments:\n  qa: { deploy: deploy.yml, requires: [{ approvals: { count: 1 } }] }\n';
  const story = await begin(policy, { files: FILES });
  const pull = release(story, 'v1.1.0');
  await commands(story, pull, '/ship deploy qa');
  story.repository.finish(lastRun(story), 'success', 'build');
  await story.settle();
  expect(story.status(pull)).toContain(
    '`/ship why ENVIRONMENT` shows the evidence, `/ship approve ENVIRONMENT` approves exactly this commit.',
  );
  expect(await commands(story, pull, '/ship approve qa', 'cat')).toContain('until you take it back with `/ship reject qa REASON`.');
});

it('names the version in the first status of an environment whose gate needs nothing of the release', async () => {
  const story = await begin('environments:\n  qa: { deploy: deploy.yml, requires: [{ checks: [unit] }] }\n', { files: FILES });
  const pull = release(story, 'v1.1.0');
  await commands(story, pull, '/deploy qa');
  story.repository.finish(lastRun(story), 'success', 'build');
  await story.settle();
  expect(story.status(pull)).toContain('### Gates of `v1.1.0` at ');
});
