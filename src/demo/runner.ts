// Plays GitHub Actions in the simulated repository: the regression suite starts when a release is published, jobs run for a moment, and end
// as the story wants. Whatever waits at a gate is left waiting.

import type { Job } from '../../test/support/github/deployment-records.ts';
import { currentJobs } from '../../test/support/github/runs.ts';
import type { RepositoryStory } from '../../test/support/github/stories.ts';
import { WORKFLOWS } from './harbour.ts';

export interface Runner {
  /** Looks once; called again and again. */
  readonly look: () => void;
  readonly failNextSuite: (jobs: readonly string[]) => void;
}

/** Looks that a job takes. */
const LOOKS = { [WORKFLOWS.deploy]: 6, [WORKFLOWS.regression]: 10 };

export function makeRunner(repository: RepositoryStory): Runner {
  const { record } = repository;
  const tested = new Set(record.releases.map((one) => one.tag));
  const looks = new Map<Job, number>();
  let failing: readonly string[] = [];

  const startSuites = () => {
    for (const { tag, draft } of record.releases) {
      if (draft || tested.has(tag)) continue;
      tested.add(tag);
      repository.run(WORKFLOWS.regression, { event: 'release', ref: `refs/tags/${tag}`, by: 'ada' });
    }
  };

  const endJobs = () => {
    for (const run of record.runs) {
      const file = run.workflow.path.endsWith(WORKFLOWS.deploy) ? WORKFLOWS.deploy : WORKFLOWS.regression;
      const jobs = currentJobs(run).filter((one) => one.status === 'in_progress');
      for (const job of jobs) {
        const seen = (looks.get(job) ?? 0) + 1;
        looks.set(job, seen);
        if (seen < LOOKS[file]) continue;
        repository.finish(run, failing.includes(job.name) ? 'failure' : 'success', job.name);
        failing = failing.filter((one) => one !== job.name);
      }
    }
  };

  return {
    look: () => {
      startSuites();
      endJobs();
    },
    failNextSuite: (jobs) => {
      failing = jobs;
    },
  };
}
