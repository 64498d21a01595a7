// Who made what is to be deployed: authors, those they credit, committers; with the accounts that GitHub has for their addresses.

import type { ActorSeen, PartSeen, PeopleSeen } from '../flows/gate-port.ts';
import { GitHubProblem, type Observed } from '../flows/github-port.ts';
import { actorOf, actorOfGraphql, type RawAccount, type RestAccount } from './actors.ts';
import { askRepository, finish, type List, nodesOf, PAGE_INFO, type Place } from './graphql.ts';
import { observe } from './pull.ts';
import { at, listOf, pagesOf } from './rest.ts';
import type { RawGitActor, RawRangeCommit } from './shapes.ts';

/** REST has the accounts of author and committer, bots too. */
interface RestCommit {
  readonly sha: string;
  readonly author: RestAccount | Record<string, never> | null;
  readonly committer: RestAccount | Record<string, never> | null;
  readonly commit: {
    readonly author: { readonly name?: string; readonly email?: string } | null;
    readonly committer: { readonly name?: string; readonly email?: string } | null;
  };
}

/** GraphQL has those whom the message credits. */
interface RawAuthor {
  readonly name: string | null;
  readonly email: string | null;
  readonly user: RawAccount | null;
}

const READ = { needs: 'contents: read' } as const;
/** More than a thousand commits are no release that anybody looks through. */
const MOST = 1_000;
const COMMITS_A_CALL = 50;
const AUTHOR = `name email user { __typename login databaseId }`;

export async function readPeople(place: Place, base: string | null, head: string): Promise<Observed<PeopleSeen>> {
  return observe(async () => {
    const commits = base === null ? [await readOne(place, head)] : await readCommits(place, base, head);
    const authors = new Parts();
    const coauthors = new Parts();
    const committers = new Parts();
    for (const { author, committer, commit } of commits) {
      authors.add(commit.author, accountOf(author));
      committers.add(commit.committer, accountOf(committer));
    }
    for (let from = 0; from < commits.length; from += COMMITS_A_CALL) {
      for (const one of await readCredits(place, commits.slice(from, from + COMMITS_A_CALL))) coauthors.add(one, actorOfGraphql(one.user));
    }
    return { commits: commits.length, authors: authors.list(), coauthors: coauthors.list(), committers: committers.list() };
  });
}

/** Of commits that came with a range; null where GraphQL does not tell whose an address is, and REST may. */
export function peopleShown(place: Place, commits: readonly RawRangeCommit[]): PeopleSeen | null {
  const authors = new Parts();
  const coauthors = new Parts();
  const committers = new Parts();
  for (const { author, committer, authors: all } of commits) {
    const [by, written] = [shownAs(place, author), shownAs(place, committer)];
    if (by === null || written === null) return null;
    authors.add(author, by);
    committers.add(committer, written);
    for (const one of nodesOf(all).slice(1)) coauthors.add(one, actorOfGraphql(one.user));
  }
  return { commits: commits.length, authors: authors.list(), coauthors: coauthors.list(), committers: committers.list() };
}

/** GitHub's own address, as whom it commits on its pages, and its account for that. Servers of enterprises have others. */
const PAGES = { email: 'noreply@github.com', api: 'https://api.github.com', account: { login: 'web-flow', id: 19_864_447, bot: true } };

function shownAs({ endpoints }: Place, actor: RawGitActor | null): ActorSeen | null {
  const { user = null, email = null } = actor ?? {};
  const own = email === PAGES.email && endpoints.api === PAGES.api ? PAGES.account : null;
  return actorOfGraphql(user) ?? own ?? botOf(email ?? '');
}

async function readOne(place: Place, sha: string): Promise<RestCommit> {
  const route = 'GET /repos/{owner}/{repo}/commits/{ref}';
  // Its files are not wanted, and come all the same.
  return (await place.octokit.request(route, { ...at(place), ref: sha, per_page: 1, request: READ })).data;
}

async function readCommits(place: Place, base: string, head: string): Promise<readonly RestCommit[]> {
  const route = 'GET /repos/{owner}/{repo}/compare/{basehead}';
  const basehead = `${base}...${head}`;
  const read = (page: number) => place.octokit.request(route, { ...at(place), basehead, per_page: 100, page, request: READ });
  const commits = new Map<string, RestCommit>();
  let total = 0;
  for await (const { data } of pagesOf(read)) {
    total = data.total_commits;
    if (total > MOST) {
      throw new GitHubProblem('refused', `${base}...${head} are ${total} commits; people of more than ${MOST} are not looked for.`);
    }
    for (const commit of listOf<RestCommit>(data.commits, 'commits')) commits.set(commit.sha, commit);
  }
  if (commits.size < total) throw new GitHubProblem('unavailable', `GitHub counts ${total} commits and sent ${commits.size}. Try again.`);
  return [...commits.values()];
}

/** The authors besides the first, who is the commit's own. */
async function readCredits(place: Place, commits: readonly RestCommit[]): Promise<readonly RawAuthor[]> {
  const list = `authors(first: 10) { nodes { ${AUTHOR} } ${PAGE_INFO} }`;
  const parts = commits.map(({ sha }, index) => `c${index}: object(oid: "${sha}") { ... on Commit { ${list} } }`);
  const found = await askRepository<Record<string, { authors?: List<RawAuthor> } | null>>(place, parts.join(' '), { how: READ });
  const lists = commits.map(({ sha }, index) => {
    const authors = found[`c${index}`]?.authors;
    if (authors === undefined) throw new GitHubProblem('unavailable', `GitHub does not tell who wrote ${sha}. Try again.`);
    return { owner: `object(oid: "${sha}")`, on: 'Commit', field: 'authors', selection: AUTHOR, list: authors };
  });
  await finish(place, lists, READ);
  return lists.flatMap(({ list: authors }) => nodesOf(authors).slice(1));
}

/** REST writes an empty object for an account that there is no more. */
function accountOf(account: RestCommit['author']): ActorSeen | null {
  return account !== null && typeof account.login === 'string' ? actorOf(account as RestAccount) : null;
}

/** Each account once; who has none, by the address. */
class Parts {
  readonly #found = new Map<string, PartSeen>();

  add(person: { readonly name?: string | null; readonly email?: string | null } | null, account: ActorSeen | null): void {
    const { name, email } = person ?? {};
    const known = account ?? botOf(email ?? '');
    const key = known === null ? `address ${(email ?? '').toLowerCase()} ${email ? '' : (name ?? '')}` : `account ${known.id}`;
    if (!this.#found.has(key)) this.#found.set(key, { name: name || email || 'unknown', account: known });
  }

  list(): readonly PartSeen[] {
    return [...this.#found.values()];
  }
}

/** GraphQL has accounts of people alone; the address that GitHub gives to bots says whose it is, as sure as any address. */
function botOf(email: string): ActorSeen | null {
  const [, id, login] = /^(\d{1,15})\+([^@\s]{1,100}\[bot\])@users\.noreply\.[^@\s]+$/.exec(email) ?? [];
  return id === undefined || login === undefined ? null : { login, id: Number(id), bot: true };
}
