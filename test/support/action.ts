// The built Action as GitHub runs it, against a world: the bundle in a process of its own, with the runner's variables and files, its log
// and its files read as the runner reads them. The process is waited for without blocking, as the world answers from this one.

import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { type Bundle, bundle, writeBundle } from '../../scripts/bundle.ts';
import type { Permissions } from './github/records.ts';
import type { RepositoryStory } from './github/stories.ts';
import type { World } from './github/world.ts';
import { commandsOf, outputsOf, type RunnerCommand } from './runner.ts';

const ROOT = join(import.meta.dirname, '../..');

export interface ActionRun {
  readonly status: number | null;
  readonly log: string;
  readonly commands: readonly RunnerCommand[];
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
}

export interface RunRequest {
  readonly world: World;
  readonly repository: RepositoryStory;
  readonly token: string;
  readonly inputs?: Readonly<Record<string, string>>;
  /** Absent: a push to the default branch. */
  readonly event?: { readonly name: string; readonly payload?: unknown };
  /** `refs/heads/…`; absent: the default branch. */
  readonly ref?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

export interface BuiltAction {
  readonly bundle: Bundle;
  readonly run: (request: RunRequest) => Promise<ActionRun>;
  readonly remove: () => void;
}

/** Bundles the Action into a folder of its own. */
export async function buildAction(): Promise<BuiltAction> {
  const built = await bundle(ROOT);
  const folder = mkdtempSync(join(tmpdir(), 'shiplock-built-'));
  await writeBundle(join(folder, 'dist'), built);
  let runs = 0;
  return {
    bundle: built,
    remove: () => rmSync(folder, { recursive: true, force: true }),
    run: async (request) => {
      runs += 1;
      const files = mkdtempSync(join(folder, `run-${runs}-`));
      const [output, summary, event] = [join(files, 'output'), join(files, 'summary'), join(files, 'event.json')];
      for (const file of [output, summary]) writeFileSync(file, '');
      writeFileSync(event, JSON.stringify(request.event?.payload ?? {}));
      const { status, log, errors } = await runNode(
        join(folder, 'dist/action.js'),
        files,
        environmentOf(request, { output, summary, event }),
      );
      if (errors !== '') throw new Error(`The Action wrote to stderr:\n${errors}\n${log}`);
      const [written, page] = [readFileSync(output, 'utf8'), readFileSync(summary, 'utf8')];
      for (const text of [log, written, page]) if (text.includes(request.token)) throw new Error('The token got out.');
      return { status, log, commands: commandsOf(log), outputs: outputsOf(written), summary: page };
    },
  };
}

/** The permissions that docs/action.md tells a workflow to give for a task, as a token of them has them. */
export function documentedPermissions(task: string): Permissions {
  const page = readFileSync(join(ROOT, 'docs/action.md'), 'utf8');
  for (const [, text = ''] of page.matchAll(/^```yaml\n([\s\S]*?)^```/gm)) {
    const workflow = parse(text) as Workflow;
    const job = Object.values(workflow.jobs ?? {}).find(({ steps }) => steps?.some((step) => step.with?.task === task));
    const permissions = job?.permissions ?? workflow.permissions;
    if (job === undefined || permissions === undefined) continue;
    const given = Object.entries(permissions).map(([name, level]) => [name.replaceAll('-', '_'), level] as const);
    return { metadata: 'read', ...Object.fromEntries(given) };
  }
  throw new Error(`docs/action.md shows no workflow with the task ${task}.`);
}

interface Workflow {
  readonly permissions?: Permissions;
  readonly jobs?: Readonly<Record<string, { permissions?: Permissions; steps?: readonly { with?: { task?: string } }[] }>>;
}

function environmentOf(request: RunRequest, files: { output: string; summary: string; event: string }): Record<string, string> {
  const { world, repository, token, inputs = {}, event, env = {} } = request;
  const { defaultBranch } = repository.record;
  const ref = request.ref ?? `refs/heads/${defaultBranch}`;
  const all: Record<string, string | undefined> = {
    PATH: process.env.PATH,
    GITHUB_ACTIONS: 'true',
    GITHUB_API_URL: world.url,
    GITHUB_GRAPHQL_URL: `${world.url}/graphql`,
    GITHUB_SERVER_URL: 'https://github.com',
    GITHUB_REPOSITORY: repository.name,
    GITHUB_EVENT_NAME: event?.name ?? 'push',
    GITHUB_EVENT_PATH: files.event,
    GITHUB_REF: ref,
    GITHUB_SHA: repository.sha(ref.startsWith('refs/heads/') ? ref : defaultBranch),
    GITHUB_OUTPUT: files.output,
    GITHUB_STEP_SUMMARY: files.summary,
    'INPUT_GITHUB-TOKEN': token,
    ...env,
  };
  for (const [name, value] of Object.entries(inputs)) all[`INPUT_${name.toUpperCase()}`] = value;
  return Object.fromEntries(Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

function runNode(
  script: string,
  cwd: string,
  env: Record<string, string>,
): Promise<{ status: number | null; log: string; errors: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let [log, errors] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      log += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors += text;
    });
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, log, errors }));
  });
}
