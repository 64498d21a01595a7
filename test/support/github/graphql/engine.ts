// Runs one GraphQL request: the query is held against GitHub's schema and its limits, then answered by the tables of resolvers. A field
// that no table answers is a breach, so that a test never mistakes "this world does not know" for GitHub's null.
import {
  type DocumentNode,
  execute,
  type FieldNode,
  GraphQLError,
  type GraphQLResolveInfo,
  getOperationAST,
  Kind,
  parse,
  type SelectionSetNode,
  validate,
} from 'graphql';
import { grants } from '../access.ts';
import type { Effects } from '../journal.ts';
import type { Account } from '../records.ts';
import { actingAccount, type Call, type Need, Refusal, Reply } from '../routing.ts';
import { commitResolvers } from './commits.ts';
import { deploymentResolvers } from './deployments.ts';
import { mutationResolvers } from './mutations.ts';
import { peopleResolvers } from './people.ts';
import { pullResolvers } from './pulls.ts';
import { repositoryResolvers } from './repository.ts';
import { githubSchema } from './schema.ts';
import type { Context, Resolvers } from './shape.ts';

const RESOLVERS: Resolvers = {
  ...repositoryResolvers,
  ...commitResolvers,
  ...pullResolvers,
  ...peopleResolvers,
  ...deploymentResolvers,
  ...mutationResolvers,
};

/** What an installation needs for a field; without it GitHub answers null and FORBIDDEN. */
const NEEDS: Readonly<Record<string, Need>> = {
  'Repository.pullRequest': 'pull_requests:read',
  'Repository.pullRequests': 'pull_requests:read',
  'Commit.associatedPullRequests': 'pull_requests:read',
  'Repository.issue': 'issues:read',
  'Repository.issues': 'issues:read',
  'Repository.milestones': 'issues:read',
  'Label.issues': 'issues:read',
  'Label.pullRequests': 'pull_requests:read',
  'Repository.object': 'contents:read',
  'Repository.releases': 'contents:read',
  'Repository.release': 'contents:read',
  'Ref.compare': 'contents:read',
  'Commit.statusCheckRollup': 'checks:read',
  'Commit.status': 'statuses:read',
  'Commit.checkSuites': 'checks:read',
  'Repository.deployments': 'deployments:read',
  'Commit.deployments': 'deployments:read',
  'Mutation.createCommitOnBranch': 'contents:write',
  'Mutation.addComment': 'issues:write',
  'Mutation.updateIssueComment': 'issues:write',
  'Mutation.minimizeComment': 'issues:write',
};

const NODE_LIMIT = 500_000;

export function answerGraphql(call: Omit<Call, 'route' | 'repository'>, effects: Effects, violations: string[]): Reply {
  const {
    query = '',
    variables = {},
    operationName,
  } = call.body as { query?: string; variables?: Record<string, unknown>; operationName?: string };
  const schema = githubSchema();
  let document: DocumentNode;
  let wrong: readonly GraphQLError[];
  try {
    ({ document, wrong } = read(query));
  } catch (error) {
    violations.push(`graphql: ${(error as Error).message}`);
    return new Reply(200, { errors: [shapeError(error as GraphQLError)] });
  }
  if (wrong.length > 0) {
    violations.push(...wrong.map((one) => `graphql: ${one.message}`));
    return new Reply(200, { errors: wrong.map(shapeError) });
  }
  const operation = getOperationAST(document, operationName);
  if (!operation) throw new Refusal(400, 'A query attribute must be specified and must be a string.');
  const nodes = countNodes(document, operation.selectionSet, variables);
  if (nodes > NODE_LIMIT) {
    const message = `This query requests up to ${nodes.toLocaleString('en')} possible nodes which exceeds the maximum limit of 500,000.`;
    return new Reply(200, { errors: [{ type: 'MAX_NODE_LIMIT_EXCEEDED', message }] });
  }
  if (operation.operation === 'mutation') call.state.clock.tick();
  const by = actingAccount(call.actor).login;
  const { state, actor, urls, pageCap } = call;
  const contextValue: Context = { state, actor, urls, pageCap, effect: (effect) => effects.add({ by, route: 'graphql', ...effect }) };
  const result = execute({
    schema,
    document,
    contextValue,
    variableValues: variables,
    operationName: operationName ?? null,
    fieldResolver: (source, args, context, info) => resolveField(source, args, context as Context, info, violations),
    typeResolver: (value, context) => typeOf(value, context as Context),
  });
  if (result instanceof Promise || !('data' in result || 'errors' in result)) throw new Error('A resolver of the world was asynchronous.');
  const { data, errors } = result as { data?: unknown; errors?: readonly GraphQLError[] };
  for (const error of errors ?? [])
    if (!error.extensions.type) violations.push(`graphql: ${error.path?.join('.') ?? ''}: ${error.message}`);
  return new Reply(200, { ...(data === undefined ? {} : { data }), ...(errors ? { errors: errors.map(shapeError) } : {}) });
}

