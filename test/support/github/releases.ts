// Releases and their assets: drafts without a tag, the tag that publishing makes, and which of them is the latest.
import { createHash } from 'node:crypto';
import { htmlUrl, reactionsOf, repositoryUrl, userOf } from './present.ts';
import { pullsOf } from './pulls.ts';
import { moveRef } from './pushing.ts';
import type { Account, Asset, Release, Repository } from './records.ts';
import { actingAccount, type Call, found, invalid, notFound, page, Reply, type Route, route } from './routing.ts';
import { type GitHubState, ROLES, type Urls } from './state.ts';

export interface NewRelease {
  readonly tag_name: string;
  readonly target_commitish?: string;
  readonly name?: string | null;
  readonly body?: string | null;
  readonly draft?: boolean;
  readonly prerelease?: boolean;
  readonly make_latest?: 'true' | 'false' | 'legacy';
  readonly generate_release_notes?: boolean;
}

export function createRelease(state: GitHubState, repository: Repository, author: Account, wanted: NewRelease): Release {
  const { tag_name: tag, draft = false, prerelease = false } = wanted;
  // Several drafts may share a tag; of published releases each tag has one.
  if (!draft && repository.releases.some((one) => one.tag === tag && !one.draft)) throw invalid('Release', 'tag_name', 'already_exists');
  const at = state.clock.iso();
  const body = wanted.generate_release_notes
    ? `${wanted.body ? `${wanted.body}\n\n` : ''}${generateNotes(repository, tag, state.urls)}`
    : (wanted.body ?? null);
  const release = state.make(
    'Release',
    (made): Release => ({
      ...made,
      repository,
      author,
      tag,
      target: wanted.target_commitish ?? repository.defaultBranch,
      name: wanted.name ?? null,
      body,
      draft,
      prerelease,
      latest: wanted.make_latest ?? 'true',
      latestSince: at,
      createdAt: at,
      publishedAt: null,
      updatedAt: at,
      assets: [],
      reactions: [],
    }),
  );
  if (!draft) publish(state, release, author);
  repository.releases.push(release);
  if (draft) emitRelease(state, release, 'created', author);
  return release;
}

export function updateRelease(state: GitHubState, release: Release, by: Account, wanted: Partial<NewRelease>): void {
  const { repository } = release;
  const wasDraft = release.draft;
  const changes: Record<string, unknown> = {};
  if (wanted.tag_name !== undefined && wanted.tag_name !== release.tag) changes.tag_name = { from: release.tag };
  if (wanted.name !== undefined && wanted.name !== release.name) changes.name = { from: release.name ?? '' };
  if (wanted.body !== undefined && wanted.body !== release.body) changes.body = { from: release.body ?? '' };
  const tag = wanted.tag_name ?? release.tag;
  const publishes = wasDraft && wanted.draft === false;
  if ((publishes || !wasDraft) && repository.releases.some((one) => one !== release && one.tag === tag && !one.draft)) {
    throw invalid('Release', 'tag_name', 'already_exists');
  }
  release.tag = tag;
  if (wanted.target_commitish !== undefined) release.target = wanted.target_commitish;
  if (wanted.name !== undefined) release.name = wanted.name;
  if (wanted.body !== undefined) release.body = wanted.body;
  if (wanted.prerelease !== undefined) release.prerelease = wanted.prerelease;
  if (wanted.make_latest !== undefined) Object.assign(release, { latest: wanted.make_latest, latestSince: state.clock.iso() });
  if (wanted.draft !== undefined) release.draft = wanted.draft;
  release.updatedAt = state.clock.iso();
  if (publishes) publish(state, release, by);
  else if (Object.keys(changes).length > 0) emitRelease(state, release, 'edited', by, { changes });
}

/** Publishing makes the tag where there is none, at the target: a lightweight one. */
function publish(state: GitHubState, release: Release, by: Account): void {
  const { repository } = release;
  const ref = `refs/tags/${release.tag}`;
  if (!repository.git.refs.read(ref)) {
    const sha = repository.git.resolve(release.target);
    if (!sha) throw invalid('Release', 'target_commitish', 'invalid');
    if (!moveRef(state, repository, ref, { by, to: sha })) throw invalid('Release', 'tag_name', 'invalid');
  }
  release.draft = false;
  release.publishedAt = state.clock.iso();
  release.latestSince = release.publishedAt;
  for (const action of ['published', 'created', release.prerelease ? 'prereleased' : 'released']) emitRelease(state, release, action, by);
}

function emitRelease(state: GitHubState, release: Release, action: string, sender: Account, more: object = {}): void {
  const payload = (urls: Urls) => {
    // The community's schemas know a published release's name and body only as text; GitHub sends null for those without.
    return { release: { ...releaseShape(release, urls), name: release.name ?? '', body: release.body ?? '' }, ...more };
  };
  state.emit({ name: 'release', action, repository: release.repository, sender, payload });
}

