// The environments of a policy file, checked and turned into gates: what `for` changes is worked out here, once, so that a gate only has
// to look up which requirements hold.

import { finderOf } from '../gate/find.ts';
import { nearest } from '../nearest.ts';
import { readPattern } from '../pattern.ts';
import {
  type ApprovalsPolicy,
  type EnvironmentPolicy,
  type FreezePolicy,
  type GatePolicy,
  OCCASIONS,
  type Occasion,
  type QuarantinePolicy,
  type RequirementPolicy,
  type RollbackPolicy,
  type WindowPolicy,
} from './environment.ts';
import type {
  RawApprovals,
  RawEnvironment,
  RawFreeze,
  RawOccasion,
  RawQuarantine,
  RawRequirement,
  RawWindow,
} from './environment-schema.ts';
import type { Report } from './file.ts';
import type { RawPolicy } from './schema.ts';
import { shown } from './schema-findings.ts';
import { daysOf, endsBefore, minutesOf, momentOf, secondsOf } from './time.ts';
import type { Path } from './yaml.ts';
import { zoneCheck } from './zones.ts';

type RawEnvironments = NonNullable<RawPolicy['environments']>;

const MOST_ENVIRONMENTS = 500;

/** The gates of `environments:`, and whether what it does not name is open. */
export function environmentsOf(
  raw: RawEnvironments,
  report: Report,
): { environments: Record<string, EnvironmentPolicy>; unlisted?: 'open' | 'closed' } {
  const { default: unlisted, ...named } = raw;
  const names = Object.keys(named);
  const extra = names[MOST_ENVIRONMENTS];
  if (extra !== undefined) {
    report(['environments', extra], `is more than the ${MOST_ENVIRONMENTS} environments that a policy may have`, 'key');
    return { environments: {} };
  }
  const environments: [string, EnvironmentPolicy][] = [];
  const checkZones = environmentZones(report);
  for (const [name, one] of Object.entries(named)) {
    const path = ['environments', name];
    if (one) checkZones(one as RawEnvironment, path);
    checkName(name, names, path, report);
    environments.push([name, environmentOf((one ?? {}) as RawEnvironment, path, names, report)]);
  }
  checkOrder(new Map(environments), report);
  return { environments: Object.fromEntries(environments), ...(unlisted === undefined ? {} : { unlisted }) };
}

function checkName(name: string, names: readonly string[], path: Path, report: Report): void {
  const lower = name.toLowerCase();
  if (lower === 'default')
    report(path, 'is no name for an environment here: "default" says whether environments without an entry are open or closed', 'key');
  if (name === '' || name.length > 255 || /\p{Cc}/u.test(name)) report(path, 'is no name that an environment can have on GitHub', 'key');
  const same = names.find((other) => other.toLowerCase() === lower);
  if (same !== undefined && same !== name)
    report(path, `is ${shown(same)} again: GitHub compares the names of environments without case`, 'key');
}

/** Each environment comes after one that is there, and none after itself. */
function checkOrder(environments: ReadonlyMap<string, EnvironmentPolicy>, report: Report): void {
  const told = new Set<string>();
  for (const name of environments.keys()) {
    const way = [name];
    let next = environments.get(name)?.after;
    while (next !== undefined && !way.includes(next)) {
      way.push(next);
      next = environments.get(next)?.after;
    }
    if (next !== name || told.has(name)) continue;
    for (const one of way) told.add(one);
    const circle = way.length > 8 ? [...way.slice(0, 6), '…', name] : [...way, name];
    report(['environments', name, 'after'], `goes in a circle: ${circle.join(' after ')}, so none of them could ever be deployed`);
  }
}

