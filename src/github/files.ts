// Texts of files at a commit, fifty a call.

import { GitHubProblem } from '../flows/github-port.ts';
import { askRepository, type Place } from './graphql.ts';
import { at } from './rest.ts';

interface RawBlob {
  readonly text?: string | null;
  readonly isBinary?: boolean | null;
  readonly isTruncated?: boolean;
}

const READ = { needs: 'contents: read' } as const;
const FILES_A_CALL = 50;

export async function readFiles(place: Place, ref: string, paths: readonly string[]): Promise<ReadonlyMap<string, string | null>> {
  const found = new Map<string, string | null>();
  const wanted = [...new Set(paths)];
  for (let from = 0; from < wanted.length; from += FILES_A_CALL) {
    const some = wanted.slice(from, from + FILES_A_CALL);
    const declares = some.map((_, index) => `, $e${index}: String!`).join('');
    const variables = Object.fromEntries(some.map((path, index) => [`e${index}`, `${ref}:${path}`]));
    const parts = some.map((_, index) => `f${index}: object(expression: $e${index}) { ... on Blob { text isBinary isTruncated } }`);
    const data = await askRepository<Record<string, RawBlob | null>>(place, parts.join(' '), { variables, declares, how: READ });
    for (const [index, path] of some.entries()) found.set(path, await textOf(place, ref, path, data[`f${index}`] ?? null));
  }
  return found;
}

async function textOf(place: Place, ref: string, path: string, blob: RawBlob | null): Promise<string | null> {
  // A folder is no file.
  if (blob === null || blob.isTruncated === undefined) return null;
  if (typeof blob.text === 'string' && !blob.isTruncated) return blob.text;
  if (blob.isBinary === true) throw new GitHubProblem('refused', `${path} is not a text file.`);
  // Longer than GraphQL shows.
  const route = 'GET /repos/{owner}/{repo}/contents/{path}';
  const raw = await place.octokit.request(route, { ...at(place), path, ref, mediaType: { format: 'raw' }, request: READ });
  if (typeof raw.data === 'string') return raw.data;
  throw new GitHubProblem('refused', `${path} is too long to be read from GitHub.`);
}
