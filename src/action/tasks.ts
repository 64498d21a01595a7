// The tasks that ask GitHub, in a file of their own in dist/: a plan of a checkout starts without what speaks to it. What goes wrong here is
// told here, because an error of this file is of another class than the same error of the other.

import { classifyTask } from './classify.ts';
import { explain } from './failure.ts';
import { gateTask } from './gate.ts';
import type { Inputs, Task } from './inputs.ts';
import { planGitHubTask } from './plan-github.ts';
import { releaseTask } from './release.ts';
import type { Step } from './step.ts';

/** Runs the task and gives its exit code. */
export async function runOnGitHub(task: Task, inputs: Inputs, step: Step): Promise<number> {
  try {
    switch (task) {
      case 'classify':
        return await classifyTask(step);
      case 'release':
        return await releaseTask(inputs, step);
      case 'gate':
        return await gateTask(inputs, step);
      case 'plan':
        return await planGitHubTask(inputs, step);
    }
  } catch (error) {
    return explain(error, step);
  }
}
