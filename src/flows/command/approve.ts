// `/approve` and `/reject`: a person's word on one commit for one environment, noted and recorded where the gate counts it, and the gate is
// looked at again. Whose word would count for nothing is told so at once, and why; whoever cannot be told is not counted.

import {
  approvedText,
  nobodyAskedText,
  noWriteText,
  ownWorkText,
  rejectedText,
  saidSinceText,
  standingUnseenText,
} from '../../core/answer/approve.ts';
import { environmentUnseenText, quotedName, type Spot } from '../../core/answer/gate.ts';
import { refusal } from '../../core/command/words.ts';
import { type Place, placeOf } from '../../core/gate/approvers.ts';
import { instantOf } from '../../core/gate/clock.ts';
import { isAtLeast } from '../../core/role.ts';
import { approvalNote, readApprovals, type SpokenApproval } from '../gate/gate-notes.ts';
import { recordDecision } from '../record/record-decision.ts';
import { type Answer, type Ask, refused, spelled } from './answer.ts';
import { aimAt, type Subject } from './gate-subject.ts';
import { lookTasks, wordOf } from './gate-word.ts';
import { type GateView, viewGate } from './view-gate.ts';

export async function approve(ask: Ask): Promise<Answer> {
  return speak(ask, 'approve', ask.call.arguments.environment ?? null, null);
}

/** A reason may begin with an environment that the policy does not name: then that one is meant, and none that happens to wait. */
export async function reject(ask: Ask): Promise<Answer> {
  const { environment, reason = '' } = ask.call.arguments;
  if (environment !== undefined) return speak(ask, 'reject', environment, reason);
  const first = /^\S+/.exec(reason)?.[0] ?? '';
  const seen = await ask.situation.gates.environments();
  if (!seen.known) return refused(environmentUnseenText(first, seen.why));
  const named = seen.value.some(({ name }) => name.toLowerCase() === first.toLowerCase());
  const rest = reason.slice(first.length).trim();
  return named && rest !== '' ? speak(ask, 'reject', first, rest) : speak(ask, 'reject', null, reason);
}

async function speak(ask: Ask, state: SpokenApproval['state'], environment: string | null, reason: string | null): Promise<Answer> {
  const { situation, errand, role } = ask;
  const { repository, notes } = situation;
  const aimed = await aimAt(ask, environment);
  if ('says' in aimed) return refused(aimed.says);
  const { subject } = aimed;
  const { spot } = subject;
  const by = { login: errand.author.login, id: errand.author.id };
  const approval = { by, state, at: errand.at, sha: spot.sha, environment: spot.environment, comment: errand.comment, reason };
  const later = (await readApprovals(notes, repository)).find((one) => isSameAs(one, approval) && isLater(one, approval));
  if (later !== undefined) return refused(saidSinceText(spot, later.state));
  const view = await viewGate(ask, subject, { approval });
  const place = placeOf({ by, role: { known: true, value: role ?? 'none' } }, view.gate, view.facts);
  const unfit = unfitText(ask, { state, spot, view, place });
  if (unfit !== null) return refused(unfit);
  const entry = recordDecision(repository, {
    what: state,
    ...wordOf(ask),
    environment: spot.environment,
    sha: spot.sha,
    release: subject.tag,
    run: runOf(subject),
    reason,
  });
  const says =
    state === 'approve'
      ? approvedText(spot, view.decision, place.barred === 'unknown', spelled(ask, `reject ${quotedName(spot.environment)} REASON`))
      : rejectedText(spot, reason ?? '', spelled(ask, `approve ${quotedName(spot.environment)}`));
  return {
    done: true,
    says,
    notes: [approvalNote(repository, approval), ...entry.texts, ...subject.learnt()],
    entries: [entry],
    tasks: lookTasks(ask, spot.environment, spot.sha),
  };
}

interface Standing {
  readonly state: SpokenApproval['state'];
  readonly spot: Spot;
  readonly view: GateView;
  readonly place: Place;
}

/** Why a person's word is not taken; null where it is. */
function unfitText(ask: Ask, { state, spot, view: { gate, facts }, place }: Standing): string | null {
  const { call, role, policy } = ask;
  if (place.nobody) return nobodyAskedText(spot, gate.entry !== null, state, spelled(ask, `hold ${quotedName(spot.environment)} REASON`));
  if (facts.approvals?.known === false) return standingUnseenText(spot, facts.approvals.why);
  if (place.counts === 'no') {
    const { prefix } = policy.commands;
    const whom = { environment: spot.environment, approvers: place.from };
    const says = refusal({ command: call.shape, needed: 'approvers', has: role, prefix, ...whom });
    return role === null || isAtLeast(role, 'write') ? says : `${says} ${noWriteText()}`;
  }
  if (place.counts === 'unknown') return standingUnseenText(spot, place.why);
  if (state === 'reject') return null;
  if (place.barred === 'yes') return ownWorkText(spot, place.why, place.from);
  // Who deploys it is known only once it is deployed: until then an approval is taken, and judged then.
  const deployerOpen = spot.run === null && facts.people?.known !== false;
  return place.barred === 'unknown' && !deployerOpen ? standingUnseenText(spot, place.why) : null;
}

function runOf({ waiting }: Subject): { readonly id: number; readonly attempt: number } | null {
  return waiting === null ? null : { id: waiting.run, attempt: waiting.attempt };
}

function isSameAs(one: SpokenApproval, { by, sha, environment }: SpokenApproval): boolean {
  return one.by.id === by.id && one.sha === sha && one.environment.toLowerCase() === environment.toLowerCase();
}

/** By GitHub's clock, and in one second by GitHub's numbers. */
function isLater(one: SpokenApproval, other: SpokenApproval): boolean {
  const [at, then] = [instantOf(one.at) ?? 0, instantOf(other.at) ?? 0];
  return at > then || (at === then && one.comment > other.comment);
}
