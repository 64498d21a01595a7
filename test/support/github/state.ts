// Everything the world holds, and the few ways in which it is found and made: accounts, repositories, teams, Apps, tokens and ids.
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Clock } from './clock.ts';
import { GitRepository } from './git/repository.ts';
import type { Account, Actor, App, Installation, Permissions, Repository, Role, Team } from './records.ts';

export interface Made {
  readonly id: number;
  readonly nodeId: string;
}

export interface GitHubEvent {
  readonly name: string;
  readonly action: string | null;
  readonly repository: Repository | null;
  /** Whose doing it was: the payload's `sender`. */
  readonly sender: Account;
  /** Only to this App: protection rules and installations concern one. */
  readonly app?: App;
  /** Besides action, repository, sender, organization and installation, which every payload has. */
  readonly payload: (urls: Urls) => object;
}

export interface Urls {
  readonly api: string;
  readonly html: string;
  readonly uploads: string;
}

export class GitHubState {
  readonly clock = new Clock();
  readonly folder: string;
  readonly accounts = new Map<string, Account>();
  readonly repositories = new Map<string, Repository>();
  readonly teams = new Map<string, Team>();
  readonly apps = new Map<string, App>();
  readonly installations = new Map<number, Installation>();
  readonly tokens = new Map<string, Actor>();
  /** Apps registered from a manifest, by the code that their credentials are exchanged for, once. */
  readonly manifestCodes = new Map<string, App>();
  /** For GraphQL's `node(id)`. */
  readonly nodes = new Map<string, { readonly type: string; readonly value: unknown }>();
  readonly members = new Map<string, Map<string, 'member' | 'admin'>>();
  /** Where the world can be reached; set when it listens. */
  urls: Urls = { api: '', html: 'https://github.com', uploads: '' };
  /** Pull requests are found by commit only when this is false: GitHub's index lags behind a merge. */
  indexLags = false;
  /** `Type.field` of GraphQL that nobody may see. */
  readonly hidden = new Set<string>();
  emit: (event: GitHubEvent) => void = () => {};
  #lastId = 1_000;

  constructor(folder: string) {
    this.folder = folder;
    this.account('web-flow');
    this.app('github-actions', { id: 15_368, owner: 'github', permissions: {}, events: [] });
  }

