// What events ask of the gates: GitHub asks whether a deployment may start, or something has changed that a waiting gate may rest on. The
// address that GitHub gives for the answer is read for the run's number alone, and only if it is exactly the one that it has to be: a token
// never goes to where a payload says.

import type { Errand, Home, LookErrand } from './errand.ts';
import { at, type Body, id, record, shaIn, word } from './payload.ts';

/** `hostile`: it leads elsewhere than to this repository's runs. */
export type GateRead = readonly Errand[] | 'malformed' | 'hostile';

/** `api`: where GitHub's API is; absent: not known, so that any host may stand in the address that is never used. */
export function readRule(body: Body, home: Home, action: string, api?: string): GateRead {
  if (action !== 'requested') return [];
  const environment = environmentName(body.environment) ?? environmentName(at(body, 'deployment', 'environment'));
  const address = word(body.deployment_callback_url);
  const name = word(at(body, 'repository', 'full_name'));
  if (environment === null || address === null || name === null) return 'malformed';
  const run = runOf(address, name, api);
  if (run === null) return 'hostile';
  const named = Array.isArray(body.pull_requests) ? body.pull_requests : [];
  const pulls = named.flatMap((one: unknown) => id(at(one, 'number')) ?? []).slice(0, MOST_PULLS);
  const deployment = record(body.deployment);
  return [
    {
      kind: 'gate',
      home,
      run,
      environment,
      deployment: id(deployment?.id),
      sha: shaIn(deployment?.sha),
      ...(pulls.length === 0 ? {} : { pulls }),
    },
  ];
}

const MOST_PULLS = 5;

function runOf(address: string, name: string, api: string | undefined): number | null {
  if (address.length > 500) return null;
  const [, root = '', path = '', run = ''] =
    /^(https?:\/\/[^/?#@\s\\]+(?:\/api\/v3)?)\/repos\/([^?#%\s\\]+)\/actions\/runs\/([1-9]\d{0,15})\/deployment_protection_rule$/.exec(
      address,
    ) ?? [];
  const at = api === undefined ? root : api.replace(/\/+$/, '');
  if (path.toLowerCase() !== name.toLowerCase() || root.toLowerCase() !== at.toLowerCase()) return null;
  return id(Number(run));
}

/** GitHub takes any 255 characters; control characters are nobody's name. */
function environmentName(value: unknown): string | null {
  const text = word(value);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  return text === null || text.length > 255 || /[\u0000-\u001f\u007f]/.test(text) ? null : text;
}

export function readCheck(body: Body, home: Home, action: string): GateRead {
  // What has begun opens nothing; that a check runs again is seen when it has ended, or when the gate would open.
  if (action !== 'completed') return [];
  const sha = shaIn(at(body, 'check_run', 'head_sha')) ?? shaIn(at(body, 'check_suite', 'head_sha'));
  return sha === null ? 'malformed' : lookAt(home, { sha });
}

export function readStatus(body: Body, home: Home): GateRead {
  const sha = shaIn(body.sha);
  if (sha === null) return 'malformed';
  return body.state === 'pending' ? [] : lookAt(home, { sha });
}

/** Of a merged pull request it speaks of the merge, of another of its head. */
export function readReview(body: Body, home: Home, action: string): GateRead {
  if (action !== 'submitted' && action !== 'dismissed') return [];
  if (at(body, 'review', 'state') === 'commented' && action === 'submitted') return [];
  const pull = at(body, 'pull_request');
  const merged = word(at(pull, 'merged_at')) !== null;
  return lookAt(home, { sha: merged ? shaIn(at(pull, 'merge_commit_sha')) : shaIn(at(pull, 'head', 'sha')), urgent: true });
}

export function readDeployment(body: Body, home: Home): GateRead {
  const deployment = at(body, 'deployment');
  const [number, sha, environment] = [
    id(at(deployment, 'id')),
    shaIn(at(deployment, 'sha')),
    environmentName(at(deployment, 'environment')),
  ];
  if (number === null || sha === null || environment === null) return 'malformed';
  const state = word(at(body, 'deployment_status', 'state'));
  // Made, and not begun: what it will rest on has not changed.
  if (state === null || state === 'queued' || state === 'pending' || state === 'waiting') return [];
  const run = id(at(body, 'workflow_run', 'id'));
  const goes = run !== null && (state === 'in_progress' || state === 'success');
  const follow: Errand = { kind: 'follow', home, environment, run, deployment: number };
  // Any commit's deployment may cut short the stay of another.
  return [...lookAt(home, goes ? { went: { run, environment, deployment: number, sha } } : {}), follow];
}

export function readDeploymentReview(body: Body, home: Home, action: string): GateRead {
  if (action !== 'approved' && action !== 'rejected') return [];
  return lookAt(home, { run: id(at(body, 'workflow_run', 'id')), urgent: true });
}

export function readRun(body: Body, home: Home, action: string): GateRead {
  const run = id(at(body, 'workflow_run', 'id'));
  if (run === null) return 'malformed';
  if (action !== 'completed') return [];
  return [...lookAt(home, { run }), { kind: 'follow', home, environment: null, run, deployment: null }];
}

/** A ticket, a label or a title may have been mended; what is remembered of it no longer holds. */
export function lookFresh(home: Home): readonly Errand[] {
  return lookAt(home, { fresh: true });
}

function lookAt(home: Home, more: Partial<Omit<LookErrand, 'kind' | 'home'>>): readonly LookErrand[] {
  return [{ kind: 'look', home, sha: null, environment: null, run: null, ...more }];
}
