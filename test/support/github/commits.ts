// Commits as GitHub shows them, and what they belong to: lists, one with its files, comparisons, and the pull requests behind a commit.
import { type ChangedFile, changedFiles, textDiff } from './git/diff.ts';
import type { Commit } from './git/objects.ts';
import { htmlUrl, repositoryUrl, userOf } from './present.ts';
import { pullSimple } from './pull-shape.ts';
import type { Pull, Repository } from './records.ts';
import { type Call, linkHeader, notFound, page, pageSize, Refusal, Reply, type Route, route } from './routing.ts';
import type { GitHubState, Urls } from './state.ts';

const FIRST_FILES = 300;
const UNPAGED_COMMITS = 250;

export function verificationOf(repository: Repository, sha: string) {
  const verified = repository.verified.has(sha);
  const signature = verified ? '-----BEGIN PGP SIGNATURE-----\n\nworld\n-----END PGP SIGNATURE-----' : null;
  const at = verified ? repository.git.commit(sha).committer.date : null;
  return { verified, reason: verified ? 'valid' : 'unsigned', signature, payload: verified ? sha : null, verified_at: at };
}

export function commitOf(state: GitHubState, repository: Repository, sha: string, urls: Urls) {
  const commit = repository.git.commit(sha);
  const url = repositoryUrl(repository, urls);
  const account = (email: string) => {
    const known = state.accountByEmail(email);
    return known && userOf(known, urls);
  };
  return {
    sha,
    node_id: `C_${Buffer.from(`${repository.id}:${sha}`).toString('base64url')}`,
    url: `${url}/commits/${sha}`,
    html_url: `${htmlUrl(repository, urls)}/commit/${sha}`,
    comments_url: `${url}/commits/${sha}/comments`,
    commit: {
      url: `${url}/git/commits/${sha}`,
      author: commit.author,
      committer: commit.committer,
      message: commit.message,
      tree: { sha: commit.tree, url: `${url}/git/trees/${commit.tree}` },
      comment_count: 0,
      verification: verificationOf(repository, sha),
    },
    author: account(commit.author.email),
    committer: account(commit.committer.email),
    parents: commit.parents.map((parent) => {
      return { sha: parent, url: `${url}/commits/${parent}`, html_url: `${htmlUrl(repository, urls)}/commit/${parent}` };
    }),
  };
}

export function fileOf(repository: Repository, sha: string, file: ChangedFile, urls: Urls) {
  const path = encodeURI(file.path);
  return {
    sha: file.sha,
    filename: file.path,
    status: file.status,
    additions: file.additions,
    deletions: file.deletions,
    changes: file.additions + file.deletions,
    blob_url: `${htmlUrl(repository, urls)}/blob/${sha}/${path}`,
    raw_url: `${htmlUrl(repository, urls)}/raw/${sha}/${path}`,
    contents_url: `${repositoryUrl(repository, urls)}/contents/${path}?ref=${sha}`,
    ...(file.patch === null ? {} : { patch: file.patch }),
    ...(file.previous === null ? {} : { previous_filename: file.previous }),
  };
}

export function resolveOrThrow(repository: Repository, name: string): string {
  const sha = name === '' || name === 'HEAD' ? repository.git.head(repository.defaultBranch) : repository.git.resolve(name);
  if (!sha) throw new Refusal(422, `No commit found for SHA: ${name}`);
  return sha;
}

/** Pull requests that contain a commit of theirs, or whose merge wrote it; GitHub's own index, so it may lag. */
export function pullsOfCommit(state: GitHubState, repository: Repository, sha: string): Pull[] {
  if (state.indexLags) return [];
  const pulls = [...repository.issues.values()].flatMap((issue) => (issue.pull ? [issue.pull] : []));
  const merged = pulls.filter(
    (pull) => pull.merged?.written.includes(sha) || pull.merged?.commits.includes(sha) || pull.merged?.sha === sha,
  );
  const base = repository.git.head(repository.defaultBranch);
  if (base && repository.git.history(base).has(sha)) return merged;
  return pulls.filter((pull) => merged.includes(pull) || (!pull.merged && commitsOfPull(repository, pull).includes(sha)));
}

/** Oldest first, as the pull request lists them. */
export function commitsOfPull(repository: Repository, pull: Pull): readonly string[] {
  if (pull.merged) return pull.merged.commits;
  const { git } = repository;
  return [...git.range(git.head(pull.base.ref) ?? pull.base.sha, pull.head.sha)].reverse();
}

function listCommits(call: Call): Reply {
  const { repository, query } = call;
  const from = resolveOrThrow(repository, query.get('sha') ?? '');
  const options: { path?: string; author?: string; since?: string; until?: string } = {};
  for (const key of ['path', 'since', 'until'] as const) {
    const value = query.get(key);
    if (value !== null) options[key] = value;
  }
  const author = query.get('author');
  if (author !== null) options.author = call.state.accounts.get(author.toLowerCase())?.email ?? author;
  return page(call, repository.git.log(from, options), (sha) => commitOf(call.state, repository, sha, call.urls));
}

