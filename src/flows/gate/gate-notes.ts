// The notes that gates are decided by and that only the store knows: people's words given as commands, and what waits. Each is written by
// the flow that hears of it and read by the flow that decides; environments are named in lower case, as GitHub compares them.

import type { Account, FreezeFact, HoldFact, WaiverFact } from '../../core/gate/facts.ts';
import type { GateStatus } from '../../core/gate/status-page.ts';
import type { Json, NotesPort, NoteWrite } from '../store-port.ts';

/** `/approve` and `/reject`, bound to the commit and the environment; a person's newest word replaces the one before. */
export interface SpokenApproval {
  readonly by: Account;
  readonly state: 'approve' | 'reject';
  readonly at: string;
  readonly sha: string;
  readonly environment: string;
  readonly comment: number;
  readonly reason: string | null;
}

/** Where and by whom a hold or a freeze was commanded. */
export interface SpokenStop {
  readonly environment: string;
  /** The id of who said it, as `by` is the login. */
  readonly person: number;
  readonly comment: number;
}

export interface SpokenHold extends HoldFact, SpokenStop {}
export interface SpokenFreeze extends FreezeFact, SpokenStop {}

/** A deployment that GitHub holds until we answer. */
export interface WaitingGate {
  readonly run: number;
  readonly attempt: number;
  readonly environment: string;
  readonly sha: string;
  /** GitHub's id of the deployment, where the event told it. */
  readonly deployment: number | null;
  /** ISO 8601: when we first heard of it. */
  readonly since: string;
  /** Digest of the reasons that were last told, so that only a change is. */
  readonly told: string;
  /** What GitHub still waits for our answer to: `null` while the gate waits. */
  readonly outcome: 'approve' | 'reject' | null;
  /** ISO 8601: when it was last decided, and when GitHub was last to be told. */
  readonly decidedAt?: string;
  readonly toldAt?: string;
  /** GraphQL's name for the run. */
  readonly node?: string;
  /** What GitHub's history of the run held of ours when this attempt was first seen: re-runs share it. */
  readonly before?: { readonly answers: number; readonly reports: number };
  /** How often in a row something could not be seen, or the answer was not taken. */
  readonly misses?: number;
}

/** Where people talk about the release of a commit, and our one kept status comment there. */
export interface Thread {
  readonly issue: number;
  readonly status: number | null;
  /** Environments that the status tells of. */
  readonly environments?: readonly string[];
  /** Where GitHub's pages are. */
  readonly host?: string;
}

const KINDS = { approval: 'approval', hold: 'hold', freeze: 'freeze', waiver: 'waiver', waiting: 'waiting', thread: 'thread' } as const;
const THREAD_OF = 'thread-of';
const DECIDED = 'decided';

export function approvalNote(repository: string, approval: SpokenApproval): NoteWrite {
  const name = `${approval.environment.toLowerCase()} ${approval.sha} ${approval.by.id}`;
  return { repository, kind: KINDS.approval, name, body: json({ ...approval, environment: approval.environment.toLowerCase() }) };
}

/** Of every environment and commit. */
export async function readApprovals(notes: NotesPort, repository: string): Promise<readonly SpokenApproval[]> {
  return (await notes.notes(repository, KINDS.approval)).map((one) => one.body as unknown as SpokenApproval);
}

/** One a person and environment: whoever holds keeps holding when somebody else lets go, and a newer word replaces the one before. */
export function holdNote(repository: string, hold: SpokenHold): NoteWrite {
  return { repository, kind: KINDS.hold, name: stopName(hold), body: json(hold) };
}

export function freezeNote(repository: string, freeze: SpokenFreeze): NoteWrite {
  return { repository, kind: KINDS.freeze, name: stopName(freeze), body: json(freeze) };
}

/** It is taken back. */
export function endedNote(repository: string, kind: 'hold' | 'freeze', stop: SpokenStop): NoteWrite {
  return { repository, kind: KINDS[kind], name: stopName(stop), body: null };
}

export async function readHolds(notes: NotesPort, repository: string, environment: string): Promise<readonly SpokenHold[]> {
  return stopsOf<SpokenHold>(notes, repository, KINDS.hold, environment);
}

/** Those too that are over by now. */
export async function readFreezes(notes: NotesPort, repository: string, environment: string): Promise<readonly SpokenFreeze[]> {
  return stopsOf<SpokenFreeze>(notes, repository, KINDS.freeze, environment);
}

function stopName({ environment, person }: SpokenStop): string {
  return `${environment.toLowerCase()} ${person}`;
}

/** The oldest first. */
async function stopsOf<T extends SpokenStop & HoldFact>(
  notes: NotesPort,
  repository: string,
  kind: string,
  environment: string,
): Promise<readonly T[]> {
  const all = (await notes.notes(repository, kind)).map((one) => one.body as unknown as T);
  const here = all.filter((one) => one.environment.toLowerCase() === environment.toLowerCase());
  return here.sort((one, other) => Date.parse(one.at) - Date.parse(other.at) || one.comment - other.comment);
}

