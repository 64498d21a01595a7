// The end of the story: what was decided is exported and verified, with the commands that anybody would use, and what stands where is told.

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { check, type Scene } from './scene.ts';
import type { Telling } from './story.ts';

/** A person has looked back at what went wrong. */
export async function lookBack({ stage, github, settled }: Scene): Promise<void> {
  stage.chapter('A review of it opens, and what came of it is recorded', github.now());
  const review = await stage.until('the review of the rollback is opened', async () => {
    const found = (await github.threads()).find((one) => !one.pull && one.title.startsWith('Look back: rollback'));
    return found && github.thread(found.number);
  });
  stage.shiplock(`opens #${review.number}: ${review.title}`, review.body);
  stage.person('grace', `closes #${review.number} when that is done`);
  await github.closeIssue(review.number, 'grace');
  await settled();
}

export async function closeStory(scene: Scene, { cli, run }: Telling & { readonly run: number }): Promise<void> {
  const { stage, github, folder, repository } = scene;
  stage.chapter('The record of all that is exported, and verified', github.now());
  stage.tell(
    'Each decision stands in a record with the facts that it was made from, chained by hashes. Whoever holds the file can check the chain and decide each gate anew, without Shiplock’s store and without GitHub. What Shiplock told GitHub beside the job is the witness.',
  );
  await scene.settled();
  const file = join(folder, 'record.jsonl');
  const told = (await github.runs()).find((one) => one.id === run)?.answers.at(-1)?.comment ?? '';
  const witness = /record \d+ · ([0-9a-f]{12,})/.exec(told)?.[1];
  check('GitHub was told where the record stood', witness !== undefined);
  await runCommand(scene, cli, ['record', '--repo', repository, '--to', file]);
  await runCommand(scene, cli, ['verify', file, '--witness', witness]);
  await tellWhatIsWhere(scene);
  await tellMetrics(scene);
  stage.tell(
    'On a repository of your own: `shiplock plan` needs nothing, and `shiplock serve` sets the App up in the browser (docs/app.md).',
  );
}

async function runCommand({ stage, folder }: Scene, cli: string, args: readonly string[]): Promise<void> {
  const env = { PATH: process.env.PATH ?? '', NODE_NO_WARNINGS: '1', SHIPLOCK_DATA: folder };
  stage.person('anybody', 'types', ['shiplock', ...args].join(' '));
  const { code, out } = await new Promise<{ code: unknown; out: string }>((resolve) => {
    execFile(process.execPath, [cli, ...args], { env }, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, out: stdout + stderr }),
    );
  });
  stage.lines(out.trimEnd().split('\n'));
  check(`\`shiplock ${args[0]}\` ends well (it ended with ${code})`, code === 0);
}

export async function tellWhatIsWhere({ stage, github }: Scene): Promise<void> {
  const deployments = await github.deployments();
  const rows = ['qa', 'production'].map((environment) => {
    const now = deployments.find((one) => one.environment === environment && one.state === 'success');
    const next = deployments.find((one) => one.environment === environment && one.state === 'waiting');
    return `${environment.padEnd(12)}${now?.ref ?? 'nothing'}${next === undefined ? '' : `   (${next.ref} waits at the gate)`}`;
  });
  stage.tell('What is where:');
  stage.lines(rows);
}

async function tellMetrics({ stage, urls }: Scene): Promise<void> {
  const answer = await fetch(`${urls.app}/metrics`);
  const text = await answer.text();
  const sum = (pattern: RegExp) => [...text.matchAll(pattern)].reduce((all, one) => all + Number(one[1]), 0);
  const webhooks = sum(/^shiplock_deliveries_total\{[^}]*\} (\d+)$/gm);
  const done = sum(/^shiplock_tasks_ended_total\{[^}]*end="done"[^}]*\} (\d+)$/gm);
  const buried = sum(/^shiplock_tasks_ended_total\{[^}]*end="buried"[^}]*\} (\d+)$/gm);
  stage.tell(`The App took ${webhooks} webhooks and did ${done} tasks; it gave up ${buried}. ${urls.app}/metrics has more.`);
  check('the App gave up nothing', answer.ok && buried === 0);
}
