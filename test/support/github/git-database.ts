// Git's own objects over REST: refs with their fast-forward rule, commits, trees, blobs and tag objects.
import { gitCommitOf, verificationOf } from './commits.ts';
import type { ObjectType, Person } from './git/objects.ts';
import { isRefName } from './git/refs.ts';
import { EMPTY_TREE, type Files, walkTree, writeFiles } from './git/trees.ts';
import { personOf } from './merging.ts';
import { repositoryUrl } from './present.ts';
import { moveRef } from './pushing.ts';
import type { Repository } from './records.ts';
import { actingAccount, type Call, found, notFound, page, Refusal, Reply, type Route, route } from './routing.ts';
import type { Urls } from './state.ts';

function refOf(repository: Repository, name: string, sha: string, urls: Urls) {
  const url = repositoryUrl(repository, urls);
  const type = repository.git.objects.read(sha)?.type ?? 'commit';
  const nodeId = `REF_${Buffer.from(`${repository.id}:${name}`).toString('base64url')}`;
  return { ref: name, node_id: nodeId, url: `${url}/git/${name}`, object: { sha, type, url: `${url}/git/${type}s/${sha}` } };
}

function updateRef(call: Call<{ sha: string; force?: boolean }>): unknown {
  const { repository, state, body } = call;
  const name = `refs/${call.params.ref}`;
  const before = repository.git.refs.read(name);
  if (!before) throw new Refusal(422, 'Reference does not exist');
  if (!repository.git.objects.read(body.sha)) throw new Refusal(422, 'Object does not exist');
  const [old, young] = [repository.git.peel(before), repository.git.peel(body.sha)];
  const forward = old !== null && young !== null && repository.git.isAncestor(old, young);
  if (!forward && !body.force) throw new Refusal(422, 'Update is not a fast forward');
  guardProtected(call, name);
  moveRef(state, repository, name, { by: actingAccount(call.actor), to: body.sha, forced: !forward });
  return refOf(repository, name, body.sha, call.urls);
}

/** A protected branch takes no direct push: assumed for every actor, as for branch protection that includes administrators. */
export function guardProtected(call: Call<unknown>, ref: string): void {
  if (ref.startsWith('refs/heads/') && call.repository.protectedBranches.has(ref.slice(11))) {
    throw new Refusal(422, 'Changes must be made through a pull request.');
  }
}

function createTree(
  call: Call<{ tree: { path: string; mode: string; type?: string; sha?: string | null; content?: string }[]; base_tree?: string }>,
): Reply {
  const { repository, body } = call;
  const { objects } = repository.git;
  const base =
    body.base_tree === undefined ? null : objects.tree(body.base_tree) ? body.base_tree : (objects.commit(body.base_tree)?.tree ?? null);
  if (body.base_tree !== undefined && base === null) throw new Refusal(404, 'Not Found');
  const files: Record<string, Files[string]> = {};
  for (const entry of body.tree) {
    if (entry.sha === null) files[entry.path] = null;
    else if (entry.sha !== undefined) {
      if (!objects.read(entry.sha)) throw new Refusal(422, `tree.sha ${entry.sha} is not a valid ${entry.type ?? 'blob'}`);
      files[entry.path] = { mode: entry.mode, sha: entry.sha };
    } else files[entry.path] = { mode: entry.mode, sha: objects.write('blob', Buffer.from(entry.content ?? '')) };
  }
  return new Reply(201, treeOf(call, writeFiles(objects, base, files), false));
}

function treeOf(call: Call, sha: string, recursive: boolean) {
  const { repository, urls } = call;
  const { objects } = repository.git;
  const url = repositoryUrl(repository, urls);
  const entries = recursive ? [...walkTree(objects, sha)] : (objects.tree(sha) ?? []).map((entry) => ({ ...entry, path: entry.name }));
  return {
    sha,
    url: `${url}/git/trees/${sha}`,
    truncated: false,
    tree: entries.map((entry) => {
      const type = entry.mode === '040000' ? 'tree' : entry.mode === '160000' ? 'commit' : 'blob';
      const size = type === 'blob' ? { size: objects.read(entry.sha)?.body.length ?? 0 } : {};
      return { path: entry.path, mode: entry.mode, type, sha: entry.sha, ...size, url: `${url}/git/${type}s/${entry.sha}` };
    }),
  };
}

interface NewCommit {
  readonly message: string;
  readonly tree: string;
  readonly parents?: readonly string[];
  readonly author?: Partial<Person>;
  readonly committer?: Partial<Person>;
}

function createCommit(call: Call<NewCommit>): Reply {
  const { repository, state, body } = call;
  const { objects } = repository.git;
  if (body.tree !== EMPTY_TREE && !objects.tree(body.tree)) throw new Refusal(422, 'Tree SHA does not exist');
  for (const parent of body.parents ?? [])
    if (!objects.commit(parent)) throw new Refusal(422, 'Parent SHA does not exist or is not a commit object');
  const own = personOf(actingAccount(call.actor), state.clock.iso());
  const author: Person = { ...own, ...body.author };
  const sha = repository.git.writeCommit({
    tree: body.tree,
    parents: body.parents ?? [],
    author,
    committer: { ...author, ...body.committer },
    message: body.message,
  });
  // GitHub signs what an App writes in its own name (documented for bots); a named author or committer takes that away.
  if (call.actor.kind === 'installation' && !body.author && !body.committer) repository.verified.add(sha);
  return new Reply(201, gitCommitOf(repository, repository.git.commit(sha), call.urls));
}

