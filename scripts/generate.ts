// Writes the files that are derived from the sources: the policy's JSON Schema and reference, the commands', and which tests show which case.
// With --check it touches nothing and fails where a file is not what the sources give.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { casesReference } from './cases-reference.ts';
import { commandsReference } from './commands-reference.ts';
import { gateReference } from './gate-reference.ts';
import { policyReference } from './policy-reference.ts';
import { policyJsonSchema } from './policy-schema-json.ts';

const ROOT = join(import.meta.dirname, '..');

/** Path from the root → what the sources give for it. A file generated from another table gets a line here. */
export async function generate(): Promise<ReadonlyMap<string, string>> {
  const schema = policyJsonSchema();
  const example = await readFile(join(ROOT, 'docs/examples/shiplock.yml'), 'utf8');
  return new Map([
    ['schema/shiplock.schema.json', `${JSON.stringify(schema, null, 2)}\n`],
    ['docs/policy.md', policyReference(schema, example)],
    ['docs/gate.md', gateReference()],
    ['docs/commands.md', commandsReference()],
    ['docs/cases.md', await casesReference()],
  ]);
}

/** The generated files that are not as the sources give them. */
export async function staleFiles(): Promise<string[]> {
  const stale: string[] = [];
  for (const [path, text] of await generate()) {
    const there = await readFile(join(ROOT, path), 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null;
      throw error;
    });
    if (there !== text) stale.push(path);
  }
  return stale;
}

if (process.argv[1] === import.meta.filename) {
  if (process.argv.includes('--check')) {
    const stale = await staleFiles();
    if (stale.length > 0) {
      console.error(`run npm run generate and commit, these are stale: ${stale.join(', ')}`);
      process.exitCode = 1;
    } else console.log('the generated files are fresh');
  } else {
    for (const [path, text] of await generate()) {
      await mkdir(dirname(join(ROOT, path)), { recursive: true });
      await writeFile(join(ROOT, path), text);
      console.log(path);
    }
  }
}
