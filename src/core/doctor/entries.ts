// Where workflows enter an environment: which job of which file, under which names. A name that is an expression is worked out where the
// file says all that it can be: an input with its choices, what callers hand to a called workflow, a matrix. Nothing else is guessed.

import { isMap, type Raw, valueAt } from '../import/config.ts';
import { type Job, textOf, type Workflow } from './workflow.ts';

/** A job of a workflow under one of the names of its environment. */
export interface Entry {
  readonly environment: string;
  readonly workflow: Workflow;
  readonly job: Job;
}

/** A name that only a run knows. */
export interface OpenName {
  readonly workflow: Workflow;
  readonly job: Job;
  readonly written: string;
  /** True where it is the input `environment` of a dispatch, which `/deploy` fills in. */
  readonly dispatched: boolean;
}

export interface Entries {
  readonly entries: readonly Entry[];
  readonly open: readonly OpenName[];
  /** Gates that are asked by a step. */
  readonly gates: readonly Entry[];
  readonly openGates: readonly OpenName[];
}

export function entriesOf(workflows: readonly Workflow[]): Entries {
  const entries: Entry[] = [];
  const open: OpenName[] = [];
  const gates: Entry[] = [];
  const openGates: OpenName[] = [];
  for (const workflow of workflows) {
    for (const job of workflow.jobs) {
      const add = (written: string, known: Entry[], unknown: OpenName[]) => {
        const names = valuesOf(written, { workflow, job, workflows });
        for (const environment of new Set(names.known)) if (environment !== '') known.push({ environment, workflow, job });
        if (names.open) unknown.push({ workflow, job, written, dispatched: workflow.dispatch !== null && isEnvironmentInput(written) });
      };
      if (job.environment !== null) add(job.environment, entries, open);
      for (const gate of job.gates) add(gate, gates, openGates);
    }
  }
  return { entries, open, gates, openGates };
}

/** The file's name, as a policy's `deploy` has it. */
export function fileName({ path }: Pick<Workflow, 'path'>): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** Jobs of the same file that must have succeeded before. */
export function neededBy(job: Job, { jobs }: Workflow): ReadonlySet<string> {
  const found = new Set<string>();
  const open = [...job.needs];
  for (let key = open.pop(); key !== undefined; key = open.pop()) {
    if (found.has(key)) continue;
    found.add(key);
    open.push(...(jobs.find((one) => one.key === key)?.needs ?? []));
  }
  return found;
}

interface Values {
  readonly known: readonly string[];
  /** True if it may be something else as well. */
  readonly open: boolean;
}

const NOTHING_KNOWN: Values = { known: [], open: true };
/** Called workflows may call others, ten deep by GitHub's rule. */
const DEEPEST = 10;

interface Scope {
  readonly workflow: Workflow;
  readonly job: Job;
  readonly workflows: readonly Workflow[];
  readonly depth?: number;
}

function valuesOf(written: string, scope: Scope): Values {
  if (!written.includes('${{')) return { known: [written], open: false };
  const expression = expressionOf(written);
  const matrix = /^matrix\.([\w-]{1,100})$/.exec(expression)?.[1];
  if (matrix !== undefined) return matrixValues(matrix, scope);
  const input = inputName(expression);
  return input === null ? NOTHING_KNOWN : inputValues(input, scope);
}

function expressionOf(written: string): string {
  const text = written.trim();
  return text.startsWith('${{') && text.endsWith('}}') ? text.slice(3, -2).trim() : '';
}

function inputName(expression: string): string | null {
  return /^(?:github\.event\.)?inputs\.([\w-]{1,100})$/.exec(expression)?.[1] ?? null;
}

function isEnvironmentInput(written: string): boolean {
  return inputName(expressionOf(written))?.toLowerCase() === 'environment';
}

function matrixValues(name: string, scope: Scope): Values {
  const { matrix } = scope.job;
  const list = valueAt(matrix, name);
  const include = valueAt(matrix, 'include');
  const added = Array.isArray(include) ? (include as unknown[]).flatMap((one) => (isMap(one) ? [valueAt(one, name)] : [])) : [];
  const values = [...(Array.isArray(list) ? (list as unknown[]) : []), ...added].flatMap((one) => textOf(one) ?? []);
  const open = (list !== undefined && !Array.isArray(list)) || (include !== undefined && !Array.isArray(include)) || values.length === 0;
  return joined([...values.map((one) => valuesOf(one, { ...scope, job: { ...scope.job, matrix: {} } })), { known: [], open }]);
}

function inputValues(name: string, scope: Scope): Values {
  const { workflow } = scope;
  const sources: Values[] = [];
  if (workflow.dispatch !== null) sources.push(dispatchValues(valueAt(workflow.dispatch, name)));
  if (workflow.call !== null) sources.push(callValues(name, scope, workflow.call));
  return sources.length === 0 ? NOTHING_KNOWN : joined(sources);
}

function dispatchValues(input: unknown): Values {
  if (!isMap(input)) return NOTHING_KNOWN;
  const options = valueAt(input, 'options');
  if (valueAt(input, 'type') === 'choice' && Array.isArray(options)) {
    return { known: (options as unknown[]).flatMap((one) => textOf(one) ?? []), open: false };
  }
  const value = textOf(valueAt(input, 'default'));
  return { known: value === null ? [] : [value], open: true };
}

/** What the repository's own workflows hand over; a workflow that none of them calls is called from elsewhere, or not yet. */
function callValues(name: string, { workflow, workflows, depth = 0 }: Scope, inputs: Raw): Values {
  const callers = depth >= DEEPEST ? [] : workflows.flatMap((one) => one.jobs.filter(isCallOf(workflow)).map((job) => ({ one, job })));
  if (callers.length === 0) return NOTHING_KNOWN;
  const input = valueAt(inputs, name);
  const fallback = textOf(isMap(input) ? valueAt(input, 'default') : undefined) ?? '';
  return joined(
    callers.map(({ one, job }) => {
      const given = valueAt(job.inputs, name);
      return given === undefined
        ? { known: [fallback], open: false }
        : valuesOf(textOf(given) ?? '', { workflow: one, job, workflows, depth: depth + 1 });
    }),
  );
}

function isCallOf({ path }: Workflow): (job: Job) => boolean {
  return ({ calls }) => calls === `./${path}`;
}

function joined(all: readonly Values[]): Values {
  return { known: [...new Set(all.flatMap(({ known }) => known))], open: all.some(({ open }) => open) };
}
