// The few writes that GraphQL has and REST has not, or does in one step: a signed commit of several files, comments that fold away.
import { createComment, editComment } from '../comments.ts';
import { writeFiles } from '../git/trees.ts';
import { personOf } from '../merging.ts';
import { moveRef } from '../pushing.ts';
import type { Comment, Issue, Pull } from '../records.ts';
import { actingAccount, actingApp } from '../routing.ts';
import { fullName, ROLES } from '../state.ts';
import { type Context, failure, gitValue, type Resolvers, refValue, visible } from './shape.ts';

interface CommitInput {
  readonly branch: { readonly repositoryNameWithOwner?: string; readonly branchName?: string; readonly id?: string };
  readonly expectedHeadOid: string;
  readonly message: { readonly headline: string; readonly body?: string };
  readonly fileChanges?: { readonly additions?: { path: string; contents: string }[]; readonly deletions?: { path: string }[] };
  readonly clientMutationId?: string;
}

/** All files in one commit that GitHub signs, refused when the branch has moved on. */
function createCommitOnBranch(input: CommitInput, context: Context) {
  const { state, actor } = context;
  const name = input.branch.repositoryNameWithOwner ?? '';
  const repository = visible(context, state.repositories.get(name.toLowerCase()), name);
  const account = actingAccount(actor);
  if (actor.kind === 'user' && ROLES.indexOf(state.role(repository, account)) < ROLES.indexOf('write')) {
    throw failure('FORBIDDEN', `${account.login} does not have the correct permissions to execute \`CreateCommitOnBranch\``);
  }
  const branch = (input.branch.branchName ?? '').replace(/^refs\/heads\//, '');
  const head = repository.git.head(branch);
  if (!head) throw failure('NOT_FOUND', `No matching branch "${branch}" found.`);
  if (head !== input.expectedHeadOid)
    throw failure('STALE_DATA', `Expected branch to point to "${input.expectedHeadOid}" but it did not. Pull and try again.`);
  if (repository.protectedBranches.has(branch))
    throw failure('BRANCH_PROTECTION_RULE_VIOLATION', 'Changes must be made through a pull request.');
  const { additions = [], deletions = [] } = input.fileChanges ?? {};
  const files = Object.fromEntries([
    ...deletions.map(({ path }) => [path, null] as const),
    ...additions.map(({ path, contents }) => [path, Buffer.from(contents, 'base64')] as const),
  ]);
  const date = state.clock.iso();
  const { headline, body } = input.message;
  const sha = repository.git.writeCommit({
    tree: writeFiles(repository.git.objects, repository.git.commit(head).tree, files),
    parents: [head],
    author: personOf(account, date),
    committer: { name: 'GitHub', email: 'noreply@github.com', date },
    message: body ? `${headline}\n\n${body}` : headline,
  });
  repository.verified.add(sha);
  moveRef(state, repository, `refs/heads/${branch}`, { by: account, to: sha });
  context.effect({
    says: `commit ${Object.keys(files).join(', ')} on ${branch}`,
    repository: fullName(repository),
    body: input,
    answer: { sha },
  });
  return {
    clientMutationId: input.clientMutationId ?? null,
    commit: gitValue(repository, sha),
    ref: refValue(repository, `refs/heads/${branch}`),
  };
}

function nodeAs<T>(context: Context, id: string, types: readonly string[]): T {
  const node = context.state.nodes.get(id);
  if (!node || !types.includes(node.type)) throw failure('NOT_FOUND', `Could not resolve to a node with the global id of '${id}'`);
  return node.value as T;
}

export const mutationResolvers: Resolvers = {
  Mutation: {
    createCommitOnBranch: (_, { input }: { input: CommitInput }, context) => createCommitOnBranch(input, context),
    addComment: (_, { input }: { input: { subjectId: string; body: string; clientMutationId?: string } }, context) => {
      const subject = nodeAs<Issue | Pull>(context, input.subjectId, ['Issue', 'PullRequest']);
      const issue = 'issue' in subject ? subject.issue : subject;
      const comment = createComment(context.state, issue, actingAccount(context.actor), actingApp(context.actor), input.body);
      context.effect({
        says: `comment on #${issue.number}`,
        repository: fullName(issue.repository),
        body: input,
        answer: { id: comment.id },
      });
      return { clientMutationId: input.clientMutationId ?? null, commentEdge: { node: comment, cursor: '' }, subject };
    },
    updateIssueComment: (_, { input }: { input: { id: string; body: string; clientMutationId?: string } }, context) => {
      const comment = nodeAs<Comment>(context, input.id, ['IssueComment']);
      editComment(context.state, comment, actingAccount(context.actor), input.body);
      context.effect({ says: `edit comment ${comment.id}`, repository: fullName(comment.issue.repository), body: input, answer: {} });
      return { clientMutationId: input.clientMutationId ?? null, issueComment: comment };
    },
    minimizeComment: (_, { input }: { input: { subjectId: string; classifier: string; clientMutationId?: string } }, context) => {
      const comment = nodeAs<Comment>(context, input.subjectId, ['IssueComment']);
      comment.minimized = input.classifier.toLowerCase();
      context.effect({ says: `fold comment ${comment.id}`, repository: fullName(comment.issue.repository), body: input, answer: {} });
      return { clientMutationId: input.clientMutationId ?? null, minimizedComment: comment };
    },
  },
};
