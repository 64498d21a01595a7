// What `/hold`, `/freeze` and their ends say: who stops what and why, until when, and how it is taken back.

import { instantOf, wallText } from '../gate/clock.ts';
import type { FreezeFact, HoldFact } from '../gate/facts.ts';
import { timeText } from '../gate/status-page.ts';
import { inlineText } from '../notes/markdown.ts';
import { joined, nameSpan } from '../summary/page.ts';

/** Others hold it, too, each for a reason of their own. */
export function heldText(environment: string, hold: HoldFact, others: readonly HoldFact[], command: string): string {
  return joined([
    `${nameSpan(environment)} is held: nothing goes in until the hold is taken back. ${byText(hold)}`,
    others.length === 0 ? '' : `It is held for other reasons, too:\n\n${rows(others)}`,
    `Anybody with write access takes it back with ${nameSpan(command)}${others.length === 0 ? '' : ', and with it all the others'}.`,
  ]);
}

/** An older comment that came late. */
export function stoppedSinceText(environment: string, what: 'held' | 'frozen'): string {
  return `You ${what === 'held' ? 'held' : 'froze'} ${nameSpan(environment)} again after you wrote this comment, and your latest word counts. Nothing was done.`;
}

/** `policy`: the reason of a hold in the policy, which stays. */
export function unheldText(environment: string, ended: readonly HoldFact[], left: readonly HoldFact[], policy: string | null): string {
  return joined([
    `${nameSpan(environment)} is no longer held by:\n\n${rows(ended)}`,
    left.length === 0 ? '' : `It is still held by what was said after your comment was written:\n\n${rows(left)}`,
    policyHold(environment, policy),
  ]);
}

export function notHeldText(environment: string, left: readonly HoldFact[], policy: string | null): string {
  const since =
    left.length === 0
      ? ''
      : `It came to be held only after your comment was written:\n\n${rows(left)}\n\nIf you want to take that back, say so again.`;
  const none = `Nobody held ${nameSpan(environment)} by a command. Nothing was done.`;
  return joined([none, since, policyHold(environment, policy)]);
}

function policyHold(environment: string, reason: string | null): string {
  if (reason === null) return '';
  return `The policy itself holds ${nameSpan(environment)}: ${sentence(reason)} Only a change of the policy takes that back.`;
}

/** `zone`: whose clock its end is told by, beside UTC. */
export function frozenText(environment: string, freeze: FreezeFact, others: readonly FreezeFact[], zone: string, command: string): string {
  const end = freeze.until === null ? 'until the freeze is taken back' : `until ${untilText(freeze.until, zone)}`;
  return joined([
    `${nameSpan(environment)} is frozen ${end}. ${byText(freeze)}`,
    others.length === 0 ? '' : `It is frozen for other reasons, too:\n\n${freezeRows(others, zone)}`,
    `Anybody with the maintain role ends it with ${nameSpan(command)}${others.length === 0 ? '' : ', and with it all the others'}.`,
  ]);
}

/** `policy`: until when, in words, and why a freeze of the policy is on now. */
export function unfrozenText(
  environment: string,
  { ended, left, zone, policy }: { ended: readonly FreezeFact[]; left: readonly FreezeFact[]; zone: string; policy: string | null },
): string {
  return joined([
    `${nameSpan(environment)} is no longer frozen by:\n\n${freezeRows(ended, zone)}`,
    left.length === 0 ? '' : `It is still frozen by what was said after your comment was written:\n\n${freezeRows(left, zone)}`,
    policyFreeze(environment, policy),
  ]);
}

export function notFrozenText(environment: string, left: readonly FreezeFact[], zone: string, policy: string | null): string {
  const since =
    left.length === 0
      ? ''
      : `It came to be frozen only after your comment was written:\n\n${freezeRows(left, zone)}\n\nIf you want to end that, say so again.`;
  const none = `Nobody had frozen ${nameSpan(environment)} by a command. Nothing was done.`;
  return joined([none, since, policyFreeze(environment, policy)]);
}

function policyFreeze(environment: string, says: string | null): string {
  if (says === null) return '';
  return `A freeze of the policy is on for ${nameSpan(environment)}: ${sentence(says)} Only a change of the policy ends it sooner.`;
}

export function pastText(written: string, until: string, zone: string): string {
  return `${nameSpan(written)} is over: it was ${untilText(until, zone)}. Nothing was done. Write a time to come, or none at all to freeze until the freeze is taken back.`;
}

export function noTimeText(written: string, zone: string): string {
  return `${nameSpan(written)} is no time on the clock of ${nameSpan(zone)}. Nothing was done. Write it with an offset, as in 2027-01-04T08:00+01:00.`;
}

/** On the zone's clock, and in UTC where that is another. */
function untilText(until: string, zone: string): string {
  const ms = instantOf(until);
  if (ms === null) return inlineText(until, 60);
  return zone === 'UTC' ? timeText(until) : `${inlineText(wallText(ms, zone), 100)} (${timeText(until)})`;
}

function byText({ by, reason, at }: HoldFact): string {
  return `${nameSpan(by)} said so at ${timeText(at)}: ${sentence(reason)}`;
}

/** What others wrote may end without a full stop. */
function sentence(text: string): string {
  const says = inlineText(text, 500);
  return /[.!?…]$/.test(says) ? says : `${says}.`;
}

function rows(holds: readonly HoldFact[]): string {
  return holds.map((one) => `- ${byText(one)}`).join('\n');
}

function freezeRows(freezes: readonly FreezeFact[], zone: string): string {
  return freezes
    .map((one) => `- ${one.until === null ? 'until it is taken back' : `until ${untilText(one.until, zone)}`}: ${byText(one)}`)
    .join('\n');
}
