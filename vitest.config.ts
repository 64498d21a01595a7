// Every test of the project runs under this one configuration; test/core is what `npm run check` takes of it.
import { readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

const { version } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8')) as { version: string };

// Processes and threads that tests start by the hundred load the same files: each is compiled once.
process.env.NODE_COMPILE_CACHE ??= new URL('node_modules/.cache/compiled', import.meta.url).pathname;

/** They leave nothing behind in a process, so that GitHub's schemas and our own files are read once a worker and not once a file. */
const TOGETHER = ['test/{action,app,contract,core,demo,flows,github,journeys}/**/*.test.ts'];

export default defineConfig({
  define: { __SHIPLOCK_VERSION__: JSON.stringify(version) },
  test: {
    testTimeout: 30_000,
    maxWorkers: 3,
    projects: [
      { extends: true, test: { name: 'together', include: TOGETHER, isolate: false } },
      { extends: true, test: { name: 'apart', include: ['test/**/*.test.ts'], exclude: TOGETHER } },
    ],
  },
});
