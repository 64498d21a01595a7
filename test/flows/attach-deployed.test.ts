// A release's record, attached to it once it has come into the last environment: what is recorded of it until then, once, and only where the
// operator asks for that.
import { afterEach, expect, it } from 'vitest';
import { verifyRecord } from '../../src/core/record/verify.ts';
import type { Release } from '../support/github/records.ts';
import { commands, deploys, FILES, POLICY, release } from './deploy-story.ts';
import { type GateStory, gateStories } from './gate-story.ts';

const { begin, end } = gateStories();
afterEach(end);
const start = (attaches = true) => begin(POLICY, { files: FILES, attaches: () => attaches });

function releaseOf({ repository }: GateStory, tag: string): Release {
  const found = repository.record.releases.find((one) => one.tag === tag);
  if (found === undefined) throw new Error(`There is no release ${tag}.`);
  return found;
}

const linesOf = (story: GateStory, tag: string) =>
  releaseOf(story, tag)
    .assets.filter((one) => one.name === 'shiplock-record.jsonl')
    .map((one) => new TextDecoder().decode(one.bytes).trimEnd().split('\n'));

it('is attached after the last environment, and has the deployment to it', async () => {
  const story = await start();
  const pull = release(story, 'v1.1.0');
  await deploys(story, pull, '/deploy qa');
  expect(linesOf(story, 'v1.1.0')).toEqual([]);
  await deploys(story, pull, '/deploy production');
  const [lines = [], ...others] = linesOf(story, 'v1.1.0');
  expect(others).toEqual([]);
  const entries = lines
    .slice(1, -1)
    .map((line) => JSON.parse(line) as { what: string; environment: string; state?: string; open?: object });
  expect(entries.at(-1)).toMatchObject({ what: 'deployment', environment: 'production', state: 'success' });
  expect(entries.some((one) => one.environment === 'qa')).toBe(true);
  expect(entries.every((one) => one.open === undefined)).toBe(true);
  expect(verifyRecord(`${lines.join('\n')}\n`, { version: '0.0.0' })).toMatchObject({ sound: true, part: 'excerpt' });
});

it('is brought up to date by the next deployment, and is one file', async () => {
  const story = await start();
  const pull = release(story, 'v1.1.0');
  await deploys(story, pull, '/deploy qa');
  await deploys(story, pull, '/deploy production');
  const before = linesOf(story, 'v1.1.0')[0]?.length ?? 0;
  await deploys(story, pull, '/deploy production');
  expect(linesOf(story, 'v1.1.0')).toHaveLength(1);
  expect(linesOf(story, 'v1.1.0')[0]?.length).toBeGreaterThan(before);
});

it('is not attached where nobody asks for it, nor after a deployment that failed', async () => {
  const quiet = await start(false);
  const one = release(quiet, 'v1.1.0');
  await deploys(quiet, one, '/deploy qa');
  await deploys(quiet, one, '/deploy production');
  expect(linesOf(quiet, 'v1.1.0')).toEqual([]);
  const story = await start();
  const other = release(story, 'v1.1.0');
  await deploys(story, other, '/deploy qa');
  await deploys(story, other, '/deploy production', 'ada', 'failure');
  expect(linesOf(story, 'v1.1.0')).toEqual([]);
});

it.each([
  ['is immutable', (story: GateStory) => Object.assign(releaseOf(story, 'v1.1.0'), { immutable: true }), 'the release is immutable'],
  [
    'takes no file',
    (story: GateStory) =>
      story.world.faults.answer('POST /repos/{owner}/{repo}/releases/{release_id}/assets', 403, { message: 'Not this one.' }),
    'Not this one',
  ],
])('to a release that %s is not attached, and that is said once where it is talked about', async (_, prepare, why) => {
  const story = await start();
  const pull = release(story, 'v1.1.0');
  await deploys(story, pull, '/deploy qa');
  prepare(story);
  await deploys(story, pull, '/deploy production');
  await commands(story, pull, '/why production');
  const said = story.comments(pull).filter((one) => one.body.startsWith('<!-- shiplock:unattached '));
  expect(said.map((one) => one.body)).toEqual([expect.stringContaining(why)]);
  expect(said[0]?.body).toContain('`shiplock record --repo acme/app --sha ');
  expect(linesOf(story, 'v1.1.0')).toEqual([]);
});
