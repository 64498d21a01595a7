// Whom the gate of an environment asks for approvals of what is deployed now, and what one person's word would be worth to it, told before
// it is given, so that nobody approves in vain.

import { type ApprovalsPolicy, gateOf } from '../policy/environment.ts';
import { type Standing, standingOf } from './approvals.ts';
import { type ApprovalFact, type Gate, type GateFacts, gatesOf, occasionOf } from './facts.ts';

/** The requirements that ask for approvals; those of every occasion where it is not known which one it is. */
export function approvalsAsked({ entry }: Gate, facts: GateFacts): readonly ApprovalsPolicy[] {
  if (entry === null) return [];
  const occasion = occasionOf(facts);
  const gates = occasion === null ? gatesOf(entry) : [gateOf(entry, occasion)];
  const asked = gates.flatMap(({ requires }) => requires.filter((one) => one.asks === 'approvals' && one.count > 0)) as ApprovalsPolicy[];
  return [...new Map(asked.map((one) => [JSON.stringify(one), one])).values()];
}

export interface Place extends Standing {
  /** Whom the requirements count, as the policy writes them; empty: everyone who may write. */
  readonly from: readonly string[];
  /** True where the requirements ask for nobody at all. */
  readonly nobody: boolean;
}

/** The best that a person's word is worth to any of the requirements. */
export function placeOf(person: Pick<ApprovalFact, 'by' | 'role'>, gate: Gate, facts: GateFacts): Place {
  const asked = approvalsAsked(gate, facts);
  const from = asked.some((one) => one.from.length === 0) ? [] : [...new Set(asked.flatMap((one) => one.from))];
  const all = asked.map((one) => standingOf(person, one, facts)).sort((a, b) => worth(b) - worth(a));
  const best = all[0] ?? { counts: 'no', barred: 'no', why: '' };
  return { ...best, from, nobody: asked.length === 0 };
}

const RANK = { yes: 2, unknown: 1, no: 0 } as const;

function worth({ counts, barred }: Standing): number {
  return RANK[counts] * 3 + (2 - RANK[barred]);
}
