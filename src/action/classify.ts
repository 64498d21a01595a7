// The task `classify`: what the pull request of the event would be once it is merged. It reads the pull request through GitHub's API, runs
// and checks out nothing of it, and writes nothing, so that a token that may only read is enough, for pull requests from forks too.

import { previewHeadline, previewJson, previewSentence, previewSummary, settling, verdictOf } from '../core/summary/preview.ts';
import { GitHubProblem } from '../flows/github-port.ts';
import { previewOnGitHub } from '../flows/pull/preview.ts';
import { repositoryOf } from './checkout.ts';
import { readEvent } from './event.ts';
import { gitHubOf, readRemotePolicy } from './github.ts';
import { InputProblem } from './inputs.ts';
import { outputsWith, reasonsText } from './outputs.ts';
import { EXIT, type Step } from './step.ts';

const EVENTS: readonly string[] = ['pull_request', 'pull_request_target'];

export async function classifyTask(step: Step): Promise<number> {
  const event = readEvent(step.env);
  if (!EVENTS.includes(event.name) || event.pull === null) {
    const started = event.name === '' ? 'no event is known' : `this workflow was started by \`${event.name}\``;
    throw new InputProblem(
      `\`classify\` is about a pull request, and ${started}. Start it with \`on: pull_request\`; for what is merged there are the tasks \`plan\` and \`release\`.`,
    );
  }
  const seen = await previewOnGitHub(gitHubOf(step), { number: event.pull.number, readPolicy: readRemotePolicy });
  if (!seen.known) throw new GitHubProblem('unavailable', `The pull request could not be seen: ${seen.why}`);
  const previewed = seen.value;
  const verdict = verdictOf(previewed);
  const { decision, kind, bump, version, objections, because } = verdict;
  step.say(`${previewHeadline(previewed)}. ${previewSentence(previewed)}`);
  for (const says of because) step.say(`- ${says}`);
  const title = decision === 'disputed' ? 'Disputed' : 'Objection';
  const stops = decision === 'disputed' && objections.length === 0 ? because : objections;
  step.annotate(
    'error',
    stops.map((says) => ({ title, message: [says, ...settling(verdict)].join(' ') })),
  );
  step.setOutputs(
    outputsWith({
      kind,
      bump,
      version: version ?? '',
      decision,
      reasons: reasonsText([...because, ...objections]),
      plan: JSON.stringify(previewJson(previewed)),
    }),
  );
  step.summarise(previewSummary(previewed, repositoryOf(step.env)));
  return stops.length > 0 ? EXIT.no : EXIT.done;
}
