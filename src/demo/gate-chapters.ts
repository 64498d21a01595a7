// The second half of the story: the gates of QA and production, which GitHub asks Shiplock about, wait and say for what, and open by
// themselves once it has come.

import { BEFORE, VERSION } from './release-chapters.ts';
import { BOT, check, type Scene } from './scene.ts';
import type { RunSeen } from './simulation.ts';

export async function deployToQa(scene: Scene, on: number): Promise<void> {
  const { stage, github } = scene;
  stage.chapter('QA stays shut while the regression suite fails', github.now());
  stage.tell(`GitHub Actions runs the regression suite on ${VERSION}.`);
  const suite = await stage.until('the regression suite fails', async () =>
    (await github.runs()).find((one) => one.file === 'regression.yml' && one.conclusion === 'failure'),
  );
  stage.seen(suite.jobs.map(({ name, conclusion }) => `${name}: ${conclusion}`).join(', '));
  const run = await start(scene, { who: 'ada', on, command: '/deploy qa', environment: 'qa' });
  stage.tell('The job waits for its environment. GitHub asks Shiplock whether it may start, and Shiplock answers beside the job:');
  await showReport(scene, await waits(scene, run));
  stage.tell('ben finds a stale fixture in the test data, replaces it, and runs the suite again. Nobody touches the deployment.');
  stage.person('ben', 'runs the regression suite again');
  await github.rerun(suite.id, 'ben');
  await showReport(scene, await opens(scene, run, 'qa'));
  await showWords(scene, on, `${VERSION} is in qa`, /`v1\.4\.0`.* is in `qa`/);
}

/** Gives the run. */
/** Gives the run. */
export async function deployToProduction(scene: Scene, on: number): Promise<number> {
  const { stage, github } = scene;
  stage.chapter('Production waits for people and for time', github.now());
  const run = await start(scene, { who: 'carol', on, command: '/deploy production', environment: 'production' });
  await showReport(scene, await waits(scene, run));
  stage.tell('Two who may maintain it have to approve, and nobody who wrote a part of it counts: #2 is carol’s.');
  await scene.command('carol', on, '/approve production', 'refused');
  await scene.command('dan', on, '/approve production');
  await scene.command('grace', on, '/approve production');
  stage.tell('Only time is missing. A day passes.');
  await scene.advance('24h');
  await showReport(scene, await opens(scene, run, 'production'));
  await showWords(scene, on, `${VERSION} is in production`, /`v1\.4\.0`.* is in `production`/);
  await scene.settled();
  const status = (await github.thread(on))?.said.find((one) => one.body.startsWith('<!-- shiplock:status '));
  check('the release’s thread has a status of its gates', status !== undefined);
  stage.shiplock(`has kept one comment on #${on} up to date all the while`, status.body);
  return run;
}

export async function rollBack(scene: Scene, on: number): Promise<void> {
  const { stage, github } = scene;
  stage.chapter('It goes wrong, and is rolled back through the same gate', github.now());
  stage.tell('Bookings fail in production. Shiplock knows what stood there before, and the policy asks one approval for going back to it.');
  const run = await start(scene, { who: 'carol', on, command: '/rollback production', environment: 'production' });
  await showReport(scene, await waits(scene, run));
  await scene.settled();
  const thread = (await github.threads()).find((one) => !one.pull && one.title.includes(BEFORE));
  check(`${BEFORE} has a thread`, thread !== undefined);
  stage.tell(`No pull request made ${BEFORE}, so Shiplock has opened #${thread.number}, “${thread.title}”, for what is said about it.`);
  await scene.command('dan', thread.number, '/approve production');
  await showReport(scene, await opens(scene, run, 'production'));
  await showWords(scene, on, `production is back at ${BEFORE}`, /`production` is back at `v1\.3\.1`/);
}

interface Start {
  readonly who: string;
  readonly on: number;
  readonly command: string;
  readonly environment: string;
}

/** Gives the run that the command starts. */
async function start(scene: Scene, { who, on, command, environment }: Start): Promise<number> {
  const { stage, github } = scene;
  const before = new Set((await github.runs()).map((one) => one.id));
  await scene.command(who, on, command);
  const run = await stage.until(`the deploy workflow starts for ${environment}`, async () =>
    (await github.runs()).find((one) => !before.has(one.id) && one.environment === environment),
  );
  return run.id;
}

async function waits(scene: Scene, id: number): Promise<RunSeen> {
  return scene.stage.until('the gate says what it waits for', async () => {
    const run = await runOf(scene, id);
    return run.status === 'waiting' && run.answers.length > 0 ? run : null;
  });
}

async function opens(scene: Scene, id: number, environment: string): Promise<RunSeen> {
  return scene.stage.until(`the gate of ${environment} opens, and the deployment ends well`, async () => {
    const run = await runOf(scene, id);
    return run.answers.at(-1)?.state === 'approved' && run.conclusion === 'success' ? run : null;
  });
}

async function runOf({ github }: Scene, id: number): Promise<RunSeen> {
  const run = (await github.runs()).find((one) => one.id === id);
  check(`run ${id} is there`, run !== undefined);
  return run;
}

/** A comment that Shiplock makes of itself. */
async function showWords({ stage, github }: Scene, on: number, what: string, words: RegExp): Promise<void> {
  const said = await stage.until(`Shiplock says on #${on} that ${what}`, async () =>
    (await github.thread(on))?.said.find((one) => one.by === BOT && words.test(one.body)),
  );
  stage.shiplock(`on #${on}`, said.body);
}

async function showReport({ stage }: Scene, { answers, environment }: RunSeen): Promise<void> {
  const last = answers.at(-1);
  const does = last?.state === 'pending' ? 'reports beside the job, which waits' : `answers GitHub: ${last?.state}`;
  stage.shiplock(`${does} (${environment})`, last?.comment ?? '');
}
