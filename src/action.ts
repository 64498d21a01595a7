// The Action's entry: reads the inputs, runs the task, and turns what goes wrong into words and an exit code. It decides nothing.

import { trustWorkspace } from './action/checkout.ts';
import { readInputs } from './action/inputs.ts';
import { planTask } from './action/plan.ts';
import { type Step, stepOf } from './action/step.ts';

const step = stepOf(process.env, process.stdout);
process.exitCode = await run(step);

async function run(step: Step): Promise<number> {
  try {
    const inputs = readInputs(step.env);
    const { task } = inputs;
    if (task !== 'plan') {
      const { runOnGitHub } = await import('./action/tasks.ts');
      return await runOnGitHub(task, inputs, step);
    }
    trustWorkspace(step.env);
    const code = await planTask(inputs, step);
    if (code !== null) return code;
    const { runOnGitHub } = await import('./action/tasks.ts');
    return await runOnGitHub(task, inputs, step);
  } catch (error) {
    const { explain } = await import('./action/failure.ts');
    return explain(error, step);
  }
}
