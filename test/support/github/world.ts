// A GitHub of one's own: stateful, over HTTP on 127.0.0.1, its histories in real git repositories, every exchange held against GitHub's
// own description. A test starts one, tells a story, lets the code under test act, and ends with `assertClean`.
import { rmSync } from 'node:fs';
import { memoryFolder } from '../memory.ts';
import { emitInstalled } from './apps.ts';
import type { Checker } from './contract/checker.ts';
import { Deliveries } from './deliveries.ts';
import { Faults } from './faults.ts';
import { answerGraphql } from './graphql/engine.ts';
import { Calls, describeEffect, Effects } from './journal.ts';
import type { Account, Actor, App, Installation, Permissions, Repository, Role, Team } from './records.ts';
import { makeRouteTable } from './route-table.ts';
import { allRoutes } from './routes.ts';
import { GitHubServer, type ServerParts } from './server.ts';
import { GitHubState } from './state.ts';
import { RepositoryStory, type StoryCommit } from './stories.ts';

export interface WorldOptions {
  /** False runs without GitHub's descriptions: quicker, and proves less. */
  readonly check?: boolean;
}

export interface RepositoryOptions {
  readonly private?: boolean;
  readonly defaultBranch?: string;
  /** The first push; by default one commit with a README. Empty: a repository without commits. */
  readonly commits?: readonly StoryCommit[];
  readonly settings?: Partial<Repository['settings']>;
  readonly collaborators?: Readonly<Record<string, Role>>;
}

export class World {
  readonly state: GitHubState;
  readonly faults: Faults;
  readonly effects = new Effects();
  readonly calls = new Calls();
  readonly deliveries: Deliveries;
  /** Breaches of GitHub's contract, by our requests, by this world's answers and by its deliveries. */
  readonly violations: string[] = [];
  readonly #server: GitHubServer;
  readonly #folder: string;
  #url = '';

  constructor(folder: string, checker: Checker | null) {
    this.#folder = folder;
    this.state = new GitHubState(folder);
    this.faults = new Faults(this.state);
    this.deliveries = new Deliveries(this.state, checker, this.violations);
    const { state, faults, effects, calls, violations } = this;
    const graphql: ServerParts['graphql'] = (call, journal) => answerGraphql(call, journal, violations);
    const routes = makeRouteTable(allRoutes(this.deliveries));
    this.#server = new GitHubServer({ state, routes, graphql, checker, faults, effects, calls, violations });
  }

