// Check runs and check suites: only Apps make them, and each App only its own.
import { resolveOrThrow } from './commits.ts';
import { appOf, htmlUrl, minimalRepository, repositoryUrl } from './present.ts';
import { pullMention, pullsWithHead } from './pull-shape.ts';
import type { Account, App, CheckRun, CheckSuite, Repository } from './records.ts';
import { type Call, found, page, Refusal, Reply, type Route, route } from './routing.ts';
import type { GitHubState, Urls } from './state.ts';

export interface NewCheck {
  readonly name: string;
  readonly head_sha: string;
  readonly status?: string;
  readonly conclusion?: string;
  readonly external_id?: string;
  readonly details_url?: string;
  readonly started_at?: string;
  readonly completed_at?: string;
  readonly output?: { title?: string; summary?: string; text?: string; annotations?: unknown[] };
}

export function suiteFor(state: GitHubState, repository: Repository, app: App, sha: string): CheckSuite {
  const known = repository.suites.find((suite) => suite.app === app && suite.sha === sha);
  if (known) return known;
  const branch = repository.git.refs.list('refs/heads/').find((ref) => ref.sha === sha);
  const at = state.clock.iso();
  const suite = state.make('CheckSuite', (made): CheckSuite => {
    return { ...made, repository, app, sha, branch: branch ? branch.name.slice(11) : null, createdAt: at, updatedAt: at };
  });
  repository.suites.push(suite);
  return suite;
}

export function createCheck(state: GitHubState, repository: Repository, app: App, wanted: NewCheck, suite?: CheckSuite): CheckRun {
  const sha = repository.git.resolve(wanted.head_sha);
  if (!sha) throw new Refusal(422, `No commit found for SHA: ${wanted.head_sha}`);
  const check = state.make('CheckRun', (made): CheckRun => {
    const times = { startedAt: state.clock.iso(), completedAt: null, conclusion: null };
    const output = { title: null, summary: null, text: null, annotations: [] };
    return {
      ...made,
      ...times,
      suite: suite ?? suiteFor(state, repository, app, sha),
      name: wanted.name,
      externalId: '',
      detailsUrl: null,
      status: 'queued',
      output,
    };
  });
  repository.checks.push(check);
  apply(state, check, wanted);
  emitCheck(state, check, 'created', app.bot);
  if (check.status === 'completed') emitCheck(state, check, 'completed', app.bot);
  return check;
}

export function updateCheck(state: GitHubState, check: CheckRun, wanted: Partial<NewCheck>): void {
  const was = check.status;
  apply(state, check, wanted);
  if (check.status === 'completed' && was !== 'completed') emitCheck(state, check, 'completed', check.suite.app.bot);
}

function apply(state: GitHubState, check: CheckRun, wanted: Partial<NewCheck>): void {
  const at = state.clock.iso();
  if (wanted.name !== undefined) check.name = wanted.name;
  if (wanted.external_id !== undefined) check.externalId = wanted.external_id;
  if (wanted.details_url !== undefined) check.detailsUrl = wanted.details_url;
  if (wanted.started_at !== undefined) check.startedAt = wanted.started_at;
  if (wanted.status !== undefined) check.status = wanted.status;
  if (wanted.conclusion !== undefined) {
    // A conclusion completes the run (documented); without one a completed run cannot be.
    Object.assign(check, { status: 'completed', conclusion: wanted.conclusion, completedAt: wanted.completed_at ?? at });
  } else if (wanted.status === 'completed' && check.conclusion === null) {
    throw new Refusal(422, "Invalid request.\n\nFor 'properties/conclusion', nil is not a string.");
  } else if (wanted.status !== undefined && wanted.status !== 'completed') Object.assign(check, { conclusion: null, completedAt: null });
  if (wanted.output) {
    const { title = null, summary = null, text = null, annotations = [] } = wanted.output;
    // Annotations of an update are added to those before (documented); the rest is replaced.
    check.output = { title, summary, text, annotations: [...check.output.annotations, ...annotations] };
  }
  check.suite.updatedAt = at;
}

