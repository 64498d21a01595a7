// What resolvers are made of: the context of one query, GitHub's kinds of error, connections with their limits, and git objects as values.
import { GraphQLError } from 'graphql';
import { canSee } from '../access.ts';
import type { Effect } from '../journal.ts';
import type { Actor, Repository } from '../records.ts';
import type { GitHubState, Urls } from '../state.ts';

export interface Context {
  readonly state: GitHubState;
  readonly actor: Actor;
  readonly urls: Urls;
  readonly pageCap: number | null;
  readonly effect: (effect: Omit<Effect, 'by' | 'route'>) => void;
}

// biome-ignore lint/suspicious/noExplicitAny: the schema has checked the arguments before a resolver sees them.
export type Resolver<T> = (source: T, args: any, context: Context) => unknown;
// biome-ignore lint/suspicious/noExplicitAny: each table of resolvers names the record it is for.
export type Resolvers = Readonly<Record<string, Readonly<Record<string, Resolver<any>>>>>;

/** A commit, tree, blob or tag of a repository. */
export interface GitValue {
  readonly __typename: 'Commit' | 'Tree' | 'Blob' | 'Tag';
  readonly repository: Repository;
  readonly sha: string;
}

export interface RefValue {
  readonly __typename: 'Ref';
  readonly repository: Repository;
  readonly name: string;
  readonly sha: string;
}

const TYPES = { commit: 'Commit', tree: 'Tree', blob: 'Blob', tag: 'Tag' } as const;

export function gitValue(repository: Repository, sha: string | null): GitValue | null {
  const type = sha === null ? null : repository.git.objects.read(sha)?.type;
  return sha === null || !type ? null : { __typename: TYPES[type], repository, sha };
}

export function refValue(repository: Repository, name: string): RefValue | null {
  const sha = repository.git.refs.read(name);
  return sha === null ? null : { __typename: 'Ref', repository, name, sha };
}

/** GitHub names the kind of an error beside its message. */
export function failure(type: string, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { type } });
}

export function visible(context: Context, repository: Repository | undefined, name: string): Repository {
  if (!repository || !canSee(context.state, context.actor, repository))
    throw failure('NOT_FOUND', `Could not resolve to a Repository with the name '${name}'.`);
  return repository;
}

interface Page {
  readonly first?: number | null;
  readonly last?: number | null;
  readonly after?: string | null;
  readonly before?: string | null;
}

/** GitHub wants `first` or `last`, of at most 100. */
export function connection(context: Context, field: string, args: Page, items: readonly unknown[], more: Record<string, unknown> = {}) {
  const size = args.first ?? args.last;
  if (size === null || size === undefined) {
    throw failure(
      'MISSING_PAGINATION_BOUNDARIES',
      `You must provide a \`first\` or \`last\` value to properly paginate the \`${field}\` connection.`,
    );
  }
  if (size > 100 || size < 0) {
    const name = args.first == null ? 'last' : 'first';
    throw failure(
      'EXCESSIVE_PAGINATION',
      `Requesting ${size} records on the \`${field}\` connection exceeds the \`${name}\` limit of 100 records.`,
    );
  }
  const limit = context.pageCap === null ? size : Math.min(size, context.pageCap);
  let from = args.after ? readCursor(args.after) + 1 : 0;
  let to = args.before ? readCursor(args.before) : items.length;
  if (args.first == null) from = Math.max(from, to - limit);
  else to = Math.min(to, from + limit);
  const nodes = items.slice(from, to);
  const pageInfo = {
    hasNextPage: to < items.length,
    hasPreviousPage: from > 0,
    startCursor: nodes.length > 0 ? writeCursor(from) : null,
    endCursor: nodes.length > 0 ? writeCursor(to - 1) : null,
  };
  return {
    totalCount: items.length,
    nodes,
    edges: nodes.map((node, index) => ({ node, cursor: writeCursor(from + index) })),
    pageInfo,
    ...more,
  };
}

function writeCursor(index: number): string {
  return Buffer.from(`cursor:v2:${index}`).toString('base64');
}

function readCursor(cursor: string): number {
  const index = Number(Buffer.from(cursor, 'base64').toString().replace('cursor:v2:', ''));
  if (!Number.isInteger(index)) throw failure('INVALID_CURSOR_ARGUMENTS', `\`${cursor}\` does not appear to be a valid cursor.`);
  return index;
}
