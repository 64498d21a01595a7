// What people and their tools do in a story, outside the API under test: open, review, merge, push, tag, comment. None of it is an effect.
import { createCheck } from './checks.ts';
import { createComment } from './comments.ts';
import type { Deployment, Environment, Run } from './deployment-records.ts';
import { createDeployment, setDeploymentStatus } from './deployments.ts';
import { addProtectionRule, ensureEnvironment } from './environments.ts';
import { bypassRules, reviewDeployment } from './gates.ts';
import type { Person } from './git/objects.ts';
import type { Files } from './git/trees.ts';
import { addLabels, createIssue, setMilestone } from './issues.ts';
import { type MergeMethod, mergePull, personOf } from './merging.ts';
import { createPull } from './pulls.ts';
import { moveRef } from './pushing.ts';
import type { App, CheckRun, Comment, Issue, Milestone, Pull, Release, Repository, Review, Status } from './records.ts';
import { createRelease, type NewRelease } from './releases.ts';
import { createReview, type ReviewEvent } from './reviews.ts';
import { currentJobs, endJob, rerun, startRun } from './runs.ts';
import { fullName, type GitHubState } from './state.ts';
import { createStatus } from './statuses.ts';
import { findWorkflow } from './workflows.ts';

export interface StoryCommit {
  readonly message: string;
  /** By path; null removes. Without any, a file of the commit's own is written. */
  readonly files?: Files;
  readonly author?: string | Person;
  /** For forged or old dates; otherwise the world's clock. */
  readonly date?: string;
}

export interface StoryPull {
  readonly title: string;
  readonly body?: string | null;
  readonly commits?: readonly StoryCommit[];
  readonly author?: string;
  readonly base?: string;
  readonly branch?: string;
  /** The login whose fork it comes from. */
  readonly fork?: string;
  readonly labels?: readonly string[];
  readonly draft?: boolean;
}

export interface StoryEnvironment {
  /** Logins, or `org/team`. */
  readonly reviewers?: readonly string[];
  /** Apps whose custom protection rules guard it. */
  readonly rules?: readonly App[];
  /** Minutes. */
  readonly waitTimer?: number;
  readonly preventSelfReview?: boolean;
}

/** A repository as its people see it. */
export class RepositoryStory {
  readonly record: Repository;
  readonly #state: GitHubState;

  constructor(state: GitHubState, record: Repository) {
    this.#state = state;
    this.record = record;
  }

  get name(): string {
    return fullName(this.record);
  }

  get owner(): string {
    return this.record.owner.login;
  }

  get repo(): string {
    return this.record.name;
  }

  /** The bare repository's folder: `git clone` and `git push` work on it. */
  get folder(): string {
    return this.record.git.folder;
  }

  /** The commit a branch, tag or hash stands for. */
  sha(name = this.record.defaultBranch): string {
    const sha = this.record.git.resolve(name);
    if (!sha) throw new Error(`${this.name} has no ${name}.`);
    return sha;
  }

