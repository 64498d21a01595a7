// A policy → the text of a policy file that reads back as the same policy: only what differs from the defaults, each key with a comment
// from the schema's descriptions where comments are wanted.

import { Document, isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap } from 'yaml';
import type { TrainPolicy } from '../policy.ts';
import type { EnvironmentPolicy, FreezePolicy, GatePolicy, RequirementPolicy, WindowPolicy } from './environment.ts';
import type { PolicyOverrides } from './overrides.ts';
import { descriptionAt } from './schema.ts';
import { clockText, daysText, durationText } from './time.ts';

/** Where editors find the JSON Schema. */
export const SCHEMA_URL = 'https://cdn.jsdelivr.net/npm/shiplock/schema/shiplock.schema.json';

export interface PolicyTextOptions {
  /** A head for people and editors, and a comment over each key. */
  readonly comments?: boolean;
}

/** The file that says this much beyond the defaults. For a whole policy: `policyText(overridesOf(policy))`. */
export function policyText(overrides: PolicyOverrides, { comments = true }: PolicyTextOptions = {}): string {
  const page = yamlPage({ version: 1, ...rawOf(overrides) }, comments);
  return comments ? `${HEAD}\n${page}` : page;
}

const HEAD = `# yaml-language-server: $schema=${SCHEMA_URL}
# How Shiplock releases this repository. Every key is optional, and what is not said here is a good default:
# docs/policy.md explains them all.
`;

/** A part of a policy file, laid out as people write it. */
export function yamlPage(raw: object, comments = false): string {
  const document = new Document(raw);
  settle(document.contents as Node, [], comments);
  return document.toString({ lineWidth: 0 });
}

type Raw = { readonly [key: string]: unknown };

/** The overrides in the words of the file. */
function rawOf(over: PolicyOverrides): Raw {
  const { release, environments, unlisted, deployers, trains, lines, classify, notes, packages, commands, notify } = over;
  const { before1, ...rest } = release ?? {};
  const gates = Object.entries(environments ?? {}).map(([name, one]) => [name, rawEnvironment(one)] as const);
  return present({
    lines,
    classify: classify && present(classify),
    release: release && present({ ...rest, 'before-1.0': before1 }),
    notes: notes && present(notes),
    packages: packages?.map(({ name, path, tag }) => ({ name, path, ...(tag === null ? {} : { tag }) })),
    environments:
      environments === undefined && unlisted === undefined
        ? undefined
        : { ...present({ default: unlisted }), ...Object.fromEntries(gates) },
    deployers,
    trains: trains?.map(rawTrain),
    commands: commands && present(commands),
    notify,
  });
}

function rawTrain({ name, line, cron, zone, does, freezeBefore }: TrainPolicy): Raw {
  return present({
    name,
    line: line ?? undefined,
    cron,
    zone,
    do: does,
    'freeze-before': freezeBefore === null ? undefined : durationText(freezeBefore),
  });
}

/** Without the entries of which nothing is said. */
function present(entries: Raw): Raw {
  return Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined));
}

function rawEnvironment(one: Partial<EnvironmentPolicy>): Raw {
  const { after, deploy, promote, requires, windows, freeze, hold, review, rollback } = one;
  const occasions = Object.entries(one.for ?? {}).map(([occasion, gate]) => [occasion, rawGate(gate, one)] as const);
  return present({
    after,
    deploy,
    promote,
    requires: requires?.map(rawRequirement),
    for: one.for && Object.fromEntries(occasions),
    windows: windows?.map(rawWindow),
    freeze: freeze?.map(rawFreeze),
    hold: hold ?? undefined,
    rollback: rollback && { 'on-failed': rollback.names, app: rawApp(rollback.app), within: durationText(rollback.seconds) },
    review: review ? { after: durationText(review.after), to: review.to } : undefined,
  });
}

function rawApp(app: string): string | number {
  return /^[0-9]+$/.test(app) ? Number(app) : app;
}

