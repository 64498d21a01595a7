// A repository that the App keeps: its flows run on the world's GitHub, their outcomes are written to notes in memory, and what is left to
// do is kept to be looked at. A story may come between a flow and GitHub.
import type { PreviewErrand } from '../../src/core/errand.ts';
import type { AppGitHubPort, Situation } from '../../src/flows/app-port.ts';
import { readPolicyText } from '../../src/flows/policy-problem.ts';
import { keepPreview } from '../../src/flows/pull/keep-preview.ts';
import { keepLine } from '../../src/flows/release/keep-line.ts';
import type { Json, NewTask, Note, NoteWrite, Outcome } from '../../src/flows/store-port.ts';
import { connectDeploys } from '../../src/github/dispatch.ts';
import { connectGates } from '../../src/github/gates.ts';
import { appPortOf } from '../github/app-world.ts';
import { addLabels, removeLabel } from '../support/github/issues.ts';
import type { CheckRun, Pull } from '../support/github/records.ts';
import type { RepositoryStory } from '../support/github/stories.ts';
import { type RepositoryOptions, startWorld, type World } from '../support/github/world.ts';

export interface KeptStory {
  readonly world: World;
  readonly repository: RepositoryStory;
  readonly situation: Situation;
  /** Tasks that outcomes asked for. */
  readonly tasks: NewTask[];
  /** Looks at a pull request as the App does when an event came; `between` stands between the flow and GitHub. */
  readonly preview: (pull: Pull, options?: { label?: PreviewErrand['label']; between?: Between }) => Promise<Outcome>;
  readonly line: (branch?: string, options?: { between?: Between }) => Promise<Outcome>;
  readonly note: (kind: string, name: string) => Json;
  readonly write: (note: Omit<NoteWrite, 'repository'>) => void;
  /** Somebody puts a label on or takes it off, and the App hears of it. */
  readonly label: (pull: Pull, name: string, by: string, added?: boolean) => Promise<Outcome>;
  /** The newest check of that name on a commit. */
  readonly check: (sha: string, name?: string) => CheckRun | null;
}

type Between = (github: AppGitHubPort) => AppGitHubPort;

/** v1.0.0 is out. `ada` may write, `tri` may triage. */
export async function beginKept(policy: string | null = null, options: RepositoryOptions = {}): Promise<KeptStory> {
  const world = await startWorld();
  const files = { 'README.md': '# App\n', 'CHANGELOG.md': '# Changes\n', ...(policy === null ? {} : { '.github/shiplock.yml': policy }) };
  const repository = world.repository('acme/app', {
    commits: [{ message: 'feat: begin', files }],
    collaborators: { ada: 'write', tri: 'triage' },
    ...options,
  });
  repository.tag('v1.0.0', { message: 'v1.0.0' });
  repository.release('v1.0.0', { name: 'v1.0.0', body: 'The first.' });
  const { github, app, options: connection } = appPortOf(world, repository);
  const key = `repo:${repository.record.id}`;
  const kept = new Map<string, Note>();
  const at = (kind: string, name: string) => `${kind}\n${name}`;
  const home = { installation: 1, id: repository.record.id, owner: 'acme', name: 'app' };
  const situation: Situation = {
    github,
    gates: connectGates(connection),
    deploys: connectDeploys(connection),
    head: async () => null,
    home,
    repository: key,
    notes: {
      note: async (_, kind, name) => kept.get(at(kind, name)) ?? null,
      notes: async (_, kind) => [...kept.values()].filter((one) => one.kind === kind),
    },
    now: Date.parse('2026-11-22T10:00:00Z'),
    self: { app: app.id, slug: 'shiplock' },
    readPolicy: readPolicyText,
  };
  const write = ({ kind, name, body, expect }: Omit<NoteWrite, 'repository'>) => {
    const before = kept.get(at(kind, name));
    if (expect !== undefined && (before?.version ?? 0) !== expect) throw new Error(`The note ${kind} ${name} has moved.`);
    if (body === null) kept.delete(at(kind, name));
    else
      kept.set(at(kind, name), {
        repository: key,
        kind,
        name,
        body: JSON.parse(JSON.stringify(body)),
        version: (before?.version ?? 0) + 1,
        at: 0,
      });
  };
  const tasks: NewTask[] = [];
  const finish = (outcome: Outcome): Outcome => {
    for (const one of outcome.notes ?? []) write(one);
    tasks.push(...(outcome.tasks ?? []));
    return outcome;
  };
  const within = (between: Between | undefined) => (between === undefined ? situation : { ...situation, github: between(github) });
  const preview: KeptStory['preview'] = async (pull, { label, between } = {}) => {
    const errand = { kind: 'preview', home, pull: pull.issue.number, ...(label === undefined ? {} : { label }) } as const;
    return finish(await keepPreview(within(between), errand));
  };
  return {
    world,
    repository,
    situation,
    tasks,
    preview,
    line: async (branch = 'main', { between } = {}) => finish(await keepLine(within(between), { kind: 'draft', home, branch })),
    note: (kind, name) => kept.get(at(kind, name))?.body ?? null,
    write,
    label: (pull, name, by, added = true) => {
      const account = world.state.account(by);
      if (added) addLabels(world.state, pull.issue, [name], account);
      else removeLabel(world.state, pull.issue, name, account);
      return preview(pull, { label: { name, by, added } });
    },
    check: (sha, name = 'shiplock / release') =>
      repository.record.checks.filter((one) => one.suite.sha === sha && one.name === name && one.suite.app === app).at(-1) ?? null,
  };
}

export function labelsOf(pull: Pull): string[] {
  return pull.issue.labels.map((one) => one.name).sort();
}
