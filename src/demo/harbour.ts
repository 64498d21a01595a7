// The repository that the demo plays in: a small product with a release behind it, people with different rights, a policy for two
// environments, and the workflows that deploy and test it.

/** What each may do on the repository. */
export const PEOPLE = { ada: 'write', ben: 'write', carol: 'maintain', dan: 'maintain', grace: 'admin' } as const;

export const REPOSITORY = 'acme/harbour';

/** When the story begins: a Tuesday, so that nothing hangs on the day that it is told. */
export const BEGINNING = '2026-03-03T09:00:00Z';

export const POLICY = `version: 1
environments:
  qa:
    deploy: deploy.yml                       # the workflow that /deploy starts
    requires:
      - checks: ["regression / *"]
        app: github-actions
  production:
    after: qa                                # the same commit, deployed there with success
    deploy: deploy.yml
    requires:
      - checks: ["regression / *"]
        app: github-actions
      - approvals: { count: 2, from: [maintain], except: [author, deployer] }
      - soak: 24h                            # in qa
    for:                                     # what the release is decides what the gate asks
      security: { soak: 0h, approvals: { count: 1 } }
      rollback:
        requires:
          - approvals: { count: 1, from: [maintain] }
    freeze:
      - { from: "2026-12-19T18:00", to: "2027-01-04T08:00", zone: Europe/Berlin, except: [security] }
    review: { after: 72h, to: ["@grace"] }
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
    steps:
      - run: ./deploy.sh "$VERSION"
        env: { VERSION: "\${{ inputs.version }}" }
`;

const REGRESSION = `name: Regression
on:
  release: { types: [published] }
jobs:
  api:
    name: regression / api
    runs-on: ubuntu-latest
    steps: [{ run: npm run regression -- api }]
  web:
    name: regression / web
    runs-on: ubuntu-latest
    steps: [{ run: npm run regression -- web }]
`;

export const WORKFLOWS = { deploy: 'deploy.yml', regression: 'regression.yml' } as const;

/** Each release that was there before, and what it brought. */
export const HISTORY: readonly {
  readonly tag: string;
  readonly message: string;
  readonly files: Readonly<Record<string, string>>;
}[] = [
  {
    tag: 'v1.3.0',
    message: 'feat: book a berth',
    files: {
      'README.md': '# Harbour\n\nBerths and passages, booked by the hour.\n',
      'src/berth.ts': 'export const berth = 1;\n',
      '.github/shiplock.yml': POLICY,
      [`.github/workflows/${WORKFLOWS.deploy}`]: DEPLOY,
      [`.github/workflows/${WORKFLOWS.regression}`]: REGRESSION,
    },
  },
  { tag: 'v1.3.1', message: 'fix: show the tide of the right harbour', files: { 'src/tide.ts': 'export const tide = 1;\n' } },
];
