// Workflows as their files say: what a repository's default branch holds under .github/workflows, with inputs, jobs and environments.
import { parse } from 'yaml';
import type { Workflow } from './deployment-records.ts';
import { findPath } from './git/trees.ts';
import type { Repository } from './records.ts';
import type { GitHubState } from './state.ts';

export interface WorkflowFile {
  readonly name: string | null;
  /** Null: the workflow cannot be dispatched. */
  readonly inputs: Readonly<Record<string, { readonly required: boolean; readonly default: unknown }>> | null;
  readonly jobs: readonly { readonly name: string; readonly environment: string | null; readonly needs: readonly string[] }[];
}

const FOLDER = '.github/workflows';

export function workflowsOf(state: GitHubState, repository: Repository): readonly Workflow[] {
  const head = repository.git.head(repository.defaultBranch);
  const folder = head && findPath(repository.git.objects, repository.git.commit(head).tree, FOLDER);
  for (const entry of folder ? (repository.git.objects.tree(folder.sha) ?? []) : []) {
    const path = `${FOLDER}/${entry.name}`;
    if (!/\.ya?ml$/.test(entry.name) || repository.workflows.some((one) => one.path === path)) continue;
    const name = readWorkflow(repository, head as string, path)?.name ?? path;
    const workflow = state.make(
      'Workflow',
      (made): Workflow => ({ ...made, repository, name, path, state: 'active', createdAt: state.clock.iso() }),
    );
    repository.workflows.push(workflow);
  }
  return repository.workflows;
}

/** By id, file name or path, as GitHub's `{workflow_id}` takes it. */
export function findWorkflow(state: GitHubState, repository: Repository, key: string): Workflow | null {
  return (
    workflowsOf(state, repository).find((one) => String(one.id) === key || one.path === key || one.path === `${FOLDER}/${key}`) ?? null
  );
}

export function readWorkflow(repository: Repository, sha: string, path: string): WorkflowFile | null {
  const entry = findPath(repository.git.objects, repository.git.commit(sha).tree, path);
  if (!entry) return null;
  const text = repository.git.objects.read(entry.sha)?.body.toString() ?? '';
  const file = (parse(text) ?? {}) as { name?: string; on?: unknown; jobs?: Record<string, Raw> };
  const on =
    typeof file.on === 'string'
      ? { [file.on]: null }
      : Array.isArray(file.on)
        ? Object.fromEntries(file.on.map((one) => [one, null]))
        : (file.on as Record<string, unknown>);
  const dispatch =
    on && 'workflow_dispatch' in on
      ? ((on.workflow_dispatch ?? {}) as { inputs?: Record<string, { required?: boolean; default?: unknown }> })
      : null;
  const inputs =
    dispatch &&
    Object.fromEntries(
      Object.entries(dispatch.inputs ?? {}).map(([name, one]) => [name, { required: one?.required === true, default: one?.default }]),
    );
  const jobs = Object.entries(file.jobs ?? {}).map(([key, job]) => ({
    name: job.name ?? key,
    environment: typeof job.environment === 'object' ? (job.environment?.name ?? null) : (job.environment ?? null),
    needs: (typeof job.needs === 'string' ? [job.needs] : (job.needs ?? [])).map((need) => file.jobs?.[need]?.name ?? need),
  }));
  return { name: file.name ?? null, inputs, jobs };
}

type Raw = { name?: string; environment?: string | { name?: string } | null; needs?: string | string[] };

/** `${{ inputs.x }}` and `${{ github.event.inputs.x }}`: all that a story needs of expressions. */
export function fillIn(text: string, inputs: Readonly<Record<string, unknown>>): string {
  return text.replace(/\$\{\{\s*(?:github\.event\.)?inputs\.([\w-]+)\s*\}\}/g, (_, name: string) => String(inputs[name] ?? ''));
}