  async start(): Promise<void> {
    this.#url = await this.#server.listen();
    this.state.urls = { api: this.#url, html: 'https://github.com', uploads: `${this.#url}/uploads` };
  }

  async stop(): Promise<void> {
    await this.deliveries.settled();
    await this.#server.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** As `https://api.github.com`: the `baseUrl` of an Octokit, or GITHUB_API_URL. */
  get url(): string {
    return this.#url;
  }

  /** As a GitHub Enterprise Server's `host:port`: REST at `/api/v3`, GraphQL at `/api/graphql`. */
  get host(): string {
    return this.#url.replace('http://', '');
  }

  get clock() {
    return this.state.clock;
  }

  repository(fullName: string, options: RepositoryOptions = {}): RepositoryStory {
    const { commits = [{ message: 'Initial commit', files: { 'README.md': '# Hello\n' } }], settings, collaborators, ...rest } = options;
    const record = this.state.createRepository(fullName, rest);
    Object.assign(record.settings, settings);
    for (const [login, role] of Object.entries({ maintainer: 'maintain' as Role, ...collaborators })) this.grant(record, login, role);
    const story = new RepositoryStory(this.state, record);
    if (commits.length > 0) story.push(record.defaultBranch, commits);
    return story;
  }

  grant(repository: Repository | RepositoryStory, login: string, role: Role): Account {
    const account = this.state.account(login);
    ('record' in repository ? repository.record : repository).collaborators.set(account.login, role);
    return account;
  }

  organization(login: string, members: Readonly<Record<string, 'member' | 'admin'>> = {}): Account {
    return this.state.organization(login, members);
  }

  team(
    org: string,
    slug: string,
    members: readonly string[] = [],
    options: { parent?: string; repositories?: Record<string, Role> } = {},
  ): Team {
    return this.state.team(org, slug, members, options);
  }

  /** A person's token. */
  userToken(login: string): string {
    return this.#token('ghp', { kind: 'user', account: this.state.account(login) });
  }

  /** What a workflow gets: GitHub Actions' own installation token, of one repository. */
  githubToken(repository: RepositoryStory, permissions: Permissions = { contents: 'read', metadata: 'read' }): string {
    const app = this.state.apps.get('github-actions') as App;
    const known = [...this.state.installations.values()].find((one) => one.app === app && one.account === repository.record.owner);
    const installation = known ?? this.install(app, repository.owner);
    return this.#token('ghs', { kind: 'installation', app, installation, permissions, repositories: new Set([repository.record.id]) });
  }

  app(slug: string, options: { permissions: Permissions; events?: readonly string[]; webhook?: { url: string; secret: string } }): App {
    const app = this.state.app(slug, { permissions: options.permissions, events: options.events ?? [] });
    app.webhook = options.webhook ?? null;
    return app;
  }

  /** What GitHub's page does with a posted manifest once a person has confirmed it; gives the code that it sends the browser back with. */
  confirmManifest(manifest: {
    readonly name: string;
    readonly hook_attributes: { readonly url: string };
    readonly default_permissions: Permissions;
    readonly default_events: readonly string[];
  }): string {
    const slug = manifest.name.toLowerCase().replace(/[^a-z0-9]+/g, '-');
    const secret = `webhook-secret-of-${slug}`;
    const app = this.app(slug, {
      permissions: manifest.default_permissions,
      events: manifest.default_events,
      webhook: { url: manifest.hook_attributes.url, secret },
    });
    const code = `code${this.state.mint('Code').id}`;
    this.state.manifestCodes.set(code, app);
    return code;
  }

  install(app: App, account: string, repositories: readonly RepositoryStory[] | null = null): Installation {
    const { id } = this.state.mint('Installation');
    const chosen = repositories === null ? null : new Set(repositories.map((one) => one.record.id));
    const owner = this.state.account(account, 'Organization');
    const installation: Installation = { id, app, account: owner, repositories: chosen, createdAt: this.clock.iso(), suspendedAt: null };
    this.state.installations.set(id, installation);
    emitInstalled(this.state, installation);
    return installation;
  }

  installationToken(installation: Installation, permissions: Permissions = installation.app.permissions): string {
    return this.#token('ghs', { kind: 'installation', app: installation.app, installation, permissions, repositories: null });
  }

  /** A repository's own webhook. */
  hook(repository: RepositoryStory, url: string, secret: string, events: readonly string[] = ['*']): void {
    repository.record.hooks.push({ id: this.state.mint('Hook').id, url, secret, events });
  }

  /** All effects since the last time, in order; throws with both lists where they differ. */
  expectEffects(...args: Parameters<Effects['expect']>): void {
    this.effects.expect(...args);
  }

  /** The end of every story: no breach of the contract, no effect that nobody expected, no fault that never happened. */
  async assertClean(): Promise<void> {
    await this.deliveries.settled();
    const problems = [
      ...this.violations.map((words) => `breach: ${words}`),
      ...this.effects.unexpected.map((effect) => `unexpected effect: ${describeEffect(effect)}`),
      ...[...this.faults.unused, ...this.deliveries.unused].map((words) => `unused fault: ${words}`),
    ];
    if (problems.length > 0) throw new Error(`The story does not end clean:\n${problems.map((line) => `  ${line}`).join('\n')}`);
  }

  #token(prefix: string, actor: Actor): string {
    const token = `${prefix}_${this.state.mint('Token').id.toString(36).padStart(36, '0')}`;
    this.state.tokens.set(token, actor);
    return token;
  }
}

export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const checker = options.check === false ? null : (await import('./contract/checker.ts')).contract;
  const world = new World(memoryFolder('github-'), checker);
  await world.start();
  return world;
}
