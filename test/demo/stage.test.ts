// The stage shows what belongs together without a gap and the rest with one, and tells nothing as done that did not come about.
import { describe, expect, it } from 'vitest';
import { makeStage, NotAsTold, timeText } from '../../src/demo/stage.ts';

function makeTerminal(width: number) {
  const lines: string[] = [];
  return {
    lines,
    terminal: { width, print: (text: string) => void lines.push(...text.split('\n')), paint: (_: string, text: string) => text },
  };
}

describe('the stage', () => {
  it('gives what is there as soon as it is', async () => {
    const { terminal } = makeTerminal(80);
    let looks = 0;
    await expect(makeStage(terminal).until('the third look comes', async () => ++looks === 3 && 'there')).resolves.toBe('there');
  });

  it('says in words what did not come about', async () => {
    const { terminal } = makeTerminal(80);
    const waiting = makeStage(terminal, 100).until('the moon rises', async () => null);
    await expect(waiting).rejects.toThrow(new NotAsTold('It did not come about that the moon rises.'));
  });

  it('shows who types what, and what Shiplock says to it, to the width of the terminal', () => {
    const { lines, terminal } = makeTerminal(44);
    const stage = makeStage(terminal);
    stage.chapter('Gates', Date.parse('2026-03-03T09:00:00Z'));
    stage.tell('Each is asked about what it lets through, every time.');
    stage.person('ada', 'merges #1');
    stage.person('ada', 'on #2', '/why \u001b[31mqa');
    stage.shiplock('on #2', '`qa` waits for **checks** that have not been seen yet.');
    stage.seen('It waits.');
    expect(lines).toEqual([
      '',
      '1. Gates                Tue 3 Mar, 09:00 UTC',
      '─'.repeat(44),
      '',
      'Each is asked about what it lets through,',
      'every time.',
      '',
      '  ada merges #1',
      '  ada on #2',
      '    /why  [31mqa',
      '',
      '  Shiplock on #2',
      '  │ qa waits for checks that have not been',
      '  │ seen yet.',
      '',
      '  ✓ It waits.',
    ]);
  });

  it('tells the time of the simulation', () => {
    expect(timeText(Date.parse('2026-12-31T23:59:59Z'))).toBe('Thu 31 Dec, 23:59 UTC');
  });
});
