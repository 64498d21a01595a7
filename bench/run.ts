// `npm run bench`: measures Shiplock against a floor and against the tools of the field, as whole processes, and prints Markdown.
// `npm run bench -- --help` lists the options. See bench/README.md for what the numbers mean.
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Setting } from './cases.ts';
import { classifying, latestRelease, manyTags, sizes, startUp, wholeHistory } from './cases.ts';
import { CLI, installPeers } from './contestants.ts';
import { runHostile } from './hostile.ts';
import type { Section } from './report.ts';
import { isMet, renderGoals, renderMachine, renderSection } from './report.ts';
import type { Repository } from './repositories.ts';
import { countCommits, findRepositories, namedRepository } from './repositories.ts';

const CASES: Readonly<Record<string, (setting: Setting) => Promise<Section[]>>> = {
  start: startUp,
  latest: latestRelease,
  tags: manyTags,
  sizes,
  whole: wholeHistory,
  classify: classifying,
  hostile: async ({ withPeers }) => [await runHostile({ capSeconds: 20, withPeers })],
};

const HELP = `npm run bench -- [options]
  --case NAME[,NAME]  only these cases: ${Object.keys(CASES).join(', ')}
  --repo DIR          measure this repository too (may be given again); SHIPLOCK_BENCH_REPOS names a folder of them
  --rounds N          measured runs of each contestant after two to warm up (default 9)
  --cap SECONDS       end a contestant that takes longer (default 120)
  --without-peers     only Shiplock and the floor
  --check             exit 1 where a goal is missed
  --write             write bench/results.md`;

function realRepositories(directories: readonly string[]): Repository[] {
  const folder = process.env.SHIPLOCK_BENCH_REPOS;
  const all = [...(folder === undefined ? [] : findRepositories(folder)), ...directories.map(namedRepository)];
  const large = all.filter(({ name, directory }) => {
    const commits = countCommits(directory);
    if (commits < 1_000) console.error(`Skipped: ${name} has ${commits} commits, too few to measure.`);
    return commits >= 1_000;
  });
  if (large.length === 0) console.error('No real repository was given (--repo, SHIPLOCK_BENCH_REPOS): generated ones alone are measured.');
  return large;
}

const { values } = parseArgs({
  options: {
    case: { type: 'string' },
    repo: { type: 'string', multiple: true, default: [] },
    rounds: { type: 'string', default: '9' },
    cap: { type: 'string', default: '120' },
    'without-peers': { type: 'boolean', default: false },
    check: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

async function main(): Promise<number> {
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const wanted = values.case?.split(',') ?? Object.keys(CASES);
  const unknown = wanted.filter((name) => CASES[name] === undefined);
  if (unknown.length > 0) {
    console.error(`There is no case ${unknown.join(', ')}. Known: ${Object.keys(CASES).join(', ')}.`);
    return 2;
  }
  const withOurs = existsSync(CLI);
  if (!withOurs) console.error('dist/cli.js is not built: only the floor and the peers are measured. Run `npm run build` first.');
  const withPeers = !values['without-peers'];
  if (withPeers) installPeers();
  const say = (text: string) => console.error(text);
  const rounds = Math.max(1, Number(values.rounds) || 9);
  const setting: Setting = {
    repositories: realRepositories(values.repo),
    withOurs,
    withPeers,
    race: { rounds, capSeconds: Number(values.cap) || 120, say },
  };
  const sections: Section[] = [];
  for (const name of wanted) {
    console.error(`— ${name}`);
    const found = (await CASES[name]?.(setting)) ?? [];
    for (const each of found) console.log(`${renderSection(each)}\n`);
    sections.push(...found);
  }
  const goals = renderGoals(sections);
  const machine = `${renderMachine()} Medians of ${rounds} rounds after two to warm up, every contestant in turn; fewer rounds for those above 3 s.`;
  console.log(`${goals}\n\n${machine}`);
  if (values.write) {
    const text = ['# What was measured', machine, ...(goals === '' ? [] : [goals]), ...sections.map(renderSection)].join('\n\n');
    writeFileSync(join(import.meta.dirname, 'results.md'), `${text}\n`);
  }
  return values.check && sections.some((each) => each.goals.some((goal) => !isMet(goal))) ? 1 : 0;
}

process.exitCode = await main();
