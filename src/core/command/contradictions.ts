// Commands of one comment that cannot all be meant: there is no order in which a person surely wanted them, so none of them is run.

import type { CommandCall, CommandName } from '../command.ts';

/** The first two calls that are at odds, and why, as half a sentence after their names; null: all can be meant. */
export function contradictionIn(
  calls: readonly CommandCall[],
): { readonly one: CommandCall; readonly other: CommandCall; readonly why: string } | null {
  for (const [index, other] of calls.entries()) {
    for (const one of calls.slice(0, index)) {
      const why = atOdds(one, other);
      if (why !== null) return { one, other, why };
    }
  }
  return null;
}

/** Each call once, but `/release publish`: whoever writes it twice may want two releases. */
export function withoutRepeats(calls: readonly CommandCall[]): CommandCall[] {
  const seen = new Set<string>();
  return calls.filter((call) => {
    const key = keyOf(call);
    return call.shape.verb === 'publish' || (!seen.has(key) && seen.add(key));
  });
}

const OPPOSITES: readonly (readonly [CommandName, CommandName])[] = [
  ['hold', 'unhold'],
  ['freeze', 'unfreeze'],
  ['approve', 'reject'],
  ['reject', 'override'],
  ['deploy', 'rollback'],
];

function atOdds(one: CommandCall, other: CommandCall): string | null {
  const [first, second] = [one.shape, other.shape];
  if (first.name === 'release' && second.name === 'release') {
    if (first.verb === 'publish' || second.verb === 'publish') return 'publishing needs what was shown before, so it stands alone';
    return first.verb === second.verb ? 'only one version can be next' : null;
  }
  if (first.name === 'classify' && second.name === 'classify') return 'a change has one kind';
  if (!shareEnvironment(one, other)) return null;
  if (first.name === second.name && hasEnvironment(one) && first.name !== 'why') {
    return sameEnvironment(one, other) ? 'they ask for the same with different words' : null;
  }
  return OPPOSITES.some((pair) => pair.includes(first.name) && pair.includes(second.name)) ? 'one undoes the other' : null;
}

function hasEnvironment({ shape }: CommandCall): boolean {
  return shape.arguments.some(({ name }) => name === 'environment');
}

/** Without an environment a command is for the one that there is, which may be any. */
function shareEnvironment(one: CommandCall, other: CommandCall): boolean {
  if (!hasEnvironment(one) || !hasEnvironment(other)) return false;
  return one.arguments.environment === undefined || other.arguments.environment === undefined || sameEnvironment(one, other);
}

function sameEnvironment(one: CommandCall, other: CommandCall): boolean {
  return one.arguments.environment?.toLowerCase() === other.arguments.environment?.toLowerCase();
}

function keyOf({ shape, arguments: given }: CommandCall): string {
  const values = Object.entries(given).map(([name, value]) => [name, name === 'environment' ? value.toLowerCase() : value]);
  return JSON.stringify([shape.name, shape.verb, values]);
}
