// Records for tests: events chained as the store does, and exported, with no store and no dice.
import type { GateFacts } from '../../src/core/gate/facts.ts';
import { decide } from '../../src/core/gate.ts';
import { recordWriter } from '../../src/core/record/file.ts';
import { type ChainEnd, canonical, type OpenText } from '../../src/core/record.ts';
import { type RecordedEvent, recordDecision } from '../../src/flows/record/record-decision.ts';
import type { StorePort } from '../../src/flows/store-port.ts';
import { approval, facts, known, NOW, production } from './gate-facts.ts';

export const REPOSITORY = 'repo:7';
export const HOME = { owner: 'acme', name: 'app' };
export const ADA = { login: 'ada', id: 1, role: 'maintain' };

export interface Chained {
  readonly lines: readonly string[];
  readonly head: ChainEnd | null;
}

/** Lines as an export has them, with their texts beside them. */
export function chained(events: readonly RecordedEvent[], salt = salts(), repository = REPOSITORY): Chained {
  let head: ChainEnd | null = null as ChainEnd | null;
  const lines: string[] = [];
  for (const event of events) {
    const entry = recordDecision(repository, event, salt);
    const { hash, text } = entry.seal(head);
    head = { seq: (head?.seq ?? 0) + 1, hash };
    const sealed = JSON.parse(text) as { texts?: Record<string, string> };
    const notes = new Map(entry.texts.map((note) => [note.name, note.body as unknown as OpenText]));
    const open = Object.entries(sealed.texts ?? {}).map(([name, commitment]) => [name, notes.get(commitment)]);
    lines.push(open.length === 0 ? text : canonical({ ...sealed, open: Object.fromEntries(open) }));
  }
  return { lines, head };
}

/** The text of an export of these lines. */
export function exported({ lines, head }: Chained, part: 'whole' | 'excerpt' = 'whole', repository = REPOSITORY): string {
  const writer = recordWriter();
  const all = [writer.header({ repository, part, head }), ...lines.map((line) => writer.entry(line)), writer.trailer()];
  return all.map((line) => `${line}\n`).join('');
}

/** Salts that count up. */
export function salts(): () => string {
  let last = 0;
  return () => {
    last += 1;
    return last.toString(16).padStart(32, '0');
  };
}

/** Appends what happened as a task of the App does, in one transaction with its end. */
export async function happen(store: StorePort, events: readonly RecordedEvent[], repository = REPOSITORY): Promise<void> {
  const now = 1_800_000_000_000;
  for (const event of events) {
    const entry = recordDecision(repository, event);
    await store.add([{ key: repository, kind: 'test', body: {} }], now);
    const [task] = await store.claim({ owner: 'test', now, leaseMs: 60_000, limit: 1 });
    if (task === undefined) throw new Error('There is no task.');
    const done = await store.finish({ task, owner: 'test' }, { entries: [entry], notes: entry.texts }, now);
    if (done !== 'done') throw new Error(`The task is ${done}.`);
  }
}

/** An event whose entry holds a decision by a small policy, with so many approvals. */
export function decided(approvals: number, more: Partial<GateFacts> = {}): RecordedEvent {
  const seen = facts({ approvals: known(approvals === 0 ? [] : [approval('ada')]), ...more });
  const gate = production('requires:\n  - approvals: { count: 1 }');
  const about = { at: NOW, home: HOME, actor: { app: 'shiplock' }, environment: 'production', sha: seen.sha };
  const policy = { sha: 'c'.repeat(40), blob: 'd'.repeat(40) };
  return { what: 'gate', ...about, gate, facts: seen, decision: decide(gate, seen), policy };
}

/** An event with a free text in its entry. */
export function held(reason: string): RecordedEvent {
  return { what: 'hold', at: NOW, home: HOME, actor: ADA, environment: 'production', comment: 5, reason };
}
