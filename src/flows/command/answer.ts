// What answering one command of a comment takes and gives.

import type { CommandCall } from '../../core/command.ts';
import type { CommandErrand } from '../../core/errand.ts';
import type { Policy } from '../../core/policy.ts';
import type { Role } from '../../core/role.ts';
import type { Shown } from '../../core/shown.ts';
import type { Situation } from '../app-port.ts';
import type { PullSeen } from '../github-port.ts';
import type { Entry, NewTask, NoteWrite, Outcome } from '../store-port.ts';

export interface Ask {
  readonly situation: Situation;
  readonly errand: CommandErrand;
  readonly call: CommandCall;
  /** On the default branch. */
  readonly policy: Policy;
  /** The author's. */
  readonly role: Role | null;
  /** Characters that its answer may take beside the others. */
  readonly room: number;
}

export interface Answer {
  readonly done: boolean;
  /** Markdown. */
  readonly says: string;
  readonly notes?: readonly NoteWrite[];
  readonly tasks?: readonly NewTask[];
  /** For the record. */
  readonly entries?: readonly Entry[];
  /** Nothing is said yet: once this is written, the comment is to be read again from its beginning, at that time or at once. */
  readonly again?: Outcome & { readonly at?: number };
  /** The plan that the words show: noted with the time at which the answer came to be seen. */
  readonly shows?: { readonly line: string; readonly plan: Pick<Shown, 'head' | 'version' | 'tag' | 'pull'> };
}

export type AnswerFlow = (ask: Ask) => Promise<Answer>;

export function refused(says: string): Answer {
  return { done: false, says };
}

/** To be gone on with once that stands in the store. */
export function again(outcome: Outcome, at?: number): Answer {
  return { done: false, says: '', again: at === undefined ? outcome : { ...outcome, at } };
}

/** A command as people must write it here. */
export function spelled({ policy }: Pick<Ask, 'policy'>, command: string): string {
  const { prefix } = policy.commands;
  return prefix === '' ? `/${command}` : `/${prefix} ${command}`;
}

/** The branch whose release a comment speaks of: a pull request's base; undefined is the default branch. Words where it cannot be told. */
export async function branchOf({ situation, errand }: Ask): Promise<{ readonly branch: string | undefined } | { readonly unseen: string }> {
  if (!errand.pull) return { branch: undefined };
  const seen = await situation.github.pull(errand.issue);
  return seen.known ? { branch: seen.value.pull.base } : { unseen: unseenText(errand.issue, seen.why) };
}

export function unseenText(number: number, why: string): string {
  return `#${number} could not be seen: ${why}`;
}

/** Names of labels that are on it, without regard to case. */
export function hasLabel({ labels }: Pick<PullSeen, 'labels'>, label: string): boolean {
  return labels.some((one) => one.toLowerCase() === label.toLowerCase());
}

/** Today in ISO 8601. */
export function todayOf({ now }: Situation): string {
  return new Date(now).toISOString().slice(0, 10);
}