function environmentOf(raw: RawEnvironment, path: Path, names: readonly string[], report: Report): EnvironmentPolicy {
  const after = raw.after === undefined ? undefined : names.find((name) => name.toLowerCase() === raw.after?.toLowerCase());
  if (raw.after !== undefined && after === undefined) {
    const meant = nearest(raw.after, names);
    report(
      [...path, 'after'],
      `no environment ${shown(raw.after)} has an entry here${meant === null ? '' : `: did you mean ${shown(meant)}?`}`,
    );
  }
  if (raw.promote === 'auto' && raw.deploy === undefined) {
    report([...path, 'promote'], 'needs a workflow to start: add `deploy: deploy.yml`');
  }
  if (raw.rollback !== undefined && raw.deploy === undefined) {
    report([...path, 'rollback'], 'needs a workflow to start: add `deploy: deploy.yml`', 'key');
  }
  const own = {
    requires: requirementsOf(raw.requires ?? [], [...path, 'requires'], report),
    windows: windowsOf(raw.windows ?? [], [...path, 'windows'], report),
  };
  const gates = OCCASIONS.flatMap((occasion): [Occasion, GatePolicy][] => {
    const differs = raw.for?.[occasion];
    return differs ? [[occasion, occasionOf(differs, own, [...path, 'for', occasion], report)]] : [];
  });
  if (raw.after === undefined) checkSoaks(raw, path, report);
  return {
    ...own,
    ...(after === undefined ? {} : { after }),
    ...(raw.deploy === undefined ? {} : { deploy: raw.deploy.replace('.github/workflows/', '') }),
    promote: raw.promote ?? 'manual',
    hold: raw.hold ?? null,
    for: Object.fromEntries(gates),
    freeze: (raw.freeze ?? []).map((one, index) => freezeOf(one, [...path, 'freeze', index], report)),
    review: raw.review === undefined ? null : { after: secondsOf(raw.review.after), to: raw.review.to ?? [] },
    ...(raw.rollback === undefined ? {} : { rollback: rollbackOf(raw.rollback) }),
  };
}

function rollbackOf({ 'on-failed': names, app, within = '30m' }: NonNullable<RawEnvironment['rollback']>): RollbackPolicy {
  return { names, app: String(app), seconds: secondsOf(within) };
}

/** A soak is proven in the environment before: without one it would never end, or end at once. */
function checkSoaks(raw: RawEnvironment, path: Path, report: Report): void {
  const says = 'has no environment to be proven in: say which with `after`';
  for (const [index, one] of (raw.requires ?? []).entries()) if ('soak' in one) report([...path, 'requires', index, 'soak'], says);
  for (const [occasion, differs] of Object.entries(raw.for ?? {})) {
    if (differs?.soak !== undefined && secondsOf(differs.soak) > 0) report([...path, 'for', occasion, 'soak'], says);
    for (const [index, one] of (differs?.requires ?? []).entries())
      if ('soak' in one) report([...path, 'for', occasion, 'requires', index, 'soak'], says);
  }
}

function requirementsOf(raw: readonly RawRequirement[], path: Path, report: Report): RequirementPolicy[] {
  return raw.map((one, index) => requirementOf(one, [...path, index], report));
}

function requirementOf(raw: RawRequirement, path: Path, report: Report): RequirementPolicy {
  if ('checks' in raw) {
    return {
      asks: 'checks',
      names: raw.checks,
      except: raw.except ?? [],
      app: raw.app === undefined ? null : String(raw.app),
      baseline: raw.baseline ?? null,
      accept: raw.accept ?? [],
      flake: raw.flake ?? 'latest',
      retries: raw.retries ?? null,
      quarantine: (raw.quarantine ?? []).map((one, index) => quarantineOf(one, [...path, 'quarantine', index], report)),
      onFailure: raw['on-failure'] ?? 'wait',
    };
  }
  if ('approvals' in raw) return approvalsOf(raw.approvals, ANYONE, [...path, 'approvals'], report);
  if ('soak' in raw) return { asks: 'soak', seconds: secondsOf(raw.soak) };
  return ticketOf(raw.ticket, [...path, 'ticket'], report);
}

function quarantineOf(raw: RawQuarantine, path: Path, report: Report): QuarantinePolicy {
  const { until } = raw;
  if (momentOf(until.includes('T') ? until : `${until}T00:00`) === null)
    report([...path, 'until'], `${shown(until)} is no day or time that there is`);
  return raw;
}

const ANYONE: ApprovalsPolicy = { asks: 'approvals', count: 1, from: [], except: [] };

function approvalsOf(raw: Partial<RawApprovals>, standard: ApprovalsPolicy, path: Path, report: Report): ApprovalsPolicy {
  const { count = standard.count, except = standard.except } = raw;
  const from = [...new Map((raw.from ?? standard.from).map((one) => [one.toLowerCase(), one])).values()];
  const people = from.filter((one) => /^@[^/]+$/.test(one)).length;
  if (from.length > 0 && people === from.length && count > people) {
    report(
      [...path, raw.count === undefined ? 'from' : 'count'],
      `can never be met: ${count} approvals are asked and only ${people === 1 ? 'one person' : `${people} people`} may give one`,
    );
  }
  return { asks: 'approvals', count, from, except: [...new Set(except)] };
}

