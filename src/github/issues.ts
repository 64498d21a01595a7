// Issues, and the issue side of pull requests: read, opened, closed, a label taken off.

import type { IssueSeen } from '../flows/app-port.ts';
import { GitHubProblem, type Observed } from '../flows/github-port.ts';
import type { Place } from './graphql.ts';
import { observe } from './pull.ts';
import { at, listOf, orGone, orNull } from './rest.ts';
import { isSameText } from './same-text.ts';
import { verified } from './verified.ts';

const READ = { needs: 'issues: read and pull-requests: read' } as const;
const WRITE = { needs: 'issues: write' } as const;

interface RawIssue {
  readonly number: number;
  readonly title: string;
  readonly body?: string | null;
  readonly state: string;
  readonly html_url: string;
  readonly user: { readonly login: string } | null;
  readonly labels: readonly (string | { readonly name?: string })[];
  readonly closed_by?: { readonly login: string; readonly id: number | bigint } | null;
  readonly pull_request?: unknown;
  readonly performed_via_github_app?: { readonly id: number | bigint } | null;
}

/** Null: there is none, or it was deleted or moved to another repository, where GitHub leads with a number of that one. */
export async function readIssue(place: Place, number: number): Promise<Observed<IssueSeen | null>> {
  return observe(async () => {
    const route = 'GET /repos/{owner}/{repo}/issues/{issue_number}';
    const found = await orGone(place.octokit.request(route, { ...at(place), issue_number: number, request: READ }));
    if (found === null || found.data.number !== number) return null;
    const raw: RawIssue = found.data;
    if (raw.state !== 'open' && raw.state !== 'closed') {
      throw new GitHubProblem('unavailable', `GitHub calls #${number} ${JSON.stringify(raw.state)}, which is neither open nor closed.`);
    }
    const labels = raw.labels.flatMap((label) => (typeof label === 'string' ? label : (label.name ?? [])));
    const author = raw.user?.login ?? 'ghost';
    const { login, id } = raw.closed_by ?? {};
    const closedBy = login === undefined || id === undefined ? null : { login, id: Number(id) };
    const body = raw.body ?? '';
    return { number, pull: raw.pull_request !== undefined, state: raw.state, title: raw.title, labels, author, body, closedBy };
  });
}

export interface IssueWrite {
  readonly title: string;
  readonly body: string;
  readonly labels?: readonly string[];
  readonly once?: boolean;
}

interface Opened {
  readonly number: number;
  readonly url: string;
}

/**
 * Opens it; after a lost answer an open one of the App's with that title and text is the one. With `once` the text's first line is enough,
 * since what follows may tell of what has changed since.
 */
export async function openIssue(place: Place, app: number, issue: IssueWrite): Promise<Opened> {
  const { title, body, labels = [], once = false } = issue;
  const write = async (): Promise<Opened> => {
    const route = 'POST /repos/{owner}/{repo}/issues';
    const { data } = await place.octokit.request(route, { ...at(place), title, body, labels: [...labels], request: WRITE });
    return { number: data.number, url: data.html_url };
  };
  const look = () => openedBefore(place, app, issue);
  return (once ? await look() : null) ?? verified(place, write, look);
}

/** Among the newest hundred. */
async function openedBefore(place: Place, app: number, { title, body, once = false }: IssueWrite): Promise<Opened | null> {
  const route = 'GET /repos/{owner}/{repo}/issues';
  const newest = { state: 'open', sort: 'created', direction: 'desc', per_page: 100 } as const;
  const { data } = await place.octokit.request(route, { ...at(place), ...newest, request: WRITE });
  const ours = listOf<RawIssue>(data, 'issues').find((one) => {
    return (
      Number(one.performed_via_github_app?.id) === app &&
      one.title === title &&
      isSameText(once ? firstLine(one.body ?? '') : one.body, once ? firstLine(body) : body)
    );
  });
  return ours === undefined ? null : { number: ours.number, url: ours.html_url };
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}

export async function closeIssue(place: Place, number: number): Promise<void> {
  const route = 'PATCH /repos/{owner}/{repo}/issues/{issue_number}';
  await place.octokit.request(route, { ...at(place), issue_number: number, state: 'closed', request: { ...WRITE, repeatable: true } });
}

/** What it does not have is off already. */
export async function removeLabel(place: Place, number: number, label: string): Promise<void> {
  const route = 'DELETE /repos/{owner}/{repo}/issues/{issue_number}/labels/{name}';
  const request = { needs: 'issues: write and pull-requests: write', repeatable: true };
  await orNull(place.octokit.request(route, { ...at(place), issue_number: number, name: label, request }));
}
