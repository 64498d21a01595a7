// Everything that was said of a commit on its way into an environment: commands, reviews on GitHub's page of the deployment, and reviews of
// the pull request that it is the merge or the head of; each with what its author may do here.

import type { Account, ApprovalFact } from '../../core/gate/facts.ts';
import type { Role } from '../../core/role.ts';
import type { MergedSeen, ReviewSeen } from '../gate-port.ts';
import type { Observed } from '../github-port.ts';
import type { GateLook } from './observe-gate.ts';

export type Opinion = Omit<ApprovalFact, 'role'>;

/** Everything that was said of this commit. */
export async function opinionsOf(
  look: GateLook,
  merged: () => Promise<Observed<readonly MergedSeen[]>>,
): Promise<Observed<readonly Opinion[]>> {
  const { gate, sha, spoken, native } = look;
  if (!native.known) return native;
  const reviews = await reviewsOf(look, merged);
  if (!reviews.known) return reviews;
  const commands = spoken
    .filter((one) => one.sha === sha && one.environment.toLowerCase() === gate.environment.toLowerCase())
    // A command is taken from nobody whose word does not count.
    .map(({ by, state, at, environment }): Opinion => {
      return { by: accountOf(by), bot: false, state, at, sha, environment, source: 'command', entitled: true };
    });
  const natives = native.value.map(({ by, state, at }): Opinion => {
    const word = state === 'approved' ? 'approve' : state === 'rejected' ? 'reject' : state;
    return { by: accountOf(by), bot: by.bot, state: word, at, sha, environment: gate.environment, source: 'deployment-review' };
  });
  return { known: true, value: [...commands, ...natives, ...reviews.value] };
}

/** Reviews of the deployed commit, or of a head as it was merged by exactly this commit. */
async function reviewsOf(
  { gates, pulls, sha }: GateLook,
  merged: () => Promise<Observed<readonly MergedSeen[]>>,
): Promise<Observed<readonly Opinion[]>> {
  const own = await merged();
  if (!own.known) return own;
  const heads = new Map<number, string | null>(pulls.map((number) => [number, null]));
  for (const { pull } of own.value) heads.set(pull.number, pull.head.sha);
  const all: Opinion[] = [];
  for (const [number, head] of heads) {
    const seen = await gates.reviews(number);
    if (!seen.known) return seen;
    all.push(...seen.value.flatMap((one) => opinionOf(one, sha, head)));
  }
  return { known: true, value: all };
}

const REVIEWS: Readonly<Record<string, string>> = { approved: 'approve', changes_requested: 'reject', dismissed: 'dismissed' };
/** No opinions: words beside the code, and drafts. */
const SILENT: ReadonlySet<string> = new Set(['commented', 'pending']);

function opinionOf({ state, author, commit, submittedAt }: ReviewSeen, sha: string, head: string | null): Opinion[] {
  if (SILENT.has(state) || (commit !== sha && (commit === null || commit !== head))) return [];
  // Who has no account any more approves nothing, and says nothing that holds anybody up.
  if (author === null) return [];
  const at = submittedAt ?? '';
  const said = { by: accountOf(author), bot: author.bot, state: REVIEWS[state] ?? state, at, environment: null, source: 'review' };
  return [{ ...said, sha, ...(commit === null || commit === sha ? {} : { reviewed: commit }) }];
}

/** A role is asked for once, and only of who said something. */
export async function withRoles({ roleOf }: GateLook, opinions: Observed<readonly Opinion[]>): Promise<Observed<readonly ApprovalFact[]>> {
  if (!opinions.known) return opinions;
  const people = [...new Map(opinions.value.filter((one) => !one.bot).map(({ by }) => [by.login.toLowerCase(), by.login])).values()];
  const roles = new Map<string, Observed<Role>>();
  await Promise.all(people.map(async (login) => roles.set(login.toLowerCase(), await roleOf(login))));
  const none: Observed<string> = { known: true, value: 'none' };
  return { known: true, value: opinions.value.map((one) => ({ ...one, role: roles.get(one.by.login.toLowerCase()) ?? none })) };
}

/** A merge that GitHub does not know yet may be known in a minute. */
const PULLS_MINUTES = 60;
const NO_PULLS_MINUTES = 2;

/** Pull requests whose merge the commit is. */
export async function mergedPulls(look: Pick<GateLook, 'gates' | 'memory' | 'sha'>): Promise<Observed<readonly MergedSeen[]>> {
  const { gates, memory, sha } = look;
  const before = await recallMerged(look);
  if (before !== null) return { known: true, value: before };
  const seen = await gates.pullsOf(sha);
  if (seen.known) {
    const small = seen.value.map((one) => ({ ...one, pull: { ...one.pull, body: '' } }));
    memory.remember('merged', sha, small);
  }
  return seen;
}

export async function recallMerged({ memory, sha }: Pick<GateLook, 'memory' | 'sha'>): Promise<readonly MergedSeen[] | null> {
  const before = await memory.recall<MergedSeen[]>('merged', sha, PULLS_MINUTES);
  return before === null || before.length > 0 ? before : memory.recall('merged', sha, NO_PULLS_MINUTES);
}

export function accountOf({ login, id }: Account): Account {
  return { login, id };
}
