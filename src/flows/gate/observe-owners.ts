// Whom CODEOWNERS names for a file that a release changes. It is read from the default branch and never from what is deployed: who may
// approve must not be decided by a file that the change brings along.

import type { Account } from '../../core/gate/facts.ts';
import { OWNER_FILES, ownersOf, readOwners } from '../../core/gate/owners.ts';
import { GitHubProblem, type Observed } from '../github-port.ts';
import type { GateLook } from './observe-gate.ts';
import type { ReleaseRead } from './release-of.ts';

const MINUTES = 10;

/** Of those who have spoken: nobody else's part in it matters. */
export async function observeOwners(
  look: GateLook,
  release: () => Promise<Observed<ReleaseRead>>,
  speakers: readonly Account[],
): Promise<Observed<readonly Account[]>> {
  const read = await release();
  if (!read.known) return read;
  try {
    const names = await ownerNames(look, read.value);
    const owners = speakers.filter(({ login }) => names.has(`@${login.toLowerCase()}`));
    for (const name of names) {
      const [organization = '', team] = name.slice(1).split('/');
      if (team === undefined) continue;
      const members = await look.gates.teamMembers(organization, team);
      if (!members.known) return { known: false, why: `${name}, whom CODEOWNERS names: ${members.why}` };
      owners.push(...members.value.map(({ login, id }) => ({ login, id })));
    }
    return { known: true, value: [...new Map(owners.map((one) => [one.id, one])).values()] };
  } catch (error) {
    if (error instanceof GitHubProblem && error.kind !== 'rate-limited' && error.kind !== 'unauthorised')
      return { known: false, why: error.message };
    throw error;
  }
}

async function ownerNames({ github, memory, sha, scene }: GateLook, { base }: ReleaseRead): Promise<ReadonlySet<string>> {
  const at = scene.branch.sha;
  const mark = `${at} ${base?.sha ?? ''}`;
  const before = await memory.recall<{ mark: string; names: string[] }>('owners', sha, MINUTES);
  if (before?.mark === mark) return new Set(before.names);
  const texts = await github.files(at, OWNER_FILES);
  const text = OWNER_FILES.map((path) => texts.get(path) ?? null).find((one) => one !== null) ?? null;
  if (text === null) throw new GitHubProblem('refused', `There is no CODEOWNERS at ${at.slice(0, 7)}, and the policy asks for its owners.`);
  const range = await github.range(base?.sha ?? null, sha, true);
  const files = new Set(range.commits.flatMap(({ commit }) => commit.files ?? []));
  if (range.commits.some(({ commit }) => commit.files === undefined)) {
    throw new GitHubProblem('refused', 'Which files the release changes could not be seen in full.');
  }
  const names = [...ownersOf(readOwners(text), [...files])];
  memory.remember('owners', sha, { mark, names });
  return new Set(names);
}
