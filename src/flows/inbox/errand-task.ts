// Errands as tasks of the store: under which key they wait for each other, and which of them are the same when they come in a burst.

import type { Errand } from '../../core/errand.ts';
import { settlingLabels } from '../../core/settled.ts';
import type { Json, NewTask, Task } from '../store-port.ts';

export interface ErrandOrigin {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** GUID of the delivery that it came with; null where it came of looking. */
  readonly delivery: string | null;
}

/** What one event asks for; reconciliations of many repositories are spread out. */
export function tasksOf(errands: readonly Errand[], origin: ErrandOrigin): NewTask[] {
  let reconciled = 0;
  return errands.map((errand) => {
    const task = taskOf(errand, origin.delivery);
    if (errand.kind !== 'reconcile') return task;
    const runAt = reconciled === 0 ? 0 : origin.now + reconciled * RECONCILE_STEP;
    reconciled += 1;
    return { ...task, runAt };
  });
}

/** Sixty repositories a minute, each a few requests, are far from GitHub's limits. */
export const RECONCILE_STEP = 1_000;

function taskOf(errand: Errand, delivery: string | null): NewTask {
  const { kind, home } = errand;
  const repository = `repo:${home.id}`;
  // An errand is made of nothing but JSON; its optional fields are absent, not undefined.
  const body = { ...errand, ...(delivery === null ? {} : { delivery }) } as unknown as Json;
  switch (kind) {
    case 'preview': {
      const key = `${repository}/pull/${errand.pull}`;
      // Whose label it was is told by this event alone, so it is not lost in another.
      if (errand.label === undefined) return { key, kind, body, unique: `preview/${home.id}/${errand.pull}` };
      // A label that settles a kind is looked at before anything is planned with it, as it may have to go again.
      return settlingLabels([errand.label.name], {}).length > 0 ? { key: repository, kind, body } : { key, kind, body };
    }
    case 'draft':
      // Together with the commands: what `/release publish` acts on must not be written anew meanwhile.
      return { key: repository, kind, body, unique: `draft/${home.id}/${errand.branch}` };
    case 'command':
      return { key: repository, kind, body, unique: `command/${home.id}/${errand.comment}` };
    case 'reconcile':
      return { key: `${repository}/reconcile`, kind, body, unique: `reconcile/${home.id}` };
    case 'gate': {
      // One environment is decided one after another; two jobs of a run that share it are two deployments.
      const environment = errand.environment.toLowerCase();
      const unique = `gate/${home.id}/${errand.run}/${errand.deployment ?? ''}/${environment}`;
      return { key: `${repository}/gate/${environment}`, kind, body, unique };
    }
    case 'answer':
      // Beside the deciding of others for that environment, which must not make it wait.
      return { key: `${repository}/answer/${errand.run}/${errand.environment.toLowerCase()}`, kind, body };
    case 'look': {
      const { sha, environment, run, went, fresh, urgent } = errand;
      const narrow = [sha, environment?.toLowerCase(), run, went?.deployment, fresh, urgent].map((one) => one ?? '').join('/');
      return { key: `${repository}/look`, kind, body, unique: `look/${home.id}/${narrow}` };
    }
    case 'follow': {
      const { environment, run, deployment } = errand;
      // Together with the commands: whose turn it is must not change between reading and writing.
      return {
        key: repository,
        kind,
        body,
        unique: `follow/${home.id}/${environment?.toLowerCase() ?? ''}/${run ?? ''}/${deployment ?? ''}`,
      };
    }
    case 'promote':
      return { key: repository, kind, body, unique: `promote/${home.id}` };
    case 'tell': {
      // In their order, so that two things which happen together are told together.
      const key = `${repository}/tell`;
      return errand.happening === null ? { key, kind, body, unique: `tell/${home.id}/${errand.sha}` } : { key, kind, body };
    }
    case 'send':
      return { key: `${repository}/send`, kind, body, unique: `send/${home.id}/${errand.id}` };
    case 'train':
      // Together with the commands: it publishes.
      return { key: repository, kind, body, unique: `train/${home.id}/${errand.train}` };
    case 'watch':
      // Together with the commands: it may take the environment's turn.
      return { key: repository, kind, body, unique: `watch/${home.id}/${errand.environment.toLowerCase()}/${errand.began ?? ''}` };
    case 'attach':
      return { key: `${repository}/attach`, kind, body, unique: `attach/${home.id}/${errand.tag}` };
    case 'measure':
      return { key: `${repository}/measure`, kind, body, unique: `measure/${home.id}` };
    case 'review': {
      const { sha, environment, cause } = errand;
      return { key: `${repository}/review`, kind, body, unique: `review/${home.id}/${sha}/${environment.toLowerCase()}/${cause}` };
    }
    case 'reviewed':
      return { key: `${repository}/review`, kind, body, unique: `reviewed/${home.id}/${errand.issue}` };
    case 'status': {
      const { sha, environment } = errand;
      return { key: `${repository}/thread/${sha}`, kind, body, unique: `status/${home.id}/${sha}/${environment.toLowerCase()}` };
    }
  }
}

/** The errand that is a task's body. */
export function errandIn<K extends Errand['kind']>(task: Task, kind: K): Extract<Errand, { kind: K }> {
  const body = task.body as { readonly kind?: unknown } | null;
  if (body?.kind !== kind) throw new Error(`Task ${task.id} is called ${kind} and holds no such errand.`);
  return body as Extract<Errand, { kind: K }>;
}
