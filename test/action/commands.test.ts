// What the Action writes for the runner, read as the runner reads it: annotations arrive whole, log lines never command, outputs never leak
// into one another.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { annotationCommand, logLine, outputsText } from '../../src/action/commands.ts';
import { commandsOf, outputsOf } from '../support/runner.ts';

const FRAGMENTS = [
  '::',
  '##[',
  ']',
  '%0A',
  '%0D',
  '%25',
  '%',
  '\n',
  '\r\n',
  '\r',
  ',',
  ':',
  '=',
  ' ',
  '\t',
  '\u0085',
  '\u200b',
  '\u200d',
  '\ufeff',
  '\ufe0f',
  '\u2028',
]
  .concat([
    '::error::x',
    '::set-output name=version::9',
    '##[set-output name=version]9',
    '::add-mask::a',
    '::stop-commands::x',
    '::error file=a,line=1::x',
  ])
  .concat(['<<', 'EOF', 'version<<EOF', 'version=9', 'word', '\ud800', '\u001b[31m', '\u202e']);

const hostile = fc
  .array(fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...FRAGMENTS) }, fc.string({ maxLength: 5 })), { maxLength: 12 })
  .map((parts) => parts.join(''));

describe('an annotation', () => {
  it('arrives with its message and place', () => {
    const place = { title: 'Policy, once: more', file: '.github/ship,lock.yml', line: 3, col: 7 };
    expect(commandsOf(annotationCommand('error', '100 % wrong\nand: more, too', place))).toEqual([
      {
        name: 'error',
        properties: { title: 'Policy, once: more', file: '.github/ship,lock.yml', line: '3', col: '7' },
        data: '100 % wrong\nand: more, too',
      },
    ]);
  });

  it.each(['error', 'warning', 'notice'] as const)('is one %s whatever it says, on one line of the log', (level) => {
    fc.assert(
      fc.property(hostile, hostile, (message, title) => {
        const command = annotationCommand(level, message, { title, file: title });
        expect(command).not.toMatch(/[\r\n]/);
        const found = commandsOf(command);
        expect(found.map(({ name }) => name)).toEqual([level]);
        expect(Object.keys(found[0]?.properties ?? {}).sort()).toEqual(['file', 'title']);
      }),
    );
  });

  it('is cut before the runner would cut it', () => {
    const [command] = commandsOf(annotationCommand('error', `${'x'.repeat(3_998)}😀😀`));
    expect(command?.data).toBe(`${'x'.repeat(3_998)}…`);
  });
});

describe('S-15: a line of the log', () => {
  it('is what was said', () => {
    expect(logLine('Feature release 1.3.0 (std::vector ##x)')).toBe('Feature release 1.3.0 (std::vector ##x)');
    expect(logLine('  - indented   words ')).toBe('  - indented   words');
  });

  it.each([
    '::error::x',
    ' \t::error::x',
    '\u0085::error::x',
    '\u200d::error::x',
    '\ufeff::error::x',
    'x ##[error]y',
    '##\u200b[error]y',
    'a\n::error::x',
    'a\r::error::x',
    '\u001b[31m::error::x',
  ])('commands nothing: %j', (text) => {
    expect(commandsOf(logLine(text))).toEqual([]);
    for (const control of ['\r', '\n', '\u001b']) expect(logLine(text)).not.toContain(control);
  });

  it('commands nothing whatever it says', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(commandsOf(logLine(text))).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });
});

describe('S-15: outputs', () => {
  const counter = () => {
    let count = 0;
    return () => `${count++}`;
  };

  it('are read back as they were written', () => {
    const outputs = { kind: 'feature', tag: '', notes: '# x\n\n- y\n', plan: '{"a":"b=c<<d"}' };
    expect(outputsOf(outputsText(outputs, counter()))).toEqual(outputs);
  });

  it('never end early, though a value knows the line that ends it', () => {
    const outputs = { notes: 'end-0\nversion<<end-1\n9.9.9\nend-1\nend-2', version: '1.0.0' };
    expect(outputsOf(outputsText(outputs, counter()))).toEqual(outputs);
  });

  it('never leak into one another, whatever they hold', () => {
    const value = fc.oneof(
      hostile,
      fc.array(fc.constantFrom('end-0', 'end-1', '\n', 'b<<end-1', 'b=9', '\r\n'), { maxLength: 8 }).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(value, value, (a, b) => {
        expect(outputsOf(outputsText({ a, b, c: 'last' }, counter()))).toEqual({ a, b, c: 'last' });
      }),
      { numRuns: 500 },
    );
  });
});

describe("the runner's reading in these tests", () => {
  it.each([
    ['::set-output name=a::b', [{ name: 'set-output', properties: { name: 'a' }, data: 'b' }]],
    ['  ::error file=a,line=1::x%0Ay', [{ name: 'error', properties: { file: 'a', line: '1' }, data: 'x\ny' }]],
    ['words ##[error]x', [{ name: 'error', properties: {}, data: 'x' }]],
    ['words ::error::x', []],
    ['::unknown::x', []],
  ])('sees what %j commands', (line, commands) => {
    expect(commandsOf(line)).toEqual(commands);
  });

  it('takes a value to the line that ends it, and refuses a file without one', () => {
    expect(outputsOf('a=1\n\nb<<E\nx\ny\nE\nc<<E\nE\n')).toEqual({ a: '1', b: 'x\ny', c: '' });
    expect(() => outputsOf('a<<E\nx\n')).toThrow('Matching delimiter not found');
    expect(() => outputsOf('words\n')).toThrow('Invalid format');
  });
});
