// Who made what is to be deployed: of all commits since the release before it, or, where it is a step back or the first, of the deployed
// commit itself and its pull request.

import type { Account } from '../../core/gate/facts.ts';
import type { ActorSeen, MergedSeen, PartSeen, PeopleSeen } from '../gate-port.ts';
import type { Observed } from '../github-port.ts';
import type { GateLook, PeopleRead } from './observe-gate.ts';
import type { ReleaseRead } from './release-of.ts';

/** Who made a commit never changes, but whose an address is may: who could be told is remembered, and who could not is looked up anew. */
const MINUTES = 10;
/** Pull requests of a release whose merger is looked up, a query each. */
const MOST_MERGES = 50;

export async function readPeople(
  look: GateLook,
  release: ReleaseRead,
  merged: () => Promise<Observed<readonly MergedSeen[]>>,
): Promise<Observed<PeopleRead>> {
  const { memory, sha, gate } = look;
  const since = release.base?.sha ?? null;
  const pushers = asksForPushers(gate);
  const before = await memory.recall<{ since: string | null; people: PeopleRead }>('people', sha, MINUTES);
  if (before?.since === since && (before.people.pushers !== null || !pushers) && before.people.unattributed.length === 0) {
    return { known: true, value: before.people };
  }
  const seen = release.people === undefined ? await commitPeople(look, release) : ({ known: true, value: release.people } as const);
  if (!seen.known) return seen;
  const own = await merged();
  if (!own.known) return own;
  const { authors, coauthors, committers } = seen.value;
  const mergers = pushers ? await mergersOf(look, release, own.value) : null;
  if (mergers !== null && !mergers.known) return mergers;
  const people: PeopleRead = {
    authors: accounts([...authors.map((one) => one.account), ...own.value.map((one) => one.author)]),
    coauthors: accounts(coauthors.map((one) => one.account)),
    committers: accounts(committers.map((one) => one.account)),
    pushers: mergers === null ? null : mergers.value,
    unattributed: [...unknown('author', authors), ...unknown('author', coauthors), ...unknown('committer', committers)],
    logins: release.pulls.flatMap(({ author }) => author ?? []),
  };
  memory.remember('people', sha, { since, people });
  return { known: true, value: people };
}

function asksForPushers({ entry }: GateLook['gate']): boolean {
  const gates = entry === null ? [] : [entry, ...Object.values(entry.for)];
  return gates.some(({ requires }) => requires.some((one) => one.asks === 'approvals' && one.except.includes('pusher')));
}

async function commitPeople({ gates, sha }: GateLook, { base }: ReleaseRead): Promise<Observed<PeopleSeen>> {
  const since = base === null ? null : await gates.commitPeople(base.sha, sha);
  // A step back brings no commit that was not there, which is no proof that nobody wrote it.
  if (since !== null && (!since.known || since.value.commits > 0)) return since;
  return gates.commitPeople(null, sha);
}

/** Who merged each pull request; GitHub does not say who pushed a commit that came by none: then they are not known (null). */
async function mergersOf(
  { gates, sha }: GateLook,
  { pulls, byPulls }: ReleaseRead,
  own: readonly MergedSeen[],
): Promise<Observed<readonly Account[] | null>> {
  if (!byPulls || pulls.length > MOST_MERGES) return { known: true, value: null };
  const found: (ActorSeen | null)[] = own.map((one) => one.mergedBy);
  for (const { merge, number } of pulls) {
    if (merge === sha && own.some(({ pull }) => pull.number === number)) continue;
    const seen = await gates.pullsOf(merge);
    if (!seen.known) return seen;
    const merged = seen.value.find(({ pull }) => pull.number === number);
    if (merged === undefined) return { known: true, value: null };
    found.push(merged.mergedBy);
  }
  return { known: true, value: found.includes(null) ? null : accounts(found) };
}

function accounts(actors: readonly (ActorSeen | null)[]): readonly Account[] {
  return [...new Map(actors.flatMap((one) => (one === null ? [] : [[one.id, { login: one.login, id: one.id }] as const]))).values()];
}

function unknown(
  as: 'author' | 'committer',
  parts: readonly PartSeen[],
): readonly { readonly as: 'author' | 'committer'; readonly name: string }[] {
  return parts.filter((one) => one.account === null).map(({ name }) => ({ as, name }));
}