export function releaseShape(release: Release, urls: Urls) {
  const { repository, tag } = release;
  const url = `${repositoryUrl(repository, urls)}/releases/${release.id}`;
  const html = `${htmlUrl(repository, urls)}/releases/tag/${release.draft ? `untagged-${release.id.toString(16).padStart(20, '0')}` : tag}`;
  const archive = (kind: string) => (release.draft ? null : `${repositoryUrl(repository, urls)}/${kind}/${tag}`);
  return {
    url,
    assets_url: `${url}/assets`,
    upload_url: `${urls.uploads}/repos/${repository.owner.login}/${repository.name}/releases/${release.id}/assets{?name,label}`,
    html_url: html,
    id: release.id,
    node_id: release.nodeId,
    author: userOf(release.author, urls),
    tag_name: tag,
    target_commitish: release.target,
    name: release.name,
    body: release.body,
    draft: release.draft,
    immutable: release.immutable ?? false,
    prerelease: release.prerelease,
    created_at: commitDate(release),
    published_at: release.publishedAt,
    updated_at: release.updatedAt,
    assets: release.assets.map((asset) => assetShape(release, asset, urls)),
    tarball_url: archive('tarball'),
    zipball_url: archive('zipball'),
    ...(release.reactions.length > 0 ? { reactions: reactionsOf(release.reactions, url) } : {}),
  };
}

/** GitHub shows the date of the commit here, not that of the draft (documented). */
function commitDate({ repository, tag, target, createdAt }: Release): string {
  const sha = repository.git.resolve(`refs/tags/${tag}`) ?? repository.git.resolve(target);
  return sha ? repository.git.commit(sha).committer.date : createdAt;
}

function assetShape(release: Release, asset: Asset, urls: Urls) {
  const { repository } = release;
  return {
    url: `${repositoryUrl(repository, urls)}/releases/assets/${asset.id}`,
    browser_download_url: `${htmlUrl(repository, urls)}/releases/download/${release.tag}/${asset.name}`,
    id: asset.id,
    node_id: asset.nodeId,
    name: asset.name,
    label: asset.label,
    state: 'uploaded',
    content_type: asset.contentType,
    size: asset.bytes.length,
    digest: `sha256:${createHash('sha256').update(asset.bytes).digest('hex')}`,
    download_count: 0,
    created_at: asset.createdAt,
    updated_at: asset.createdAt,
    uploader: userOf(asset.uploader, urls),
  };
}

/** The last that was made so explicitly; a `legacy` one after it only with a higher version. Never a draft or a prerelease. */
export function latestRelease(repository: Repository): Release | null {
  const candidates = repository.releases.filter((one) => !one.draft && !one.prerelease && one.latest !== 'false');
  const inOrder = candidates.sort((a, b) => Date.parse(a.latestSince) - Date.parse(b.latestSince));
  return inOrder.reduce<Release | null>((best, one) => (best && one.latest === 'legacy' && isLower(one.tag, best.tag) ? best : one), null);
}

function isLower(tag: string, than: string): boolean {
  const [a = [], b = []] = [tag, than].map((one) => (one.match(/\d+/g) ?? []).slice(0, 3).map(Number));
  const at = a.findIndex((number, index) => number !== b[index]);
  return at !== -1 && (a[at] ?? 0) < (b[at] ?? 0);
}

function seesDrafts(call: Call): boolean {
  if (call.actor.kind === 'installation') return call.actor.permissions.contents === 'write';
  return call.actor.kind === 'user' && ROLES.indexOf(call.state.role(call.repository, call.actor.account)) >= ROLES.indexOf('write');
}

function releaseOf(call: Call): Release {
  const release = found(call.repository.releases.find((one) => one.id === Number(call.params.release_id)));
  if (release.draft && !seesDrafts(call)) throw notFound();
  return release;
}

function generateNotes(repository: Repository, tag: string, urls: Urls, previous?: string): string {
  const { git } = repository;
  const to = git.resolve(`refs/tags/${tag}`) ?? git.head(repository.defaultBranch) ?? '';
  const before = previous ?? latestRelease(repository)?.tag;
  const range = new Set(git.range(before ? git.resolve(before) : null, to));
  const pulls = pullsOf(repository).filter((pull) => pull.merged?.written.some((sha) => range.has(sha)));
  const html = htmlUrl(repository, urls);
  const lines = pulls.map((pull) => `* ${pull.issue.title} by @${pull.issue.user.login} in ${html}/pull/${pull.issue.number}`);
  const changelog = before ? `compare/${before}...${tag}` : `commits/${tag}`;
  return `${lines.length > 0 ? `## What's Changed\n${lines.join('\n')}\n\n` : ''}**Full Changelog**: ${html}/${changelog}`;
}

