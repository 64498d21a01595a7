// `/deploy` of a package's release: by its tag, by its name and version, and by a version that only it has.
import { afterEach, expect, it } from 'vitest';
import { answerOf, commands, deploys, dispatched, FILES, lastRun, runs } from './deploy-story.ts';
import { type GateStory, gateStories } from './gate-story.ts';

const { begin, end } = gateStories();
afterEach(end);

const POLICY = `packages:
  - { name: core, path: packages/core }
  - { name: cli, path: packages/cli, tag: "cli-{version}" }
release: { tag: "v{version}" }
environments:
  qa: { deploy: deploy.yml }
`;

async function story(): Promise<{ story: GateStory; issue: ReturnType<GateStory['repository']['openIssue']> }> {
  const begun = await begin(POLICY, { files: FILES });
  for (const tag of ['core-v1.1.0', 'core-v1.2.0', 'cli-1.2.0', 'cli-3.0.0']) {
    begun.merge(`feat: for ${tag}`);
    begun.tag(tag);
  }
  return { story: begun, issue: begun.repository.openIssue('Deploy', { by: 'ada' }) };
}

it.each([
  ['core-v1.1.0', 'core-v1.1.0', '1.1.0'],
  ['core@1.2.0', 'core-v1.2.0', '1.2.0'],
  ['3.0.0', 'cli-3.0.0', '3.0.0'],
  ['1.0.0', 'v1.0.0', '1.0.0'],
])('named %s is %s', async (named, tag, version) => {
  const { story: begun, issue } = await story();
  const run = await deploys(begun, issue, `/deploy qa ${named}`);
  expect(run).toMatchObject({ ref: `refs/tags/${tag}`, inputs: { environment: 'qa', version } });
});

it('is told where several are meant, or none', async () => {
  const { story: begun, issue } = await story();
  const says = await commands(begun, issue, '/deploy qa 1.2.0');
  expect(says).toContain('2 packages have a release `1.2.0`');
  expect(says).toContain('- `/deploy qa core-v1.2.0`\n- `/deploy qa cli-1.2.0`');
  expect(await commands(begun, issue, '/deploy qa core-v1.2.1')).toContain('No release here has the tag `core-v1.2.1`');
  expect(answerOf(issue)).toContain('Did you mean `core-v1.2.0`?');
  expect(await commands(begun, issue, '/deploy qa 9.9.9')).toContain('No tag here names a release `9.9.9`');
  expect(dispatched(begun)).toEqual([]);
});

it('goes back to an older one, and takes no other package’s turn', async () => {
  const { story: begun, issue } = await story();
  await deploys(begun, issue, '/deploy qa core-v1.1.0');
  await deploys(begun, issue, '/deploy qa core-v1.2.0');
  await commands(begun, issue, '/deploy qa core-v1.1.0');
  const run = lastRun(begun);
  expect(run.ref).toBe('refs/tags/core-v1.1.0');
  expect(await commands(begun, issue, '/deploy qa cli-3.0.0')).toContain('One deployment at a time');
  await runs(begun, run);
  expect(dispatched(begun)).toHaveLength(3);
});
