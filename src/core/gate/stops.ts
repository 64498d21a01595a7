// What stops every deployment to an environment: a hold or a freeze, by the policy or by a person's command, and hours outside its windows.

import type { EnvironmentPolicy, FreezePolicy, Occasion, WindowPolicy } from '../policy/environment.ts';
import { freezeSpan, instantOf, instantText, wallText, windowsAt } from './clock.ts';
import type { GateFacts } from './facts.ts';
import { type Judged, judged, notAsked } from './finding.ts';

export function judgeHolds(hold: string | null, { holds }: GateFacts): Judged[] {
  const all: Judged[] = hold === null ? [] : [judged('hold', 'hold', 'held', `The policy holds it: ${hold}`)];
  if (holds === undefined) return [...all, notAsked('hold', 'hold', 'Whether a person holds it')];
  if (!holds.known) return [...all, judged('hold', 'hold', 'holds-unseen', `Whether a person holds it could not be seen: ${holds.why}`)];
  for (const { by, reason, at } of holds.value) {
    all.push(judged('hold', 'hold', 'held-by-person', `@${by} holds it: ${reason}`, { who: [by], ...sinceOf(at) }));
  }
  return all;
}

/** Nothing where nothing freezes; `occasion` null: no exception of a freeze is known to hold. */
export function judgeFreezes(freezes: EnvironmentPolicy['freeze'], occasion: Occasion | null, facts: GateFacts, now: number): Judged[] {
  const all = freezes.length === 0 ? [] : [judgePolicyFreezes(freezes, occasion, now)];
  const byCommand = facts.freezes;
  if (byCommand === undefined) return [...all, notAsked('freeze', 'freeze', 'Whether a person has frozen it')];
  if (!byCommand.known) {
    return [...all, judged('freeze', 'freeze', 'freezes-unseen', `Whether a person has frozen it could not be seen: ${byCommand.why}`)];
  }
  for (const { by, reason, at, until } of byCommand.value) {
    const end = until === null ? null : instantOf(until);
    if (end !== null && end <= now) continue;
    const opensAt = end === null ? {} : { opensAt: instantText(end), turns: [end] };
    const long = end === null ? 'until it is taken back' : `until ${instantText(end)}`;
    all.push(
      judged('freeze', 'freeze', 'frozen-by-person', `@${by} has frozen it ${long}: ${reason}`, { who: [by], ...sinceOf(at), ...opensAt }),
    );
  }
  return all;
}

function judgePolicyFreezes(freezes: readonly FreezePolicy[], occasion: Occasion | null, now: number): Judged {
  const spans = freezes.map((freeze) => ({ freeze, span: freezeSpan(freeze) }));
  const turns = spans.flatMap(({ span }) => (span === null ? [] : [span.from, span.to]));
  const lost = spans.find(({ span }) => span === null);
  if (lost !== undefined) {
    const { from, to, zone } = lost.freeze;
    return judged('freeze', 'freeze', 'zone-unknown', `When the freeze from ${from} to ${to} (${zone}) is cannot be worked out here.`, {
      turns,
    });
  }
  const on = spans.filter(({ span }) => span !== null && span.from <= now && now < span.to);
  const strict = on.filter(({ freeze }) => occasion === null || !isExcepted(freeze, occasion));
  const last = strict.toSorted((a, b) => (b.span?.to ?? 0) - (a.span?.to ?? 0))[0];
  if (last?.span) {
    const { freeze, span } = last;
    const why = freeze.reason === null ? '' : `: ${freeze.reason}`;
    const says = `Frozen until ${wallText(span.to, freeze.zone)}${why}${why.endsWith('.') ? '' : '.'}`;
    return judged('freeze', 'freeze', 'frozen', says, { since: instantText(span.from), opensAt: instantText(span.to), turns });
  }
  if (on.length > 0) return judged('freeze', 'freeze', 'freeze-excepted', `A freeze is on, and does not hold for ${occasion}.`, { turns });
  return judged('freeze', 'freeze', 'freeze-none', 'No freeze is on.', { turns });
}

/** A security release is a maintenance release too, and a breaking one a feature release, as everywhere in the policy. */
export function isExcepted({ except }: FreezePolicy, occasion: Occasion): boolean {
  const wider = occasion === 'security' ? 'maintenance' : occasion === 'breaking' ? 'feature' : occasion;
  return except.includes(occasion) || except.includes(wider);
}

export function judgeWindows(windows: readonly WindowPolicy[], now: number): Judged {
  const seen = windowsAt(windows, now);
  if (seen === null) return judged('windows', 'windows', 'zone-unknown', 'The time zone of a window is not known here.');
  const turns = seen.turns === null ? [] : [seen.turns];
  if (seen.open) return judged('windows', 'windows', 'window-open', 'A window is open.', { turns });
  const { zone } = windows[0] as WindowPolicy;
  const opens =
    seen.turns === null ? 'No window will open in the next two weeks.' : `The next window opens at ${wallText(seen.turns, zone)}.`;
  return judged('windows', 'windows', 'window-closed', `No window is open. ${opens}`, {
    turns,
    ...(seen.turns === null ? {} : { opensAt: instantText(seen.turns) }),
  });
}

function sinceOf(at: string): { readonly since?: string } {
  const ms = instantOf(at);
  return ms === null ? {} : { since: instantText(ms) };
}
