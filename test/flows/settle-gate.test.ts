// Who is said to have passed a gate: nobody by what was read before our own answer.
import { rmSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { GateErrand } from '../../src/core/errand.ts';
import { DEFAULT_POLICY } from '../../src/core/policy.ts';
import type { Situation } from '../../src/flows/app-port.ts';
import type { WaitingGate } from '../../src/flows/gate/gate-notes.ts';
import { settleGate } from '../../src/flows/gate/settle-gate.ts';
import type { ApprovalSeen, RunSeen } from '../../src/flows/gate-port.ts';
import type { StorePort } from '../../src/flows/store-port.ts';
import { memoryFolder } from '../support/memory.ts';
import { openStoryStore } from '../support/store.ts';

const SHA = 'a'.repeat(40);
const HOME = { installation: 1, id: 7, owner: 'acme', name: 'app' };
const ERRAND: GateErrand = { kind: 'gate', home: HOME, run: 3, environment: 'qa', deployment: 5, sha: SHA };
const KEPT = {
  run: 3,
  attempt: 1,
  environment: 'qa',
  sha: SHA,
  deployment: 5,
  since: '2026-01-05T10:00:00Z',
  told: 'x',
  outcome: 'approve',
};
const OURS = { by: { login: 'shiplock[bot]', id: 9, bot: true }, state: 'approved', environments: [{ id: 1, name: 'qa' }], comment: '' };

let folder: string;
let store: StorePort;
beforeEach(async () => {
  folder = memoryFolder('settle-');
  store = await openStoryStore(folder);
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The job has begun; GitHub's history has these answers by the time that it is asked once more. */
async function settle(later: readonly unknown[]) {
  const deployment = {
    id: 5,
    sha: SHA,
    run: 3,
    state: 'in_progress',
    statuses: [{ state: 'in_progress', createdAt: '2026-01-05T10:01:00Z' }],
  };
  const gates = {
    approvals: async () => ({ known: true, value: later }),
    deployments: async () => ({ known: true, value: { items: [deployment], more: false } }),
  };
  const self = { app: 9, slug: 'shiplock' };
  const now = Date.parse('2026-01-05T10:02:00Z');
  const situation = { gates, notes: store, repository: 'repo:7', home: HOME, self, now } as unknown as Situation;
  const run = { id: 3, attempt: 1, status: 'in_progress', headSha: SHA } as unknown as RunSeen;
  const approvals = { known: true, value: [] as readonly ApprovalSeen[] } as const;
  const kept = [KEPT as unknown as WaitingGate];
  return settleGate(situation, ERRAND, { run, kept, approvals, policy: DEFAULT_POLICY });
}

it('what we let go on while its history was being read was not let go on by another', async () => {
  expect((await settle([OURS])).entries ?? []).toEqual([]);
});

it('what went on without an answer of ours was passed', async () => {
  const { entries = [] } = await settle([]);
  expect(entries.map((one) => JSON.parse(one.seal(null).text))).toMatchObject([{ what: 'bypassed', environment: 'qa', run: { id: 3 } }]);
});
