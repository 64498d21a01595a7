// What keeps a repository's gates from doing what its people think they do: the policy, the workflows and GitHub's settings held against
// one another. What could not be seen is told, and nothing is concluded from it.

import { diagnoseDeploys } from './doctor/deploys.ts';
import { type Diagnosis, diagnosis, type Severity } from './doctor/diagnosis.ts';
import { entriesOf } from './doctor/entries.ts';
import type { DoctorFacts, GitHubFacts } from './doctor/facts.ts';
import { diagnoseGuards } from './doctor/guards.ts';
import { diagnoseNames } from './doctor/names.ts';
import { diagnoseUnreachable } from './doctor/unreachable.ts';
import { type Workflow, type WorkflowText, workflowOf } from './doctor/workflow.ts';
import type { Observed } from './observed.ts';
import { DEFAULT_POLICY } from './policy.ts';

/** The worst first; each once. */
export function examine(facts: DoctorFacts): readonly Diagnosis[] {
  const { policy: file, github, now } = facts;
  const { workflows, wrong, unread } = workflowsOf(facts.workflows);
  const found = workflows === null ? null : entriesOf(workflows);
  // Of a file with problems nothing is known, so nothing is missing in it.
  const policy = file.is === 'read' ? file.policy : file.is === 'wrong' ? { ...DEFAULT_POLICY, unlisted: 'open' as const } : DEFAULT_POLICY;
  const all = [
    ...policyProblems(facts),
    ...wrong,
    ...(github === null ? [notAsked()] : unseen(github)),
    ...(found === null
      ? [diagnosis('unseen', '', `The workflows could not be seen: ${facts.workflows.known ? '' : facts.workflows.why}`, MEND)]
      : [
          ...diagnoseNames({ policy, found, environments: github?.environments.known === true ? github.environments.value : null }),
          ...(github === null ? [] : diagnoseGuards({ policy, found, github })),
        ]),
    ...(workflows === null || found === null ? [] : diagnoseDeploys({ policy, workflows, found, unread })),
    ...diagnoseUnreachable({ policy, now, found, github }),
  ];
  const once = new Map(all.map((one) => [JSON.stringify(one), one]));
  return [...once.values()].sort((a, b) => RANK[a.severity] - RANK[b.severity]);
}

const RANK: Readonly<Record<Severity, number>> = { error: 0, warn: 1, info: 2 };
const MEND = 'Give the token what it lacks, and look again.';

function policyProblems({ policy }: DoctorFacts): Diagnosis[] {
  if (policy.is === 'wrong') {
    return policy.lines.map((line) =>
      diagnosis('policy-wrong', '.github/shiplock.yml', line, 'Mend the file: until then no release and no gate goes by it.'),
    );
  }
  if (policy.is === 'read') return [];
  const says = 'There is no policy file, so releases go by the defaults and no environment has a gate.';
  return [diagnosis('policy-missing', '.github/shiplock.yml', says, '`shiplock init` writes one.')];
}

interface Read {
  /** Null: they could not be seen. */
  readonly workflows: readonly Workflow[] | null;
  readonly wrong: readonly Diagnosis[];
  readonly unread: readonly string[];
}

function workflowsOf(seen: Observed<readonly WorkflowText[]>): Read {
  if (!seen.known) return { workflows: null, wrong: [], unread: [] };
  const workflows: Workflow[] = [];
  const wrong: Diagnosis[] = [];
  const unread: string[] = [];
  for (const { path, text, state } of seen.value) {
    // GitHub remembers workflows whose files were taken away.
    if (text === null) continue;
    const read = workflowOf({ path, text, state });
    if (!('problem' in read)) workflows.push(read);
    else {
      unread.push(path);
      wrong.push(diagnosis('workflow-wrong', path, read.problem, 'Mend the file; what it deploys was not looked at.'));
    }
  }
  return { workflows, wrong, unread };
}

function notAsked(): Diagnosis {
  const says = 'Only the files of this clone were read: which environments there are on GitHub, and what guards them, was not asked.';
  return diagnosis('not-asked', '', says, 'Run it with `--repo OWNER/NAME` and a token in GITHUB_TOKEN.');
}

function unseen({ environments, repository, checks, writers, teams }: GitHubFacts): Diagnosis[] {
  const all: (readonly [string, string, Observed<unknown>])[] = [
    ['', 'The environments', environments],
    ['', 'The repository’s settings', repository],
    ['', 'The checks that were reported lately', checks],
    ['', 'Who may write to the repository', writers],
    ...Object.entries(teams).map(([name, one]) => ['', `Who belongs to ${name}`, one] as const),
    ...(environments.known ? environments.value : []).map(({ name, apps }) => [name, `Which Apps guard ${name}`, apps] as const),
  ];
  return all.flatMap(([about, what, seen]) =>
    seen.known ? [] : [diagnosis('unseen', about, `${what} could not be seen: ${seen.why}`, MEND)],
  );
}
