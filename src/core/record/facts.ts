// The facts of a decision as the record keeps them: enough to decide anew and come to the same, and no more of people than that. Free texts
// of people are taken out and numbered, so that they can be erased and the decision still follows from what is left.

import type { Account, Gate, GateFacts } from '../gate/facts.ts';
import { finderOf } from '../gate/find.ts';
import type { Decision } from '../gate/finding.ts';
import { decide } from '../gate.ts';
import { canonical, plainOf } from '../record.ts';

export interface Recordable {
  readonly gate: Gate;
  readonly facts: GateFacts;
  /** As it follows from these facts: the same, with `{text 1}` where a free text was told. */
  readonly decision: Decision;
}

/** `mark` keeps a text and gives what stands for it. */
export function recordable(gate: Gate, facts: GateFacts, mark: (text: string) => string): Recordable {
  const plain = { gate: plainOf(gate), facts: marked(plainOf(facts), mark) };
  const decision = plainOf(decide(plain.gate, plain.facts));
  const same = canonical(decision);
  // Each way to say less counts only where the decision stays what it is, whatever the requirements are.
  let kept = plain.facts;
  for (const less of [withoutBystanders, ...TICKET_MARGINS.map((margin) => withoutProse(plain.gate, margin))]) {
    const fewer = less(kept);
    if (fewer !== kept && canonical(plainOf(decide(plain.gate, fewer))) === same) kept = fewer;
  }
  return { gate: plain.gate, facts: kept, decision };
}

/** Whether two decisions are the same but for the words and times in which they are told. */
export function isSameDecision(one: Pick<Decision, 'outcome' | 'findings'>, other: Pick<Decision, 'outcome' | 'findings'>): boolean {
  return gistOf(one) === gistOf(other);
}

function gistOf({ outcome, findings }: Pick<Decision, 'outcome' | 'findings'>): string {
  return canonical([outcome, findings.map(({ asks, requirement, verdict, code, who = null }) => [asks, requirement, verdict, code, who])]);
}

/** A text of blanks says nothing and stays: whether a reason is given may matter. */
function marked(facts: GateFacts, mark: (text: string) => string): GateFacts {
  const hidden = (text: string) => (text.trim() === '' ? text : mark(text));
  const reasons = <T extends { readonly reason: string }>(one: T): T => ({ ...one, reason: hidden(one.reason) });
  const { holds, freezes, waivers, people } = facts;
  return {
    ...facts,
    ...(holds?.known === true ? { holds: { ...holds, value: holds.value.map(reasons) } } : {}),
    ...(freezes?.known === true ? { freezes: { ...freezes, value: freezes.value.map(reasons) } } : {}),
    ...(waivers?.known === true ? { waivers: { ...waivers, value: waivers.value.map(reasons) } } : {}),
    ...(people?.known === true
      ? {
          people: {
            ...people,
            value: { ...people.value, unattributed: people.value.unattributed.map((one) => ({ ...one, name: hidden(one.name) })) },
          },
        }
      : {}),
  };
}

/** GitHub's ids begin at 1. */
const SOMEBODY_ELSE: Account = { login: 'somebody-else', id: 0 };

/** Of members, owners and makers only those who have spoken: whether the others are among them decides nothing. */
function withoutBystanders(facts: GateFacts): GateFacts {
  const { approvals, teams, owners, people, run } = facts;
  if (approvals?.known !== true) return facts;
  const spoken = new Set(approvals.value.map(({ by }) => by.id));
  const only = (accounts: readonly Account[]) => accounts.filter(({ id }) => spoken.has(id));
  // That there was somebody counts: where none is told of, nobody knows who made it.
  const makers = (accounts: readonly Account[]) => {
    const own = only(accounts);
    return own.length === 0 && accounts.length > 0 ? [SOMEBODY_ELSE] : own;
  };
  return {
    ...facts,
    ...(teams === undefined
      ? {}
      : {
          teams: Object.fromEntries(
            Object.entries(teams).map(([name, members]) => [name, members.known ? { ...members, value: only(members.value) } : members]),
          ),
        }),
    ...(owners?.known === true ? { owners: { ...owners, value: only(owners.value) } } : {}),
    ...(people?.known === true
      ? {
          people: {
            ...people,
            value: {
              ...people.value,
              authors: makers(people.value.authors),
              coauthors: makers(people.value.coauthors),
              committers: makers(people.value.committers),
              pushers: people.value.pushers === null ? null : makers(people.value.pushers),
            },
          },
        }
      : {}),
    ...(run ? { run: { ...run, initiators: run.initiators === null ? null : makers(run.initiators) } } : {}),
  };
}

/** How much around a ticket is kept: some patterns look at what stands beside it. The least that gives the same is what counts. */
const TICKET_MARGINS = [8, 1, 0] as const;

/** Of a release's texts only the tickets that are found in them. */
function withoutProse(gate: Gate, margin: number): (facts: GateFacts) => GateFacts {
  const finders = patternsOf(gate).map(finderOf);
  return (facts) => {
    const { release } = facts;
    if (release?.known !== true || release.value.texts.length === 0) return facts;
    const texts = release.value.texts.map(({ where, text }) => {
      const found = finders.flatMap((finder) => (finder.problem === null ? [finder.find(text)] : [])).filter((one) => one !== null);
      return { where, text: [...new Set(found)].map((one) => around(text, one, margin)).join('\n') };
    });
    return { ...facts, release: { ...release, value: { ...release.value, texts } } };
  };
}

function patternsOf({ entry }: Gate): string[] {
  const gates = entry === null ? [] : [entry, ...Object.values(entry.for)];
  const asked = gates.flatMap(({ requires }) => requires.flatMap((one) => (one.asks === 'ticket' ? [one.pattern] : [])));
  return [...new Set(asked)];
}

function around(text: string, found: string, margin: number): string {
  const at = text.indexOf(found);
  // A cut may go through a pair of surrogates.
  return plainOf(text.slice(Math.max(0, at - margin), at + found.length + margin));
}
