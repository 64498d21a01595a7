// The built App in a process of its own, whose clock is that of whoever started it: started as `demo` starts it, and in all else as
// `shiplock serve`. Its arguments are the folder of the bundle and the time.
import { enableCompileCache, flushCompileCache } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** What goes to it: the time, and the question when it is idle, which it answers with the same number. */
export type ToApp = { readonly clock: number } | { readonly idle: number };
export type FromApp = { readonly ready: string } | { readonly idle: number };

/** Whoever asks whether it is idle has it look at once, so that nobody waits for this. */
const POLL_MS = 500;

enableCompileCache();
const [bundle = '', time = ''] = process.argv.slice(2);
let now = Number(time);
process.on('message', (message: ToApp) => {
  if ('clock' in message) now = message.clock;
});
// Nobody is there any more who could end it.
process.on('disconnect', () => process.exit());
const { serve } = (await import(pathToFileURL(join(bundle, 'chunks/app.js')).href)) as typeof import('../../src/app.ts');
const serving = await serve({ env: process.env, say: () => undefined, version: 'test', clock: { now: () => now, pollMs: POLL_MS } });
const send = (message: FromApp) => void process.send?.(message);
process.on('message', (message: ToApp) => {
  if ('idle' in message) void serving.idle().then(() => send(message));
});
send({ ready: serving.url });
// Whoever is killed leaves none for the next.
flushCompileCache();
