// Every REST operation that the world serves.

import { actionRoutes } from './actions.ts';
import { appRoutes } from './apps.ts';
import { checkRoutes } from './checks.ts';
import { commentRoutes } from './comments.ts';
import { commitRoutes } from './commits.ts';
import { contentRoutes } from './contents.ts';
import type { Deliveries } from './deliveries.ts';
import { deploymentRoutes } from './deployments.ts';
import { environmentRoutes } from './environments.ts';
import { gateRoutes } from './gates.ts';
import { gitRoutes } from './git-database.ts';
import { issueRoutes } from './issues.ts';
import { mergeRoutes } from './merging.ts';
import { pullRoutes } from './pulls.ts';
import { releaseRoutes } from './releases.ts';
import { repositoryRoutes } from './repositories.ts';
import { reviewRoutes } from './reviews.ts';
import type { Route } from './routing.ts';
import { statusRoutes } from './statuses.ts';

export function allRoutes(deliveries: Deliveries): readonly Route[] {
  return [
    ...appRoutes(deliveries),
    ...repositoryRoutes,
    ...commitRoutes,
    ...pullRoutes,
    ...mergeRoutes,
    ...reviewRoutes,
    ...issueRoutes,
    ...commentRoutes,
    ...checkRoutes,
    ...statusRoutes,
    ...releaseRoutes,
    ...gitRoutes,
    ...contentRoutes,
    ...deploymentRoutes,
    ...environmentRoutes,
    ...actionRoutes,
    ...gateRoutes,
  ];
}
