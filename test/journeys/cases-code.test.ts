// What the code and the workflows that it comes with must not do, whatever they are told: run code of a pull request where there are secrets,
// put text of others into a shell, or believe the dates of commits. Each guard is shown to catch what it is for.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, type Metafile } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const ROOT = join(import.meta.dirname, '../..');

/** All that an entry point loads, at once or later, packages too. */
async function loadedBy(entry: string): Promise<Metafile['inputs']> {
  const { metafile } = await build({
    entryPoints: [join(ROOT, entry)],
    absWorkingDir: ROOT,
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    format: 'esm',
    splitting: true,
    outdir: 'unused',
    external: ['pg-native'],
    logLevel: 'silent',
  });
  return metafile.inputs;
}

const RUNS_CODE = /^(?:node:)?(?:child_process|vm|repl|inspector|cluster)$/;

/** Files that load what can run other programs or texts as code. */
function runners(inputs: Metafile['inputs']): string[] {
  return Object.entries(inputs)
    .filter(([, { imports }]) => imports.some(({ path }) => RUNS_CODE.test(path)))
    .map(([file]) => file)
    .sort();
}

const own = (file: string) => file.startsWith('src/');

describe('S-44: where a gate is decided, no code of the change is run', () => {
  it('the Action’s gate can start nothing, with all the packages that it loads', async () => {
    const inputs = await loadedBy('src/action/gate.ts');
    expect(Object.keys(inputs).filter(own)).toContain('src/core/gate.ts');
    expect(runners(inputs)).toEqual([]);
  });

  it('nor can what the App is made of here', async () => {
    const inputs = await loadedBy('src/app.ts');
    expect(Object.keys(inputs).filter(own)).toContain('src/flows/gate/decide-gate.ts');
    expect(runners(inputs).filter(own)).toEqual([]);
    for (const file of Object.keys(inputs).filter(own)) {
      expect({ file, evaluates: evaluates(readFileSync(join(ROOT, file), 'utf8')) }).toEqual({ file, evaluates: false });
    }
  });

  it('and that is found where it is done: a plan of a checkout asks git', async () => {
    expect(runners(await loadedBy('src/action/plan.ts'))).toContain('src/git/process.ts');
    expect(['eval(text)', 'new Function(text)', 'await import(name)'].map(evaluates)).toEqual([true, true, true]);
    expect(['medieval(text)', "await import('./one.ts')", 'await import(\n  "./one.ts"\n)'].map(evaluates)).toEqual([false, false, false]);
  });
});

