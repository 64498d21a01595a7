// What an event of GitHub's asks to be done. Payloads come from outside: each field is looked at before it is believed, what is odd asks
// for nothing and says so, and nothing here throws.

import type { CommandErrand, Errand, Home } from './errand.ts';
import { lookFresh, readCheck, readDeployment, readDeploymentReview, readReview, readRule, readRun, readStatus } from './gate-errand-of.ts';
import { slotOf } from './line-range.ts';
import { at, type Body, id, record, word } from './payload.ts';
import { publishedHappening } from './tell.ts';

/** Why an event asks for nothing. */
export type Ignored =
  /** An event, or an action of one, that changes nothing of what is kept. */
  | 'not-ours'
  /** It is not from an installation of the App, as with a webhook of the repository's own. */
  | 'no-installation'
  /** What it should have is missing, or is something else. */
  | 'malformed'
  /** It leads elsewhere than where it comes from. */
  | 'hostile'
  /** Nothing can be written to the repository. */
  | 'archived'
  /** Of a comment: whoever sent the event did not write it. */
  | 'not-author'
  | 'no-command';

export interface EventRead {
  readonly errands: readonly Errand[];
  /** Null where there are errands. */
  readonly ignored: Ignored | null;
}

/** `api`: the address of GitHub's API, which an address in a payload has to agree with. */
export function errandsOf(event: string, payload: unknown, api?: string): readonly Errand[] {
  return readEvent(event, payload, api).errands;
}

export function readEvent(event: string, payload: unknown, api?: string): EventRead {
  const read = Object.hasOwn(READERS, event) ? READERS[event] : undefined;
  const body = record(payload);
  if (read === undefined) return nothing('not-ours');
  if (body === null) return nothing('malformed');
  const installation = id(at(body, 'installation', 'id'));
  if (installation === null) return nothing('no-installation');
  const result = event.startsWith('installation') ? readInstalled(body, installation) : readOfRepository(read, body, installation, api);
  if (typeof result === 'string') return nothing(result);
  return result.length === 0 ? nothing('not-ours') : { errands: result, ignored: null };
}

/** Whose events must stay in order: the key of a delivery in the store. */
export function deliveryKey(payload: unknown): string {
  const repository = id(at(payload, 'repository', 'id'));
  if (repository !== null) return `repo:${repository}`;
  const installation = id(at(payload, 'installation', 'id'));
  return installation === null ? 'app' : `installation:${installation}`;
}

type Reader = (body: Body, home: Home, action: string, api?: string) => readonly Errand[] | Ignored;

const READERS: Readonly<Record<string, Reader>> = {
  pull_request: readPull,
  push: readPush,
  create: (body, home) => readRef(body, home, true),
  delete: (body, home) => readRef(body, home, false),
  release: readRelease,
  issue_comment: readComment,
  repository: readRepository,
  installation: () => [],
  installation_repositories: () => [],
  deployment_protection_rule: readRule,
  check_run: readCheck,
  check_suite: readCheck,
  status: readStatus,
  pull_request_review: readReview,
  deployment_status: readDeployment,
  deployment_review: readDeploymentReview,
  workflow_run: readRun,
  issues: (body, home, action) => (action === 'closed' ? readClosed(body, home) : []),
};

function readOfRepository(read: Reader, body: Body, installation: number, api: string | undefined): readonly Errand[] | Ignored {
  const home = homeOf(body.repository, installation, null);
  if (home === null) return 'malformed';
  // An archived repository can only be read: whatever came of it would fail.
  if (at(body, 'repository', 'archived') === true || at(body, 'repository', 'disabled') === true) return 'archived';
  return read(body, home, word(body.action) ?? '', api);
}

/** A repository that has just come within reach has a past that no event has told of. */
function readInstalled(body: Body, installation: number): readonly Errand[] | Ignored {
  const added = body.action === 'created' ? (body.repositories ?? []) : body.action === 'added' ? body.repositories_added : [];
  if (!Array.isArray(added)) return 'malformed';
  const owner = word(at(body, 'installation', 'account', 'login'));
  return added.flatMap((one: unknown): Errand[] => {
    const home = homeOf(one, installation, owner);
    return home === null ? [] : [{ kind: 'reconcile', home }];
  });
}

