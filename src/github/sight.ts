// What a gate is decided by, as far as GraphQL shows it, in one query: checks, deployments, the pull requests behind a commit with their
// reviews, roles. A part that does not show as a whole, or that the token may not see there, is read by itself, which also tells why not.

import type { Role } from '../core/role.ts';
import type { DeploymentCourse, MergedSeen, Part, ReviewSeen, Sight, SightRequest } from '../flows/gate-port.ts';
import { GitHubProblem, type Observed, type RangeSeen, type Scene, type SceneRequest } from '../flows/github-port.ts';
import { FULL_SHA, readAllChecks, readStatuses } from './gate-checks.ts';
import { readDeployments } from './gate-deployments.ts';
import { readMergedPulls, readReviews } from './gate-pulls.ts';
import { askRepository, type List, nodesOf, PAGE_INFO, type Place } from './graphql.ts';
import type { GraphqlError } from './problem.ts';
import { observe } from './pull.ts';
import { comparisonSelection, type RawComparison, rangeShown } from './range.ts';
import { readRole } from './roles.ts';
import { type Beside, readScene } from './scene.ts';
import { checksSelection, checksShown, type RawChecks } from './sight-checks.ts';
import { deploymentsSelection, deploymentsShown, type RawDeployments } from './sight-deployments.ts';
import { mergedSelection, mergedShown, type RawMerge, type RawReviewed, reviewsSelection, reviewsShown } from './sight-pulls.ts';

/** What came, by the name that it was asked under; what was refused or is not there is missing. */
type Shown = ReadonlyMap<string, unknown>;

interface RawRoles {
  readonly edges: readonly ({ readonly permission: string; readonly node: { readonly login: string } } | null)[] | null;
}

export async function readSight(place: Place, request: SightRequest): Promise<Sight> {
  const question = new Question(request);
  const scene = request.scene === undefined ? null : await sceneWith(place, request.scene, question);
  if (question.shown === null) await show(place, question);
  const { shown, isEmpty } = question;
  return { ...(await sightFrom(place, request, shown ?? new Map())), scene, failed: shown === null && !isEmpty };
}

/** Null where there is none to be had: with what was asked beside it, or for reasons of its own, which whoever asks again is told. */
async function sceneWith(place: Place, request: SceneRequest, question: Question): Promise<Scene | null> {
  try {
    return await readScene(place, request, question);
  } catch (error) {
    // Of a limit, or an App that has left, nothing else comes through; and alone it has nothing to be rid of.
    if (!(error instanceof GitHubProblem) || question.isEmpty || error.kind === 'rate-limited' || error.kind === 'unauthorised')
      throw error;
    return null;
  }
}

/** What is asked, without what was refused. */
class Question implements Beside {
  readonly #selections: ReadonlyMap<string, string>;
  readonly #waiting: string | undefined;
  readonly refused = new Set<string>();
  shown: Shown | null = null;

  constructor(request: SightRequest) {
    this.#selections = selectionsOf(request);
    this.#waiting = request.waiting;
  }

  get isEmpty(): boolean {
    return this.#selections.size === 0 && this.#waiting === undefined;
  }

