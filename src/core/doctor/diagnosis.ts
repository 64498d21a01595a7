// What the doctor may find, in one table: how bad it is and what it means. The words about one repository are written where it is found.

export type Severity = 'error' | 'warn' | 'info';

interface Meaning {
  readonly severity: Severity;
  readonly says: string;
}

const error = (says: string): Meaning => ({ severity: 'error', says });
const warn = (says: string): Meaning => ({ severity: 'warn', says });
const info = (says: string): Meaning => ({ severity: 'info', says });

export const DIAGNOSES = {
  'policy-wrong': error('The policy file has problems, and no part of it is used.'),
  'policy-missing': info('There is no policy file.'),
  'workflow-wrong': warn('A workflow cannot be read.'),
  unseen: warn('Something could not be seen, so what depends on it was not looked at.'),
  'not-asked': info('GitHub was not asked.'),

  'environment-missing': error('A workflow names an environment that is not on GitHub, which would make it, with no protection.'),
  'environment-misspelt': error('A workflow names an environment that is probably another one’s misspelt name.'),
  'environment-spellings': warn('An environment is written in more than one way.'),
  'environment-unlisted': info('The policy does not name an environment that workflows deploy to.'),
  'environment-shut': warn('An environment is guarded, and the policy does not name it, so that nothing can open it.'),
  'environment-dynamic': info('A workflow works out the name of its environment while it runs.'),
  'environment-unused': warn('No workflow deploys to an environment of the policy.'),
  'environment-absent': warn('An environment of the policy is not on GitHub.'),

  'environment-unprotected': warn('Nothing guards an environment.'),
  'gate-missing': error('The policy gates an environment, and nothing asks the gate.'),
  'rule-disabled': error('The App’s rule of an environment is switched off.'),
  'app-unnamed': info('An App guards an environment, and nobody said whether it is Shiplock.'),
  'protected-none': error('Only protected branches may deploy, and no branch is protected, so that all may.'),
  'branches-open': warn('Any branch may deploy to an environment whose gate stands in the workflow file.'),
  'admins-bypass': warn('Administrators may pass the rules of an environment.'),
  'wait-timer': warn('A wait timer is set where the policy has an environment before this one, and it is no soak time.'),
  'wait-timer-too': info('A wait timer is set beside a soak time.'),
  'plan-limits': warn('GitHub may ignore the rules of this private repository’s environments.'),

  'deploy-missing': error('The workflow that `/deploy` starts is not there.'),
  'deploy-disabled': error('The workflow that `/deploy` starts is disabled.'),
  'deploy-undispatchable': error('The workflow that `/deploy` starts cannot be started.'),
  'deploy-elsewhere': error('The workflow that `/deploy` starts does not deploy to the environment.'),
  'deploy-unclear': info('Whether the workflow that `/deploy` starts deploys to the environment cannot be told.'),
  'gate-not-needed': error('A job enters an environment without waiting for its gate.'),
  'gate-overrun': error('A job enters an environment whether or not its gate opened.'),
  'gate-of-pull': error('The gate’s workflow is started by pull requests, where it refuses to run.'),
  'gate-blind': error('The gate’s job lacks permissions for what the policy asks, so that it never opens.'),
  'gate-unlisted': warn('A workflow asks the gate of an environment that the policy does not name.'),
  'gate-teams': warn('The gate of a workflow cannot see who belongs to a team.'),

  held: info('The policy holds an environment.'),
  'check-unreported': warn('A check that the policy asks for has not been reported lately.'),
  'app-silent': warn('The app whose checks the policy asks for has not reported any lately.'),
  'approvers-few': error('The policy asks for more approvals than there are people to give them.'),
  'approvers-scarce': warn('There are just as many people as approvals asked for, and who made a change does not count.'),
  'team-empty': warn('A team whose approval counts has no members.'),
  'approver-weak': warn('Somebody whose approval is to count may not write to the repository.'),
  'after-unreachable': error('No workflow deploys to the environment that has to come first.'),
  'window-never': error('No window will open.'),
  'freeze-over': info('A freeze of the policy is over.'),
  'quarantine-over': warn('A quarantine of the policy is over.'),
} as const satisfies Readonly<Record<string, Meaning>>;

export type DiagnosisCode = keyof typeof DIAGNOSES;

export interface Diagnosis {
  readonly severity: Severity;
  readonly code: DiagnosisCode;
  /** The environment or the file it is about; empty for the repository as a whole. */
  readonly about: string;
  /** What is wrong. Text of others in it is not neutralised. */
  readonly says: string;
  /** What to do about it. */
  readonly then: string;
}

/** As bad as its code. */
export function diagnosis(code: DiagnosisCode, about: string, says: string, then: string): Diagnosis {
  return { severity: DIAGNOSES[code].severity, code, about, says, then };
}
