// The App's port on the world, as an installation with the rights that the App asks for.
import type { AppGitHubPort } from '../../src/flows/app-port.ts';
import { type AppOptions, connectApp } from '../../src/github/app.ts';
import type { App } from '../support/github/records.ts';
import type { RepositoryStory } from '../support/github/stories.ts';
import type { World } from '../support/github/world.ts';

export const APP_PERMISSIONS = {
  actions: 'write',
  checks: 'write',
  contents: 'write',
  deployments: 'write',
  issues: 'write',
  members: 'read',
  metadata: 'read',
  pull_requests: 'write',
  statuses: 'read',
} as const;

export interface AppPort {
  readonly github: AppGitHubPort;
  readonly app: App;
  readonly options: AppOptions;
  /** Milliseconds of each wait, which took none. */
  readonly waits: number[];
}

export function appPortOf(world: World, repository: RepositoryStory, options: Partial<AppOptions> = {}): AppPort {
  const waits: number[] = [];
  const app = world.state.apps.get('shiplock') ?? world.app('shiplock', { permissions: APP_PERMISSIONS });
  const installation =
    [...world.state.installations.values()].find((one) => one.app === app && one.account === repository.record.owner) ??
    world.install(app, repository.owner);
  const full: AppOptions = {
    api: world.url,
    token: world.installationToken(installation),
    owner: repository.owner,
    name: repository.repo,
    self: { app: app.id, slug: 'shiplock' },
    now: () => world.clock.now(),
    sleep: (milliseconds) => {
      waits.push(milliseconds);
      return Promise.resolve();
    },
    ...options,
  };
  return { github: connectApp(full), app, options: full, waits };
}