  get selection(): string {
    return [...this.#selections].flatMap(([alias, text]) => (this.refused.has(alias) ? [] : [`${alias}: ${text}`])).join(' ');
  }

  get around(): string {
    return this.#waiting === undefined || this.refused.has(WAITING)
      ? ''
      : `${WAITING}: node(id: ${JSON.stringify(this.#waiting)}) { ${PENDING} }`;
  }

  forgive = ({ path = [] }: GraphqlError): boolean => {
    const [root, field] = path;
    const alias = root === 'repository' ? field : root;
    if (typeof alias !== 'string' || !(this.#selections.has(alias) || alias === WAITING)) return false;
    this.refused.add(alias);
    return true;
  };

  take = (raw: Readonly<Record<string, unknown>>): void => {
    const aliases = [...this.#selections.keys(), WAITING].filter((alias) => !this.refused.has(alias) && raw[alias] != null);
    this.shown = new Map(aliases.map((alias) => [alias, raw[alias]]));
  };
}

const WAITING = 'waiting';
const PENDING = `... on WorkflowRun { pendingDeploymentRequests(first: 100) { nodes { environment { name } } } }`;

interface RawWaiting {
  readonly pendingDeploymentRequests?: { readonly nodes: readonly ({ readonly environment: { readonly name: string } } | null)[] | null };
}

/** By alias, each within `repository { … }`. */
function selectionsOf({ checks, deployments, environments, merged, reviews, roles, range }: SightRequest): ReadonlyMap<string, string> {
  return new Map([
    ...checks.flatMap((sha, index) => (FULL_SHA.test(sha) ? [[`checks${index}`, checksSelection(sha)] as const] : [])),
    ...deployments.map((environment, index) => [`deployments${index}`, deploymentsSelection(environment)] as const),
    ...(environments ? [['environments', `environments(first: 100) { nodes { name } ${PAGE_INFO} }`] as const] : []),
    ...merged.map((sha, index) => [`merged${index}`, mergedSelection(sha)] as const),
    ...(range === undefined ? [] : [['range', comparisonSelection(range.base, range.head)] as const]),
    ...reviews.map((number) => [`reviews${number}`, reviewsSelection(number)] as const),
    ...roles.map(
      (login, index) => [`role${index}`, `collaborators(login: ${JSON.stringify(login)}, first: 1) { ${COLLABORATOR} }`] as const,
    ),
  ]);
}

const COLLABORATOR = 'edges { permission node { login } }';

/** Asks again without what was refused: GitHub takes the whole answer away where a part may not be null. */
async function show(place: Place, question: Question): Promise<void> {
  for (let tried = 1; tried <= 2; tried += 1) {
    const { selection, around } = question;
    if (selection === '' && around === '') return question.take({});
    const before = question.refused.size;
    try {
      question.take(
        await askRepository<Record<string, unknown>>(place, selection, { around, how: { heavy: true, forgive: question.forgive } }),
      );
      return;
    } catch (error) {
      if (!(error instanceof GitHubProblem)) throw error;
      // Whatever it is, the single reads come upon it, too, or are spared by it.
      if (question.refused.size === before) return;
    }
  }
}

/** Each part from what was shown, or by itself. */
async function sightFrom(place: Place, request: SightRequest, shown: Shown): Promise<Omit<Sight, 'scene' | 'failed'>> {
  const pulls = request.merged.map((sha, index) => mergedShown(sha, (shown.get(`merged${index}`) ?? null) as RawMerge | null));
  const waiting = shown.get(WAITING) as RawWaiting | undefined;
  const environments = (shown.get('environments') ?? null) as List<{ readonly name: string }> | null;
  const [range, checks, deployments, merged, reviews, roles] = await Promise.all([
    rangeFrom(place, shown.get('range') as RawComparison | undefined),
    each(request.checks, (sha, index) => checksFrom(place, sha, shown.get(`checks${index}`))),
    each(request.deployments, (environment, index) => {
      const raw = shown.get(`deployments${index}`) as RawDeployments | undefined;
      return orRead<Part<DeploymentCourse>>(raw === undefined ? null : deploymentsShown(place, environment, raw), () =>
        readDeployments(place, environment),
      );
    }),
    each(request.merged, (sha, index) => orRead<readonly MergedSeen[]>(pulls[index]?.merged ?? null, () => readMergedPulls(place, sha))),
    each(request.reviews, (number) => {
      const raw = shown.get(`reviews${number}`) as RawReviewed | undefined;
      return orRead<readonly ReviewSeen[]>(raw === undefined ? null : reviewsShown(raw), () => readReviews(place, number));
    }),
    each(request.roles, (login, index) => {
      return orRead(roleShown(login, shown.get(`role${index}`) as RawRoles | undefined), () => readRole(place, login));
    }),
  ]);
  const beside = pulls.flatMap((one) => [...(one?.reviews ?? [])]).map(([number, value]) => [number, { known: true, value }] as const);
  return {
    range: range === null || request.range === undefined ? null : { ...request.range, seen: range },
    checks,
    deployments,
    environments: environments === null || environments.pageInfo.hasNextPage ? null : nodesOf(environments).map(({ name }) => name),
    merged,
    reviews: new Map([...beside, ...reviews]),
    roles,
    waiting: waiting?.pendingDeploymentRequests?.nodes?.flatMap((one) => one?.environment.name ?? []) ?? [],
  };
}

async function rangeFrom(place: Place, raw: RawComparison | undefined): Promise<RangeSeen | null> {
  if (raw === undefined) return null;
  const seen = await observe(() => rangeShown(place, raw));
  return seen.known ? seen.value : null;
}

async function checksFrom(place: Place, sha: string, raw: unknown): ReturnType<typeof readAllChecks> {
  const shown = raw === undefined ? null : checksShown(place, sha, raw as RawChecks);
  if (shown === null) return readAllChecks(place, sha);
  if (!shown.statuses) return { known: true, value: shown.runs };
  return observe(async () => [...shown.runs, ...(await readStatuses(place, sha))]);
}

/** GraphQL shows who has a role; of anybody else REST says that they have none, or what everybody has. */
function roleShown(login: string, raw: RawRoles | undefined): Role | null {
  const [edge = null] = raw?.edges ?? [];
  if (edge === null || edge.node.login.toLowerCase() !== login.toLowerCase()) return null;
  return Object.hasOwn(ROLES, edge.permission) ? (ROLES[edge.permission] ?? null) : null;
}

const ROLES: Readonly<Record<string, Role>> = { READ: 'read', TRIAGE: 'triage', WRITE: 'write', MAINTAIN: 'maintain', ADMIN: 'admin' };

async function orRead<T>(shown: T | null, read: () => Promise<Observed<T>>): Promise<Observed<T>> {
  return shown === null ? read() : { known: true, value: shown };
}

async function each<K, V>(keys: readonly K[], see: (key: K, index: number) => Promise<V>): Promise<ReadonlyMap<K, V>> {
  return new Map(await Promise.all(keys.map(async (key, index) => [key, await see(key, index)] as const)));
}