function rawRequirement(one: RequirementPolicy): Raw {
  if (one.asks === 'soak') return { soak: durationText(one.seconds) };
  if (one.asks === 'ticket') return { ticket: one.pattern };
  if (one.asks === 'approvals') return { approvals: { count: one.count, ...filled({ from: one.from, except: one.except }) } };
  return {
    checks: one.names,
    ...filled({ except: one.except }),
    ...(one.app === null ? {} : { app: rawApp(one.app) }),
    ...(one.baseline === null ? {} : { baseline: one.baseline }),
    ...filled({ accept: one.accept }),
    ...(one.flake === 'latest' ? {} : { flake: one.flake }),
    ...(one.retries === null ? {} : { retries: one.retries }),
    ...filled({ quarantine: one.quarantine }),
    ...(one.onFailure === 'wait' ? {} : { 'on-failure': one.onFailure }),
  };
}

/** The lists that have something in them. */
function filled(lists: Readonly<Record<string, readonly unknown[]>>): Raw {
  return Object.fromEntries(Object.entries(lists).filter(([, list]) => list.length > 0));
}

function rawGate(gate: GatePolicy, own: Partial<GatePolicy>): Raw {
  const requires = gate.requires.map(rawRequirement);
  const windows = gate.windows.map(rawWindow);
  return {
    ...(same(requires, own.requires?.map(rawRequirement)) ? {} : { requires }),
    ...(same(windows, own.windows?.map(rawWindow)) ? {} : { windows: windows.length === 0 ? 'any' : windows }),
  };
}

function same(a: readonly unknown[], b: readonly unknown[] = []): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function rawWindow({ days, from, to, zone }: WindowPolicy): Raw {
  return { days: daysText(days), from: clockText(from), to: clockText(to), zone };
}

function rawFreeze({ from, to, zone, except, reason }: FreezePolicy): Raw {
  return { from, to, zone, ...filled({ except }), ...(reason === null ? {} : { reason }) };
}

const LONGEST_FLOW = 100;

/** Gives each node its place on the page: small leaves in one line, a comment over each key of the first two levels. */
function settle(node: Node, path: readonly (string | number)[], comments: boolean): void {
  if (isScalar(node)) {
    // YAML 1.1 reads 09:00 as a number and 2026-12-19T18:00 as a date; in quotes they are texts for every reader.
    if (typeof node.value === 'string' && /^[0-9][0-9T:.-]*:/.test(node.value)) node.type = 'QUOTE_DOUBLE';
    return;
  }
  if (isSeq(node)) {
    const short = (node.items as Node[]).every(isScalar) && length(node) <= LONGEST_FLOW;
    if (short) node.flow = true;
    for (const [index, item] of (node.items as Node[]).entries()) settle(item, [...path, index], comments);
    return;
  }
  if (!isMap(node)) return;
  const leaf = (node.items as Pair<Node, Node>[]).every(
    ({ value }) => isScalar(value) || (isSeq(value) && (value.items as Node[]).every(isScalar)),
  );
  const alone = node.items.length === 1 && typeof path.at(-1) === 'number';
  if (path.length > 1 && leaf && !alone && length(node) <= LONGEST_FLOW) node.flow = true;
  for (const pair of node.items as Pair<Node, Node>[]) {
    const key = [...path, String((pair.key as { value?: unknown }).value)];
    settle(pair.value as Node, key, comments && !node.flow);
    if (comments && !node.flow) comment(node, pair, key);
  }
}

function comment(map: YAMLMap, { key }: Pair<Node, Node>, path: readonly (string | number)[]): void {
  const description = path.length <= 2 ? descriptionAt(path) : null;
  if (description === null || path[0] === 'version') return;
  key.commentBefore = wrapped(description);
  if (path.length === 1 && map.items[0]?.key !== key) key.spaceBefore = true;
}

function length(node: Node): number {
  return JSON.stringify(node).length;
}

/** The first sentence or two, broken into lines that begin with the space that follows `#`. */
function wrapped(description: string): string {
  const lines: string[] = [];
  let line = '';
  for (const word of description.split(' ')) {
    if (line !== '' && line.length + word.length > 96) {
      lines.push(line);
      line = '';
    }
    line += ` ${word}`;
  }
  return [...lines, line].join('\n');
}
