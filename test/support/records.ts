// Records for tests: events chained as the store does, and exported, with no store and no dice.
import { recordWriter } from '../../src/core/record/file.ts';
import { type ChainEnd, canonical, type OpenText } from '../../src/core/record.ts';
import { type RecordedEvent, recordDecision } from '../../src/flows/record-decision.ts';

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
