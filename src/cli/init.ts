// `shiplock init`: a policy file and a workflow to begin with: the defaults, learnt, or imported from another tool. What is there already is
// left alone unless --force says otherwise.

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { overridesOf } from '../core/policy/overrides.ts';
import { DEFAULT_POLICY, type Policy } from '../core/policy.ts';
import { backtestClone } from '../flows/clone/backtest.ts';
import type { Refs } from '../flows/ports.ts';
import { localGit as git } from '../git/local.ts';
import { UsageProblem, type Values } from './arguments.ts';
import type { ImportedPolicy } from './import.ts';
import { EXIT, type Terminal } from './terminal.ts';
import { planWorkflow } from './workflow.ts';

interface NewFile {
  readonly path: string;
  readonly text: string;
}

export async function run(values: Values, terminal: Terminal): Promise<number> {
  const { policyText } = await import('../core/policy/text.ts');
  const dir = typeof values.repo === 'string' ? values.repo : '.';
  const root = (await git.readRoot(dir)) ?? dir;
  const refs = await git.readRefs(dir);
  const branch = mainBranch(refs);
  const imported = typeof values.from === 'string' ? await importFrom(values.from, values, { dir, root, branch }) : null;
  const policy = imported?.text ?? policyText(overridesOf(values.learn === true ? await learn(dir, terminal) : DEFAULT_POLICY));
  const files: NewFile[] = [
    { path: '.github/shiplock.yml', text: policy },
    { path: '.github/workflows/shiplock.yml', text: planWorkflow(branch) },
  ];
  if (values['dry-run'] === true) {
    for (const file of files) terminal.print(`# ${file.path}\n${file.text}`);
    await report(imported, dir, terminal);
    return EXIT.done;
  }
  const there = await present(root, files);
  if (there.length > 0 && values.force !== true) {
    terminal.warn(
      `Nothing was written: ${there.join(' and ')} exist${there.length === 1 ? 's' : ''} already. Look at what would be written with --dry-run, or overwrite with --force.`,
    );
    return EXIT.no;
  }
  for (const file of files) {
    await mkdir(dirname(join(root, file.path)), { recursive: true });
    await writeFile(join(root, file.path), file.text);
    terminal.print(`wrote ${file.path}`);
  }
  await report(imported, dir, terminal);
  terminal.warn('Next: `shiplock plan` shows the next release; commit both files to see it on every push.');
  return EXIT.done;
}

/** The code that reads other tools' configurations is loaded only where it is asked for. */
async function importFrom(name: string, values: Values, place: { dir: string; root: string; branch: string }): Promise<ImportedPolicy> {
  if (values.learn === true)
    throw new UsageProblem('`init` takes either --from or --learn: one policy cannot be both imported and learnt.');
  const { importPolicy, readTool } = await import('./import.ts');
  const tool = readTool(name);
  const remote = await git.readRemote(place.dir);
  const repository = remote === null ? null : { owner: remote.owner, name: remote.repository };
  return importPolicy(tool, { root: place.root, defaultBranch: place.branch, repository });
}

/** What became of the other tool's configuration, and its next release beside ours. */
async function report(imported: ImportedPolicy | null, dir: string, terminal: Terminal): Promise<void> {
  if (imported === null) return;
  const { comparisonText } = await import('./import.ts');
  terminal.print(`\n${imported.page}`);
  terminal.print(`\n${await comparisonText(imported, dir, terminal)}`);
}

async function learn(dir: string, terminal: Terminal): Promise<Policy> {
  const { learnt } = await backtestClone(git, { dir, policy: DEFAULT_POLICY, learn: true, progress: (says) => terminal.progress(says) });
  if (learnt === null || learnt.settings.length === 0) {
    terminal.warn('The defaults already agree best with what this repository released before, so nothing was learnt.');
    return DEFAULT_POLICY;
  }
  const { agreement, releases } = learnt.score;
  const share =
    agreement === null
      ? ''
      : `; on the ${releases} newer ones, which it never saw, it chooses what was released in ${(agreement * 100).toFixed(1)} % of them`;
  terminal.warn(
    `Learnt ${learnt.settings.length} setting${learnt.settings.length === 1 ? '' : 's'} from ${learnt.trainedOn} older releases${share}.`,
  );
  return learnt.policy;
}

async function present(root: string, files: readonly NewFile[]): Promise<string[]> {
  const found: string[] = [];
  for (const { path } of files) {
    const is = await readFile(join(root, path)).then(
      () => true,
      (error: NodeJS.ErrnoException) => error.code !== 'ENOENT',
    );
    if (is) found.push(path);
  }
  return found;
}

/** `origin/HEAD` where the clone knows it; else main or master; else what is checked out. */
function mainBranch(refs: Refs): string {
  const names = [...refs.heads, ...refs.remoteHeads].map((ref) => ref.name);
  return refs.defaultBranch ?? ['main', 'master'].find((name) => names.includes(name)) ?? refs.current ?? 'main';
}
