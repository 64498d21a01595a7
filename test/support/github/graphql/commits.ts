// Commits over GraphQL with what is known about them: their pull requests, checks, statuses, deployments; and trees, blobs and tags.
import { newest, suiteState } from '../checks.ts';
import { pullsOfCommit, verificationOf } from '../commits.ts';
import { changedFiles } from '../git/diff.ts';
import type { Person, TreeEntry } from '../git/objects.ts';
import { htmlUrl } from '../present.ts';
import type { CheckRun, CheckSuite, Repository, Status } from '../records.ts';
import { combinedState, latestStatuses } from '../statuses.ts';
import { type Context, connection, type GitValue, gitValue, type Resolvers } from './shape.ts';

interface Rollup {
  readonly commit: GitValue;
  readonly contexts: readonly (CheckRun | Status)[];
}

const commitOf = ({ repository, sha }: GitValue) => repository.git.commit(sha);

function person(value: Person, context: Context) {
  const user = context.state.accountByEmail(value.email);
  return { name: value.name, email: value.email, date: value.date, user: user?.type === 'User' ? user : null };
}

/** Null where a commit has neither checks nor statuses. */
export function rollupOf(commit: GitValue): Rollup | null {
  const { repository, sha } = commit;
  const checks = newest(repository.checks.filter((check) => check.suite.sha === sha));
  const contexts = [...checks, ...latestStatuses(repository, sha)];
  return contexts.length === 0 ? null : { commit, contexts };
}

function isCheck(context: CheckRun | Status): context is CheckRun {
  return 'suite' in context;
}

/** The worst of all: what is not known to have passed is pending or failed. */
function rollupState({ contexts }: Rollup): string {
  const checks = contexts.filter(isCheck);
  const statuses = contexts.filter((one): one is Status => !isCheck(one));
  const bad = ['failure', 'timed_out', 'cancelled', 'action_required', 'startup_failure', 'stale'];
  if (checks.some((check) => bad.includes(check.conclusion ?? '')) || statuses.some((one) => one.state === 'failure')) return 'FAILURE';
  if (statuses.some((one) => one.state === 'error')) return 'ERROR';
  const open = checks.some((check) => check.status !== 'completed') || (statuses.length > 0 && combinedState(statuses) === 'pending');
  return open ? 'PENDING' : 'SUCCESS';
}

const requiredBy = (repository: Repository, name: string, args: { pullRequestNumber?: number }) => {
  const base = args.pullRequestNumber == null ? repository.defaultBranch : repository.issues.get(args.pullRequestNumber)?.pull?.base.ref;
  return repository.protectedBranches.get(base ?? '')?.requiredChecks.includes(name) ?? false;
};

const gitObject = {
  id: ({ __typename, repository, sha }: GitValue) => `${__typename[0]}_${Buffer.from(`${repository.id}:${sha}`).toString('base64url')}`,
  oid: ({ sha }: GitValue) => sha,
  abbreviatedOid: ({ sha }: GitValue) => sha.slice(0, 7),
  commitUrl: ({ repository, sha }: GitValue, _: unknown, { urls }: Context) => `${htmlUrl(repository, urls)}/commit/${sha}`,
};