  /** Pushes commits to a branch (made from `from`, or the default branch, when new); returns the new head. */
  push(branch: string, commits: readonly StoryCommit[], options: { by?: string; from?: string; force?: boolean } = {}): string {
    const { git, defaultBranch } = this.record;
    const before = git.head(branch);
    const start = options.force || !before ? git.resolve(options.from ?? defaultBranch) : before;
    const head = this.#write(this.record, commits, options.by ?? 'maintainer', start);
    this.#state.clock.tick();
    moveRef(this.#state, this.record, `refs/heads/${branch}`, {
      by: this.#state.account(options.by ?? 'maintainer'),
      to: head,
      forced: options.force ?? false,
    });
    return head;
  }

  branch(name: string, at = this.record.defaultBranch, by = 'maintainer'): string {
    moveRef(this.#state, this.record, `refs/heads/${name}`, { by: this.#state.account(by), to: this.sha(at) });
    return this.sha(at);
  }

  deleteRef(ref: string, by = 'maintainer'): void {
    moveRef(this.#state, this.record, ref, { by: this.#state.account(by), to: null });
  }

  /** An annotated tag with a message, a lightweight one without. */
  tag(name: string, options: { at?: string; message?: string; by?: string } = {}): string {
    const account = this.#state.account(options.by ?? 'maintainer');
    const object = this.sha(options.at);
    this.#state.clock.tick();
    const tagger = personOf(account, this.#state.clock.iso());
    const to = options.message ? this.record.git.writeTag({ object, type: 'commit', tag: name, tagger, message: options.message }) : object;
    moveRef(this.#state, this.record, `refs/tags/${name}`, { by: account, to });
    return object;
  }

  release(tag: string, options: Partial<NewRelease> & { by?: string } = {}): Release {
    const { by = 'maintainer', ...wanted } = options;
    this.#state.clock.tick();
    return createRelease(this.#state, this.record, this.#state.account(by), { ...wanted, tag_name: tag });
  }

  openPull(story: StoryPull): Pull {
    const author = story.author ?? story.fork ?? 'contributor';
    const from = story.fork ? this.fork(story.fork) : this.record;
    const base = story.base ?? this.record.defaultBranch;
    const branch = story.branch ?? `change-${this.record.nextNumber}`;
    const commits = story.commits ?? [{ message: story.title }];
    const head = this.#write(from, commits, author, this.sha(`refs/heads/${base}`));
    this.#state.clock.tick();
    const account = this.#state.account(author);
    moveRef(this.#state, from, `refs/heads/${branch}`, { by: account, to: head });
    const wanted = {
      title: story.title,
      body: story.body ?? null,
      head: `${from.owner.login}:${branch}`,
      base,
      draft: story.draft ?? false,
    };
    const pull = createPull(this.#state, this.record, account, null, wanted);
    if (story.labels) addLabels(this.#state, pull.issue, story.labels, account);
    return pull;
  }

  fork(login: string): Repository {
    const name = `${login}/${this.record.name}`;
    const known = this.#state.repositories.get(name.toLowerCase());
    if (known) return known;
    this.#state.account(login);
    const fork = this.#state.createRepository(name, { parent: this.record, defaultBranch: this.record.defaultBranch });
    for (const ref of this.record.git.refs.list('refs/heads/')) fork.git.refs.write(ref.name, ref.sha);
    return fork;
  }

  /** More commits on a pull request's branch. */
  update(pull: Pull, commits: readonly StoryCommit[], options: { by?: string; force?: boolean } = {}): string {
    const { repository, ref, sha } = pull.head;
    const by = options.by ?? pull.issue.user.login;
    const head = this.#write(repository, commits, by, options.force ? this.sha(`refs/heads/${pull.base.ref}`) : sha);
    this.#state.clock.tick();
    moveRef(this.#state, repository, `refs/heads/${ref}`, { by: this.#state.account(by), to: head, forced: options.force ?? false });
    return head;
  }

  /** Returns the commit that the base then stands at. */
  merge(pull: Pull, options: { method?: MergeMethod; by?: string; title?: string; message?: string } = {}): string {
    this.#state.clock.tick();
    const words = {
      ...(options.title ? { commit_title: options.title } : {}),
      ...(options.message === undefined ? {} : { commit_message: options.message }),
    };
    const by = this.#state.account(options.by ?? 'maintainer');
    return mergePull(this.#state, this.record, pull, by, { merge_method: options.method ?? 'squash', ...words });
  }

  openIssue(title: string, options: { body?: string; by?: string; labels?: readonly string[] } = {}): Issue {
    this.#state.clock.tick();
    const { by = 'contributor', ...rest } = options;
    return createIssue(this.#state, this.record, this.#state.account(by), null, { title, ...rest });
  }

  comment(on: Pull | Issue, body: string, options: { by?: string } = {}): Comment {
    this.#state.clock.tick();
    return createComment(this.#state, 'issue' in on ? on.issue : on, this.#state.account(options.by ?? 'maintainer'), null, body);
  }

  review(pull: Pull, event: ReviewEvent, options: { by?: string; body?: string; commit?: string } = {}): Review {
    this.#state.clock.tick();
    return createReview(this.#state, pull, this.#state.account(options.by ?? 'maintainer'), event, options.body ?? '', options.commit);
  }

  label(on: Pull | Issue, ...names: string[]): void {
    addLabels(this.#state, 'issue' in on ? on.issue : on, names, this.#state.account('maintainer'));
  }

  /** Puts it into the milestone of that title, which is made where there is none. */
  milestone(on: Pull | Issue, title: string): Milestone {
    this.#state.clock.tick();
    return setMilestone(this.#state, 'issue' in on ? on.issue : on, title, this.#state.account('maintainer'));
  }

  environment(name: string, settings: StoryEnvironment = {}): Environment {
    const environment = ensureEnvironment(this.#state, this.record, name);
    const teams = [...this.#state.teams.values()];
    const reviewers = (settings.reviewers ?? []).map(
      (one) => teams.find((team) => `${team.org.login}/${team.slug}` === one) ?? this.#state.account(one),
    );
    Object.assign(environment, { reviewers, waitTimer: settings.waitTimer ?? 0, preventSelfReview: settings.preventSelfReview ?? false });
    for (const app of settings.rules ?? []) addProtectionRule(this.#state, environment, app);
    return environment;
  }

  /** Starts a workflow by its file's name, as an event would; jobs without a guarded environment run until `finish`. */
  run(file: string, options: { event?: string; ref?: string; inputs?: Record<string, unknown>; by?: string } = {}): Run {
    this.#state.clock.tick();
    const workflow = findWorkflow(this.#state, this.record, file);
    if (!workflow) throw new Error(`${this.name} has no workflow ${file} on ${this.record.defaultBranch}.`);
    const { event = 'push', inputs = {}, by = 'maintainer', ref = `refs/heads/${this.record.defaultBranch}` } = options;
    return startRun(this.#state, workflow, { event, ref, sha: this.sha(ref), inputs, actor: this.#state.account(by) });
  }

  /** Ends the running jobs of a run, or one of them by its name. */
  finish(run: Run, conclusion = 'success', job?: string): void {
    this.#state.clock.tick();
    for (const one of currentJobs(run))
      if (one.status === 'in_progress' && (job === undefined || one.name === job)) endJob(this.#state, one, conclusion);
  }

  rerun(run: Run, options: { by?: string } = {}): void {
    this.#state.clock.tick();
    rerun(this.#state, run, this.#state.account(options.by ?? 'maintainer'));
  }

  /** A required reviewer decides in GitHub's own page. */
  reviewDeployment(run: Run, environment: string, answer: 'approved' | 'rejected', options: { by?: string; comment?: string } = {}): void {
    this.#state.clock.tick();
    reviewDeployment(this.#state, run, [environment], answer, this.#state.account(options.by ?? 'maintainer'), options.comment ?? '');
  }

  /** An administrator starts all waiting jobs. */
  bypass(run: Run, options: { by?: string; comment?: string } = {}): void {
    this.#state.clock.tick();
    bypassRules(this.#state, run, this.#state.account(options.by ?? 'admin'), options.comment ?? '');
  }

  /** A deployment that is posted through the API, and how it went. */
  deploy(environment: string, options: { ref?: string; state?: string; by?: string; description?: string } = {}): Deployment {
    this.#state.clock.tick();
    const { ref = this.record.defaultBranch, by, state = 'success' } = options;
    // A step of a workflow posts with the token of GitHub Actions; who is named does by hand.
    const actions = this.#state.apps.get('github-actions') as App;
    const [account, app] = by === undefined ? [actions.bot, actions] : [this.#state.account(by), null];
    const deployment = createDeployment(this.#state, this.record, account, app, this.sha(ref), {
      ref,
      environment,
      description: options.description ?? null,
    });
    this.#state.clock.tick();
    setDeploymentStatus(this.#state, deployment, account, app, { state });
    return deployment;
  }

  /** A check run of an App, as GitHub Actions would have made it. */
  check(name: string, conclusion: string | null, options: { at?: string; app?: App } = {}): CheckRun {
    this.#state.clock.tick();
    const app = options.app ?? (this.#state.apps.get('github-actions') as App);
    return createCheck(this.#state, this.record, app, {
      name,
      head_sha: this.sha(options.at),
      ...(conclusion === null ? { status: 'in_progress' } : { conclusion }),
    });
  }

  status(context: string, state: Status['state'], options: { at?: string; by?: string } = {}): Status {
    this.#state.clock.tick();
    return createStatus(this.#state, this.record, this.#state.account(options.by ?? 'maintainer'), this.sha(options.at), {
      context,
      state,
    });
  }

  #write(repository: Repository, commits: readonly StoryCommit[], by: string, start: string | null): string {
    let head = start;
    for (const commit of commits) {
      this.#state.clock.tick();
      const date = commit.date ?? this.#state.clock.iso();
      const person = typeof commit.author === 'object' ? commit.author : personOf(this.#state.account(commit.author ?? by), date);
      const own = `changes/${commit.message.replace(/\W+/g, '-').slice(0, 40)}-${(head ?? 'root').slice(0, 7)}.txt`;
      const files = commit.files ?? { [own]: `${commit.message}\n` };
      head = repository.git.commitFiles({ parents: head ? [head] : [], files, author: person, committer: person, message: commit.message });
    }
    if (!head) throw new Error('A first push needs a commit.');
    return head;
  }
}
