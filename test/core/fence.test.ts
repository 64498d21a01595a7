import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FenceState, readFence, restateFence, writeFence } from '../../src/core/fence.ts';

const state: FenceState = { line: 'main', version: '1.3.0', sha: 'a'.repeat(40), intent: 'draft', since: 'v1.2.0' };

describe('the generated region of a text', () => {
  it('is read back with its state', () => {
    expect(readFence(writeFence(null, state, '## Features\n- x'))).toEqual({
      before: '',
      state,
      inside: '## Features\n- x',
      after: '',
      edited: false,
    });
  });

  it('is made anew between what people wrote, which stays to the letter', () => {
    const first = `Hello\n\n${writeFence(null, state, 'one')}\n\nBye  \n`;
    const second = writeFence(first, { ...state, version: '1.4.0' }, 'two');
    expect(second).toBe(
      first.replace(/<!-- shiplock:begin[\s\S]*?shiplock:end -->/, writeFence(null, { ...state, version: '1.4.0' }, 'two')),
    );
    expect(second.startsWith('Hello\n\n<!--')).toBe(true);
    expect(second.endsWith('-->\n\nBye  \n')).toBe(true);
  });

  it('what people wrote into it is moved before it, once', () => {
    const edited = writeFence(null, state, 'generated').replace('generated', 'generated, and mended by Ada');
    const next = writeFence(edited, state, 'newer');
    expect(readFence(next)).toMatchObject({ before: 'generated, and mended by Ada\n\n', inside: 'newer', edited: false });
    expect(writeFence(next, state, 'newer')).toBe(next);
  });

  it('a text without a region gets one below', () =>
    expect(writeFence('By hand.', state, 'x').startsWith('By hand.\n\n<!-- shiplock')).toBe(true));

  it.each(['<!-- shiplock:begin', '<!-- shiplock:begin 00000000000000 {} -->x<!-- shiplock:end -->', '<!-- shiplock:end -->', 'plain'])(
    'a region that we did not make is none: %s',
    (text) => expect(readFence(text)).toBeNull(),
  );

  it('twice is the same as once, whatever people and changes say', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), fc.string(), (before, after, line, generated) => {
        const hostile = { ...state, line };
        const text = `${before.replaceAll('<!-- shiplock', '')}${writeFence(null, hostile, generated)}${after}`;
        const once = writeFence(text, hostile, `${generated}<!-- shiplock:end -->`);
        expect(writeFence(once, hostile, `${generated}<!-- shiplock:end -->`)).toBe(once);
        expect(readFence(once)?.state).toEqual(hostile);
        expect(readFence(once)?.after).toBe(after);
      }),
    );
  });

  it('may have its state changed alone', () => {
    const text = writeFence('Mine.', state, 'x <!-- y --> <!-- shiplock:end -->');
    expect(readFence(restateFence(text, { ...state, told: true }))).toMatchObject({
      state: { ...state, told: true },
      inside: 'x <!-- y --> &lt;!-- shiplock:end -->',
    });
  });
});
