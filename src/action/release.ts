// The task `release`: runs the release state machine on GitHub once, in the policy's mode, and tells what was done. It needs no checkout.

import type { PlannedRelease } from '../core/plan-json.ts';
import { isScopeObjection } from '../core/scope.ts';
import { releaseSummary } from '../core/summary/release.ts';
import type { PublishedRelease } from '../flows/release/publish.ts';
import { type Released, releaseOnGitHub } from '../flows/release/release.ts';
import { branchOf, repositoryOf } from './checkout.ts';
import { isOfPull, readEvent } from './event.ts';
import { gitHubOf, readRemotePolicy } from './github.ts';
import { InputProblem, type Inputs } from './inputs.ts';
import { type Outputs, outputsWith, planOutputs } from './outputs.ts';
import { EXIT, type Step } from './step.ts';
import { tellPlan } from './tell.ts';

export async function releaseTask(inputs: Inputs, step: Step): Promise<number> {
  const { env } = step;
  const event = readEvent(env);
  if (isOfPull(event) && event.pull?.merged !== true && !inputs.dryRun) {
    throw new InputProblem(
      `\`release\` is about what is merged, and this workflow was started by \`${event.name}\`. Start it with \`on: push\` to the branches that are released; for open pull requests there is the task \`classify\`.`,
    );
  }
  const line = inputs.line ?? branchOf(env);
  const released = await releaseOnGitHub(gitHubOf(step), {
    ...(line === null ? {} : { line }),
    ...(inputs.releaseAs === null ? {} : { releaseAs: inputs.releaseAs }),
    readPolicy: readRemotePolicy,
    dryRun: inputs.dryRun,
    today: new Date().toISOString().slice(0, 10),
    progress: (says) => step.say(says),
  });
  return tell(released, inputs, step);
}

function tell(released: Released, inputs: Inputs, step: Step): number {
  const { plan, notes, head, remarks, withheld, did, draft, pull } = released;
  const planned: PlannedRelease = { ...plan, notes, head, remarks: withheld?.code === 'no-line' ? [] : remarks };
  const out = released.published.filter((one) => one.tagged);
  const failed = released.published.filter((one) => !one.tagged);
  const { objections } = tellPlan(planned, step);
  // Once something is out, what objects is the next release's affair: the steps that follow this one must run for the one that is. And a
  // draft that waits for its milestone is no failure of the push that added to it.
  const excused = out.length > 0 || (released.mode !== 'direct' && plan.objections.every(isScopeObjection));
  step.annotate(excused ? 'warning' : 'error', objections);
  step.annotate(
    'error',
    failed.map(({ says }) => ({ title: 'Not published', message: says })),
  );
  step.annotate(
    'warning',
    released.untold.map((message) => ({ title: 'Not everybody was told', message })),
  );
  const asked = inputs.line !== null || withheld?.code === 'packages';
  if (withheld !== null) step.annotate(asked ? 'error' : 'warning', [{ title: 'Nothing was written', message: withheld.says }]);
  step.setOutputs(outputsOf(released, planned, out.at(-1)));
  step.summarise(
    releaseSummary({
      done: {
        published: out.map(({ tag, url }) => ({ name: tag, url })),
        failed: failed.map(({ says }) => says),
        draft: draft === null ? null : { name: draft.tag, url: draft.url },
        pull: pull === null ? null : { name: `#${pull.number}`, url: pull.url },
        withheld: withheld?.says ?? null,
        dryRun: inputs.dryRun,
        did,
        notes: [...released.untold, ...worthKnowing(released)],
      },
      planned,
      repository: repositoryOf(step.env),
    }),
  );
  if (withheld !== null) return asked ? EXIT.usage : EXIT.done;
  return failed.length > 0 || (objections.length > 0 && !excused) ? EXIT.no : EXIT.done;
}

function outputsOf(released: Released, planned: PlannedRelease, out: PublishedRelease | undefined): Outputs {
  const { mode, published, draft, pull, withheld, did } = released;
  const plan = planOutputs(planned);
  const page = out?.url ?? draft?.url ?? pull?.url ?? '';
  const made = published.map((one) => ({ ...one, notes: undefined }));
  const done = {
    ...(JSON.parse(plan.plan ?? '{}') as object),
    release: { mode, published: made, draft, pull, withheld: withheld?.says ?? null, did },
  };
  const base = { ...plan, 'release-url': page, plan: JSON.stringify(done) };
  if (out !== undefined) {
    const { kind, bump, version, tag, since, notes } = out;
    return outputsWith({ ...base, kind, bump, version, tag, 'previous-tag': since ?? '', notes, released: 'true', decision: 'published' });
  }
  const waits = draft !== null ? 'drafted' : pull !== null ? 'proposed' : undefined;
  const decision = published.length > 0 || withheld !== null || plan.decision === 'held' ? 'held' : (waits ?? plan.decision);
  return outputsWith({ ...base, ...(decision === undefined ? {} : { decision }) });
}

function worthKnowing({ self, plan, draft, pull, published }: Released): string[] {
  const says: string[] = [];
  if (draft !== null && plan.version !== null && !plan.latest && !plan.prerelease) {
    says.push('Newer releases are out on other lines: when you publish this draft, do not let GitHub set it as the latest release.');
  }
  // GraphQL writes bots without `[bot]`.
  if (self?.replace(/\[bot\]$/, '') !== 'github-actions') return says;
  // docs.github.com, "Triggering a workflow from a workflow".
  if (pull !== null) {
    says.push(
      `The release pull request is kept with the workflow's own token, for which GitHub starts no workflows: if checks are required there, close and reopen it, or set \`github-token\` to a token of a GitHub App.`,
    );
  }
  if (published.some((one) => one.tagged)) {
    says.push(
      "The release was made with the workflow's own token, for which GitHub starts no workflows on `release` or on the tag: let what must follow be a later step or job of this one.",
    );
  }
  return says;
}
