// What starting a deployment takes of GitHub besides what the gates see: a workflow's run is asked for, found again and ended.

import type { RunSeen } from './gate-port.ts';
import type { Observed } from './github-port.ts';

export interface DispatchAsk {
  /** File name of the workflow. */
  readonly workflow: string;
  /** Full name of the ref: a branch may be called like the tag. */
  readonly ref: string;
  /** Inputs that the workflow does not declare are an error at GitHub. */
  readonly inputs: Readonly<Record<string, string>>;
}

export type Dispatched =
  /** Run null: this GitHub does not say which it is (Enterprise Server up to 3.19 at least). */
  | { readonly result: 'done'; readonly run: number | null }
  /** Nothing was started; GitHub's words. */
  | { readonly result: 'refused'; readonly says: string };

export interface DeployPort {
  /** Throws `GitHubProblem` where no answer came: it may have happened, so look for the run before asking again. */
  readonly dispatch: (ask: DispatchAsk) => Promise<Dispatched>;
  /** Runs of the workflow that were dispatched at or after a time (ISO 8601), newest first. */
  readonly dispatchedRuns: (workflow: string, since: string) => Promise<Observed<readonly RunSeen[]>>;
  /** `over`: it had ended; `gone`: there is no such run; `refused`: GitHub's words say why. */
  readonly cancel: (run: number) => Promise<{ readonly result: 'done' | 'over' | 'gone' | 'refused'; readonly says: string }>;
}
