// How long a gate takes from the acknowledged webhook to the answer that GitHub has, and how many calls a decision costs: twenty questions a
// second against a simulated GitHub, the App in a process of its own. `node bench/gate.ts [--events 600] [--rate 20] [--check]`
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { APP_PERMISSIONS } from '../test/github/app-world.ts';
import { startWorld } from '../test/support/github/world.ts';

const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '600' },
    rate: { type: 'string', default: '20' },
    check: { type: 'boolean', default: false },
  },
});
const [EVENTS, RATE] = [Number(values.events), Number(values.rate)];
const GOAL = 300;
const REPOSITORIES = 10;
const WARM = 2 * REPOSITORIES;

const POLICY = `version: 1
environments:
  qa: {}
  production:
    after: qa
    requires:
      - { checks: ["regression / *"], app: github-actions }
      - { approvals: { count: 1, except: [author, committer] } }
    for: { security: { approvals: { count: 1 } } }
    windows: [{ days: mon-sun, from: "00:00", to: "24:00", zone: Europe/Berlin }]
`;
const WORKFLOW = `name: Deploy
on: { workflow_dispatch: { inputs: { environment: { required: true } } } }
jobs: { deploy: { environment: "\${{ inputs.environment }}" } }
`;

// Without the schemas: they are held against every exchange elsewhere, and would be most of what is measured.
const world = await startWorld({ check: false });
world.clock.set(new Date().toISOString());
const child = fork(fileURLToPath(new URL('./gate-app.ts', import.meta.url)), { execArgv: process.execArgv });
const acknowledged = new Map<number, number>();
const answered = new Map<number, number>();
let listening: (url: string) => void = () => undefined;
const url = new Promise<string>((resolve) => {
  listening = resolve;
});
child.on('message', (told: { url?: string; run?: number; at?: number }) => {
  if (told.url !== undefined) listening(told.url);
  else if (told.run !== undefined && told.at !== undefined && !acknowledged.has(told.run)) acknowledged.set(told.run, told.at);
});
const app = world.app('shiplock', {
  permissions: APP_PERMISSIONS,
  events: ['deployment_protection_rule', 'check_run', 'deployment_status', 'workflow_run'],
});
child.send({ api: world.url, appId: app.id, privateKey: app.privateKey });
app.webhook = { url: await url, secret: 'secret' };

const repositories = Array.from({ length: REPOSITORIES }, (_, index) => {
  const repository = world.repository(`acme/app-${index}`, {
    commits: [{ message: 'chore: begin', files: { '.github/shiplock.yml': POLICY, '.github/workflows/deploy.yml': WORKFLOW } }],
    collaborators: { ada: 'write', bob: 'write' },
  });
  if (index === 0) world.install(app, 'acme');
  repository.tag('v1.0.0', { message: 'v1.0.0' });
  const pull = repository.openPull({ title: 'feat: one', author: 'ada' });
  repository.review(pull, 'APPROVE', { by: 'bob' });
  repository.merge(pull, { method: 'squash' });
  repository.check('regression / web', 'success');
  repository.environment('production', { rules: [app] });
  repository.finish(repository.run('deploy.yml', { event: 'workflow_dispatch', inputs: { environment: 'qa' } }));
  return repository;
});
await world.deliveries.settled();

let number = 0;
function ask(): void {
  const repository = repositories[number % REPOSITORIES];
  number += 1;
  if (repository === undefined) return;
  const run = repository.run('deploy.yml', { event: 'workflow_dispatch', inputs: { environment: 'production' } });
  const { approvals } = run;
  approvals.push = (...items) => {
    if (!answered.has(run.id)) answered.set(run.id, Date.now());
    return Array.prototype.push.apply(approvals, items);
  };
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
async function answersOf(count: number): Promise<void> {
  for (let waited = 0; answered.size < count && waited < 60_000; waited += 50) await pause(50);
}

for (let index = 0; index < WARM; index += 1) {
  ask();
  await pause(100);
}
await answersOf(WARM);
answered.clear();
acknowledged.clear();
const before = world.calls.total;
const byRoute = new Map<string, number>();
const begun = performance.now();
for (let index = 0; index < EVENTS; index += 1) {
  await pause(Math.max(0, begun + (index * 1_000) / RATE - performance.now()));
  ask();
}
await answersOf(EVENTS);
for (const route of world.calls.all.slice(before)) byRoute.set(route, (byRoute.get(route) ?? 0) + 1);
const took = [...answered]
  .flatMap(([run, at]) => (acknowledged.has(run) ? [at - (acknowledged.get(run) as number)] : []))
  .sort((a, b) => a - b);
const at = (part: number) => took[Math.min(took.length - 1, Math.floor(took.length * part))] ?? Number.NaN;
const seconds = (performance.now() - begun) / 1_000;
console.log(`${took.length} of ${EVENTS} questions answered at ${(EVENTS / seconds).toFixed(1)}/s (asked at ${RATE}/s)`);
console.log(`acknowledged → answered: p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, p99 ${at(0.99)} ms, worst ${at(1)} ms`);
console.log(`calls a question: ${((world.calls.total - before) / EVENTS).toFixed(2)}`);
for (const [route, count] of [...byRoute].sort(([, a], [, b]) => b - a)) console.log(`  ${(count / EVENTS).toFixed(2)} ${route}`);
child.disconnect();
await once(child, 'exit');
await world.stop();
if (values.check && !(took.length === EVENTS && at(0.99) < GOAL)) {
  console.log(`The goal is p99 below ${GOAL} ms, every question answered.`);
  process.exitCode = 1;
}
