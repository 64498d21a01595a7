// GitHub as the gates know it: what waits, what speaks for it, and the answer.

import type { GatePort } from '../flows/gate-port.ts';
import { readPosted } from './deployment-posters.ts';
import { readAllChecks } from './gate-checks.ts';
import { readDeployments } from './gate-deployments.ts';
import { readPeople } from './gate-people.ts';
import { readMergedPulls, readReviews } from './gate-pulls.ts';
import { answerRule, readApprovals, readPending, readRun, readWaitingRuns } from './gate-runs.ts';
import { readEnvironments, readWorkflows } from './gate-settings.ts';
import { readMembers, readMembership } from './gate-teams.ts';
import { type GitHubOptions, placeOf } from './github.ts';
import type { Place } from './graphql.ts';
import { readSight } from './sight.ts';

/** Only `answer` throws `GitHubProblem`, where none came. */
export function connectGates(options: GitHubOptions): GatePort {
  return gatesAt(placeOf(options));
}

/** The port on a client that there is already. */
export function gatesAt(place: Place): GatePort {
  return {
    sight: (request) => readSight(place, request),
    answer: (answer) => answerRule(place, answer),
    run: (id) => readRun(place, id),
    waitingRuns: () => readWaitingRuns(place),
    pendingDeployments: (run) => readPending(place, run),
    approvals: (run) => readApprovals(place, run),
    deployments: (environment, range) => readDeployments(place, environment, range),
    posted: (deployment) => readPosted(place, deployment),
    checksOf: (sha) => readAllChecks(place, sha),
    reviews: (pull) => readReviews(place, pull),
    pullsOf: (sha) => readMergedPulls(place, sha),
    commitPeople: (base, head) => readPeople(place, base, head),
    teamMembers: (organization, team) => readMembers(place, organization, team),
    isMember: (organization, team, login) => readMembership(place, organization, team, login),
    environments: () => readEnvironments(place),
    workflows: () => readWorkflows(place),
  };
}
