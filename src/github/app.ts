// GitHub as the App's journeys know it: the port of every release, and what only an App does. The Action never loads this file.

import type { AppGitHubPort } from '../flows/app-port.ts';
import { putCheck } from './check-write.ts';
import { react, readComment, updateComment } from './comment-detail.ts';
import { type GitHubOptions, placeOf, portAt } from './github.ts';
import { closeIssue, openIssue, readIssue, removeLabel } from './issues.ts';
import { mergePull } from './merge-pull.ts';
import { pick } from './pick.ts';
import { readRecentPulls } from './recent-pulls.ts';
import { readRole } from './roles.ts';

export interface AppOptions extends GitHubOptions {
  readonly self: { readonly app: number; readonly slug: string };
}

/** Everything it does may throw `GitHubProblem`, besides what it returns as `Observed`; a reaction never does. */
export function connectApp(options: AppOptions): AppGitHubPort {
  const { app, slug } = options.self;
  const place = placeOf(options);
  // Decoration may not spend what there is of patience.
  const hasty = placeOf({ ...options, maxWaitSeconds: 0 });
  return {
    ...portAt(place, options),
    putCheck: (check) => putCheck(place, app, check),
    removeLabel: (number, label) => removeLabel(place, number, label),
    updateComment: (id, body) => updateComment(place, id, body),
    commentById: (id) => readComment(place, id),
    react: (comment, content) => react(hasty, comment, content),
    roleOf: (login) => readRole(place, login),
    issue: (number) => readIssue(place, number),
    openIssue: (issue) => openIssue(place, app, issue),
    closeIssue: (number) => closeIssue(place, number),
    recentPulls: (state, since) => readRecentPulls(place, state, since),
    mergePull: (number, head) => mergePull(place, number, head),
    pick: (request) => pick(place, slug, request),
  };
}