function uploadAsset(call: Call): Reply {
  const release = releaseOf(call);
  const name = call.query.get('name') ?? '';
  if (release.assets.some((one) => one.name === name)) throw invalid('ReleaseAsset', 'name', 'already_exists');
  if (call.bytes.length === 0) throw invalid('ReleaseAsset', 'size', 'invalid');
  const asset = call.state.make('ReleaseAsset', (made): Asset => {
    const contentType = String(call.headers['content-type'] ?? 'application/octet-stream');
    return {
      ...made,
      name,
      label: call.query.get('label') ?? '',
      contentType,
      bytes: call.bytes,
      uploader: actingAccount(call.actor),
      createdAt: call.state.clock.iso(),
    };
  });
  release.assets.push(asset);
  return new Reply(201, assetShape(release, asset, call.urls));
}

function assetOf(call: Call): { release: Release; asset: Asset } {
  for (const release of call.repository.releases) {
    const asset = release.assets.find((one) => one.id === Number(call.params.asset_id));
    if (asset) return { release, asset };
  }
  throw notFound();
}

export const releaseRoutes: readonly Route[] = [
  route('GET /repos/{owner}/{repo}/releases', 'contents:read', (call) => {
    const shown = call.repository.releases.filter((one) => !one.draft || seesDrafts(call));
    return page(call, [...shown].reverse(), (one) => releaseShape(one, call.urls));
  }),
  route('GET /repos/{owner}/{repo}/releases/latest', 'contents:read', (call) =>
    releaseShape(found(latestRelease(call.repository)), call.urls),
  ),
  // A draft has no tag yet and is not found by one (documented for published releases only).
  route('GET /repos/{owner}/{repo}/releases/tags/{tag}', 'contents:read', (call) => {
    return releaseShape(found(call.repository.releases.find((one) => one.tag === call.params.tag && !one.draft)), call.urls);
  }),
  route('GET /repos/{owner}/{repo}/releases/{release_id}', 'contents:read', (call) => releaseShape(releaseOf(call), call.urls)),
  route<NewRelease>(
    'POST /repos/{owner}/{repo}/releases',
    'contents:write',
    (call) => new Reply(201, releaseShape(createRelease(call.state, call.repository, actingAccount(call.actor), call.body), call.urls)),
    'create release {body.tag_name}',
  ),
  route<Partial<NewRelease>>(
    'PATCH /repos/{owner}/{repo}/releases/{release_id}',
    'contents:write',
    (call) => {
      const release = releaseOf(call);
      updateRelease(call.state, release, actingAccount(call.actor), call.body);
      return releaseShape(release, call.urls);
    },
    'update release {answer.tag_name}',
  ),
  route(
    'DELETE /repos/{owner}/{repo}/releases/{release_id}',
    'contents:write',
    (call) => {
      const release = releaseOf(call);
      call.repository.releases.splice(call.repository.releases.indexOf(release), 1);
      emitRelease(call.state, release, 'deleted', actingAccount(call.actor));
      return new Reply(204);
    },
    'delete release {release_id}',
  ),
  route<{ tag_name: string; previous_tag_name?: string }>(
    'POST /repos/{owner}/{repo}/releases/generate-notes',
    'contents:write',
    (call) => {
      return { name: call.body.tag_name, body: generateNotes(call.repository, call.body.tag_name, call.urls, call.body.previous_tag_name) };
    },
  ),
  route('GET /repos/{owner}/{repo}/releases/{release_id}/assets', 'contents:read', (call) => {
    const release = releaseOf(call);
    return page(call, release.assets, (asset) => assetShape(release, asset, call.urls));
  }),
  route(
    'POST /repos/{owner}/{repo}/releases/{release_id}/assets',
    'contents:write',
    uploadAsset,
    'upload {answer.name} to release {release_id}',
  ),
  route('GET /repos/{owner}/{repo}/releases/assets/{asset_id}', 'contents:read', (call) => {
    const { release, asset } = assetOf(call);
    if (String(call.headers.accept).includes('octet-stream'))
      return new Reply(200, asset.bytes, { 'content-type': 'application/octet-stream' });
    return assetShape(release, asset, call.urls);
  }),
  route(
    'DELETE /repos/{owner}/{repo}/releases/assets/{asset_id}',
    'contents:write',
    (call) => {
      const { release, asset } = assetOf(call);
      release.assets.splice(release.assets.indexOf(asset), 1);
      return new Reply(204);
    },
    'delete asset {asset_id}',
  ),
];