function getCommit(call: Call): Reply {
  const { repository, urls } = call;
  const sha = resolveOrThrow(repository, call.params.ref ?? '');
  const accept = String(call.headers.accept ?? '');
  const parent = repository.git.commit(sha).parents[0] ?? null;
  if (accept.includes('.sha')) return new Reply(200, sha, { 'content-type': 'application/vnd.github.sha; charset=utf-8' });
  if (accept.includes('.diff'))
    return new Reply(200, textDiff(repository.git, parent, sha), { 'content-type': 'application/vnd.github.diff; charset=utf-8' });
  const files = changedFiles(repository.git, parent, sha);
  const size = pageSize(call, FIRST_FILES);
  const number = Number(call.query.get('page') ?? 1);
  const shown = files.slice((number - 1) * size, number * size);
  const additions = files.reduce((sum, file) => sum + file.additions, 0);
  const deletions = files.reduce((sum, file) => sum + file.deletions, 0);
  const body = {
    ...commitOf(call.state, repository, sha, urls),
    stats: { total: additions + deletions, additions, deletions },
    files: shown.map((file) => fileOf(repository, sha, file, urls)),
  };
  return new Reply(200, body, linkHeader(call.asked, number, Math.max(1, Math.ceil(files.length / size))));
}

/** `base...head`, each a ref or `owner:ref` of the same network. */
function compare(call: Call): Reply {
  const { repository, state, urls } = call;
  const [baseName = '', headName = ''] = (call.params.basehead ?? '').split('...');
  const [base, head] = [sideOf(call, baseName), sideOf(call, headName)];
  const { git } = repository;
  const accept = String(call.headers.accept ?? '');
  const mergeBase = git.mergeBase(base, head);
  if (!mergeBase) throw new Refusal(404, `No common ancestor between ${baseName} and ${headName}.`);
  if (accept.includes('.diff'))
    return new Reply(200, textDiff(git, mergeBase, head), { 'content-type': 'application/vnd.github.diff; charset=utf-8' });
  const { ahead, behind } = git.apart(base, head);
  const commits = [...git.range(base, head)].reverse();
  const paged = call.query.has('page') || call.query.has('per_page') || call.pageCap !== null;
  const size = paged ? pageSize(call) : UNPAGED_COMMITS;
  const number = Number(call.query.get('page') ?? 1);
  const html = `${htmlUrl(repository, urls)}/compare/${baseName}...${headName}`;
  const url = `${repositoryUrl(repository, urls)}/compare/${baseName}...${headName}`;
  // All files are on the first page and on no other, at most 300 (documented).
  const files =
    number === 1
      ? {
          files: changedFiles(git, mergeBase, head)
            .slice(0, FIRST_FILES)
            .map((file) => fileOf(repository, head, file, urls)),
        }
      : {};
  const body = {
    url,
    html_url: html,
    permalink_url: html,
    diff_url: `${html}.diff`,
    patch_url: `${html}.patch`,
    base_commit: commitOf(state, repository, base, urls),
    merge_base_commit: commitOf(state, repository, mergeBase, urls),
    status: ahead === 0 ? (behind === 0 ? 'identical' : 'behind') : behind === 0 ? 'ahead' : 'diverged',
    ahead_by: ahead,
    behind_by: behind,
    total_commits: commits.length,
    commits: commits.slice((number - 1) * size, number * size).map((sha) => commitOf(state, repository, sha, urls)),
    ...files,
  };
  return new Reply(200, body, linkHeader(call.asked, number, Math.max(1, Math.ceil(commits.length / size))));
}

function sideOf(call: Call, name: string): string {
  const colon = name.indexOf(':');
  const owner = name.slice(0, Math.max(0, colon));
  const repository = colon === -1 ? call.repository : forkOf(call.state, call.repository, owner);
  const sha = repository?.git.resolve(name.slice(colon + 1));
  if (!sha) throw notFound();
  return sha;
}

/** The repository of the same network that an account owns. */
export function forkOf(state: GitHubState, repository: Repository, owner: string): Repository | null {
  const root = repository.parent ?? repository;
  const all = [...state.repositories.values()];
  return all.find((one) => one.owner.login.toLowerCase() === owner.toLowerCase() && (one === root || one.parent === root)) ?? null;
}

export function gitCommitOf(repository: Repository, commit: Commit, urls: Urls) {
  const url = repositoryUrl(repository, urls);
  return {
    sha: commit.sha,
    node_id: `C_${Buffer.from(`${repository.id}:${commit.sha}`).toString('base64url')}`,
    url: `${url}/git/commits/${commit.sha}`,
    html_url: `${htmlUrl(repository, urls)}/commit/${commit.sha}`,
    author: commit.author,
    committer: commit.committer,
    tree: { sha: commit.tree, url: `${url}/git/trees/${commit.tree}` },
    message: commit.message,
    parents: commit.parents.map((sha) => ({
      sha,
      url: `${url}/git/commits/${sha}`,
      html_url: `${htmlUrl(repository, urls)}/commit/${sha}`,
    })),
    verification: verificationOf(repository, commit.sha),
  };
}

export const commitRoutes: readonly Route[] = [
  route('GET /repos/{owner}/{repo}/commits', 'contents:read', listCommits),
  route('GET /repos/{owner}/{repo}/commits/{ref}', 'contents:read', getCommit),
  route('GET /repos/{owner}/{repo}/compare/{basehead}', 'contents:read', compare),
  route('GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls', { needs: ['pull_requests:read', 'contents:read'] }, (call) => {
    const sha = resolveOrThrow(call.repository, call.params.commit_sha ?? '');
    return page(call, pullsOfCommit(call.state, call.repository, sha), (pull) => pullSimple(call.state, call.repository, pull, call.urls));
  }),
  route('GET /repos/{owner}/{repo}/commits/{commit_sha}/branches-where-head', 'contents:read', (call) => {
    const heads = call.repository.git.refs.list('refs/heads/').filter((ref) => ref.sha === call.params.commit_sha);
    return heads.map((ref) => {
      return {
        name: ref.name.slice(11),
        commit: { sha: ref.sha, url: `${repositoryUrl(call.repository, call.urls)}/commits/${ref.sha}` },
        protected: false,
      };
    });
  }),
];