export function checkShape(check: CheckRun, urls: Urls) {
  const { repository, app, sha } = check.suite;
  const url = `${repositoryUrl(repository, urls)}/check-runs/${check.id}`;
  const html = `${htmlUrl(repository, urls)}/runs/${check.id}`;
  return {
    id: check.id,
    node_id: check.nodeId,
    name: check.name,
    head_sha: sha,
    external_id: check.externalId,
    url,
    html_url: html,
    details_url: check.detailsUrl ?? html,
    status: check.status,
    conclusion: check.conclusion,
    started_at: check.startedAt,
    completed_at: check.completedAt,
    output: {
      title: check.output.title,
      summary: check.output.summary,
      text: check.output.text,
      annotations_count: check.output.annotations.length,
      annotations_url: `${url}/annotations`,
    },
    check_suite: { id: check.suite.id },
    app: appOf(app, urls),
    pull_requests: pullsWithHead(repository, sha).map((pull) => pullMention(pull, urls)),
    ...madeBy(check, urls),
  };
}

/** The deployment that a job with an environment makes. */
function madeBy(check: CheckRun, urls: Urls) {
  const deployment = check.suite.repository.runs.flatMap((run) => run.jobs).find((job) => job.check === check)?.deployment;
  if (!deployment) return {};
  const url = `${repositoryUrl(check.suite.repository, urls)}/deployments/${deployment.id}`;
  const { id, nodeId, task, environment, description, createdAt, updatedAt } = deployment;
  const times = { created_at: createdAt, updated_at: updatedAt };
  const addresses = { url, statuses_url: `${url}/statuses`, repository_url: repositoryUrl(check.suite.repository, urls) };
  return { deployment: { id, node_id: nodeId, task, original_environment: environment, environment, description, ...times, ...addresses } };
}

/** A suite ends with the worst of its newest runs. */
export function suiteState(suite: CheckSuite): { status: string; conclusion: string | null } {
  const runs = newest(suite.repository.checks.filter((check) => check.suite === suite));
  if (runs.length === 0) return { status: 'queued', conclusion: null };
  if (runs.some((run) => run.status !== 'completed')) return { status: 'in_progress', conclusion: null };
  const order = ['action_required', 'timed_out', 'cancelled', 'failure', 'stale', 'neutral', 'skipped'];
  return { status: 'completed', conclusion: order.find((one) => runs.some((run) => run.conclusion === one)) ?? 'success' };
}

export function suiteShape(suite: CheckSuite, urls: Urls) {
  const { repository, sha } = suite;
  const commit = repository.git.commit(sha);
  const url = `${repositoryUrl(repository, urls)}/check-suites/${suite.id}`;
  const person = ({ name, email }: { name: string; email: string }) => ({ name, email });
  return {
    id: suite.id,
    node_id: suite.nodeId,
    head_branch: suite.branch,
    head_sha: sha,
    ...suiteState(suite),
    url,
    before: commit.parents[0] ?? '0'.repeat(40),
    after: sha,
    pull_requests: pullsWithHead(repository, sha).map((pull) => pullMention(pull, urls)),
    app: appOf(suite.app, urls),
    repository: minimalRepository(repository, urls),
    created_at: suite.createdAt,
    updated_at: suite.updatedAt,
    head_commit: {
      id: sha,
      tree_id: commit.tree,
      message: commit.message,
      timestamp: commit.committer.date,
      author: person(commit.author),
      committer: person(commit.committer),
    },
    latest_check_runs_count: newest(repository.checks.filter((check) => check.suite === suite)).length,
    check_runs_url: `${url}/check-runs`,
    rerequestable: true,
    runs_rerequestable: true,
  };
}

export function emitCheck(state: GitHubState, check: CheckRun, action: string, sender: Account): void {
  const { repository } = check.suite;
  const payload = (urls: Urls) => {
    const { latest_check_runs_count, check_runs_url, ...suite } = suiteShape(check.suite, urls);
    return { check_run: { ...checkShape(check, urls), check_suite: suite } };
  };
  state.emit({ name: 'check_run', action, repository, sender, payload });
  const { conclusion } = suiteState(check.suite);
  if (action === 'completed' && conclusion !== null) {
    const suite = (urls: Urls) => ({ check_suite: suiteShape(check.suite, urls) });
    state.emit({ name: 'check_suite', action: 'completed', repository, sender, payload: suite });
  }
}

