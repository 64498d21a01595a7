// What a release is, from the changes that it carries: the strongest of them decides, and a change that is disputed leaves it open, so that
// everything is asked that anything is asked.

import type { Change, Kind } from '../change.ts';
import type { Occasion } from '../policy/environment.ts';

export interface Carried {
  readonly kind: Kind;
  /** Null: not known. */
  readonly occasion: Exclude<Occasion, 'rollback'> | null;
}

/** `whole`: every change was seen. Where there is none at all, as for documentation alone, it is maintenance. */
export function occasionOfChanges(changes: readonly Pick<Change, 'classification'>[], whole: boolean): Carried {
  const all = changes.map((one) => one.classification);
  const counted = all.filter(({ status }) => status === 'classified');
  if (counted.some(({ breaking }) => breaking)) return { kind: 'feature', occasion: 'breaking' };
  const feature = counted.some(({ kind }) => kind === 'feature');
  // What is disputed, or was not seen, may be more than what was.
  if (!whole || all.some(({ status }) => status === 'disputed')) return { kind: feature ? 'feature' : 'maintenance', occasion: null };
  if (feature) return { kind: 'feature', occasion: 'feature' };
  return { kind: 'maintenance', occasion: counted.some(({ subkind }) => subkind === 'security') ? 'security' : 'maintenance' };
}
