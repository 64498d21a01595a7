// `/classify`: settles what kind of change a pull request is, in labels that everybody sees and the plan reads, and has what follows from it
// looked at again.

import { closedPullText, labelTakenText, notAPullText, settledText } from '../../core/answer/settle.ts';
import { type Settled, settlingLabel, settlingLabels } from '../../core/settled.ts';
import { tasksOf } from '../inbox/errand-task.ts';
import { type Answer, type Ask, hasLabel, refused, spelled, unseenText } from './answer.ts';

export async function settleKind(ask: Ask): Promise<Answer> {
  const { situation, errand, call, policy } = ask;
  const { github, home, now } = situation;
  const number = errand.issue;
  if (!errand.pull) return refused(notAPullText(spelled(ask, 'classify')));
  const seen = await github.pull(number);
  if (!seen.known) return refused(unseenText(number, seen.why));
  const { pull } = seen.value;
  if (pull.state === 'closed') return refused(closedPullText(number));
  const as = call.arguments.kind as Settled['as'];
  const label = settlingLabel(as);
  const mapped = policy.classify.labels;
  if (settlingLabels([label], mapped).length === 0) return refused(labelTakenText(label));
  // First what it is, then what it no longer is: stopped in between it is disputed, never unsettled.
  if (!hasLabel(pull, label)) await github.addLabels(number, [label]);
  for (const other of settlingLabels(pull.labels, mapped)) {
    if (other.toLowerCase() !== label) await github.removeLabel(number, other);
  }
  const tasks = tasksOf(
    [
      { kind: 'preview', home, pull: number },
      { kind: 'draft', home, branch: pull.base },
    ],
    { now, delivery: null },
  );
  return { done: true, says: settledText(number, as, pull.state, pull.base), tasks };
}