/** Of runs with one name in one suite the newest counts; the others are what `filter=all` adds. */
export function newest(checks: readonly CheckRun[]): CheckRun[] {
  const latest = new Map<string, CheckRun>();
  for (const check of checks) latest.set(`${check.suite.id} ${check.name}`, check);
  return [...latest.values()];
}

function listChecks(call: Call, all: readonly CheckRun[]): Reply {
  const { query } = call;
  const app = query.get('app_id');
  const shown = (query.get('filter') === 'all' ? all : newest(all)).filter((check) => {
    if (query.has('check_name') && check.name !== query.get('check_name')) return false;
    if (query.has('status') && check.status !== query.get('status')) return false;
    return app === null || check.suite.app.id === Number(app);
  });
  const runs = [...shown].reverse();
  return page(
    call,
    runs,
    (check) => checkShape(check, call.urls),
    (items) => ({ total_count: runs.length, check_runs: items }),
  );
}

function ownCheck(call: Call): CheckRun {
  const check = found(call.repository.checks.find((one) => one.id === Number(call.params.check_run_id)));
  if (call.actor.kind !== 'installation' || call.actor.app !== check.suite.app)
    throw new Refusal(403, 'Invalid app_id `1` - check run can only be modified by the GitHub App that created it.');
  return check;
}

export const checkRoutes: readonly Route[] = [
  route<NewCheck>(
    'POST /repos/{owner}/{repo}/check-runs',
    { needs: 'checks:write', only: 'installations' },
    (call) => {
      if (call.actor.kind !== 'installation') throw new Refusal(403, 'You must authenticate via a GitHub App.');
      return new Reply(201, checkShape(createCheck(call.state, call.repository, call.actor.app, call.body), call.urls));
    },
    'create check {body.name} on {body.head_sha}',
  ),
  route<Partial<NewCheck>>(
    'PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}',
    { needs: 'checks:write', only: 'installations' },
    (call) => {
      const check = ownCheck(call);
      updateCheck(call.state, check, call.body);
      return checkShape(check, call.urls);
    },
    'update check {answer.name} on {answer.head_sha}',
  ),
  route('GET /repos/{owner}/{repo}/check-runs/{check_run_id}', 'checks:read', (call) => {
    return checkShape(found(call.repository.checks.find((one) => one.id === Number(call.params.check_run_id))), call.urls);
  }),
  // Only runs of the 1,000 newest suites are listed (documented).
  route('GET /repos/{owner}/{repo}/commits/{ref}/check-runs', 'checks:read', (call) => {
    const sha = resolveOrThrow(call.repository, call.params.ref ?? '');
    return listChecks(
      call,
      call.repository.checks.filter((one) => one.suite.sha === sha),
    );
  }),
  route('GET /repos/{owner}/{repo}/check-suites/{check_suite_id}/check-runs', 'checks:read', (call) => {
    return listChecks(
      call,
      call.repository.checks.filter((one) => one.suite.id === Number(call.params.check_suite_id)),
    );
  }),
  route('GET /repos/{owner}/{repo}/check-suites/{check_suite_id}', 'checks:read', (call) => {
    return suiteShape(found(call.repository.suites.find((one) => one.id === Number(call.params.check_suite_id))), call.urls);
  }),
  route('GET /repos/{owner}/{repo}/commits/{ref}/check-suites', 'checks:read', (call) => {
    const sha = resolveOrThrow(call.repository, call.params.ref ?? '');
    const app = call.query.get('app_id');
    const suites = call.repository.suites.filter((one) => one.sha === sha && (app === null || one.app.id === Number(app)));
    return page(
      call,
      suites,
      (suite) => suiteShape(suite, call.urls),
      (items) => ({ total_count: suites.length, check_suites: items }),
    );
  }),
];
