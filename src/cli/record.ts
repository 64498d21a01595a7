// `shiplock record`: a repository's record out of the App's store, beside a running App or not, for `shiplock verify` and for auditors.

import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { attachRecord, RECORD_ASSET } from '../flows/record/attach-record.ts';
import { type ExportOptions, eraseTexts, exportRecord, nameOfRecord } from '../flows/record/export-record.ts';
import type { StorePort } from '../flows/store-port.ts';
import { placeOf, portAt } from '../github/github.ts';
import { UsageProblem, type Values } from './arguments.ts';
import { gitHubOptionsOf } from './github.ts';
import { withStore } from './open-store.ts';
import { EXIT, plain, type Terminal } from './terminal.ts';

export async function run(values: Values, terminal: Terminal): Promise<number> {
  const options = optionsOf(values);
  const erased = values.erase === undefined ? null : numberOf(String(values.erase));
  return withStore(terminal, {
    command: 'record',
    work: async (store) => {
      const repository = await repositoryOf(store, values.repo);
      if (erased !== null) return erase(store, repository, erased, terminal);
      if (typeof values.attach === 'string') return attach(store, repository, values, terminal);
      await write(exportRecord(store, repository, options), values.to, terminal);
      return EXIT.done;
    },
  });
}

/** Beside the release's other files, what the record says of its commit. */
async function attach(store: StorePort, repository: string, values: Values, terminal: Terminal): Promise<number> {
  const name = await nameOfRecord(store, repository);
  const options = gitHubOptionsOf(name === null ? values : { ...values, repo: name }, process.env, terminal);
  const github = portAt(placeOf(options), options);
  const tagName = String(values.attach);
  const [tag, release] = await Promise.all([github.tag(tagName), github.release(tagName)]);
  if (tag === null || release === null)
    throw new UsageProblem(`${options.owner}/${options.name} has no published release ${plain(tagName)}.`);
  if (await attachRecord({ github, store, repository }, release, new Set([tag.sha]))) {
    terminal.print(`${RECORD_ASSET} is attached to ${plain(tagName)}: ${release.url}`);
    return EXIT.done;
  }
  terminal.warn(`The record has nothing about the commit of ${plain(tagName)}, so nothing was attached.`);
  return EXIT.no;
}

function optionsOf(values: Values): ExportOptions {
  const sha = values.sha === undefined ? null : String(values.sha).toLowerCase();
  if (sha !== null && !/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(sha)) {
    throw new UsageProblem('--sha takes the full SHA of a commit: `git rev-parse v1.2.0^{commit}` tells it.');
  }
  return { withoutTexts: values['without-texts'] === true, ...(sha === null ? {} : { shas: new Set([sha]) }) };
}

/** Names change hands: where two records had one, its key tells them apart. */
async function repositoryOf(store: StorePort, asked: unknown): Promise<string> {
  const keys = await store.repositories();
  const named = await Promise.all(keys.map(async (key) => ({ key, name: await nameOfRecord(store, key) })));
  const wanted = typeof asked === 'string' ? asked.toLowerCase() : null;
  const found = named.filter(({ key, name }) => wanted === null || key === wanted || name?.toLowerCase() === wanted);
  const [only] = found;
  if (only !== undefined && found.length === 1) return only.key;
  if (named.length === 0) throw new UsageProblem('The store has no record yet: nothing was decided.');
  const list = (some: typeof named) => some.map(({ key, name }) => `${plain(name ?? '?')} (${key})`).join(', ');
  if (wanted === null) throw new UsageProblem(`The store has several records. Name one with --repo: ${list(named)}.`);
  if (found.length > 1) throw new UsageProblem(`Several records are of that name. Name one by its key with --repo: ${list(found)}.`);
  throw new UsageProblem(`The store has no record of ${plain(String(asked))}. It has those of ${list(named)}.`);
}

function numberOf(text: string): number {
  if (!/^[1-9]\d{0,14}$/.test(text))
    throw new UsageProblem('--erase takes the number of an entry, its `seq`: `shiplock record --erase 12`.');
  return Number(text);
}

async function erase(store: StorePort, repository: string, seq: number, terminal: Terminal): Promise<number> {
  const texts = await eraseTexts(store, repository, seq, Date.now());
  if (texts === null) throw new UsageProblem(`The record has no entry ${seq}.`);
  terminal.print(
    texts === 0 ? `Entry ${seq} has no text that is not erased.` : `${texts} ${texts === 1 ? 'text' : 'texts'} of entry ${seq} erased.`,
  );
  return EXIT.done;
}

async function write(lines: AsyncIterable<string>, to: unknown, terminal: Terminal): Promise<void> {
  const file = typeof to === 'string' ? to : null;
  // A record that is there already may be the only one of its time.
  const out = file === null ? process.stdout : createWriteStream(file, { flags: 'wx' });
  if (file !== null) await once(out, 'open');
  for await (const line of lines) if (!out.write(`${line}\n`)) await once(out, 'drain');
  if (file === null) return;
  out.end();
  await once(out, 'finish');
  terminal.warn(`Written to ${file}. Check it anywhere: shiplock verify ${file}`);
}
