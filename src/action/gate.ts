// The task `gate`: may the commit of this workflow run go to an environment? It succeeds where the gate is open and fails everywhere else.

import { gateHeadline, gateSummary } from '../core/summary/gate.ts';
import { askGate, type GateAnswer } from '../flows/gate/gate.ts';
import type { CheckRunSeen } from '../flows/gate-port.ts';
import { isOfPull, readEvent } from './event.ts';
import { gateEyesOf, readRemotePolicy } from './github.ts';
import { InputProblem, type Inputs } from './inputs.ts';
import { outputsWith, reasonsText } from './outputs.ts';
import { EXIT, type Step } from './step.ts';

export async function gateTask(inputs: Inputs, step: Step): Promise<number> {
  const { env } = step;
  const { environment } = inputs;
  if (environment === null)
    throw new InputProblem('The task `gate` needs `environment`: the name of the environment that is to be entered.');
  const event = readEvent(env);
  if (isOfPull(event)) {
    throw new InputProblem(
      `This workflow was started by \`${event.name}\`, where a pull request can bring its own workflow, without this step. A gate belongs where what is merged is deployed: \`on: push\`, \`workflow_dispatch\`, \`release\` or \`schedule\`.`,
    );
  }
  const sha = env.GITHUB_SHA ?? '';
  if (!/^[0-9a-f]{40}$/.test(sha)) throw new InputProblem('GITHUB_SHA is not the full SHA of a commit. A runner sets it; by hand, set it.');
  const own = ownChecks(env);
  const answer = await askGate(gateEyesOf(step), {
    environment,
    sha,
    run: runOf(env),
    readPolicy: readRemotePolicy,
    isOwn: own.isJob,
    waitSeconds: inputs.waitMinutes * 60,
    sleep: (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1_000)),
    now: () => performance.now() / 1_000,
    instant: () => Date.now(),
    changed: (decision) => {
      step.say(`${gateHeadline(environment, decision)}:`);
      for (const { verdict, says } of decision.findings) step.say(`- ${verdict}: ${says}`);
    },
  });
  return tell(answer, { environment, sha, hints: [...answer.remarks, ...hintsOf(answer, own)] }, step);
}

interface Asked {
  readonly environment: string;
  readonly sha: string;
  readonly hints: readonly string[];
}

function tell(answer: GateAnswer, { environment, sha, hints }: Asked, step: Step): number {
  const { outcome, findings, policy, again, occasion } = answer;
  const open = outcome === 'approve';
  const title = gateHeadline(environment, answer);
  if (!open)
    step.annotate(
      'error',
      findings.filter((one) => one.verdict !== 'met').map(({ says }) => ({ title, message: says })),
    );
  step.annotate(
    'notice',
    hints.map((message) => ({ title: 'Look at this', message })),
  );
  step.setOutputs(
    outputsWith({
      decision: outcome,
      reasons: reasonsText(findings.map((one) => one.says)),
      plan: JSON.stringify({ environment, sha, outcome, occasion, findings, again, policy }),
    }),
  );
  step.summarise(gateSummary({ environment, sha, decision: answer, policy, hints }));
  return open ? EXIT.done : EXIT.no;
}

type Check = Pick<CheckRunSeen, 'name' | 'app' | 'url'>;

interface OwnChecks {
  /** The check of the job that this is. */
  readonly isJob: (check: Check) => boolean;
  /** Any check of this workflow run. */
  readonly isRun: (check: Check) => boolean;
}

function runOf({ GITHUB_RUN_ID }: NodeJS.ProcessEnv): number | null {
  return /^\d{1,15}$/.test(GITHUB_RUN_ID ?? '') ? Number(GITHUB_RUN_ID) : null;
}

/**
 * A job's check is called as the job, and its page is that of the job: `…/actions/runs/<run>/job/<job>`. Nothing tells a step the name of its
 * job, only the job's key: they are the same where the job has no `name`, but for what a matrix or a calling workflow adds.
 */
export function ownChecks({ GITHUB_RUN_ID, GITHUB_JOB }: NodeJS.ProcessEnv): OwnChecks {
  const page = /^\d+$/.test(GITHUB_RUN_ID ?? '') ? `/actions/runs/${GITHUB_RUN_ID}/job/` : null;
  const isRun = ({ app, url }: Check) => page !== null && app === 'github-actions' && url?.includes(page) === true;
  const isNamed = ({ name }: Check) => {
    const last = name.split(' / ').at(-1) ?? name;
    return last === GITHUB_JOB || last.startsWith(`${GITHUB_JOB} (`);
  };
  return { isRun, isJob: (check) => isRun(check) && isNamed(check) };
}

/** What waits for a job that waits for it. */
export function hintsOf(
  { outcome, checks }: { readonly outcome: GateAnswer['outcome']; readonly checks: readonly (Check & { readonly state: string })[] | null },
  { isRun }: Pick<OwnChecks, 'isRun'>,
): string[] {
  if (outcome === 'approve') return [];
  const running = [...new Set((checks ?? []).filter((check) => isRun(check) && !ENDED.has(check.state)).map(({ name }) => name))];
  return running.slice(0, 5).map((name) => {
    return `${name} is ${running.length > 1 ? 'one of the jobs' : 'a job'} of this very workflow run that has not ended. If it is this job, take its \`name\` away, so that it is known; if it needs this job, neither can ever end: leave it out of the policy's checks.`;
  });
}

const ENDED: ReadonlySet<string> = new Set([
  ...['success', 'failure', 'neutral', 'cancelled', 'skipped', 'timed_out', 'action_required', 'stale', 'startup_failure'],
]);