interface Read {
  readonly document: DocumentNode;
  /** What GitHub's schema says against it. */
  readonly wrong: readonly GraphQLError[];
}

/** Most queries are asked again and again, and to hold one against the schema takes longer than to answer it. */
const queries = new Map<string, Read>();
const MOST_QUERIES = 300;

function read(query: string): Read {
  const known = queries.get(query);
  if (known !== undefined) return known;
  const document = parse(query);
  const one = { document, wrong: validate(githubSchema(), document) };
  if (queries.size >= MOST_QUERIES) queries.clear();
  queries.set(query, one);
  return one;
}

function resolveField(source: unknown, args: unknown, context: Context, info: GraphQLResolveInfo, violations: string[]): unknown {
  const { parentType, fieldName } = info;
  const name = `${parentType.name}.${fieldName}`;
  const need = NEEDS[name];
  const lacks = need !== undefined && context.actor.kind === 'installation' && !grants(context.actor.permissions, need);
  if (lacks || context.state.hidden.has(name)) {
    throw new GraphQLError('Resource not accessible by integration', { extensions: { type: 'FORBIDDEN' } });
  }
  const resolver = RESOLVERS[parentType.name]?.[fieldName];
  if (resolver) {
    try {
      return resolver(source, args, context);
    } catch (error) {
      if (error instanceof Refusal)
        throw new GraphQLError(error.message, { extensions: { type: error.status === 404 ? 'NOT_FOUND' : 'UNPROCESSABLE' } });
      throw error;
    }
  }
  const record = source as Record<string, unknown> | null | undefined;
  if (fieldName === 'id' && record?.nodeId) return record.nodeId;
  if ((fieldName === 'databaseId' || fieldName === 'fullDatabaseId') && record?.id) return record.id;
  if (record && fieldName in record) return record[fieldName];
  violations.push(`graphql: this world does not serve ${parentType.name}.${fieldName}; teach it in test/support/github/graphql`);
  return null;
}

function typeOf(value: unknown, context: Context): string | undefined {
  const { __typename, nodeId, type } = value as { __typename?: string; nodeId?: string } & Partial<Account>;
  if (__typename) return __typename;
  const known = nodeId ? context.state.nodes.get(nodeId)?.type : undefined;
  return known ?? type;
}

/** At most so many nodes could be returned: each connection multiplies what is below it (documented). */
function countNodes(document: DocumentNode, selections: SelectionSetNode, variables: Record<string, unknown>, times = 1): number {
  let count = 0;
  for (const selection of selections.selections) {
    if (selection.kind === Kind.FRAGMENT_SPREAD) {
      const fragment = document.definitions.find((one) => one.kind === Kind.FRAGMENT_DEFINITION && one.name.value === selection.name.value);
      if (fragment?.kind === Kind.FRAGMENT_DEFINITION) count += countNodes(document, fragment.selectionSet, variables, times);
    } else if (selection.selectionSet) {
      const size = selection.kind === Kind.FIELD ? pageOf(selection, variables) : null;
      if (size !== null) count += size * times;
      count += countNodes(document, selection.selectionSet, variables, times * (size ?? 1));
    }
  }
  return count;
}

function pageOf(field: FieldNode, variables: Record<string, unknown>): number | null {
  const argument = field.arguments?.find((one) => one.name.value === 'first' || one.name.value === 'last');
  if (!argument) return null;
  if (argument.value.kind === Kind.VARIABLE) return Number(variables[argument.value.name.value] ?? 0);
  return argument.value.kind === Kind.INT ? Number(argument.value.value) : null;
}

function shapeError(error: GraphQLError) {
  const { type, ...extensions } = error.extensions;
  const { path, locations, message } = error;
  return {
    ...(type ? { type } : {}),
    ...(path ? { path } : {}),
    ...(Object.keys(extensions).length > 0 ? { extensions } : {}),
    locations,
    message,
  };
}
