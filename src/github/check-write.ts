// Our check on a commit: made once, then brought up to date. Ours are known by the App's id, never by their text: anybody's App may give a
// check of its own the same name.

import type { CheckWrite } from '../flows/app-port.ts';
import type { Place } from './graphql.ts';
import { at, listOf, pagesOf } from './rest.ts';
import { isSameText } from './same-text.ts';
import { verified } from './verified.ts';

/** GitHub's limit of a summary. It says characters and counts bytes. */
const LONGEST = 65_535;
const NOTE = '\n\n_The rest does not fit: GitHub takes 65,535 bytes._\n';
const WRITE = { needs: 'checks: write' } as const;

interface Run {
  readonly id: number | bigint;
  readonly name: string;
  readonly head_sha: string;
  readonly external_id: string | null;
  readonly status: string;
  readonly conclusion: string | null;
  readonly output: { readonly title: string | null; readonly summary: string | null };
  readonly app: { readonly id: number | bigint } | null;
}

/**
 * Creates it, or updates the newest of that name which is the App's own. The head of a fork's pull request is a commit of the repository as
 * well (`refs/pull/N/head`), so that its checks stand here and need no rights there.
 */
export async function putCheck(place: Place, app: number, check: CheckWrite): Promise<'written' | 'same'> {
  const wanted = { ...check, summary: cut(check.summary) };
  const newest = await readNewest(place, app, wanted);
  if (newest !== null && isSame(newest, wanted)) return 'same';
  // A run that has ended stays ended: to begin again is a new run, as when GitHub asks for one ("rerequested", documented).
  if (newest === null || (newest.status === 'completed' && wanted.conclusion === null)) await create(place, app, wanted);
  else await update(place, newest.id, wanted);
  return 'written';
}

async function create(place: Place, app: number, check: CheckWrite): Promise<void> {
  const write = async () => {
    const route = 'POST /repos/{owner}/{repo}/check-runs';
    await place.octokit.request(route, { ...at(place), name: check.name, head_sha: check.sha, ...fieldsOf(check), request: WRITE });
    return true;
  };
  await verified(place, write, async () => {
    const newest = await readNewest(place, app, check);
    return newest !== null && isSame(newest, check) ? true : null;
  });
}

async function update(place: Place, id: number | bigint, check: CheckWrite): Promise<void> {
  const route = 'PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}';
  const request = { ...WRITE, repeatable: true };
  await place.octokit.request(route, { ...at(place), check_run_id: Number(id), ...fieldsOf(check), request });
}

function fieldsOf({ externalId, conclusion, title, summary }: CheckWrite) {
  const state = conclusion === null ? ({ status: 'in_progress' } as const) : ({ status: 'completed', conclusion } as const);
  return { external_id: externalId, output: { title, summary }, ...state };
}

/** The newest by number, of all: `latest` would leave out what another of that name has superseded in another suite. */
async function readNewest(place: Place, app: number, { sha, name }: CheckWrite): Promise<Run | null> {
  const route = 'GET /repos/{owner}/{repo}/commits/{ref}/check-runs';
  const only = { ref: sha, check_name: name, app_id: app, filter: 'all', per_page: 100 } as const;
  const read = (page: number) => place.octokit.request(route, { ...at(place), ...only, page, request: WRITE });
  let newest: Run | null = null;
  for await (const { data } of pagesOf(read)) {
    for (const run of listOf<Run>(data.check_runs, 'check runs')) {
      // Servers that do not know a filter answer without it.
      const own = Number(run.app?.id) === app && run.name === name && run.head_sha === sha;
      if (own && (newest === null || run.id > newest.id)) newest = run;
    }
  }
  return newest;
}

function isSame(run: Run, check: CheckWrite): boolean {
  const ended = check.conclusion === null ? run.status !== 'completed' : run.status === 'completed' && run.conclusion === check.conclusion;
  const told = isSameText(run.output.title, check.title) && isSameText(run.output.summary, check.summary);
  return ended && told && (run.external_id ?? '') === check.externalId;
}

/** As much as fits, up to the end of a line, and a word that it is not all. */
function cut(summary: string): string {
  if (Buffer.byteLength(summary) <= LONGEST) return summary;
  // What a broken last character becomes is cut off with it.
  const room = Buffer.from(summary)
    .subarray(0, LONGEST - Buffer.byteLength(NOTE))
    .toString()
    .replace(/\uFFFD$/, '');
  const line = room.lastIndexOf('\n');
  return `${line > room.length / 2 ? room.slice(0, line) : room}${NOTE}`;
}
