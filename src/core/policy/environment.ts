// What a gate asks of what is deployed to an environment, as the policy settles it, and which of its entries holds on an occasion.

import type { Policy } from '../policy.ts';

/** What a deployment carries, which decides what the gate asks. A security release is a maintenance release, a breaking one a feature release. */
export const OCCASIONS = ['maintenance', 'security', 'feature', 'breaking', 'rollback'] as const;
export type Occasion = (typeof OCCASIONS)[number];

/** The named checks have passed on the deployed commit. */
export interface ChecksPolicy {
  readonly asks: 'checks';
  /** Check names; `*` stands for any text. At least one check must match each of them. */
  readonly names: readonly string[];
  /** Names left out of those that `names` matches. */
  readonly except: readonly string[];
  /** Slug or numeric id of the only app whose checks count; null: any app's, and commit statuses too. */
  readonly app: string | null;
  readonly baseline: 'previous-release' | null;
  /** Conclusions besides `success` that count as passed. */
  readonly accept: readonly ('skipped' | 'neutral')[];
  /** A check that both passed and failed on the commit counts as its newest run, as passed, or as failed. */
  readonly flake: 'latest' | 'passed' | 'failed';
  /** How often a check may have failed on the commit before it passed; null: any number. */
  readonly retries: number | null;
  /** Checks that do not count for a while. */
  readonly quarantine: readonly QuarantinePolicy[];
  readonly onFailure: 'wait' | 'reject';
}

export interface QuarantinePolicy {
  /** Name of a check; `*` stands for any text. */
  readonly check: string;
  /** A day, which is included, or a moment; in UTC without an offset. */
  readonly until: string;
  readonly reason: string;
}

/** So many people have approved. */
export interface ApprovalsPolicy {
  readonly asks: 'approvals';
  readonly count: number;
  /** `@user`, `@org/team`, `owners`, or a role (`write`, `maintain`, `admin`) and those above it; empty: everyone who may write. */
  readonly from: readonly string[];
  readonly except: readonly ('author' | 'committer' | 'pusher' | 'deployer')[];
}

/** The same commit has stood so long in the environment that this one comes after. */
export interface SoakPolicy {
  readonly asks: 'soak';
  readonly seconds: number;
}

/** A ticket is named that this regular expression finds. */
export interface TicketPolicy {
  readonly asks: 'ticket';
  readonly pattern: string;
}

export type RequirementPolicy = ChecksPolicy | ApprovalsPolicy | SoakPolicy | TicketPolicy;

export const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Day = (typeof DAYS)[number];

/** Minutes since midnight on the zone's clock, `from` included and `to` not; `to` before `from`: until the next day. */
export interface WindowPolicy {
  readonly days: readonly Day[];
  readonly from: number;
  readonly to: number;
  readonly zone: string;
}

/** `from` (included) and `to` (not) as written, `2026-12-19T18:00`; without an offset they are on the zone's clock. */
export interface FreezePolicy {
  readonly from: string;
  readonly to: string;
  readonly zone: string;
  readonly except: readonly Occasion[];
  readonly reason: string | null;
}

export interface GatePolicy {
  readonly requires: readonly RequirementPolicy[];
  /** When a deployment may start; empty: at any time. */
  readonly windows: readonly WindowPolicy[];
}

export interface EnvironmentPolicy extends GatePolicy {
  /** The environment where the same commit must have been deployed with success before. */
  readonly after?: string;
  /** File name of the workflow that `/deploy` starts. */
  readonly deploy?: string;
  /** `auto`: `deploy` is started as soon as the commit has come through `after`. */
  readonly promote: 'manual' | 'auto';
  /** A standing stop and its reason. */
  readonly hold: string | null;
  /** Whole gates for occasions that ask otherwise; read through `gateOf`. */
  readonly for: Readonly<Partial<Record<Occasion, GatePolicy>>>;
  readonly freeze: readonly FreezePolicy[];
  /** Who is asked to look back, so many seconds after a deployment. */
  readonly review: { readonly after: number; readonly to: readonly string[] } | null;
  /** What takes a deployment back by itself; absent: nothing does. */
  readonly rollback?: RollbackPolicy;
}

/** Checks that verify a deployment once it stands there. */
export interface RollbackPolicy {
  /** `*` stands for any text. */
  readonly names: readonly string[];
  /** Slug or id of the app whose checks alone count. */
  readonly app: string;
  /** So many seconds after a deployment's success a failure is its own. */
  readonly seconds: number;
}

/** The entry for an environment, whose name GitHub compares without case; null: the policy does not name it. */
export function environmentOf(policy: Policy, name: string): EnvironmentPolicy | null {
  if (Object.hasOwn(policy.environments, name)) return policy.environments[name] ?? null;
  const wanted = name.toLowerCase();
  for (const [key, environment] of Object.entries(policy.environments)) if (key.toLowerCase() === wanted) return environment;
  return null;
}

/** What the gate asks on an occasion: its own entry, else that of the wider kind (security → maintenance, breaking → feature), else the environment's. */
export function gateOf(environment: EnvironmentPolicy, occasion: Occasion): GatePolicy {
  const wider = occasion === 'security' ? 'maintenance' : occasion === 'breaking' ? 'feature' : occasion;
  return environment.for[occasion] ?? environment.for[wider] ?? environment;
}
