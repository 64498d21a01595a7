// A repository with people, a policy for two environments and the workflows that test and deploy it, as stories of whole lives need it.
import type { App } from './github/records.ts';
import type { RepositoryStory } from './github/stories.ts';
import type { World } from './github/world.ts';

const PEOPLE = { ada: 'write', ben: 'write', carol: 'maintain', dan: 'maintain', grace: 'admin' } as const;

/** A Monday. */
export const BEGINNING = '2026-03-02T09:00:00Z';
export const FREEZE = { from: '2026-03-09T18:00', to: '2026-03-23T08:00' } as const;

const POLICY = `version: 1
environments:
  qa:
    deploy: deploy.yml
    requires:
      - checks: ["regression / *"]
        app: github-actions
  production:
    after: qa
    deploy: deploy.yml
    requires:
      - checks: ["regression / *"]
        app: github-actions
      - approvals: { count: 2, from: [maintain], except: [author, deployer] }
      - soak: 24h
    for:
      maintenance: { soak: 2h, approvals: { count: 1 } }
      security: { soak: 0h, approvals: { count: 1 } }
    freeze:
      - { from: "${FREEZE.from}", to: "${FREEZE.to}", zone: UTC, except: [security], reason: the fair }
`;

const DEPLOY = `name: Deploy
on:
  workflow_dispatch:
    inputs:
      environment: { required: true, type: string }
      version: { required: true, type: string }
jobs:
  deploy:
    runs-on: ubuntu-latest
    environment: \${{ inputs.environment }}
    steps: [{ run: ./deploy.sh }]
`;

const REGRESSION = `name: Regression
on:
  release: { types: [published] }
jobs:
  api: { name: regression / api, runs-on: ubuntu-latest, steps: [{ run: npm test }] }
  web: { name: regression / web, runs-on: ubuntu-latest, steps: [{ run: npm test }] }
`;

/** v1.0.0 is out, and deployed everywhere; then the App is installed, and guards both environments. */
export function foundHarbour(world: World, app: App): RepositoryStory {
  world.clock.set(BEGINNING);
  const files = {
    'README.md': '# Harbour\n',
    '.github/shiplock.yml': POLICY,
    '.github/workflows/deploy.yml': DEPLOY,
    '.github/workflows/regression.yml': REGRESSION,
  };
  const repository = world.repository('acme/harbour', { commits: [{ message: 'feat: book a berth', files }], collaborators: PEOPLE });
  repository.tag('v1.0.0', { by: 'carol' });
  repository.release('v1.0.0', { by: 'carol', name: 'v1.0.0', body: 'The first.' });
  for (const environment of ['qa', 'production']) {
    repository.deploy(environment, { ref: 'v1.0.0' });
    repository.environment(environment, { rules: [app] });
  }
  return repository;
}
