// Who said of a deployment how it went. GraphQL names the person behind a workflow's job and behind a token alike; only REST tells which of
// them it was, one deployment at a time.

import type { Poster } from '../core/deployer.ts';
import type { PostedSeen } from '../flows/gate-port.ts';
import { GitHubProblem, type Observed } from '../flows/github-port.ts';
import { actorOf, actorOfGraphql, type RawAccount, type RestAccount } from './actors.ts';
import type { Place } from './graphql.ts';
import { observe } from './pull.ts';
import { at, listOf, orNull, pagesOf } from './rest.ts';
import { jobOfUrl } from './run-url.ts';

interface RawPosted {
  readonly node_id: string;
  readonly state: string;
  readonly creator: RestAccount | null;
  readonly log_url?: string | null;
  readonly performed_via_github_app?: { readonly slug?: string } | null;
}

const ACTIONS = 'github-actions';
/** A deployment that is reported on more often than that is nobody's job. */
const MOST = 300;

/** An App's own word; undefined: the account may be the person behind a job, or may have posted it by hand. Null: nobody who is known. */
export function posterOf(raw: RawAccount | null | undefined, mayBeJob: boolean): { readonly by?: Poster | null } {
  const actor = actorOfGraphql(raw);
  if (actor === null) return { by: null };
  const { login, id } = actor;
  if (raw?.__typename === 'Bot') return { by: { login, id, app: slugOf(login) } };
  return mayBeJob ? {} : { by: { login, id, app: null } };
}

export async function readPosted(place: Place, deployment: number): Promise<Observed<readonly PostedSeen[]>> {
  return observe(async () => {
    const route = 'GET /repos/{owner}/{repo}/deployments/{deployment_id}/statuses';
    const request = { needs: 'deployments: read' };
    const read = (page: number) => place.octokit.request(route, { ...at(place), deployment_id: deployment, per_page: 100, page, request });
    const found: PostedSeen[] = [];
    for await (const { data } of pagesOf(read)) {
      for (const raw of listOf<RawPosted>(data as readonly RawPosted[], 'deployment statuses')) {
        if (raw.state === 'success') found.push({ id: raw.node_id, by: await saidBy(place, raw, deployment) });
      }
      if (found.length > MOST) break;
    }
    return found;
  });
}

async function saidBy(
  place: Place,
  { creator, log_url, performed_via_github_app: app }: RawPosted,
  deployment: number,
): Promise<Poster | null> {
  const actor = actorOf(creator);
  if (actor === null) return null;
  const { login, id } = actor;
  if (creator?.type === 'Bot') return { login, id, app: app?.slug ?? slugOf(login) };
  // What a person does in an App's name they may as well do by hand; only a job's word is the workflow's.
  if (app?.slug === ACTIONS || (!app && (await isOfJob(place, log_url, deployment)))) return { login, id, app: ACTIONS };
  return { login, id, app: null };
}

/** Whoever posts a status writes its address; which deployment a job has made, and how it ended, nobody does. */
async function isOfJob(place: Place, url: string | null | undefined, deployment: number): Promise<boolean> {
  const job = jobOfUrl(url);
  if (job === null) return false;
  const route = 'GET /repos/{owner}/{repo}/check-runs/{check_run_id}';
  const check = await orNull(place.octokit.request(route, { ...at(place), check_run_id: job, request: { needs: 'checks: read' } }));
  const { app, conclusion, deployment: made } = check?.data ?? {};
  if (app?.slug !== ACTIONS || made?.id !== deployment) return false;
  // It reports before it has ended. What is told now is remembered, so that it has to be true later, too.
  if (!conclusion) throw new GitHubProblem('unavailable', `Job ${job}, which made the deployment ${deployment}, has not ended.`);
  return conclusion === 'success';
}

function slugOf(login: string): string {
  return login.replace(/\[bot\]$/, '');
}
