// Preloaded with `node --import`: writes the files that a run loads, and their sizes, to the file that SHIPLOCK_BENCH_LOADED names.
import { statSync, writeFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';

const loaded = new Map();
registerHooks({
  load(url, context, next) {
    if (url.startsWith('file:')) loaded.set(fileURLToPath(url), statSync(fileURLToPath(url)).size);
    return next(url, context);
  },
});
process.on('exit', () => writeFileSync(process.env.SHIPLOCK_BENCH_LOADED, JSON.stringify([...loaded])));
