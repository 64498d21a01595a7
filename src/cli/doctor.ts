// `shiplock doctor`: what keeps the gates from guarding what they should. From the files of a clone, or with --repo from GitHub.

import type { Diagnosis, Severity } from '../core/doctor/diagnosis.ts';
import type { PolicyFound } from '../core/doctor/facts.ts';
import type { WorkflowText } from '../core/doctor/workflow.ts';
import { parsePolicy, problemLines } from '../core/policy/file.ts';
import { examineClone, examineGitHub } from '../flows/doctor.ts';
import { localGit as git } from '../git/local.ts';
import { UsageProblem, type Values } from './arguments.ts';
import { namesIn, readSource } from './import-files.ts';
import { EXIT, plain, type Terminal } from './terminal.ts';

const POLICY = '.github/shiplock.yml';
const FOLDER = '.github/workflows';

export async function run(values: Values, terminal: Terminal): Promise<number> {
  const repository = typeof values.repo === 'string' ? repositoryOf(values.repo) : null;
  const app = typeof values.app === 'string' ? values.app : process.env.APP_ID?.trim() || null;
  try {
    const found = repository === null ? await ofClone() : await ofGitHub(repository, app, terminal);
    terminal.print(values.json === true ? JSON.stringify({ findings: found }) : wordsOf(found, terminal));
    return found.some(({ severity }) => severity === 'error') ? EXIT.no : EXIT.done;
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'GitHubProblem') throw error;
    terminal.warn(error.message);
    return EXIT.world;
  }
}

/** A folder is what the other commands take: here it is a repository on GitHub. */
function repositoryOf(value: string): { readonly owner: string; readonly name: string } {
  const [, owner, name] = /^([A-Za-z0-9-]{1,39})\/([A-Za-z0-9._-]{1,100})$/.exec(value) ?? [];
  if (owner !== undefined && name !== undefined && !/^\.{1,2}$/.test(name)) return { owner, name };
  throw new UsageProblem('`doctor --repo` takes a repository on GitHub as OWNER/NAME. Without it the clone in this folder is examined.');
}

async function ofGitHub(
  repository: { readonly owner: string; readonly name: string },
  app: string | null,
  terminal: Terminal,
): Promise<readonly Diagnosis[]> {
  const token = process.env.GITHUB_TOKEN?.trim() || process.env.GH_TOKEN?.trim();
  if (token === undefined || token === '') {
    throw new UsageProblem(
      '`doctor --repo` needs a token that may read the repository: set GITHUB_TOKEN or GH_TOKEN, as by `GH_TOKEN=$(gh auth token)`.',
    );
  }
  const [{ connectDoctor }, { actionEndpoints }] = await Promise.all([import('../github/doctor.ts'), import('../github/endpoints.ts')]);
  const { api, graphql } = actionEndpoints(process.env);
  const port = connectDoctor({ api, graphql, token, ...repository, progress: (says) => terminal.progress(says) });
  return examineGitHub(port, { ...REQUEST(), app });
}

async function ofClone(): Promise<readonly Diagnosis[]> {
  const root = (await git.readRoot('.')) ?? '.';
  const policy = await readSource(root, POLICY);
  const workflows: WorkflowText[] = [];
  for (const name of await namesIn(root, FOLDER)) {
    if (!/\.ya?ml$/.test(name)) continue;
    const file = await readSource(root, `${FOLDER}/${name}`);
    if (file !== null) workflows.push({ ...file, state: null });
  }
  return examineClone(policy?.text ?? null, workflows, REQUEST());
}

const REQUEST = () => ({ read: readPolicy, now: new Date().toISOString() });

function readPolicy(text: string): PolicyFound {
  const parsed = parsePolicy(text, POLICY);
  return parsed.ok ? { is: 'read', policy: parsed.policy } : { is: 'wrong', lines: problemLines(parsed.problems, POLICY) };
}

const COLOURS = { error: 'red', warn: 'yellow', info: 'cyan' } as const satisfies Record<Severity, string>;

function wordsOf(found: readonly Diagnosis[], { paint }: Terminal): string {
  if (found.length === 0) return 'Nothing is wrong that could be seen from here.';
  const lines = found.map(({ severity, code, about, says, then }) => {
    const head = `${paint(COLOURS[severity], severity.padEnd(5))}  ${about === '' ? '' : `${paint('bold', plain(about))}  `}${paint('dim', code)}`;
    return `${head}\n       ${plain(says)}\n       ${plain(then)}`;
  });
  const count = (severity: Severity, one: string, more: string) => {
    const many = found.filter((finding) => finding.severity === severity).length;
    return many === 0 ? [] : [`${many} ${many === 1 ? one : more}`];
  };
  const sum = [...count('error', 'error', 'errors'), ...count('warn', 'warning', 'warnings'), ...count('info', 'remark', 'remarks')];
  return `${lines.join('\n')}\n\n${sum.join(', ')}`;
}
