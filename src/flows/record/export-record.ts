// A repository's record as the lines of an export, read from the store a page at a time: what `shiplock verify` reads back anywhere.

import { type RecordWriter, recordWriter } from '../../core/record/file.ts';
import { canonical, commitmentTo, type OpenText, type Sealed } from '../../core/record.ts';
import type { StoredEntry, StorePort } from '../store-port.ts';
import { TEXT_NOTE } from './record-decision.ts';

export interface ExportOptions {
  /** Only entries about these commits; absent: all. */
  readonly shas?: ReadonlySet<string>;
  /** Leave out the free texts of people: the export verifies all the same. */
  readonly withoutTexts?: boolean;
}

type Source = Pick<StorePort, 'head' | 'entries' | 'note'>;

const PAGE = 500;

/** Lines without their ends. What is appended meanwhile is not among them. */
export async function* exportRecord(store: Source, repository: string, options: ExportOptions = {}): AsyncGenerator<string> {
  const head = await store.head(repository);
  const writer = recordWriter();
  yield writer.header({ repository, part: options.shas === undefined ? 'whole' : 'excerpt', head });
  for await (const stored of entriesOf(store, repository, head?.seq ?? 0)) {
    const line = await lineOf(store, writer, stored, options);
    if (line !== null) yield line;
  }
  yield writer.trailer();
}

/** All entries up to one, in their order. */
export async function* entriesOf(store: Pick<StorePort, 'entries'>, repository: string, last: number): AsyncGenerator<StoredEntry> {
  for (let after = 0; after < last; ) {
    const page = await store.entries(repository, { after, limit: PAGE });
    for (const entry of page) if (entry.seq <= last) yield entry;
    const end = page.at(-1)?.seq ?? last;
    // However damaged the table is, it is read to an end.
    after = end > after ? end : last;
  }
}

/** The repository as its newest entry names it; null: it has none that can be read. */
export async function nameOfRecord(store: Pick<StorePort, 'head' | 'entries'>, repository: string): Promise<string | null> {
  const head = await store.head(repository);
  if (head === null) return null;
  const [last] = await store.entries(repository, { after: head.seq - 1, limit: 1 });
  return (last && entryIn(last)?.repository?.name) ?? null;
}

/**
 * Erases the free texts of an entry for good; the promise that it makes of them stays, and so does the chain. Gives how many were there;
 * null: there is no such entry.
 */
export async function eraseTexts(
  store: Pick<StorePort, 'entries' | 'note' | 'write'>,
  repository: string,
  seq: number,
  now: number,
): Promise<number | null> {
  const [stored] = await store.entries(repository, { after: seq - 1, limit: 1 });
  if (stored?.seq !== seq) return null;
  const open = await textsOf(store, repository, entryIn(stored)?.texts ?? {});
  const names = open.map(([, text]) => commitmentTo(text));
  await store.write(
    names.map((name) => ({ repository, kind: TEXT_NOTE, name, body: null })),
    now,
  );
  return names.length;
}

async function lineOf(store: Source, writer: RecordWriter, stored: StoredEntry, options: ExportOptions): Promise<string | null> {
  const entry = entryIn(stored);
  if (options.shas !== undefined && !(entry?.sha !== undefined && options.shas.has(entry.sha))) return null;
  // What was tampered with is exported as it is, for `verify` to find.
  if (entry === null) return writer.entry(stored.text.replaceAll('\n', ' '));
  const open = options.withoutTexts === true ? [] : await textsOf(store, stored.repository, entry.texts ?? {});
  return writer.entry(open.length === 0 ? stored.text : canonical({ ...entry, open: Object.fromEntries(open) }));
}

async function textsOf(store: Pick<StorePort, 'note'>, repository: string, texts: Readonly<Record<string, string>>) {
  const open: [string, OpenText][] = [];
  for (const [name, commitment] of Object.entries(texts)) {
    const note = await store.note(repository, TEXT_NOTE, commitment);
    if (note?.body) open.push([name, note.body as unknown as OpenText]);
  }
  return open;
}

/** Null for what is not written as an entry is. */
function entryIn({ text }: StoredEntry): Sealed | null {
  try {
    const entry: unknown = JSON.parse(text);
    return typeof entry === 'object' && entry !== null && canonical(entry) === text ? (entry as Sealed) : null;
  } catch {
    return null;
  }
}
