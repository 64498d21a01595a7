// `/hold` and `/unhold`: a person keeps an environment shut for everything until it is taken back. Taken back is what was to be seen when the
// comment was written, so that nobody lets go of a stop that they have not heard of.

import { quotedName } from '../../core/answer/gate.ts';
import { heldText, notHeldText, stoppedSinceText, unheldText } from '../../core/answer/stop.ts';
import { environmentOf } from '../../core/policy/environment.ts';
import { endedNote, holdNote, readHolds, type SpokenHold } from '../gate/gate-notes.ts';
import { recordDecision } from '../record/record-decision.ts';
import { type Answer, type Ask, refused, spelled } from './answer.ts';
import { environmentNamed, isSaidAfter } from './gate-subject.ts';
import { lookTasks, wordOf } from './gate-word.ts';

export async function hold(ask: Ask): Promise<Answer> {
  const { situation, errand, call } = ask;
  const { notes, repository } = situation;
  const named = await environmentNamed(ask, call.arguments.environment ?? '');
  if ('says' in named) return refused(named.says);
  const { environment } = named;
  const { login, id } = errand.author;
  const held: SpokenHold = {
    environment,
    person: id,
    comment: errand.comment,
    by: login,
    reason: call.arguments.reason ?? '',
    at: errand.at,
  };
  const all = await readHolds(notes, repository, environment);
  if (all.some((one) => one.person === id && isSaidAfter(one, errand))) return refused(stoppedSinceText(environment, 'held'));
  const others = all.filter((one) => one.person !== id);
  const entry = recordDecision(repository, { what: 'hold', ...wordOf(ask), environment, reason: held.reason });
  return {
    done: true,
    says: heldText(environment, held, others, spelled(ask, `unhold ${quotedName(environment)}`)),
    notes: [holdNote(repository, held), ...entry.texts],
    entries: [entry],
    tasks: lookTasks(ask, environment, null),
  };
}

export async function unhold(ask: Ask): Promise<Answer> {
  const { situation, errand, call, policy } = ask;
  const { notes, repository } = situation;
  const named = await environmentNamed(ask, call.arguments.environment ?? '');
  if ('says' in named) return refused(named.says);
  const { environment } = named;
  const all = await readHolds(notes, repository, environment);
  const ended = all.filter((one) => !isSaidAfter(one, errand));
  const left = all.filter((one) => !ended.includes(one));
  const standing = environmentOf(policy, environment)?.hold ?? null;
  if (ended.length === 0) return refused(notHeldText(environment, left, standing));
  const entry = recordDecision(repository, { what: 'unhold', ...wordOf(ask), environment });
  return {
    done: true,
    says: unheldText(environment, ended, left, standing),
    notes: [...ended.map((one) => endedNote(repository, 'hold', one)), ...entry.texts],
    entries: [entry],
    tasks: lookTasks(ask, environment, null),
  };
}