export const commitResolvers: Resolvers = {
  Commit: {
    ...gitObject,
    url: gitObject.commitUrl,
    message: (value: GitValue) => commitOf(value).message,
    messageHeadline: (value: GitValue) => commitOf(value).message.split('\n')[0],
    messageBody: (value: GitValue) => commitOf(value).message.split('\n').slice(1).join('\n').trim(),
    author: (value: GitValue, _, context) => person(commitOf(value).author, context),
    committer: (value: GitValue, _, context) => person(commitOf(value).committer, context),
    authoredDate: (value: GitValue) => commitOf(value).author.date,
    committedDate: (value: GitValue) => commitOf(value).committer.date,
    // Gone since 2023: always null.
    pushedDate: () => null,
    authoredByCommitter: (value: GitValue) => commitOf(value).author.email === commitOf(value).committer.email,
    committedViaWeb: (value: GitValue) => commitOf(value).committer.email === 'noreply@github.com',
    signature: ({ repository, sha }: GitValue) => {
      const { verified } = verificationOf(repository, sha);
      return verified
        ? {
            __typename: 'GpgSignature',
            isValid: true,
            state: 'VALID',
            email: 'noreply@github.com',
            wasSignedByGitHub: true,
            signature: '',
            payload: sha,
          }
        : null;
    },
    // The author, then those whom the message credits.
    authors: (value: GitValue, args, context) => {
      const { author, message } = commitOf(value);
      const credits = [...message.matchAll(/^co-authored-by: (.+?) <([^>\n]+)>$/gim)].map(([, name = '', email = '']) => ({
        name,
        email,
        date: author.date,
      }));
      return connection(
        context,
        'authors',
        args,
        [author, ...credits].map((one) => person(one, context)),
      );
    },
    parents: (value: GitValue, args, context) =>
      connection(
        context,
        'parents',
        args,
        commitOf(value).parents.map((sha) => gitValue(value.repository, sha)),
      ),
    tree: (value: GitValue) => gitValue(value.repository, commitOf(value).tree),
    additions: (value: GitValue) => filesOf(value).reduce((sum, file) => sum + file.additions, 0),
    deletions: (value: GitValue) => filesOf(value).reduce((sum, file) => sum + file.deletions, 0),
    changedFilesIfAvailable: (value: GitValue) => filesOf(value).length,
    history: ({ repository, sha }: GitValue, args, context) => {
      const options = Object.fromEntries(['path', 'since', 'until'].flatMap((key) => (args[key] == null ? [] : [[key, args[key]]])));
      return connection(
        context,
        'history',
        args,
        repository.git.log(sha, options).map((one) => gitValue(repository, one)),
      );
    },
    associatedPullRequests: ({ repository, sha }: GitValue, args, context) => {
      return connection(context, 'associatedPullRequests', args, pullsOfCommit(context.state, repository, sha));
    },
    statusCheckRollup: rollupOf,
    status: (value: GitValue) => {
      const contexts = latestStatuses(value.repository, value.sha);
      return contexts.length === 0 ? null : { id: `S_${value.sha}`, commit: value, contexts, state: combinedState(contexts).toUpperCase() };
    },
    checkSuites: ({ repository, sha }: GitValue, args, context) => {
      const app = args.filterBy?.appId;
      const suites = repository.suites.filter((suite) => suite.sha === sha && (app == null || suite.app.id === app));
      return connection(context, 'checkSuites', args, suites);
    },
    deployments: ({ repository, sha }: GitValue, args, context) => {
      const chosen = repository.deployments.filter(
        (one) => one.sha === sha && (!args.environments || args.environments.includes(one.environment)),
      );
      return connection(context, 'deployments', args, chosen);
    },
  },
  Tree: {
    ...gitObject,
    entries: ({ repository, sha }: GitValue) => (repository.git.objects.tree(sha) ?? []).map((entry) => ({ ...entry, repository })),
  },
  TreeEntry: {
    oid: (entry: TreeEntry) => entry.sha,
    mode: (entry: TreeEntry) => Number.parseInt(entry.mode, 8),
    type: (entry: TreeEntry) => (entry.mode === '040000' ? 'tree' : 'blob'),
    object: (entry: TreeEntry & { repository: Repository }) => gitValue(entry.repository, entry.sha),
  },
  Blob: {
    ...gitObject,
    byteSize: ({ repository, sha }: GitValue) => repository.git.objects.read(sha)?.body.length ?? 0,
    isBinary: ({ repository, sha }: GitValue) => repository.git.objects.read(sha)?.body.includes(0) ?? false,
    isTruncated: () => false,
    text: ({ repository, sha }: GitValue) => {
      const body = repository.git.objects.read(sha)?.body;
      return !body || body.includes(0) ? null : body.toString();
    },
  },
  Tag: {
    ...gitObject,
    name: ({ repository, sha }: GitValue) => repository.git.objects.tag(sha)?.tag,
    message: ({ repository, sha }: GitValue) => repository.git.objects.tag(sha)?.message,
    tagger: ({ repository, sha }: GitValue, _, context) => {
      const tagger = repository.git.objects.tag(sha)?.tagger;
      return tagger ? person(tagger, context) : null;
    },
    target: ({ repository, sha }: GitValue) => gitValue(repository, repository.git.objects.tag(sha)?.object ?? null),
  },
  StatusCheckRollup: {
    id: ({ commit }: Rollup) => `SCR_${commit.sha}`,
    state: rollupState,
    contexts: ({ contexts }: Rollup, args, context) => {
      const checkRunCount = contexts.filter(isCheck).length;
      return connection(context, 'contexts', args, contexts, { checkRunCount, statusContextCount: contexts.length - checkRunCount });
    },
  },
  CheckRun: {
    checkSuite: (check: CheckRun) => check.suite,
    repository: (check: CheckRun) => check.suite.repository,
    status: (check: CheckRun) => check.status.toUpperCase(),
    conclusion: (check: CheckRun) => check.conclusion?.toUpperCase() ?? null,
    title: (check: CheckRun) => check.output.title,
    summary: (check: CheckRun) => check.output.summary,
    text: (check: CheckRun) => check.output.text,
    detailsUrl: (check: CheckRun, _, { urls }) => check.detailsUrl ?? `${htmlUrl(check.suite.repository, urls)}/runs/${check.id}`,
    url: (check: CheckRun, _, { urls }) => `${htmlUrl(check.suite.repository, urls)}/runs/${check.id}`,
    permalink: (check: CheckRun, _, { urls }) => `${htmlUrl(check.suite.repository, urls)}/runs/${check.id}`,
    isRequired: (check: CheckRun, args) => requiredBy(check.suite.repository, check.name, args),
  },
  CheckSuite: {
    status: (suite: CheckSuite) => suiteState(suite).status.toUpperCase(),
    conclusion: (suite: CheckSuite) => suiteState(suite).conclusion?.toUpperCase() ?? null,
    commit: (suite: CheckSuite) => gitValue(suite.repository, suite.sha),
    workflowRun: (suite: CheckSuite) => suite.repository.runs.find((run) => run.suite === suite) ?? null,
    checkRuns: (suite: CheckSuite, args, context) => {
      const all = suite.repository.checks.filter((check) => check.suite === suite);
      const runs = args.filterBy?.checkType === 'ALL' ? all : newest(all);
      const name = args.filterBy?.checkName;
      return connection(context, 'checkRuns', args, name == null ? runs : runs.filter((run) => run.name === name));
    },
  },
  StatusContext: {
    state: (status: Status) => status.state.toUpperCase(),
    commit: (status: Status) => gitValue(status.repository, status.sha),
    isRequired: (status: Status, args) => requiredBy(status.repository, status.context, args),
  },
};

function filesOf(value: GitValue) {
  return changedFiles(value.repository.git, commitOf(value).parents[0] ?? null, value.sha);
}
