// Workflows, runs and jobs over REST: listed, dispatched, run again, cancelled.
import type { Run } from './deployment-records.ts';
import { runOf, runUrl } from './gates.ts';
import { actingAccount, type Call, found, page, Refusal, Reply, type Route, route } from './routing.ts';
import { jobShape, runShape, workflowShape } from './run-shape.ts';
import { currentJobs, endJob, rerun, startRun } from './runs.ts';
import { findWorkflow, readWorkflow, workflowsOf } from './workflows.ts';

interface Dispatch {
  readonly ref: string;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly return_run_details?: boolean;
}

/** `ref` is a branch or a tag, never a hash; the workflow's own file at that ref says which inputs there are. */
function dispatch(call: Call<Dispatch>): Reply {
  const { repository, state, body } = call;
  const workflow = found(findWorkflow(state, repository, call.params.workflow_id ?? ''));
  const { refs } = repository.git;
  const name = [body.ref, `refs/heads/${body.ref}`, `refs/tags/${body.ref}`].find((one) => refs.read(one) !== null);
  const sha = name && repository.git.resolve(name);
  if (!name || !sha) throw new Refusal(422, `No ref found for: ${body.ref}`);
  const file = readWorkflow(repository, sha, workflow.path);
  if (workflow.state !== 'active') throw new Refusal(422, "Cannot trigger a 'workflow_dispatch' on a disabled workflow");
  if (!file?.inputs) throw new Refusal(422, "Workflow does not have 'workflow_dispatch' trigger");
  const given = body.inputs ?? {};
  // GitHub Enterprise Server (3.17 to 3.19) takes ten inputs and never says which run it started.
  const enterprise = call.urls.api.endsWith('/api/v3');
  if (enterprise && Object.keys(given).length > 10) throw new Refusal(422, 'No more than 10 properties are allowed');
  const unknown = Object.keys(given).filter((input) => !(input in (file.inputs ?? {})));
  if (unknown.length > 0) throw new Refusal(422, `Unexpected inputs provided: ${JSON.stringify(unknown)}`);
  const inputs = Object.fromEntries(Object.entries(file.inputs).map(([input, { default: standard }]) => [input, given[input] ?? standard]));
  for (const [input, { required }] of Object.entries(file.inputs)) {
    if (required && inputs[input] === undefined) throw new Refusal(422, `Required input '${input}' not provided`);
  }
  const run = startRun(state, workflow, { event: 'workflow_dispatch', ref: name, sha, inputs, actor: actingAccount(call.actor) });
  const urls = runUrl(run, call.urls);
  return body.return_run_details && !enterprise
    ? new Reply(200, { workflow_run_id: run.id, run_url: urls.api, html_url: urls.html })
    : new Reply(204);
}

function listRuns(call: Call, runs: readonly Run[]): Reply {
  const { query } = call;
  const filters: readonly [key: string, value: (run: Run) => unknown][] = [
    ['event', (run) => run.event],
    ['branch', (run) => run.ref.replace(/^refs\/(heads|tags)\//, '')],
    ['head_sha', (run) => run.sha],
    ['actor', (run) => run.actor.login],
    ['check_suite_id', (run) => String(run.suite.id)],
  ];
  const status = query.get('status');
  const shown = [...runs].reverse().filter((run) => {
    if (status !== null && run.status !== status && run.conclusion !== status) return false;
    return filters.every(([key, value]) => query.get(key) === null || query.get(key) === value(run));
  });
  return page(
    call,
    shown,
    (run) => runShape(run, call.urls),
    (items) => ({ total_count: shown.length, workflow_runs: items }),
  );
}

const RUN = '/repos/{owner}/{repo}/actions/runs/{run_id}';
const WORKFLOW = '/repos/{owner}/{repo}/actions/workflows/{workflow_id}';

export const actionRoutes: readonly Route[] = [
  route<{ event_type: string; client_payload?: object }>(
    'POST /repos/{owner}/{repo}/dispatches',
    'contents:write',
    (call) => {
      const { event_type: action, client_payload = {} } = call.body;
      const payload = () => ({ branch: call.repository.defaultBranch, client_payload });
      call.state.emit({ name: 'repository_dispatch', action, repository: call.repository, sender: actingAccount(call.actor), payload });
      return new Reply(204);
    },
    'dispatch {body.event_type}',
  ),
  route('GET /repos/{owner}/{repo}/actions/workflows', 'actions:read', (call) => {
    const all = workflowsOf(call.state, call.repository);
    return page(
      call,
      all,
      (one) => workflowShape(one, call.urls),
      (items) => ({ total_count: all.length, workflows: items }),
    );
  }),
  route(`GET ${WORKFLOW}`, 'actions:read', (call) =>
    workflowShape(found(findWorkflow(call.state, call.repository, call.params.workflow_id ?? '')), call.urls),
  ),
  route<Dispatch>(`POST ${WORKFLOW}/dispatches`, 'actions:write', dispatch, 'dispatch {workflow_id} on {body.ref}'),
  route(`GET ${WORKFLOW}/runs`, 'actions:read', (call) => {
    const workflow = found(findWorkflow(call.state, call.repository, call.params.workflow_id ?? ''));
    return listRuns(
      call,
      call.repository.runs.filter((run) => run.workflow === workflow),
    );
  }),
  route('GET /repos/{owner}/{repo}/actions/runs', 'actions:read', (call) => listRuns(call, call.repository.runs)),
  route(`GET ${RUN}`, 'actions:read', (call) => runShape(runOf(call), call.urls)),
  route(`GET ${RUN}/jobs`, 'actions:read', (call) => {
    const run = runOf(call);
    const jobs = call.query.get('filter') === 'all' ? run.jobs : currentJobs(run);
    return page(
      call,
      jobs,
      (job) => jobShape(job, call.urls),
      (items) => ({ total_count: jobs.length, jobs: items }),
    );
  }),
  route(
    `POST ${RUN}/rerun`,
    'actions:write',
    (call) => {
      const run = runOf(call);
      if (run.status !== 'completed') throw new Refusal(403, 'This workflow run is already running');
      rerun(call.state, run, actingAccount(call.actor));
      return new Reply(201, {});
    },
    'run {run_id} again',
  ),
  route(
    `POST ${RUN}/cancel`,
    'actions:write',
    (call) => {
      const run = runOf(call);
      if (run.status === 'completed') throw new Refusal(409, 'Cannot cancel a workflow run that is completed.');
      for (const job of currentJobs(run)) endJob(call.state, job, 'cancelled');
      return new Reply(202, {});
    },
    'cancel run {run_id}',
  ),
];
