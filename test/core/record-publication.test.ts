// What the record tells of a release: the same whoever reads it from the release and when, bound to its plan and text, and looked at when the
// record is read back.
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FenceState, restateFence, writeFence } from '../../src/core/fence.ts';
import { type Publication, publicationOf, publicationProblem, releaseProse } from '../../src/core/record/publication.ts';
import { verifyRecord } from '../../src/core/record/verify.ts';
import { canonical } from '../../src/core/record.ts';
import type { RecordedEvent } from '../../src/flows/record/record-decision.ts';
import { ADA, chained, decided, exported, HOME } from '../support/records.ts';

const SHA = 'a'.repeat(40);
const STATE: FenceState = {
  line: 'main',
  version: '1.1.0',
  sha: SHA,
  intent: 'publish',
  since: 'v1.0.0',
  kind: 'feature',
  bump: 'minor',
  asked: 7,
};
const body = (state: FenceState = STATE, notes = '## Features\n\n- one') => writeFence('Before.\n\n', state, notes);
const release = (text = body(), more: { tag?: string; sha?: string } = {}) => ({ tag: 'v1.1.0', sha: SHA, body: text, ...more });

const published = (publication?: Publication | null): RecordedEvent => ({
  what: 'publish',
  at: '2026-11-23T11:00:00Z',
  home: HOME,
  actor: ADA,
  comment: 7,
  release: 'v1.1.0',
  sha: SHA,
  ...(publication == null ? {} : { publication }),
});

const verify = (...events: readonly RecordedEvent[]) => verifyRecord(exported(chained(events)), { version: '0.0.0' });

describe('what was published', () => {
  it('is told as its text has it, with a digest that anybody can do over', () => {
    const publication = publicationOf(release()) as Publication;
    const { plan, ...said } = publication;
    expect(said).toEqual({ line: 'main', version: '1.1.0', kind: 'feature', bump: 'minor', since: 'v1.0.0' });
    const planned = canonical({ ...said, tag: 'v1.1.0', sha: SHA, text: 'Before.\n\n## Features\n\n- one' });
    expect(plan).toBe(createHash('sha256').update(`shiplock record v1 plan\n${planned}`).digest('hex'));
  });

  it('is the same once everybody was told, and in GitHub’s line ends', () => {
    const before = publicationOf(release());
    const told = restateFence(body(), { ...STATE, told: true });
    expect(told).not.toBe(body());
    expect(publicationOf(release(told))).toEqual(before);
    expect(publicationOf(release(told.replaceAll('\n', '\r\n')))).toEqual(before);
  });

  it('is the same where somebody wrote into the generated part, and the mark that everybody was told is set below it', () => {
    const edited = body().replace('- one', '- one and more');
    expect(restateFence(edited, { ...STATE, told: true })).toBe(edited);
    const told = writeFence(edited, { ...STATE, told: true }, '');
    expect(publicationOf(release(told))).toEqual(publicationOf(release(edited)));
    expect(releaseProse(told)).toBe('Before.\n\n## Features\n\n- one and more');
  });

  it.each([
    ['another commit', release(body(), { sha: 'b'.repeat(40) })],
    ['another tag', release(body(), { tag: 'v1.1.1' })],
    ['another text', release(body(STATE, '## Features\n\n- two'))],
    ['another text beside it', release(body().replace('Before', 'After'))],
    ['another version', release(body({ ...STATE, version: '1.2.0' }))],
    ['another line', release(body({ ...STATE, line: '1.x' }))],
    ['another release before it', release(body({ ...STATE, since: null }))],
  ])('of %s has another digest', (_, other) => {
    expect(publicationOf(other)?.plan).not.toBe(publicationOf(release())?.plan);
  });

  it('of what somebody touched is the least, and nothing where our marks are gone', () => {
    expect(publicationOf(release(body({ ...STATE, kind: 'x', bump: 'none' } as never)))).toMatchObject({
      kind: 'maintenance',
      bump: 'patch',
    });
    expect(publicationOf(release('Only words.'))).toBeNull();
  });

  it('is told so that it can be read back, or not at all, whatever somebody made of our marks', () => {
    const some = fc.oneof(fc.string(), fc.constantFrom('', '1.2.3', '1.2.3-rc.1', 'v1.2.3', '1.2', 'main'));
    fc.assert(
      fc.property(some, some, fc.option(some), (line, version, since) => {
        const told = publicationOf(release(body({ ...STATE, line, version, since })));
        expect(publicationProblem(told ?? publicationOf(release()))).toBeNull();
        expect(verify(published(told)).sound).toBe(true);
      }),
    );
    expect(publicationOf(release(body({ ...STATE, version: 'next' })))).toBeNull();
  });

  it('can be told of any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (before, notes) => {
        const text = `${before}\n\n${writeFence(null, STATE, notes)}`;
        expect(publicationOf(release(text))?.plan).toMatch(/^[0-9a-f]{64}$/);
      }),
    );
  });
});

describe('read back', () => {
  const publication = publicationOf(release()) as Publication;

  it('it is sound, as are entries of before, which said less', () => {
    expect(verify(published(publication), published(), decided(1))).toMatchObject({ sound: true, entries: 3 });
  });

  it.each([
    ['no version', { version: 'next' }, 'the version'],
    ['a kind that is none', { kind: 'none' }, 'the kind'],
    ['a bump that is none', { bump: 'none' }, 'the bump'],
    ['no line', { line: '' }, 'the line'],
    ['a number before it', { since: 7 }, 'the release before'],
    ['a digest that is none', { plan: 'abc' }, 'the digest of the plan'],
    ['something more', { more: 1 }, 'something that no such entry has'],
  ])('with %s it is told, though its hash is right', (_, wrong, says) => {
    const { sound, breaks } = verify(published({ ...publication, ...wrong } as Publication));
    expect(sound).toBe(false);
    expect(breaks).toMatchObject([{ code: 'shape', line: 2, says: `of what was published ${says} cannot be read` }]);
  });

  it.each([null, [], 'v1.1.0', 7])('as %j it is told', (wrong) => {
    const event = { ...published(), publication: wrong } as unknown as RecordedEvent;
    expect(verify(event).breaks).toMatchObject([{ code: 'shape' }]);
  });

  it('without its tag or commit, or in an entry about something else, it is told', () => {
    const { release: _, ...tagless } = published(publication) as RecordedEvent & { release: string };
    expect(verify(tagless as RecordedEvent).breaks[0]?.says).toContain('without its tag, or its commit');
    expect(verify({ ...published(publication), what: 'note', reason: 'x' } as never).breaks[0]?.says).toContain('is about something else');
  });
});
