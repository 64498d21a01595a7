// Deployments from a comment to their end: the App starts the release's workflow, the world's runner does what a story says, and the gate is
// asked as GitHub asks it.

import type { Claim } from '../../src/core/deployment.ts';
import type { Place } from '../../src/flows/deployment/what-is-where.ts';
import type { Run } from '../support/github/deployment-records.ts';
import type { Comment, Issue, Pull } from '../support/github/records.ts';
import { currentJobs, endJob } from '../support/github/runs.ts';
import type { GateStory } from './gate-story.ts';

export const DEPLOY = `name: Deploy
on:
  workflow_dispatch:
    inputs: { environment: { required: true }, version: {}, sha: {} }
jobs:
  build: {}
  deploy:
    needs: build
    environment: \${{ inputs.environment }}
`;

export const POLICY = `environments:
  qa: { deploy: deploy.yml }
  production: { after: qa, deploy: deploy.yml }
`;

export const FILES = { '.github/workflows/deploy.yml': DEPLOY };

/** Our answer to the last comment there. */
export function answerOf(on: Pull | Issue): string {
  const { comments } = 'issue' in on ? on.issue : on;
  return comments.filter((one) => one.body.startsWith('<!-- shiplock:answer ')).at(-1)?.body ?? '';
}

/** Our words on how deployments ended, oldest first. */
export function ends(on: Pull | Issue): readonly Comment[] {
  const { comments } = 'issue' in on ? on.issue : on;
  return comments.filter((one) => one.user.login === 'shiplock[bot]' && one.body.startsWith('<!-- shiplock:deployment '));
}

/** Runs that the App started, oldest first. */
export function dispatched({ repository }: GateStory): readonly Run[] {
  return repository.record.runs.filter((one) => one.event === 'workflow_dispatch' && one.actor.login === 'shiplock[bot]');
}

export function lastRun(story: GateStory): Run {
  const run = dispatched(story).at(-1);
  if (run === undefined) throw new Error('The App has started no run.');
  return run;
}

/** The build ends, so that the environment is asked for; then, where the gate is open, the deployment. */
export async function runs(story: GateStory, run: Run = lastRun(story), conclusion = 'success'): Promise<void> {
  story.repository.finish(run, 'success', 'build');
  await story.settle();
  story.repository.finish(run, conclusion, 'deploy');
  await story.settle();
}

/** As GitHub cancels a run: whatever it does, or waits for. */
export async function cancels(story: GateStory, run: Run): Promise<void> {
  for (const job of currentJobs(run)) endJob(story.world.state, job, 'cancelled');
  await story.settle();
}

/** A release of what is merged. */
export function release(story: GateStory, tag: string, title = `feat: for ${tag}`): Pull {
  const pull = story.merge(title);
  story.tag(tag);
  return pull;
}

export async function claims(story: GateStory): Promise<readonly Claim[]> {
  return (await story.app.store.notes(story.key, 'claim')).map((one) => one.body as unknown as Claim);
}

export async function places(story: GateStory): Promise<Readonly<Record<string, Place>>> {
  return Object.fromEntries((await story.app.store.notes(story.key, 'standing')).map((one) => [one.name, one.body as unknown as Place]));
}

/** Comments, and everything that follows. */
export async function commands(story: GateStory, on: Pull | Issue, body: string, by = 'ada'): Promise<string> {
  await story.says(on, body, by);
  return answerOf(on);
}

/** To the end of a deployment. */
export async function deploys(story: GateStory, on: Pull | Issue, body: string, by = 'ada', conclusion = 'success'): Promise<Run> {
  await commands(story, on, body, by);
  const run = lastRun(story);
  await runs(story, run, conclusion);
  return run;
}
