// What a policy file says beyond the defaults, as a value: laid over the defaults it gives the policy, and a policy compared with the
// defaults gives it back. Reading the file, writing one and proposing a learnt one all go through it.

import { type ClassifyPolicy, DEFAULT_POLICY, type Meaning, type NotesPolicy, type Policy, type ReleasePolicy } from '../policy.ts';
import type { EnvironmentPolicy } from './environment.ts';

/** Entries to add or replace; null takes a built-in one out. */
export type MeaningOverrides = Readonly<Record<string, Meaning | null>>;

export interface PolicyOverrides {
  readonly lines?: Policy['lines'];
  readonly classify?: {
    readonly labels?: MeaningOverrides;
    readonly types?: MeaningOverrides;
    readonly branches?: MeaningOverrides;
    readonly paths?: MeaningOverrides;
    readonly unrecognised?: ClassifyPolicy['unrecognised'];
  };
  readonly release?: Partial<Omit<ReleasePolicy, 'before1'>> & { readonly before1?: Partial<ReleasePolicy['before1']> };
  readonly notes?: Partial<NotesPolicy>;
  readonly packages?: Policy['packages'];
  readonly environments?: Readonly<Record<string, Partial<EnvironmentPolicy>>>;
  readonly unlisted?: Policy['unlisted'];
  readonly deployers?: Policy['deployers'];
  readonly trains?: Policy['trains'];
  readonly commands?: Partial<Policy['commands']>;
  readonly notify?: Policy['notify'];
}

/** What holds for an environment of which nothing more is said. */
export const DEFAULT_ENVIRONMENT: EnvironmentPolicy = {
  requires: [],
  windows: [],
  promote: 'manual',
  hold: null,
  for: {},
  freeze: [],
  review: null,
};

/** The policy that holds where `over` says something and `base` says the rest. */
export function applyOverrides(over: PolicyOverrides, base: Policy = DEFAULT_POLICY): Policy {
  const { classify = {} } = over;
  return {
    lines: over.lines ?? base.lines,
    classify: {
      labels: merge(base.classify.labels, classify.labels),
      types: merge(base.classify.types, classify.types),
      branches: merge(base.classify.branches, classify.branches),
      paths: mergeFirst(base.classify.paths, classify.paths),
      unrecognised: classify.unrecognised ?? base.classify.unrecognised,
    },
    release: { ...base.release, ...over.release, before1: { ...base.release.before1, ...over.release?.before1 } },
    notes: { ...base.notes, ...over.notes },
    packages: over.packages ?? base.packages,
    environments:
      over.environments === undefined
        ? base.environments
        : Object.fromEntries(Object.entries(over.environments).map(([name, one]) => [name, { ...DEFAULT_ENVIRONMENT, ...one }])),
    unlisted: over.unlisted ?? base.unlisted,
    deployers: over.deployers ?? base.deployers,
    trains: over.trains ?? base.trains,
    commands: { ...base.commands, ...over.commands },
    notify: over.notify ?? base.notify,
  };
}

/** Names are compared without case: `Bug` replaces, and where null removes, the built-in `bug`. */
function merge(base: Readonly<Record<string, Meaning>>, over: MeaningOverrides = {}): Record<string, Meaning> {
  const replaced = new Set(Object.keys(over).map((name) => name.toLowerCase()));
  const kept = Object.entries(base).filter(([name]) => !replaced.has(name.toLowerCase()));
  return Object.fromEntries([...kept, ...given(over)]);
}

/** The first glob that matches counts, so that those of the file come before the built-in ones. */
function mergeFirst(base: Readonly<Record<string, Meaning>>, over: MeaningOverrides = {}): Record<string, Meaning> {
  return Object.fromEntries([...given(over), ...Object.entries(base).filter(([glob]) => !Object.hasOwn(over, glob))]);
}

function given(over: MeaningOverrides): [string, Meaning][] {
  return Object.entries(over).filter((entry): entry is [string, Meaning] => entry[1] !== null);
}

/** The least that, laid over the defaults, gives this policy. */
export function overridesOf(policy: Policy): PolicyOverrides {
  const classify = {
    ...pick('labels', meaningsBeyond(policy.classify.labels, DEFAULT_POLICY.classify.labels)),
    ...pick('types', meaningsBeyond(policy.classify.types, DEFAULT_POLICY.classify.types)),
    ...pick('branches', meaningsBeyond(policy.classify.branches, DEFAULT_POLICY.classify.branches)),
    ...pick('paths', pathsBeyond(policy.classify.paths)),
    ...beyond({ unrecognised: policy.classify.unrecognised }, { unrecognised: DEFAULT_POLICY.classify.unrecognised }),
  };
  const { before1, ...release } = policy.release;
  const { before1: defaultBefore1, ...defaultRelease } = DEFAULT_POLICY.release;
  const environments = Object.entries(policy.environments).map(([name, one]) => [name, beyond(one, DEFAULT_ENVIRONMENT)] as const);
  const { lines, packages, unlisted, deployers, trains, notify } = policy;
  return {
    ...beyond({ lines, packages, unlisted, deployers, trains, notify }, DEFAULT_POLICY),
    ...pick('classify', classify),
    ...pick('release', { ...beyond(release, defaultRelease), ...pick('before1', beyond(before1, defaultBefore1)) }),
    ...pick('notes', beyond(policy.notes, DEFAULT_POLICY.notes)),
    ...pick('environments', Object.fromEntries(environments)),
    ...pick('commands', beyond(policy.commands, DEFAULT_POLICY.commands)),
  };
}

function pick<K extends string, T extends object>(key: K, value: T): Partial<Record<K, T>> {
  return Object.keys(value).length === 0 ? {} : ({ [key]: value } as Record<K, T>);
}

/** The entries that are not the default's. */
function beyond<T extends object>(value: T, standard: Partial<T>): Partial<T> {
  const changed = Object.entries(value).filter(([key, one]) => JSON.stringify(one) !== JSON.stringify(standard[key as keyof T]));
  return Object.fromEntries(changed) as Partial<T>;
}

function meaningsBeyond(table: Readonly<Record<string, Meaning>>, standard: Readonly<Record<string, Meaning>>): MeaningOverrides {
  const names = new Set(Object.keys(table).map((name) => name.toLowerCase()));
  const gone = Object.keys(standard).filter((name) => !names.has(name.toLowerCase()));
  return Object.fromEntries([...Object.entries(beyond(table, standard)), ...gone.map((name) => [name, null])]);
}

function pathsBeyond(table: Readonly<Record<string, Meaning>>): MeaningOverrides {
  const over = meaningsBeyond(table, DEFAULT_POLICY.classify.paths);
  const same = JSON.stringify(mergeFirst(DEFAULT_POLICY.classify.paths, over)) === JSON.stringify(table);
  // In an order of its own only the whole list says it.
  return same ? over : { ...table, ...Object.fromEntries(Object.entries(over).filter(([, means]) => means === null)) };
}
