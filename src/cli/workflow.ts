// The workflow that `init` writes: the plan of the next release in the summary of every push.

/** `branch` is the default branch. */
export function planWorkflow(branch: string): string {
  return `# Shows the release that the next one would be, in the job's summary. It changes nothing.
name: Shiplock

on:
  push:
    branches: [${JSON.stringify(branch)}, "[0-9]+.x", "[0-9]+.[0-9]+.x"]
  workflow_dispatch:

permissions:
  contents: read

jobs:
  plan:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
        with:
          fetch-depth: 0 # a plan is read off the whole history and its tags
          persist-credentials: false
      - uses: shiplock/shiplock@v1
        with:
          task: plan
`;
}
