// The checks of a commit within a larger query: all runs of all suites. Statuses show there as the newest of each name alone, so that only
// their absence can be told by it.

import type { CheckRunSeen } from '../flows/gate-port.ts';
import { type List, PAGE_INFO, type Place, wholeOf } from './graphql.ts';
import { runOfUrl } from './run-url.ts';

interface RawRun {
  readonly databaseId: number | null;
  readonly name: string;
  readonly status: string;
  readonly conclusion: string | null;
  readonly startedAt: string | null;
  readonly completedAt: string | null;
  readonly url: string;
  readonly detailsUrl: string | null;
}

interface RawSuite {
  readonly databaseId: number | null;
  readonly app: { readonly databaseId: number | null; readonly slug: string } | null;
  readonly checkRuns: List<RawRun> | null;
}

export interface RawChecks {
  readonly oid?: string;
  readonly status: { readonly state: string } | null;
  readonly checkSuites: List<RawSuite> | null;
}

const RUN = 'databaseId name status conclusion startedAt completedAt url detailsUrl';
const RUNS = `checkRuns(first: 50, filterBy: { checkType: ALL }) { nodes { ${RUN} } ${PAGE_INFO} }`;
/** Most commits have some ten suites, one an App and one a workflow run; a head that rests has one more for every scheduled run. */
const SUITES = `checkSuites(first: 100) { nodes { databaseId app { databaseId slug } ${RUNS} } ${PAGE_INFO} }`;

/** Within `repository { … }`. */
export function checksSelection(sha: string): string {
  return `object(oid: ${JSON.stringify(sha)}) { ... on Commit { oid status { state } ${SUITES} } }`;
}

interface ChecksShown {
  readonly runs: readonly CheckRunSeen[];
  /** There are some, of which not all show here. */
  readonly statuses: boolean;
}

/** Null: not all of it is there, or not all that REST tells. */
export function checksShown(place: Place, sha: string, raw: RawChecks | null): ChecksShown | null {
  const suites = raw?.oid === sha ? wholeOf(raw.checkSuites) : null;
  if (raw === null || suites === null) return null;
  const runs: CheckRunSeen[] = [];
  for (const suite of suites) {
    const { app, databaseId } = suite;
    const all = wholeOf(suite.checkRuns);
    if (all === null) return null;
    for (const run of all) {
      // Without a number a run replaces none, and without its App it is nobody's: REST tells both.
      if (run.databaseId === null || databaseId === null || app === null || app.databaseId === null) return null;
      runs.push(runOf(place, run, databaseId, { slug: app.slug, id: app.databaseId }));
    }
  }
  // As REST has them.
  return { runs: runs.sort((a, b) => Number(b.id) - Number(a.id)), statuses: raw.status !== null };
}

function runOf(place: Place, run: RawRun, suite: number, app: { readonly slug: string; readonly id: number }): CheckRunSeen {
  return {
    name: run.name,
    kind: 'check',
    app: app.slug,
    appId: app.id,
    state: (run.status === 'COMPLETED' ? (run.conclusion ?? 'unknown') : run.status).toLowerCase(),
    id: run.databaseId,
    startedAt: run.startedAt,
    completedAt: run.completedAt,
    suite,
    url: run.url,
    run: app.slug === 'github-actions' ? (runOfUrl(place, run.detailsUrl) ?? runOfUrl(place, run.url)) : null,
    by: null,
  };
}