function tagObjectOf(repository: Repository, sha: string, urls: Urls) {
  const tag = found(repository.git.objects.tag(sha));
  const url = repositoryUrl(repository, urls);
  return {
    node_id: `TA_${Buffer.from(`${repository.id}:${sha}`).toString('base64url')}`,
    tag: tag.tag,
    sha,
    url: `${url}/git/tags/${sha}`,
    message: tag.message,
    tagger: tag.tagger ?? { name: '', email: '', date: '' },
    object: { sha: tag.object, type: tag.type, url: `${url}/git/${tag.type}s/${tag.object}` },
    verification: { ...verificationOf(repository, ''), verified: false, reason: 'unsigned' },
  };
}

export const gitRoutes: readonly Route[] = [
  route('GET /repos/{owner}/{repo}/git/ref/{ref}', 'contents:read', (call) => {
    const name = `refs/${call.params.ref}`;
    return refOf(call.repository, name, found(call.repository.git.refs.read(name)), call.urls);
  }),
  route('GET /repos/{owner}/{repo}/git/matching-refs/{ref}', 'contents:read', (call) => {
    const refs = call.repository.git.refs.list(`refs/${call.params.ref}`);
    return page(call, refs, (ref) => refOf(call.repository, ref.name, ref.sha, call.urls));
  }),
  route<{ ref: string; sha: string }>(
    'POST /repos/{owner}/{repo}/git/refs',
    'contents:write',
    (call) => {
      const { ref, sha } = call.body;
      const { git } = call.repository;
      if (!isRefName(ref) || ref.split('/').length < 3)
        throw new Refusal(422, "Reference name must start with 'refs/' and contain at least two slashes.");
      if (!git.objects.read(sha)) throw new Refusal(422, 'Object does not exist');
      if (git.refs.read(ref)) throw new Refusal(422, 'Reference already exists');
      if (!moveRef(call.state, call.repository, ref, { by: actingAccount(call.actor), to: sha }))
        throw new Refusal(422, 'Reference update failed');
      return new Reply(201, refOf(call.repository, ref, sha, call.urls));
    },
    'create {body.ref} at {body.sha}',
  ),
  route<{ sha: string; force?: boolean }>(
    'PATCH /repos/{owner}/{repo}/git/refs/{ref}',
    'contents:write',
    updateRef,
    'move refs/{ref} to {body.sha}',
  ),
  route(
    'DELETE /repos/{owner}/{repo}/git/refs/{ref}',
    'contents:write',
    (call) => {
      const name = `refs/${call.params.ref}`;
      if (!call.repository.git.refs.read(name)) throw new Refusal(422, 'Reference does not exist');
      moveRef(call.state, call.repository, name, { by: actingAccount(call.actor), to: null });
      return new Reply(204);
    },
    'delete refs/{ref}',
  ),
  route<NewCommit>('POST /repos/{owner}/{repo}/git/commits', 'contents:write', createCommit, 'write a commit'),
  route('GET /repos/{owner}/{repo}/git/commits/{commit_sha}', 'contents:read', (call) => {
    return gitCommitOf(call.repository, found(call.repository.git.objects.commit(call.params.commit_sha ?? '')), call.urls);
  }),
  route('POST /repos/{owner}/{repo}/git/trees', 'contents:write', createTree, 'write a tree'),
  route('GET /repos/{owner}/{repo}/git/trees/{tree_sha}', 'contents:read', (call) => {
    const { git } = call.repository;
    const name = call.params.tree_sha ?? '';
    const commit = git.objects.tree(name) ? null : git.resolve(name);
    if (!commit && !git.objects.tree(name)) throw notFound();
    return treeOf(call, commit ? git.commit(commit).tree : name, call.query.has('recursive'));
  }),
  route<{ content: string; encoding?: string }>(
    'POST /repos/{owner}/{repo}/git/blobs',
    'contents:write',
    (call) => {
      const bytes = Buffer.from(call.body.content, call.body.encoding === 'base64' ? 'base64' : 'utf8');
      const sha = call.repository.git.objects.write('blob', bytes);
      return new Reply(201, { sha, url: `${repositoryUrl(call.repository, call.urls)}/git/blobs/${sha}` });
    },
    'write a blob',
  ),
  route('GET /repos/{owner}/{repo}/git/blobs/{file_sha}', 'contents:read', (call) => {
    const sha = call.params.file_sha ?? '';
    const blob = found(call.repository.git.objects.read(sha));
    if (blob.type !== 'blob') throw notFound();
    const url = `${repositoryUrl(call.repository, call.urls)}/git/blobs/${sha}`;
    return { sha, node_id: `B_${sha}`, size: blob.body.length, url, content: blob.body.toString('base64'), encoding: 'base64' };
  }),
  route<{ tag: string; message: string; object: string; type: ObjectType; tagger?: Partial<Person> }>(
    'POST /repos/{owner}/{repo}/git/tags',
    'contents:write',
    (call) => {
      const { tag, message, object, type, tagger } = call.body;
      if (call.repository.git.objects.read(object)?.type !== type) throw new Refusal(422, 'Object does not exist');
      const own = personOf(actingAccount(call.actor), call.state.clock.iso());
      const sha = call.repository.git.writeTag({ object, type, tag, message, tagger: { ...own, ...tagger } });
      return new Reply(201, tagObjectOf(call.repository, sha, call.urls));
    },
    'write tag object {body.tag} of {body.object}',
  ),
  route('GET /repos/{owner}/{repo}/git/tags/{tag_sha}', 'contents:read', (call) =>
    tagObjectOf(call.repository, call.params.tag_sha ?? '', call.urls),
  ),
];
