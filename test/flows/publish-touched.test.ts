// The texts of releases are anybody's who may write: what is made of our marks there must not break the record, on which every gate rests, nor
// put into it what is not so.
import { afterEach, describe, expect, it } from 'vitest';
import { verifyRecord } from '../../src/core/record/verify.ts';
import { exportRecord } from '../../src/flows/record/export-record.ts';
import { type TrainStory, trainStories } from './train-story.ts';

const { begin, end } = trainStories();
afterEach(end);

const mark = (state: string) => `<!-- shiplock:begin 00000000000000 ${state} -->\nMine.\n<!-- shiplock:end -->`;
const OTHER = 'b'.repeat(40);

async function verified(story: TrainStory) {
  const lines: string[] = [];
  for await (const line of exportRecord(story.app.store, `repo:${story.repository.record.id}`)) lines.push(`${line}\n`);
  return verifyRecord(lines.join(''), { version: 'unbuilt' });
}

async function withRelease(more: string, commit = true): Promise<TrainStory> {
  const story = await begin(null);
  const sha = story.repository.sha();
  story.repository.tag('v1.0.1', { message: 'v1.0.1' });
  const state = `{"line":"main","version":"1.0.1","sha":"${commit ? sha : OTHER}","intent":"publish","since":null${more}}`;
  story.repository.release('v1.0.1', { name: 'v1.0.1', body: mark(state), by: 'mia' });
  await story.settle();
  await story.merge('feat: one');
  return story;
}

describe('a release whose text somebody wrote in our place', () => {
  it.each([
    ['a version that is none', ',"version":"next"'],
    ['a version of whatever length', `,"version":"${'1'.repeat(500)}"`],
    ['a number beyond all bounds', ',"asked":1e999'],
    ['a comment that is no number', ',"asked":{"id":1}'],
    ['half a character', ',"since":"\\ud800"'],
  ])('with %s leaves the record sound, and its line as it should be', async (_, more) => {
    const story = await withRelease(more);
    expect(await verified(story)).toMatchObject({ sound: true });
    expect(story.draft()).toContain('one');
  });

  it('is recorded at the commit of its tag, or not at all', async () => {
    const story = await withRelease('', false);
    expect((await story.record()).filter(({ what }) => what === 'publish').map(({ sha }) => sha)).not.toContain(OTHER);
    expect(await verified(story)).toMatchObject({ sound: true });
  });
});