  mint(type: string): Made {
    this.#lastId += 1;
    return { id: this.#lastId, nodeId: `${type}_${Buffer.from(String(this.#lastId)).toString('base64url')}` };
  }

  /** A record with its ids, known to `node(id)`. */
  make<T>(type: string, build: (made: Made) => T & Made): T & Made {
    const value = build(this.mint(type));
    this.nodes.set(value.nodeId, { type, value });
    return value;
  }

  account(login: string, type: Account['type'] = 'User', email?: string): Account {
    const known = this.accounts.get(login.toLowerCase());
    if (known) return known;
    const account = this.make(type, (made): Account => {
      return { ...made, login, type, name: login, email: email ?? `${made.id}+${login}@users.noreply.github.com` };
    });
    this.accounts.set(login.toLowerCase(), account);
    return account;
  }

  accountByEmail(email: string): Account | null {
    if (email === 'noreply@github.com') return this.account('web-flow');
    return [...this.accounts.values()].find((one) => one.email.toLowerCase() === email.toLowerCase()) ?? null;
  }

  organization(login: string, members: Readonly<Record<string, 'member' | 'admin'>> = {}): Account {
    const org = this.account(login, 'Organization');
    const known = this.members.get(org.login) ?? new Map<string, 'member' | 'admin'>();
    for (const [name, role] of Object.entries(members)) known.set(this.account(name).login, role);
    this.members.set(org.login, known);
    return org;
  }

  team(
    org: string,
    slug: string,
    members: readonly string[] = [],
    options: { parent?: string; repositories?: Record<string, Role> } = {},
  ): Team {
    const owner = this.organization(org);
    const parent = options.parent ? (this.teams.get(`${owner.login}/${options.parent}`) ?? this.team(org, options.parent)) : null;
    const team = this.make('Team', (made): Team => {
      return { ...made, org: owner, slug, name: slug, parent, members: new Map(), repositories: new Map() };
    });
    for (const login of members) {
      team.members.set(this.account(login).login, 'member');
      this.organization(org, { [login]: this.members.get(owner.login)?.get(login) ?? 'member' });
    }
    for (const [name, role] of Object.entries(options.repositories ?? {})) team.repositories.set(this.repository(name).id, role);
    this.teams.set(`${owner.login}/${slug}`, team);
    return team;
  }

  /** Members of a team and of the teams below it, as `GET /orgs/{org}/teams/{team_slug}/members` lists them. */
  teamMembers(team: Team): Map<string, 'member' | 'maintainer'> {
    const all = new Map(team.members);
    for (const child of this.teams.values()) {
      if (child.parent === team) for (const [login, role] of this.teamMembers(child)) all.set(login, all.get(login) ?? role);
    }
    return all;
  }

  app(slug: string, options: { id?: number; owner?: string; permissions: Permissions; events: readonly string[] }): App {
    const made = this.mint('App');
    const id = options.id ?? made.id;
    const app: App = {
      id,
      nodeId: made.nodeId,
      slug,
      clientId: `Iv1.${id.toString(16).padStart(16, '0')}`,
      owner: this.account(options.owner ?? 'acme', 'Organization'),
      bot: this.account(`${slug}[bot]`, 'Bot'),
      permissions: { metadata: 'read', ...options.permissions },
      events: options.events,
      // Only when asked: most worlds sign nothing in as an App.
      get publicKey() {
        return signingKey().publicKey;
      },
      get privateKey() {
        return signingKey().privateKey;
      },
      webhook: null,
      createdAt: this.clock.iso(),
    };
    this.apps.set(slug, app);
    this.nodes.set(app.nodeId, { type: 'App', value: app });
    return app;
  }

  repository(fullName: string): Repository {
    const found = this.repositories.get(fullName.toLowerCase());
    if (!found) throw new Error(`The world has no repository ${fullName}.`);
    return found;
  }

  createRepository(fullName: string, options: { private?: boolean; parent?: Repository; defaultBranch?: string } = {}): Repository {
    const [login = '', name = ''] = fullName.split('/');
    const folder = join(this.folder, `${fullName}.git`);
    mkdirSync(folder, { recursive: true });
    const repository = this.make('Repository', (made): Repository => {
      return {
        ...made,
        owner: this.accounts.get(login.toLowerCase()) ?? this.account(login, 'Organization'),
        name,
        git: new GitRepository(folder, options.parent?.git ?? null),
        parent: options.parent ?? null,
        private: options.private ?? false,
        description: null,
        defaultBranch: options.defaultBranch ?? 'main',
        settings: { ...DEFAULT_SETTINGS },
        createdAt: this.clock.iso(),
        updatedAt: this.clock.iso(),
        pushedAt: this.clock.iso(),
        collaborators: new Map(),
        protectedBranches: new Map(),
        nextNumber: 1,
        issues: new Map(),
        labels: [],
        milestones: [],
        suites: [],
        checks: [],
        statuses: [],
        releases: [],
        deployments: [],
        environments: [],
        workflows: [],
        runs: [],
        verified: new Set(),
        hooks: [],
      };
    });
    this.repositories.set(fullName.toLowerCase(), repository);
    return repository;
  }

  /** The strongest role that ownership, membership, teams and collaboration give; organization members read by default. */
  role(repository: Repository, account: Account): Role {
    const { owner } = repository;
    const member = this.members.get(owner.login)?.get(account.login);
    const roles: Role[] = [repository.collaborators.get(account.login) ?? 'none', repository.private ? 'none' : 'read'];
    if (owner === account || member === 'admin') roles.push('admin');
    if (member) roles.push('read');
    for (const team of this.teams.values()) {
      for (let above: Team | null = team; above; above = above.parent) {
        if (team.members.has(account.login)) roles.push(above.repositories.get(repository.id) ?? 'none');
      }
    }
    return roles.reduce((best, role) => (ROLES.indexOf(role) > ROLES.indexOf(best) ? role : best), 'none');
  }
}

export const ROLES: readonly Role[] = ['none', 'read', 'triage', 'write', 'maintain', 'admin'];

export function fullName(repository: Repository): string {
  return `${repository.owner.login}/${repository.name}`;
}

const DEFAULT_SETTINGS: Repository['settings'] = {
  allow_merge_commit: true,
  allow_squash_merge: true,
  allow_rebase_merge: true,
  delete_branch_on_merge: false,
  squash_merge_commit_title: 'COMMIT_OR_PR_TITLE',
  squash_merge_commit_message: 'COMMIT_MESSAGES',
  merge_commit_title: 'MERGE_MESSAGE',
  merge_commit_message: 'PR_TITLE',
};

let key: { publicKey: string; privateKey: string } | null = null;

/** One key for all Apps of a process: making an RSA key takes longer than the rest of a world. */
function signingKey(): { publicKey: string; privateKey: string } {
  key ??= generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  return key;
}
