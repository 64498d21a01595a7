// Who asks, and may they: tokens and JWTs as GitHub reads them, and its three refusals (401 unknown, 404 hidden, 403 not enough).
import { verify } from 'node:crypto';
import type { Actor, App, Level, Permissions, Repository, Role } from './records.ts';
import { type Access, type Need, notFound, Refusal } from './routing.ts';
import { fullName, type GitHubState, ROLES } from './state.ts';

const LEVELS: readonly Level[] = ['read', 'write', 'admin'];
const ROLE_FOR: Readonly<Record<Level, Role>> = { read: 'read', write: 'write', admin: 'admin' };

export function identify(state: GitHubState, authorization: string | undefined): Actor {
  if (authorization === undefined || authorization === '') return { kind: 'anonymous' };
  const token = authorization.replace(/^(token|bearer) /i, '').trim();
  const known = state.tokens.get(token);
  if (known) {
    if (known.kind === 'installation' && known.installation.suspendedAt !== null) {
      throw new Refusal(403, 'This installation has been suspended');
    }
    return known;
  }
  if (token.split('.').length === 3) return { kind: 'app', app: readJwt(state, token) };
  throw new Refusal(401, 'Bad credentials');
}

/** Times are checked by the machine's clock, as those who sign read it too. */
function readJwt(state: GitHubState, token: string): App {
  const [head = '', payload = '', signature = ''] = token.split('.');
  let claims: { iss?: unknown; iat?: number; exp?: number };
  try {
    claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as typeof claims;
  } catch {
    throw new Refusal(401, 'A JSON web token could not be decoded');
  }
  const app = [...state.apps.values()].find((one) => String(claims.iss) === String(one.id) || claims.iss === one.clientId);
  if (!app) throw new Refusal(401, "'Issuer' claim ('iss') must be the App's id or client id");
  if (!verify('RSA-SHA256', Buffer.from(`${head}.${payload}`), app.publicKey, Buffer.from(signature, 'base64url'))) {
    throw new Refusal(401, 'A JSON web token could not be decoded');
  }
  const now = Date.now() / 1000;
  const { iat = 0, exp = 0 } = claims;
  if (exp <= now) throw new Refusal(401, "'Expiration time' claim ('exp') must be a numeric value representing the future time");
  if (exp - now > 600 + 60) throw new Refusal(401, "'Expiration time' claim ('exp') is too far in the future");
  if (iat > now + 60) throw new Refusal(401, "'Issued at' claim ('iat') must be an Integer representing a time in the past");
  return app;
}

export function canSee(state: GitHubState, actor: Actor, repository: Repository): boolean {
  if (actor.kind === 'installation' && covers(actor, repository)) return true;
  if (actor.kind === 'user' && state.role(repository, actor.account) !== 'none') return true;
  return !repository.private;
}

function covers(actor: Extract<Actor, { kind: 'installation' }>, repository: Repository): boolean {
  const { installation } = actor;
  const account = installation.account === repository.owner;
  const chosen = (ids: ReadonlySet<number> | null) => ids === null || ids.has(repository.id);
  return account && chosen(installation.repositories) && chosen(actor.repositories);
}

/** Throws GitHub's refusal where the actor may not use a route on this repository. */
export function demand(state: GitHubState, actor: Actor, access: Access, repository: Repository | null): void {
  if (access.needs === 'anyone') return;
  if (access.needs === 'jwt') {
    if (actor.kind !== 'app') throw new Refusal(401, 'A JSON web token could not be decoded');
    return;
  }
  if (actor.kind === 'app') throw new Refusal(401, 'A JSON web token can only be used on the endpoints of the App itself');
  const needs = typeof access.needs === 'string' ? [access.needs] : access.needs;
  const reads = needs.every((need) => need === 'account' || levelOf(need as Need) === 'read');
  if (actor.kind === 'anonymous') {
    if (reads && needs[0] !== 'account' && access.role === undefined) return;
    throw new Refusal(401, 'Requires authentication');
  }
  if (needs[0] === 'account') {
    if (access.only === 'people' && actor.kind !== 'user') throw new Refusal(403, 'Resource not accessible by integration');
    return;
  }
  if (actor.kind === 'installation') {
    demandOfApp(actor, access, needs as readonly Need[], repository, reads);
    return;
  }
  if (access.only === 'installations')
    throw new Refusal(403, 'You must authenticate with an installation access token in order to use this endpoint');
  if (!repository) return;
  const wanted = access.role ?? ROLE_FOR[levelOf(needs[0] as Need)];
  if (ROLES.indexOf(state.role(repository, actor.account)) >= ROLES.indexOf(wanted)) return;
  if (repository.private && state.role(repository, actor.account) === 'none') throw notFound();
  throw new Refusal(403, `Must have ${wanted} rights to ${fullName(repository)}.`);
}

function demandOfApp(
  actor: Extract<Actor, { kind: 'installation' }>,
  access: Access,
  needs: readonly Need[],
  repository: Repository | null,
  reads: boolean,
): void {
  const refusal = new Refusal(403, 'Resource not accessible by integration');
  if (access.only === 'people') throw refusal;
  if (repository && !covers(actor, repository)) {
    // A public repository elsewhere is read like by anyone; nothing can be written there.
    if (reads && !repository.private) return;
    throw repository.private ? notFound() : refusal;
  }
  if (!needs.some((need) => grants(actor.permissions, need))) throw refusal;
}

export function grants(permissions: Permissions, need: Need): boolean {
  const [name = ''] = need.split(':');
  const level = permissions[name];
  return level !== undefined && LEVELS.indexOf(level) >= LEVELS.indexOf(levelOf(need));
}

function levelOf(need: Need): Level {
  return need.slice(need.indexOf(':') + 1) as Level;
}
