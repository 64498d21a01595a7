// Facts and gates for the tests of what is decided: short to write, and whole, so that a story says only what is particular about it.
import type {
  Account,
  ApprovalFact,
  CheckFact,
  DeploymentFact,
  Gate,
  GateFacts,
  PeopleFact,
  WaiverFact,
} from '../../src/core/gate/facts.ts';
import { gateIn } from '../../src/core/gate/facts.ts';
import type { Observed } from '../../src/core/observed.ts';
import { parsePolicy } from '../../src/core/policy/file.ts';
import type { Policy } from '../../src/core/policy.ts';

export const SHA = 'a'.repeat(40);
export const OTHER_SHA = 'b'.repeat(40);
/** A Monday. */
export const NOW = '2026-11-23T12:00:00Z';
export const ACTIONS = 'github-actions';

export function policyOf(environments: string): Policy {
  const parsed = parsePolicy(`version: 1\nenvironments:\n${environments.replace(/^/gm, '  ')}\n`);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.policy;
}

/** The gate of `production`, whose entry is given as YAML. */
export function production(entry: string, others = ''): Gate {
  return gateIn(policyOf(`${others}production:\n${entry.replace(/^/gm, '  ')}`), 'production');
}

export const known = <T>(value: T): Observed<T> => ({ known: true, value });
export const unseen = (why = 'GitHub did not answer.'): { readonly known: false; readonly why: string } => ({ known: false, why });

/** Nobody holds or freezes anything, and nothing else was looked for. */
export function facts(more: Partial<GateFacts> = {}): GateFacts {
  return { now: NOW, environment: 'production', sha: SHA, holds: known([]), freezes: known([]), ...more };
}

let lastId = 0;

export function check(name: string, state = 'success', more: Partial<CheckFact> = {}): CheckFact {
  lastId += 1;
  const at = '2026-11-23T10:00:00Z';
  return { name, kind: 'check', app: ACTIONS, appId: 15368, state, id: lastId, startedAt: at, completedAt: at, suite: 1, ...more };
}

export function account(login: string): Account {
  return { login, id: [...login.toLowerCase()].reduce((sum, char) => sum * 31 + char.charCodeAt(0), 7) % 1_000_000_007 };
}

export function approval(login: string, state = 'approve', more: Partial<ApprovalFact> = {}): ApprovalFact {
  return {
    by: account(login),
    bot: false,
    state,
    at: '2026-11-23T11:00:00Z',
    sha: SHA,
    environment: 'production',
    source: 'command',
    role: known('write'),
    ...more,
  };
}

/** Made by somebody who says nothing. */
export function people(more: Partial<PeopleFact> = {}): Observed<PeopleFact> {
  const maker = [account('maker')];
  return known({ authors: maker, coauthors: [], committers: maker, pushers: maker, unattributed: [], ...more });
}

export function deployment(succeededAt: string | null, more: Partial<DeploymentFact> = {}): DeploymentFact {
  lastId += 1;
  const state = succeededAt === null ? 'in_progress' : 'success';
  return { id: lastId, sha: SHA, digest: null, state, createdAt: '2026-11-20T00:00:00Z', succeededAt, endedAt: null, ...more };
}

export function waiver(more: Partial<WaiverFact> = {}): WaiverFact {
  return {
    requirement: 'all',
    by: 'ada',
    reason: 'the shop is down',
    sha: SHA,
    environment: 'production',
    at: '2026-11-23T11:30:00Z',
    until: '2026-11-23T13:00:00Z',
    ...more,
  };
}
