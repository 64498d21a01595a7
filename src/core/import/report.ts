// What an import gives: the policy's settings that another tool's configuration comes to, and for each of its keys a sentence about what
// became of it. Nothing that a configuration says is passed over in silence.

import type { PolicyOverrides } from '../policy/overrides.ts';

export const TOOLS = ['release-please', 'semantic-release', 'release-drafter', 'changesets'] as const;
export type Tool = (typeof TOOLS)[number];

/** A file of the repository as it was read. `path` is from the repository's root, with `/`. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** A package.json, as far as imports need it. */
export interface NodePackage {
  /** Folder from the repository's root; `.` is the root itself. */
  readonly path: string;
  readonly name: string | null;
  readonly version: string | null;
  readonly private: boolean;
  /** What it depends on, with the range as it is written; without devDependencies. */
  readonly dependencies: Readonly<Record<string, string>>;
}

export interface Remark {
  /** The key as the tool's documentation writes it, `version-resolver.default`. */
  readonly key: string;
  readonly says: string;
}

export interface Imported<Rules> {
  readonly overrides: PolicyOverrides;
  /** What the policy now says in the tool's stead, and what needs no setting here. */
  readonly did: readonly Remark[];
  /** What it has no key for, and how things go without. */
  readonly cannot: readonly Remark[];
  /** How the tool itself decides, for the comparison. */
  readonly rules: Rules;
}

export type ImportOutcome<Rules> =
  | { readonly ok: true; readonly imported: Imported<Rules> }
  /** The configuration cannot be read: each problem a sentence with its place. */
  | { readonly ok: false; readonly problems: readonly string[] };

/** The remarks of an import while it is being made. */
export interface Ledger {
  readonly did: Remark[];
  readonly cannot: Remark[];
}

export function openLedger(): Ledger {
  return { did: [], cannot: [] };
}

/** Settings put together, sections merged; what comes later wins. */
export function joinOverrides(...parts: readonly PolicyOverrides[]): PolicyOverrides {
  const joined: Record<string, unknown> = {};
  for (const part of parts) merge(joined, part);
  return joined as PolicyOverrides;
}

function merge(into: Record<string, unknown>, part: object): void {
  for (const [key, value] of Object.entries(part)) {
    const there = into[key];
    if (isPlain(value) && isPlain(there)) {
      const inner = { ...there };
      merge(inner, value);
      into[key] = inner;
    } else if (value !== undefined) into[key] = value;
  }
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
