// What has come of something, while somebody plays on: what Shiplock says, what it checks and drafts, and what becomes of deployments.

import type { Scene } from './scene.ts';

/** By what it is about, how it was last shown. */
export type Shown = Map<string, string>;

interface Item {
  readonly about: string;
  /** A new one is shown when this is another. */
  readonly state: string;
  readonly show: () => void;
}

/** Shows all that is new, as long as something is under way and a moment longer: what runs a job has its own pace. */
export async function showNews(scene: Scene, shown: Shown): Promise<void> {
  const { github, stage } = scene;
  for (let quiet = 0; quiet < 4; ) {
    await scene.settled();
    const news = await scene.news();
    for (const { thread, said, changed } of news)
      stage.shiplock(`${changed ? 'changes what it said ' : ''}on #${thread.number}`, said.body);
    const items = await changedItems(scene, shown);
    for (const { show } of items) show();
    const busy = (await github.runs()).some((one) => one.status === 'in_progress' || one.status === 'queued');
    quiet = news.length + items.length > 0 || busy ? 0 : quiet + 1;
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
}

/** Takes all that is there as shown. */
export async function skipNews(scene: Scene, shown: Shown): Promise<void> {
  await scene.news();
  await changedItems(scene, shown);
}

async function changedItems(scene: Scene, shown: Shown): Promise<Item[]> {
  const items = [
    ...(await checkItems(scene)),
    ...(await releaseItems(scene)),
    ...(await runItems(scene)),
    ...(await deploymentItems(scene)),
  ];
  const changed = items.filter(({ about, state }) => shown.get(about) !== state);
  for (const { about, state } of changed) shown.set(about, state);
  return changed;
}

async function checkItems({ github, stage }: Scene): Promise<Item[]> {
  const open = (await github.threads()).filter((one) => one.pull && one.state === 'open');
  const items = open.map(async ({ number }): Promise<Item[]> => {
    const checks = (await github.checks(number)).filter((one) => one.app === 'shiplock' && one.conclusion !== null);
    return checks.map(({ name, conclusion, title }) => ({
      about: `check ${number} ${name}`,
      state: `${conclusion} ${title}`,
      show: () => stage.shiplock(`checks #${number}: ${conclusion}`, `**${title ?? name}**`),
    }));
  });
  return (await Promise.all(items)).flat();
}

async function releaseItems({ github, stage }: Scene): Promise<Item[]> {
  return (await github.releases()).map(({ tag, name, draft, body }) => ({
    about: draft ? 'draft' : `release ${tag}`,
    state: draft ? `${tag} ${body}` : 'out',
    show: () => (draft ? stage.shiplock(`keeps one draft release: ${name}`, body) : stage.seen(`${tag} is published.`)),
  }));
}

async function runItems({ github, stage }: Scene): Promise<Item[]> {
  return (await github.runs()).flatMap((run): Item[] => {
    const { id, attempt, answers, environment, conclusion, jobs, ref } = run;
    const last = answers.at(-1);
    const told: Item[] =
      last === undefined
        ? []
        : [
            {
              about: `answer ${id}`,
              state: `${answers.length}`,
              show: () => stage.shiplock(`answers GitHub: ${last.state} (${environment})`, last.comment),
            },
          ];
    const suite = `Regression suite of ${ref.replace('refs/tags/', '')}: ${jobs.map((one) => `${one.name} ${one.conclusion}`).join(', ')}.`;
    const ended: Item[] =
      environment !== null || conclusion === null
        ? []
        : [{ about: `run ${id}`, state: `${attempt} ${conclusion}`, show: () => stage.seen(suite) }];
    return [...told, ...ended];
  });
}

async function deploymentItems({ github, stage }: Scene): Promise<Item[]> {
  const told = (await github.deployments()).filter((one) => ['success', 'failure', 'error'].includes(one.state));
  return told.map(({ id, environment, ref, state }) => ({
    about: `deployment ${id}`,
    state,
    show: () =>
      stage.seen(state === 'success' ? `${ref} is deployed to ${environment}.` : `The deployment of ${ref} to ${environment} failed.`),
  }));
}