export function waiverNote(repository: string, waiver: WaiverFact): NoteWrite {
  return { repository, kind: KINDS.waiver, name: `${waiver.environment.toLowerCase()} ${waiver.sha}`, body: json(waiver) };
}

export async function readWaivers(notes: NotesPort, repository: string): Promise<readonly WaiverFact[]> {
  return (await notes.notes(repository, KINDS.waiver)).map((one) => one.body as unknown as WaiverFact);
}

function waitingName({ run, attempt, environment }: Pick<WaitingGate, 'run' | 'attempt' | 'environment'>): string {
  return `${run} ${attempt} ${environment.toLowerCase()}`;
}

/** `expect`: the version that it must have; absent: whatever it has. */
export function waitingNote(repository: string, gate: WaitingGate, expect?: number): NoteWrite {
  return { repository, kind: KINDS.waiting, name: waitingName(gate), body: json(gate), ...(expect === undefined ? {} : { expect }) };
}

/** 0: there is no such note. */
export async function versionOfWaiting(
  notes: NotesPort,
  repository: string,
  gate: Pick<WaitingGate, 'run' | 'attempt' | 'environment'>,
): Promise<number> {
  return (await notes.note(repository, KINDS.waiting, waitingName(gate)))?.version ?? 0;
}

/** It waits no longer. */
export function settledNote(repository: string, gate: Pick<WaitingGate, 'run' | 'attempt' | 'environment'>): NoteWrite {
  return { repository, kind: KINDS.waiting, name: waitingName(gate), body: null };
}

export async function readWaiting(notes: NotesPort, repository: string): Promise<readonly WaitingGate[]> {
  return (await notes.notes(repository, KINDS.waiting)).map((one) => one.body as unknown as WaitingGate);
}

export function threadNote(repository: string, sha: string, thread: Thread): NoteWrite {
  return { repository, kind: KINDS.thread, name: sha, body: json(thread) };
}

export async function readThread(notes: NotesPort, repository: string, sha: string): Promise<Thread | null> {
  return ((await notes.note(repository, KINDS.thread, sha))?.body ?? null) as Thread | null;
}

/** The commit whose release is talked about there; null: it is no thread of ours. */
export async function readThreadOf(notes: NotesPort, repository: string, issue: number): Promise<string | null> {
  const body = (await notes.note(repository, THREAD_OF, String(issue)))?.body ?? null;
  return typeof body === 'string' ? body : null;
}

/** Both ways. */
export function threadNotes(repository: string, sha: string, thread: Thread): readonly NoteWrite[] {
  return [threadNote(repository, sha, thread), { repository, kind: THREAD_OF, name: String(thread.issue), body: sha }];
}

function decidedName(environment: string, sha: string): string {
  return `${environment.toLowerCase()} ${sha}`;
}

/** What was last decided of a commit for an environment. */
export function decidedNote(repository: string, status: GateStatus): NoteWrite {
  return { repository, kind: DECIDED, name: decidedName(status.environment, status.sha), body: json(status) };
}

export async function readDecided(notes: NotesPort, repository: string, environment: string, sha: string): Promise<GateStatus | null> {
  return ((await notes.note(repository, DECIDED, decidedName(environment, sha)))?.body ?? null) as GateStatus | null;
}

const LET_IN = 'let-in';

/** Our gate has let the commit in here, which nobody else can write. */
export function letInNote(repository: string, environment: string, sha: string, run: number): NoteWrite {
  return { repository, kind: LET_IN, name: decidedName(environment, sha), body: { run } };
}

export async function wasLetIn(notes: NotesPort, repository: string, environment: string, sha: string): Promise<boolean> {
  return (await notes.note(repository, LET_IN, decidedName(environment, sha))) !== null;
}

/** The run that it was last let in with; null: it was not. */
export async function letInBy(notes: NotesPort, repository: string, environment: string, sha: string): Promise<number | null> {
  const body = ((await notes.note(repository, LET_IN, decidedName(environment, sha)))?.body ?? null) as { readonly run: number } | null;
  return body?.run ?? null;
}

/** As GitHub compares names of environments. */
export function sameName(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

const PROMOTION = 'promotion';

/** A commit that the policy would take into the environment by itself once something is over; null: none. */
export function promotionNote(repository: string, environment: string, sha: string | null): NoteWrite {
  return { repository, kind: PROMOTION, name: environment.toLowerCase(), body: sha };
}

export async function arePromotionsWaiting(notes: NotesPort, repository: string): Promise<boolean> {
  return (await notes.notes(repository, PROMOTION)).length > 0;
}

/** These are plain data: what survives JSON. */
function json(value: object | null): Json {
  return value as Json;
}