/** Actions after which an open pull request may be another kind of change. */
const PULL_CHANGES: ReadonlySet<string> = new Set([
  'opened',
  'reopened',
  'synchronize',
  'edited',
  'ready_for_review',
  'labeled',
  'unlabeled',
]);

function readPull(body: Body, home: Home, action: string): readonly Errand[] | Ignored {
  const pull = id(at(body, 'pull_request', 'number'));
  if (pull === null) return 'malformed';
  if (action !== 'closed' && !PULL_CHANGES.has(action)) return [];
  const preview = { kind: 'preview', home, pull, ...labelOf(body, action) } as const;
  if (at(body, 'pull_request', 'state') !== 'closed') return action === 'closed' ? [] : [preview];
  // What other pull requests with the same head were told together with it is to be told of them alone.
  if (at(body, 'pull_request', 'merged') !== true) return [preview];
  const branch = branchName(at(body, 'pull_request', 'base', 'ref'));
  if (branch === null) return 'malformed';
  const draft = { kind: 'draft', home, branch } as const;
  if (action === 'closed') return [draft];
  // Its title and labels are still read when the release is planned or deployed, and a label may still settle what it is.
  const after = [draft, ...lookFresh(home)];
  return 'label' in preview ? [preview, ...after] : after;
}

function labelOf(body: Body, action: string): { readonly label?: { readonly name: string; readonly by: string; readonly added: boolean } } {
  if (action !== 'labeled' && action !== 'unlabeled') return {};
  const name = word(at(body, 'label', 'name'));
  const by = word(at(body, 'sender', 'login'));
  return name === null || by === null ? {} : { label: { name, by, added: action === 'labeled' } };
}

const POLICY_FILE = '.github/shiplock.yml';
/** A push's event may leave out the rest: 2,048 are listed at most (documented), and by older servers 20. */
const COMMITS_LISTED = 20;

function readPush(body: Body, home: Home): readonly Errand[] | Ignored {
  const ref = word(body.ref);
  if (ref === null) return 'malformed';
  // Tags come with `create` and `delete`, too.
  const branch = ref.startsWith('refs/heads/') ? branchName(ref.slice('refs/heads/'.length)) : null;
  if (branch === null || body.deleted === true || isMachinery(branch)) return [];
  const draft = { kind: 'draft', home, branch } as const;
  if (branch !== at(body, 'repository', 'default_branch') || !mayTouchPolicy(body)) return [draft];
  // Under another policy every open pull request, and every line, may read differently.
  return [draft, { kind: 'reconcile', home }];
}

function mayTouchPolicy({ commits, forced }: Body): boolean {
  if (!Array.isArray(commits) || forced === true || commits.length >= COMMITS_LISTED) return true;
  return commits.some((commit: unknown) =>
    ['added', 'modified', 'removed'].some((what) => {
      const paths = at(commit, what);
      return !Array.isArray(paths) || paths.includes(POLICY_FILE);
    }),
  );
}

/** Branches of GitHub's merge queue, and our own: nothing is released from them. */
function isMachinery(branch: string): boolean {
  return branch.startsWith('gh-readonly-queue/') || branch.startsWith('shiplock/release/');
}

/** `create` and `delete`. A tag, or a maintenance line, that comes or goes may move the plan of any line. */
function readRef(body: Body, home: Home, created: boolean): readonly Errand[] | Ignored {
  const name = branchName(body.ref);
  if (name === null) return 'malformed';
  if (body.ref_type === 'tag') return [{ kind: 'reconcile', home }];
  if (body.ref_type !== 'branch') return 'malformed';
  if (isMachinery(name)) return [];
  const others: readonly Errand[] = slotOf(name) === null ? [] : [{ kind: 'reconcile', home }];
  // A branch that is gone has nothing to draft for.
  return created ? [{ kind: 'draft', home, branch: name }, ...others] : others;
}

const RELEASE_CHANGES: ReadonlySet<string> = new Set(['published', 'unpublished', 'edited', 'deleted']);

