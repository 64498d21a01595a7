// The tests that mutants of the gate are run against: its tables and stories, and few runs of its laws, which `npm run mutants` asks for.
// `GATE_TESTS` names fewer of them, with commas between: some files hold tables that every test loads, and have one test that is theirs.
import { defineConfig } from 'vitest/config';

const include = process.env.GATE_TESTS?.split(',') ?? ['test/core/gate/*.test.ts'];

export default defineConfig({
  test: { include, testTimeout: 30_000, env: { GATE_LAW_RUNS: '100' } },
});
