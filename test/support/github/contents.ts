// Files of a repository by their path: read as GitHub shows files and folders, written as one commit each.
import { gitCommitOf, resolveOrThrow } from './commits.ts';
import type { Person } from './git/objects.ts';
import { findPath, type PathEntry } from './git/trees.ts';
import { guardProtected } from './git-database.ts';
import { personOf } from './merging.ts';
import { htmlUrl, repositoryUrl } from './present.ts';
import { moveRef } from './pushing.ts';
import type { Repository } from './records.ts';
import { actingAccount, type Call, found, notFound, Refusal, Reply, type Route, route } from './routing.ts';
import type { Urls } from './state.ts';

function entryOf(repository: Repository, entry: PathEntry, ref: string, urls: Urls) {
  const url = `${repositoryUrl(repository, urls)}/contents/${encodeURI(entry.path)}?ref=${ref}`;
  const folder = entry.mode === '040000';
  const html = `${htmlUrl(repository, urls)}/${folder ? 'tree' : 'blob'}/${ref}/${encodeURI(entry.path)}`;
  const git = `${repositoryUrl(repository, urls)}/git/${folder ? 'trees' : 'blobs'}/${entry.sha}`;
  return {
    name: entry.name,
    path: entry.path,
    sha: entry.sha,
    size: folder ? 0 : (repository.git.objects.read(entry.sha)?.body.length ?? 0),
    url,
    html_url: html,
    git_url: git,
    download_url: folder
      ? null
      : `https://raw.githubusercontent.com/${repository.owner.login}/${repository.name}/${ref}/${encodeURI(entry.path)}`,
    type: folder ? 'dir' : 'file',
    _links: { self: url, git, html },
  };
}

function getContents(call: Call): unknown {
  const { repository, urls } = call;
  const name = call.query.get('ref') ?? repository.defaultBranch;
  const sha = found(repository.git.resolve(name));
  const entry = findPath(repository.git.objects, repository.git.commit(sha).tree, call.params.path ?? '');
  if (!entry) throw notFound();
  if (entry.mode === '040000') {
    const inside = repository.git.objects.tree(entry.sha) ?? [];
    return inside.map((one) => entryOf(repository, { ...one, path: entry.path ? `${entry.path}/${one.name}` : one.name }, name, urls));
  }
  const bytes = repository.git.objects.read(entry.sha)?.body ?? Buffer.alloc(0);
  if (String(call.headers.accept ?? '').includes('.raw'))
    return new Reply(200, bytes, { 'content-type': 'application/vnd.github.raw; charset=utf-8' });
  // Base64 in lines of 60, as GitHub writes it; above 1 MB the content is left out (documented).
  const content = bytes.length > 1_000_000 ? '' : bytes.toString('base64').replace(/.{60}/g, '$&\n').concat('\n');
  return { ...entryOf(repository, entry, name, urls), content, encoding: bytes.length > 1_000_000 ? 'none' : 'base64' };
}

interface Write {
  readonly message: string;
  readonly content?: string;
  readonly sha?: string;
  readonly branch?: string;
  readonly author?: Partial<Person>;
  readonly committer?: Partial<Person>;
}

function writeFile(call: Call<Write>): unknown {
  const { repository, state, body } = call;
  const path = call.params.path ?? '';
  const branch = body.branch ?? repository.defaultBranch;
  const head = repository.git.head(branch);
  if (!head) throw new Refusal(404, `Branch ${branch} not found`);
  guardProtected(call, `refs/heads/${branch}`);
  const before = findPath(repository.git.objects, repository.git.commit(head).tree, path);
  const removes = body.content === undefined;
  if (removes && !before) throw notFound();
  if (before && body.sha === undefined) throw new Refusal(422, 'Invalid request.\n\n"sha" wasn\'t supplied.');
  if (body.sha !== undefined && body.sha !== before?.sha) throw new Refusal(409, `${path} does not match ${body.sha}`);
  const own = personOf(actingAccount(call.actor), state.clock.iso());
  const author: Person = { ...own, ...body.author };
  const github = { name: 'GitHub', email: 'noreply@github.com', date: own.date };
  const committer: Person = body.committer ? { ...own, ...body.committer } : github;
  const files = { [path]: removes ? null : Buffer.from(body.content ?? '', 'base64') };
  const sha = repository.git.commitFiles({ parents: [head], files, author, committer, message: body.message });
  if (!body.committer) repository.verified.add(sha);
  moveRef(state, repository, `refs/heads/${branch}`, { by: actingAccount(call.actor), to: sha });
  const after = findPath(repository.git.objects, repository.git.commit(sha).tree, path);
  const answer = {
    content: after ? entryOf(repository, after, branch, call.urls) : null,
    commit: gitCommitOf(repository, repository.git.commit(sha), call.urls),
  };
  return new Reply(before ? 200 : 201, answer);
}

export const contentRoutes: readonly Route[] = [
  route('GET /repos/{owner}/{repo}/contents/{path}', 'contents:read', getContents),
  route<Write>('PUT /repos/{owner}/{repo}/contents/{path}', 'contents:write', writeFile, 'write {path}'),
  route<Write>('DELETE /repos/{owner}/{repo}/contents/{path}', 'contents:write', writeFile, 'remove {path}'),
  route('GET /repos/{owner}/{repo}/readme', 'contents:read', (call) => {
    const sha = resolveOrThrow(call.repository, call.query.get('ref') ?? '');
    const readme = found(
      (call.repository.git.objects.tree(call.repository.git.commit(sha).tree) ?? []).find((entry) => /^readme(\.|$)/i.test(entry.name)),
    );
    return getContents({ ...call, params: { ...call.params, path: readme.name } });
  }),
];
