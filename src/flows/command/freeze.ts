// `/freeze` and `/unfreeze`: a maintainer's stop for an environment, until a time or until it is taken back. Times without an offset are on
// the clock that the policy's own freezes and windows of that environment go by.

import { quotedName } from '../../core/answer/gate.ts';
import { frozenText, noTimeText, notFrozenText, pastText, stoppedSinceText, unfrozenText } from '../../core/answer/stop.ts';
import { untilOf } from '../../core/command/until.ts';
import { instantOf, instantText, momentIn } from '../../core/gate/clock.ts';
import { judgeFreezes } from '../../core/gate/stops.ts';
import { environmentOf, OCCASIONS } from '../../core/policy/environment.ts';
import type { Policy } from '../../core/policy.ts';
import { endedNote, freezeNote, readFreezes, type SpokenFreeze } from '../gate/gate-notes.ts';
import { recordDecision } from '../record/record-decision.ts';
import { type Answer, type Ask, refused, spelled } from './answer.ts';
import { environmentNamed, isSaidAfter } from './gate-subject.ts';
import { lookTasks, wordOf } from './gate-word.ts';

export async function freeze(ask: Ask): Promise<Answer> {
  const { situation, errand, call, policy } = ask;
  const { notes, repository, now } = situation;
  const named = await environmentNamed(ask, call.arguments.environment ?? '');
  if ('says' in named) return refused(named.says);
  const { environment } = named;
  const zone = zoneOf(policy, environment);
  const written = call.arguments.until ?? null;
  const until = written === null ? null : untilAt(written, zone, errand.at);
  if (written !== null && until === null) return refused(noTimeText(written, zone));
  if (written !== null && until !== null && until <= now) return refused(pastText(written, instantText(until), zone));
  const { login, id } = errand.author;
  const frozen: SpokenFreeze = {
    environment,
    person: id,
    comment: errand.comment,
    by: login,
    reason: call.arguments.reason ?? '',
    at: errand.at,
    until: until === null ? null : instantText(until),
  };
  const all = (await readFreezes(notes, repository, environment)).filter((one) => !isOver(one, now));
  if (all.some((one) => one.person === id && isSaidAfter(one, errand))) return refused(stoppedSinceText(environment, 'frozen'));
  const others = all.filter((one) => one.person !== id);
  const { reason } = frozen;
  const entry = recordDecision(repository, { what: 'freeze', ...wordOf(ask), environment, reason, until: frozen.until });
  return {
    done: true,
    says: frozenText(environment, frozen, others, zone, spelled(ask, `unfreeze ${quotedName(environment)}`)),
    notes: [freezeNote(repository, frozen), ...entry.texts],
    entries: [entry],
    tasks: lookTasks(ask, environment, null),
  };
}

export async function unfreeze(ask: Ask): Promise<Answer> {
  const { situation, errand, call, policy } = ask;
  const { notes, repository, now } = situation;
  const named = await environmentNamed(ask, call.arguments.environment ?? '');
  if ('says' in named) return refused(named.says);
  const { environment } = named;
  const all = (await readFreezes(notes, repository, environment)).filter((one) => !isOver(one, now));
  const ended = all.filter((one) => !isSaidAfter(one, errand));
  const left = all.filter((one) => !ended.includes(one));
  const zone = zoneOf(policy, environment);
  const standing = policyFreeze(policy, environment, now);
  if (ended.length === 0) return refused(notFrozenText(environment, left, zone, standing));
  const entry = recordDecision(repository, { what: 'unfreeze', ...wordOf(ask), environment });
  return {
    done: true,
    says: unfrozenText(environment, { ended, left, zone, policy: standing }),
    notes: [...ended.map((one) => endedNote(repository, 'freeze', one)), ...entry.texts],
    entries: [entry],
    tasks: lookTasks(ask, environment, null),
  };
}

/** Milliseconds since 1970; a duration counts from when the comment was written. Null: no such time in that zone. */
function untilAt(written: string, zone: string, at: string): number | null {
  const until = untilOf(written);
  if ('moment' in until) return momentIn(until.moment, zone, 'later');
  const from = instantOf(at);
  return from === null ? null : from + until.seconds * 1_000;
}

function zoneOf(policy: Policy, environment: string): string {
  const entry = environmentOf(policy, environment);
  if (entry === null) return 'UTC';
  const windows = [entry, ...OCCASIONS.flatMap((one) => entry.for[one] ?? [])].flatMap((one) => one.windows);
  return entry.freeze[0]?.zone ?? windows[0]?.zone ?? 'UTC';
}

/** What a freeze of the policy says that is on now; null: none is. */
function policyFreeze(policy: Policy, environment: string, now: number): string | null {
  const entry = environmentOf(policy, environment);
  const at = new Date(now).toISOString();
  const none = { known: true, value: [] } as const;
  const facts = { now: at, environment, sha: '', holds: none, freezes: none };
  const on = judgeFreezes(entry?.freeze ?? [], null, facts, now).find(({ finding }) => finding.code === 'frozen');
  return on?.finding.says ?? null;
}

function isOver({ until }: SpokenFreeze, now: number): boolean {
  const end = until === null ? null : instantOf(until);
  return end !== null && end <= now;
}