/** A text that becomes code. */
function evaluates(source: string): boolean {
  const code = source.replaceAll(/^\s*\/\/.*$/gm, '');
  return /(?<![\w.])(?:eval|new Function)\s*\(/.test(code) || /(?<![\w.])import\s*\(\s*(?!['"\s])/.test(code);
}

interface Workflow {
  readonly where: string;
  readonly on: unknown;
  readonly jobs: Readonly<Record<string, Job>>;
  readonly permissions?: unknown;
}

interface Job {
  readonly permissions?: unknown;
  readonly steps?: readonly Step[];
}

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

/** The project's own workflows, and all that its pages show. */
const workflows: readonly Workflow[] = [
  ...readdirSync(join(ROOT, '.github/workflows')).map(
    (name) => [name, readFileSync(join(ROOT, '.github/workflows', name), 'utf8')] as const,
  ),
  ...['README.md', ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' }).map((name) => `docs/${name}`)]
    .filter((name) => name.endsWith('.md'))
    .flatMap((name) => blocksOf(readFileSync(join(ROOT, name), 'utf8')).map((text) => [name, text] as const)),
].flatMap(([where, text]) => workflowOf(where, text));

function blocksOf(markdown: string): readonly string[] {
  return [...markdown.matchAll(/^([ \t]*)```ya?ml\b[^\n]*\n([\s\S]*?)^[ \t]*```/gm)].map(([, indent = '', body = '']) =>
    body.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
  );
}

function workflowOf(where: string, text: string): readonly Workflow[] {
  const read: unknown = parse(text);
  if (typeof read !== 'object' || read === null || !('on' in read) || !('jobs' in read)) return [];
  return [{ ...(read as Omit<Workflow, 'where'>), where }];
}

function eventsOf({ on }: Workflow): readonly string[] {
  return typeof on === 'string' ? [on] : Array.isArray(on) ? on.map(String) : Object.keys(on ?? {});
}

const stepsOf = ({ jobs }: Workflow) => Object.values(jobs).flatMap(({ steps = [] }) => steps);
const isGate = ({ uses = '', with: inputs }: Step) => /\/shiplock@/.test(uses) && inputs?.task === 'gate';
/** Events with secrets that somebody outside can cause, whose change is not what the workflow is checked out at. */
const PRIVILEGED = ['pull_request_target', 'issue_comment', 'workflow_run', 'pull_request_review', 'pull_request_review_comment'];

/** What is wrong with a workflow for whoever copies it. */
function dangersOf(workflow: Workflow): readonly string[] {
  const events = eventsOf(workflow);
  const found: string[] = [];
  for (const [name, job] of Object.entries(workflow.jobs)) {
    const steps = job.steps ?? [];
    if (steps.some(isGate)) {
      if (events.some((event) => event.startsWith('pull_request'))) found.push(`${name}: a gate on a pull request`);
      if (steps.some(({ uses = '' }) => uses.startsWith('actions/checkout@'))) found.push(`${name}: a gate with a checkout`);
      if (/write/.test(JSON.stringify(job.permissions ?? workflow.permissions ?? 'write'))) found.push(`${name}: a gate that may write`);
    }
    for (const { uses = '', run = '', with: inputs = {} } of steps) {
      const texts = JSON.stringify(inputs);
      if (/\$\{\{/.test(run) || (uses.startsWith('actions/github-script@') && /\$\{\{/.test(String(inputs.script)))) {
        found.push(`${name}: a text in code`);
      }
      if (!events.some((event) => PRIVILEGED.includes(event))) continue;
      if (uses.startsWith('actions/checkout@') && /head|pull|workflow_run/.test(texts)) found.push(`${name}: a stranger’s checkout`);
      if (uses.startsWith('actions/download-artifact@')) found.push(`${name}: a stranger’s artifact`);
    }
  }
  return found;
}

describe('S-15, S-44: the workflows that are shown', () => {
  it('are there, with a gate among them', () => {
    expect(workflows.length).toBeGreaterThan(6);
    expect(workflows.filter((one) => stepsOf(one).some(isGate)).length).toBeGreaterThan(0);
  });

  it('run no change with secrets, put no text into a shell, and let no gate write or check anything out', () => {
    expect(workflows.flatMap((one) => dangersOf(one).map((danger) => `${one.where}: ${danger}`))).toEqual([]);
  });

  const gate = { uses: 'shiplock/shiplock@v1', with: { task: 'gate', environment: 'production' } };
  const checkout = { uses: 'actions/checkout@v1' };
  it.each<[string, unknown, readonly Step[]]>([
    ['a gate on a pull request', ['pull_request'], [gate]],
    ['a gate on a pull request', { pull_request_review: {} }, [gate]],
    ['a gate with a checkout', 'push', [checkout, gate]],
    ['a text in code', 'push', [{ run: 'echo "$' + '{{ github.event.comment.body }}"' }]],
    ['a text in code', 'push', [{ uses: 'actions/github-script@v1', with: { script: 'run("$' + '{{ steps.plan.outputs.notes }}")' } }]],
    ['a stranger’s checkout', ['pull_request_target'], [{ ...checkout, with: { ref: '$' + '{{ github.event.pull_request.head.sha }}' } }]],
    ['a stranger’s artifact', { workflow_run: {} }, [{ uses: 'actions/download-artifact@v1' }]],
  ])('would be found with %s (on %j)', (danger, on, steps) => {
    const workflow = { where: 'a page', on, permissions: { contents: 'read' }, jobs: { one: { steps } } };
    expect(dangersOf(workflow)).toEqual([`one: ${danger}`]);
  });

  it('would be found with a gate that may write', () => {
    const jobs = { one: { steps: [gate] } };
    for (const permissions of [undefined, 'write-all', { contents: 'write' }]) {
      const workflow = { where: 'a page', on: 'push', jobs, ...(permissions === undefined ? {} : { permissions }) };
      expect(dangersOf(workflow)).toEqual(['one: a gate that may write']);
    }
  });
});

describe('S-02: what decides about gates', () => {
  const rooms = ['src/core/gate', 'src/flows/gate', 'src/flows/command'];
  const deciding = ['src/core/gate.ts', ...rooms.flatMap((room) => readdirSync(join(ROOT, room)).map((name) => `${room}/${name}`))];

  it('reads no date of a commit: people set them', () => {
    expect(deciding.length).toBeGreaterThan(30);
    const dates = /authoredDate|committedDate|pushedDate|author\??\.date|committer\??\.date|commit\??\.date/;
    expect(deciding.filter((file) => dates.test(readFileSync(join(ROOT, file), 'utf8')))).toEqual([]);
    // Such as what only tells how long things took.
    expect(dates.test(readFileSync(join(ROOT, 'src/flows/deployment/metrics.ts'), 'utf8'))).toBe(true);
  });
});