function readRelease(body: Body, home: Home, action: string): readonly Errand[] | Ignored {
  if (!RELEASE_CHANGES.has(action)) return [];
  const release = record(body.release);
  if (release === null) return 'malformed';
  // Each time the App brings a draft up to date it is told so: looking again would be one lap of an endless round.
  if (action === 'edited' && release.draft === true && at(body, 'sender', 'type') === 'Bot') return [];
  const target = branchName(release.target_commitish);
  const branch = target === null || /^[0-9a-f]{40}$/i.test(target) ? branchName(at(body, 'repository', 'default_branch')) : target;
  if (branch === null) return 'malformed';
  const drafted = { kind: 'draft', home, branch } as const;
  if (release.draft === true) return [drafted];
  const tag = branchName(release.tag_name);
  const told: readonly Errand[] =
    tag === null ? [] : [{ kind: 'tell', home, sha: null, happening: publishedHappening(tag, word(release.published_at) ?? '') }];
  return [drafted, ...lookFresh(home), ...(action === 'published' ? [{ kind: 'promote', home } as const, ...told] : [])];
}

/** A release may have waited for it, or it may be a review. */
function readClosed(body: Body, home: Home): readonly Errand[] {
  const issue = id(at(body, 'issue', 'number'));
  return [...lookFresh(home), ...(issue === null ? [] : [{ kind: 'reviewed', home, issue } as const])];
}

function readComment(body: Body, home: Home, action: string): readonly Errand[] | Ignored {
  // Whoever may write may edit anybody's comment: only a new one is its author's word.
  if (action !== 'created') return [];
  const comment = id(at(body, 'comment', 'id'));
  const issue = id(at(body, 'issue', 'number'));
  const author = personOf(at(body, 'comment', 'user'));
  const time = word(at(body, 'comment', 'created_at'));
  const text = at(body, 'comment', 'body');
  if (comment === null || issue === null || author === null || time === null || typeof text !== 'string') return 'malformed';
  if (id(at(body, 'sender', 'id')) !== author.id) return 'not-author';
  // The parser decides; this spares the store every comment that cannot hold a command.
  if (!/(?:^|\s)\/[a-z]/i.test(text)) return 'no-command';
  const pull = record(at(body, 'issue', 'pull_request')) !== null;
  return [{ kind: 'command', home, comment, issue, pull, author, app: appOf(at(body, 'comment')), body: text, at: time }];
}

function personOf(value: unknown): CommandErrand['author'] | null {
  const login = word(at(value, 'login'));
  const number = id(at(value, 'id'));
  return login === null || number === null ? null : { login, id: number, bot: at(value, 'type') !== 'User' };
}

function appOf(comment: unknown): CommandErrand['app'] {
  const app = record(at(comment, 'performed_via_github_app'));
  if (app === null) return null;
  // An app without a name is an app nevertheless: it must not pass for the person.
  return { slug: word(app.slug) ?? 'unknown', id: id(app.id) ?? 0 };
}

function readRepository(body: Body, home: Home, action: string): readonly Errand[] {
  const moved = action === 'edited' && at(body, 'changes', 'default_branch') !== undefined;
  return moved || action === 'unarchived' || action === 'transferred' ? [{ kind: 'reconcile', home }] : [];
}

function homeOf(repository: unknown, installation: number, account: string | null): Home | null {
  const number = id(at(repository, 'id'));
  const name = word(at(repository, 'name'));
  const [login = null] = word(at(repository, 'full_name'))?.split('/') ?? [];
  const owner = word(at(repository, 'owner', 'login')) ?? login ?? account;
  if (number === null || name === null || owner === null || !isSlug(name) || !isSlug(owner)) return null;
  return { installation, id: number, owner, name };
}

/** Names become parts of addresses. */
function isSlug(text: string): boolean {
  return /^[\w.-]{1,100}$/.test(text) && text !== '.' && text !== '..';
}

/** Null for what no branch can be called (git-check-ref-format) and what is too long to be stored or shown. */
function branchName(value: unknown): string | null {
  const text = word(value);
  if (text === null || text.length > 255 || text.startsWith('-')) return null;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  return /[\u0000-\u0020\u007f~^:?*[\\]|\.\.|@\{|\/\/|^\/|\/$/.test(text) ? null : text;
}

function nothing(ignored: Ignored): EventRead {
  return { errands: [], ignored };
}
