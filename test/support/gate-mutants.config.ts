// The tests that mutants of the gate are run against: its tables and stories, and few runs of its laws, which `npm run mutants` asks for.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: { include: ['test/core/gate/*.test.ts'], testTimeout: 30_000, env: { GATE_LAW_RUNS: '100' } },
});
