// Who may write settles what kind a change is; GitHub lets people with triage put on and take off any label. So a label that settles is put
// back as it was where somebody changed it who may not (docs/decisions/0008-settled-by-label.md).

import type { PreviewErrand } from '../../core/errand.ts';
import { DEFAULT_POLICY, type Policy } from '../../core/policy.ts';
import { releaseBranch } from '../../core/release-pull.ts';
import { isAtLeast } from '../../core/role.ts';
import { settlingLabels } from '../../core/settled.ts';
import { classifyCommand } from '../../core/summary/pull-check.ts';
import { GUARDED_MARK, guardedLabelText } from '../../core/summary/settled.ts';
import type { Situation } from '../app-port.ts';
import type { PullSeen } from '../github-port.ts';
import { policyProblemLines } from '../policy-problem.ts';
import type { Json, Note, NoteWrite } from '../store-port.ts';

type LabelChange = NonNullable<PreviewErrand['label']>;

export interface Guarded {
  readonly labels: readonly string[];
  readonly notes: readonly NoteWrite[];
}

/** What somebody who may has settled, by pull request: only so that nobody else takes it away. What holds is the label. */
const KIND = 'settled';

/** The labels as they are afterwards. An unknown role is none: a label is lost to that, never let through. */
export async function guardLabel(situation: Situation, pull: PullSeen, change: LabelChange): Promise<Guarded> {
  const { labels, number } = pull;
  const { name, by, added } = change;
  if (settlingLabels([name], {}).length === 0) return { labels, notes: [] };
  const note = await situation.notes.note(situation.repository, KIND, String(number));
  const remembered = note !== null && sameName(labelIn(note), name);
  const write = (body: Json): NoteWrite[] => [{ repository: situation.repository, kind: KIND, name: String(number), body }];
  if (await maySettle(situation, by)) {
    if (added) return { labels, notes: remembered ? [] : write({ label: name, by }) };
    return { labels, notes: remembered ? write(null) : [] };
  }
  const policy = await policyOf(situation);
  const { labels: mapped } = policy.classify;
  if (settlingLabels([name], mapped).length === 0) return { labels, notes: [] };
  const text = guardedLabelText({ label: name, by, added, classify: classifyCommand(policy.commands.prefix) });
  if (added) {
    // Whoever put it on without a right was the one who had it there: what was settled before is gone.
    const notes = remembered ? write(null) : [];
    const there = labels.find((one) => sameName(one, name));
    if (there === undefined) return { labels, notes };
    await tellOnce(situation, number, text);
    await situation.github.removeLabel(number, there);
    return { labels: labels.filter((one) => one !== there), notes };
  }
  // Where somebody has settled something else meanwhile, that holds.
  if (!remembered || settlingLabels(labels, mapped).length > 0) return { labels, notes: [] };
  await tellOnce(situation, number, text);
  await situation.github.addLabels(number, [name]);
  return { labels: [...labels, name], notes: [] };
}

async function maySettle({ github, self }: Situation, login: string): Promise<boolean> {
  if (sameName(login, `${self.slug}[bot]`)) return true;
  const role = await github.roleOf(login);
  return role.known && isAtLeast(role.value, 'write');
}

/** A policy that cannot be read takes no name out. */
async function policyOf({ github, readPolicy }: Situation): Promise<Policy> {
  const { policy } = await github.scene({ releaseBranch });
  try {
    return policy === null ? DEFAULT_POLICY : await readPolicy(policy.text);
  } catch (error) {
    if (policyProblemLines(error) === null) throw error;
    return DEFAULT_POLICY;
  }
}

/** Before the label is put right: whoever is stopped in between begins again and finds the comment, not the label gone and nothing said. */
async function tellOnce({ github }: Situation, number: number, text: string): Promise<void> {
  const own = (await github.ownComments([number])).get(number) ?? [];
  if (!own.some((one) => one.body.startsWith(GUARDED_MARK))) await github.comment(number, text);
}

function labelIn({ body }: Note): string {
  const label = typeof body === 'object' && body !== null && 'label' in body ? body.label : null;
  return typeof label === 'string' ? label : '';
}

function sameName(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
