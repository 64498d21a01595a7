// A step's log, annotations and files, with and without the runner.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type Note, stepOf } from '../../src/action/step.ts';
import { commandsOf, outputsOf } from '../support/runner.ts';

const folder = mkdtempSync(join(tmpdir(), 'shiplock-step-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function stepTo(env: NodeJS.ProcessEnv = {}) {
  let log = '';
  const step = stepOf(env, {
    write: (text) => {
      log += text;
    },
  });
  return { step, log: () => log };
}

const notes = (count: number): Note[] =>
  Array.from({ length: count }, (_, index) => ({ message: `note ${index + 1}`, title: 'Objection' }));

describe('annotations', () => {
  it.each([0, 1, 10])('of one level are shown one by one: %i', (count) => {
    const { step, log } = stepTo();
    step.annotate('error', notes(count));
    expect(commandsOf(log()).map(({ data }) => data)).toEqual(notes(count).map(({ message }) => message));
  });

  it('that GitHub would drop are counted in the last one and listed in the log', () => {
    const { step, log } = stepTo();
    step.annotate('error', [...notes(11), { message: '::error::forged' }]);
    const commands = commandsOf(log());
    expect(commands).toHaveLength(10);
    expect(commands[9]).toMatchObject({ name: 'error', data: expect.stringMatching(/^and 3 more/) });
    expect(log()).toContain('\n- note 10\n- note 11\n- ::error::forged\n');
  });
});

describe('outputs and summary', () => {
  it('go to the files of the runner, after what is there', () => {
    const env = { GITHUB_OUTPUT: join(folder, 'output'), GITHUB_STEP_SUMMARY: join(folder, 'summary') };
    const { step, log } = stepTo(env);
    step.setOutputs({ kind: 'feature' });
    step.setOutputs({ tag: 'v1.3.0', notes: 'a\nb' });
    step.summarise('# One\n');
    step.summarise('# Two\n');
    expect(outputsOf(readFileSync(env.GITHUB_OUTPUT, 'utf8'))).toEqual({ kind: 'feature', tag: 'v1.3.0', notes: 'a\nb' });
    expect(readFileSync(env.GITHUB_STEP_SUMMARY, 'utf8')).toBe('# One\n# Two\n');
    expect(log()).toBe('');
  });

  it('end each output with a line that is another one each time', () => {
    const env = { GITHUB_OUTPUT: join(folder, 'delimiters') };
    const { step } = stepTo(env);
    step.setOutputs(Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`output-${index}`, ''])));
    const delimiters = readFileSync(env.GITHUB_OUTPUT, 'utf8').match(/(?<=<<).+/g);
    expect(new Set(delimiters).size).toBe(100);
  });

  it('without a runner are printed, long ones as their length, and command nothing', () => {
    const { step, log } = stepTo({ GITHUB_OUTPUT: '' });
    step.setOutputs({ kind: '::error::x', notes: 'a\n::error::b' });
    step.summarise('## Page\n\n::error::c\n  - inner');
    expect(log()).toBe('kind: ::error::x\nnotes: (12 characters)\n## Page\n\n: :error::c\n  - inner\n');
    expect(commandsOf(log())).toEqual([]);
  });
});