function ticketOf(pattern: string, path: Path, report: Report): RequirementPolicy {
  const problem = readPattern(pattern).problem ?? finderOf(pattern).problem;
  if (problem !== null) report(path, `${shown(pattern)} cannot be used as a regular expression: ${problem}`);
  return { asks: 'ticket', pattern };
}

function occasionOf(raw: RawOccasion, own: GatePolicy, path: Path, report: Report): GatePolicy {
  const windows =
    raw.windows === undefined ? own.windows : raw.windows === 'any' ? [] : windowsOf(raw.windows, [...path, 'windows'], report);
  if (raw.requires !== undefined) {
    for (const key of ['soak', 'approvals', 'ticket'] as const) {
      if (raw[key] !== undefined)
        report([...path, key], `is not looked at beside \`requires\`, which asks everything anew: put ${key} into it`, 'key');
    }
    return { requires: requirementsOf(raw.requires, [...path, 'requires'], report), windows };
  }
  let requires: readonly RequirementPolicy[] = own.requires;
  if (raw.soak !== undefined) {
    const seconds = secondsOf(raw.soak);
    requires = replaced(requires, 'soak', (): RequirementPolicy | null => (seconds === 0 ? null : { asks: 'soak', seconds }));
  }
  if (raw.approvals !== undefined) {
    const { approvals } = raw;
    requires = replaced(requires, 'approvals', (before): RequirementPolicy | null => {
      const standard = before?.asks === 'approvals' ? before : ANYONE;
      return approvals.count === 0 ? null : approvalsOf(approvals, standard, [...path, 'approvals'], report);
    });
  }
  if (raw.ticket !== undefined) {
    const ticket = raw.ticket === 'none' ? null : ticketOf(raw.ticket, [...path, 'ticket'], report);
    requires = replaced(requires, 'ticket', () => ticket);
  }
  return { requires, windows };
}

/** Every requirement of a sort put anew, at its place; where there is none, one more at the end. */
function replaced(
  requires: readonly RequirementPolicy[],
  asks: RequirementPolicy['asks'],
  by: (before: RequirementPolicy | null) => RequirementPolicy | null,
): RequirementPolicy[] {
  const there = requires.some((one) => one.asks === asks);
  const all = requires.map((one) => (one.asks === asks ? by(one) : one));
  return [...all, there ? null : by(null)].filter((one) => one !== null);
}

function windowsOf(raw: readonly RawWindow[], path: Path, report: Report): WindowPolicy[] {
  return raw.map(({ days = 'mon-sun', from = '00:00', to = '24:00', zone = 'UTC' }, index) => {
    if (minutesOf(from) === minutesOf(to))
      report([...path, index, 'to'], `a window from ${from} to ${to} is never open: for the whole day leave out from and to`);
    return { days: daysOf(days), from: minutesOf(from), to: minutesOf(to), zone };
  });
}

function freezeOf(raw: RawFreeze, path: Path, report: Report): FreezePolicy {
  const { from, to, zone = 'UTC', except = [], reason = null } = raw;
  const [begins, ends] = [momentOf(from), momentOf(to)];
  if (begins === null) report([...path, 'from'], `${shown(from)} is no day or time that there is`);
  if (ends === null) report([...path, 'to'], `${shown(to)} is no day or time that there is`);
  if (begins !== null && ends !== null && endsBefore(begins, ends)) report([...path, 'to'], `ends at ${to}, before it begins at ${from}`);
  return { from, to, zone, except: [...new Set(except)], reason };
}

/** Every zone of an environment is one that there is. */
function environmentZones(report: Report): (raw: RawEnvironment, path: Path) => void {
  const check = zoneCheck(report);
  return (raw, path) => {
    for (const key of ['windows', 'freeze'] as const) {
      for (const [index, { zone }] of (raw[key] ?? []).entries()) check(zone, [...path, key, index, 'zone']);
    }
    for (const [occasion, differs] of Object.entries(raw.for ?? {})) {
      if (!Array.isArray(differs?.windows)) continue;
      for (const [index, { zone }] of differs.windows.entries()) check(zone, [...path, 'for', occasion, 'windows', index, 'zone']);
    }
  };
}
