// What it takes to say what another tool would release: the range that it is shown, its word on each commit, and the release it comes to.
// What a clone cannot show is a value of its own, never a guess.

import type { Bump, Commit } from '../change.ts';
import type { Unit } from '../unit.ts';

/** The range after the last release, as both sides are shown it. */
export interface ShadowRange {
  /** Children before parents. Paths are there where they were read. */
  readonly commits: readonly Commit[];
  readonly units: readonly Unit[];
  /** The version that the range follows; null before the first. */
  readonly last: string | null;
  /** The newest stable version before the range, where `last` is a prerelease. */
  readonly stable: string | null;
  /** The branch that is released from. */
  readonly branch: string;
}

/** A tool's word on one commit, pull request or change file. */
export interface Reading {
  /** Null: what it goes by is not in a clone. */
  readonly bump: Bump | null;
  /** Why, in half a sentence that follows its name. */
  readonly says: string;
}

/** The release that a tool would make next. */
export interface TheirRelease {
  /** Our name of the package; null for the repository as a whole. */
  readonly package: string | null;
  /** Null where it would release nothing, or where that cannot be told (`blind`). */
  readonly version: string | null;
  readonly bump: Bump;
  /** How it comes to that, a sentence a step. */
  readonly because: readonly string[];
  /** By commit SHA; a commit that is not in it does not exist for the tool. */
  readonly readings: ReadonlyMap<string, Reading>;
  /** What it would look at and a clone does not have, each a sentence; with any, its version is the likely one. */
  readonly blind: readonly string[];
  /** True where nothing at all can be said of its version. */
  readonly unknown: boolean;
}

/** A message as git has it. */
export function messageOf(commit: Commit): string {
  return commit.body === '' ? commit.subject : `${commit.subject}\n\n${commit.body}`;
}

/** The most of a message that is read: no honest one is longer. */
export const LONGEST_MESSAGE = 50_000;
