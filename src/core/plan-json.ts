// A plan → the JSON that `shiplock plan --json` and the Action's output `plan` share. The first ten keys are the ones promised to scripts;
// what follows them is more of the same plan.

import type { Alarm, Bump, Change, Classification, Evidence, Excluded, Kind, Objection, Subkind } from './change.ts';
import type { Plan, Since } from './plan.ts';

/** A plan with its notes; for a monorepo, one of each package besides. */
export interface PlannedRelease extends Plan {
  readonly notes: string;
  /** The commit planned up to; null where it has nothing that the last release does not have. */
  readonly head: string | null;
  readonly packages?: readonly PlannedRelease[];
  /** What was assumed, in words. */
  readonly remarks: readonly string[];
}

export interface ChangeJson {
  readonly sha: string;
  readonly pr: number | null;
  readonly title: string;
  readonly kind: Kind;
  readonly bump: Bump;
  readonly section: string;
  readonly because: readonly Evidence[];
  readonly status: Classification['status'];
  readonly subkind: Subkind | null;
  readonly breaking: boolean;
  /** Names of the monorepo packages that it touches. */
  readonly packages: readonly string[];
}

export interface PlanJson {
  readonly line: string;
  readonly since: Since | null;
  readonly kind: Kind;
  readonly bump: Bump;
  readonly version: string | null;
  readonly tag: string | null;
  readonly changes: readonly ChangeJson[];
  readonly excluded: readonly Excluded[];
  readonly objections: readonly Objection[];
  readonly notes: string;
  readonly alarms: readonly Alarm[];
  readonly prerelease: boolean;
  /** True if it may be called the latest release. */
  readonly latest: boolean;
  readonly because: readonly string[];
  readonly remarks: readonly string[];
  readonly head: string | null;
  readonly package: string | null;
  /** A plan of each package, where the policy has packages. */
  readonly packages?: readonly PlanJson[];
}

export function planJson(planned: PlannedRelease): PlanJson {
  const { line, since, kind, bump, version, tag, excluded, objections, notes, alarms } = planned;
  const { prerelease, latest, because, remarks, head, package: name, packages } = planned;
  return {
    line,
    since,
    kind,
    bump,
    version,
    tag,
    changes: planned.changes.map(changeJson),
    excluded,
    objections,
    notes,
    alarms,
    prerelease,
    latest,
    because,
    remarks,
    head,
    package: name,
    ...(packages === undefined ? {} : { packages: packages.map(planJson) }),
  };
}

/** At so many changes at a time: a whole history's JSON as one text would take several times its length. */
const AT_ONCE = 500;

/** `JSON.stringify(planJson(planned), null, 2)`, piece by piece. */
export function* planJsonText(planned: PlannedRelease): Generator<string> {
  let before = '{';
  for (const [key, value] of Object.entries(planJson(planned))) {
    const head = `${before}\n  ${JSON.stringify(key)}: `;
    before = ',';
    if (Array.isArray(value) && value.length > AT_ONCE) {
      for (let at = 0; at < value.length; at += AT_ONCE) {
        // Without the brackets of each part.
        const items = indented(value.slice(at, at + AT_ONCE)).slice(1, -4);
        yield at === 0 ? `${head}[${items}` : `,${items}`;
      }
      yield '\n  ]';
    } else yield head + indented(value);
  }
  yield '\n}';
}

/** As it stands within an object: written as the only element of a list, whose brackets are then taken off. */
function indented(value: unknown): string {
  return JSON.stringify([value], null, 2).slice(4, -2);
}

/** The plans that releases come from: each package's, or where there are no packages the one. Their objections are those that count. */
export function releasesOf(planned: PlannedRelease): readonly PlannedRelease[] {
  return planned.packages === undefined || planned.packages.length === 0 ? [planned] : planned.packages;
}

function changeJson({ sha, pr, title, classification, packages }: Change): ChangeJson {
  const { kind, bump, section, because, status, subkind, breaking } = classification;
  return { sha, pr, title, kind, bump, section, because, status, subkind, breaking, packages };
}
