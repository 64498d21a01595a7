// Entries for the record, from what a flow has decided or heard. The store seals each in the transaction that ends the task, so that what is
// told and what is recorded are one; free texts of people go into notes beside it, which can be erased.

import type { Home } from '../../core/errand.ts';
import type { Gate, GateFacts } from '../../core/gate/facts.ts';
import type { Decision } from '../../core/gate/finding.ts';
import { isSameDecision, recordable } from '../../core/record/facts.ts';
import type { Publication } from '../../core/record/publication.ts';
import { type Actor, commitmentTo, digest, type EntryBody, type OpenText, plainOf, sealed } from '../../core/record.ts';
import type { Entry, Json, NoteWrite } from '../store-port.ts';

/** What every event tells. */
interface Happened {
  /** ISO 8601. */
  readonly at: string;
  readonly home: Pick<Home, 'owner' | 'name'>;
  readonly actor: Actor;
  /** The release's tag. */
  readonly release?: string | null;
  readonly run?: { readonly id: number; readonly attempt: number } | null;
  /** Id of the comment that it was said in. */
  readonly comment?: number;
  readonly issue?: number;
  readonly deployment?: number | null;
}

interface Placed extends Happened {
  readonly environment: string;
  readonly sha: string;
}

export type RecordedEvent =
  | (Placed & {
      readonly what: 'gate';
      readonly gate: Gate;
      /** Exactly those that `decision` was made of. */
      readonly facts: GateFacts;
      readonly decision: Decision;
      /** The commit and the blob that the policy was read at, and its text where it is at hand. */
      readonly policy: { readonly sha: string | null; readonly blob: string | null; readonly text?: string | null };
    })
  | (Placed & { readonly what: 'approve' | 'reject'; readonly reason?: string | null })
  | (Happened & { readonly what: 'hold' | 'unhold' | 'unfreeze'; readonly environment: string; readonly reason?: string | null })
  | (Happened & {
      readonly what: 'freeze';
      readonly environment: string;
      readonly reason: string;
      /** ISO 8601; null: until it is taken back. */
      readonly until: string | null;
    })
  | (Placed & { readonly what: 'override'; readonly requirement: string; readonly reason: string; readonly until: string })
  | (Happened & { readonly what: 'publish'; readonly release: string; readonly sha: string; readonly publication?: Publication })
  | (Placed & { readonly what: 'deploy' | 'rollback'; readonly reason?: string | null })
  | (Placed & { readonly what: 'bypassed' | 'deployment'; readonly state?: string | null; readonly reason?: string | null })
  /** `state`: `opened`, `closed` or `gone`. */
  | (Placed & { readonly what: 'review'; readonly state?: string | null; readonly reason?: string | null })
  | (Happened & { readonly what: 'note'; readonly environment?: string; readonly sha?: string; readonly reason: string });

/** An entry, and the notes that its free texts are in: both belong into the task's outcome. Without the notes the texts count as erased. */
export interface RecordedEntry extends Entry {
  readonly texts: readonly NoteWrite[];
}

/** Kind of the notes that hold free texts; each is named by its commitment. */
export const TEXT_NOTE = 'record-text';

/**
 * Throws where a decision does not follow from its facts: such an entry would be a break in the record for good.
 * `repository` is the key of its record, `repo:<id>`; `salt` gives 32 hexadecimal digits that nobody can guess.
 */
export function recordDecision(repository: string, event: RecordedEvent, salt: () => string = randomSalt): RecordedEntry {
  const open: OpenText[] = [];
  const mark = (text: string): string => {
    const same = open.findIndex((one) => one.text === text);
    if (same < 0) open.push({ salt: salt(), text });
    return `{text ${same < 0 ? open.length : same + 1}}`;
  };
  const { home, gate, facts, policy, decision, reason, release, run, deployment, ...rest } = plainOf(event) as Loose;
  if (facts && (facts.environment.toLowerCase() !== rest.environment?.toLowerCase() || facts.sha !== rest.sha)) {
    throw new Error(
      `Facts about ${facts.environment} at ${facts.sha} are those of another commit, or of another environment, than the entry’s.`,
    );
  }
  const judged = gate && facts && decision ? recordable(gate, facts, mark) : null;
  if (judged !== null && decision && !isSameDecision(judged.decision, decision)) {
    throw new Error(`A decision about ${judged.facts.environment} does not follow from the facts that it is to be recorded with.`);
  }
  const seenRun = run ?? (judged?.facts.run ? { id: judged.facts.run.id, attempt: judged.facts.run.attempt } : null);
  const body = {
    ...rest,
    v: 1,
    repository: { key: repository, name: `${home.owner}/${home.name}` },
    ...given('release', release),
    ...given('run', seenRun),
    ...given('deployment', deployment),
    ...given('reason', reason && (reason.trim() === '' ? null : mark(reason))),
    ...(judged === null
      ? {}
      : {
          facts: judged.facts,
          decision: judged.decision,
          policy: {
            commit: policy?.sha ?? null,
            blob: policy?.blob ?? null,
            ...(typeof policy?.text === 'string' ? { text: digest('policy', policy.text) } : {}),
            gate: judged.gate,
          },
        }),
    app: typeof __SHIPLOCK_VERSION__ === 'string' ? __SHIPLOCK_VERSION__ : 'unbuilt',
  } as EntryBody;
  const commitments = open.map(commitmentTo);
  const texts = Object.fromEntries(commitments.map((commitment, index) => [String(index + 1), commitment]));
  const whole: EntryBody = open.length === 0 ? body : { ...body, texts };
  return {
    repository,
    seal: (head) => sealed(whole, head),
    texts: open.map((text, index) => ({ repository, kind: TEXT_NOTE, name: commitments[index] as string, body: text as unknown as Json })),
  };
}

/** Any event, with what some of them have. */
type Loose = Happened & Partial<Omit<Extract<RecordedEvent, { what: 'gate' }>, keyof Happened>> & { readonly reason?: string | null };

function given<K extends string, T>(key: K, value: T | null | undefined): Partial<Record<K, T>> {
  return value === null || value === undefined || value === '' ? {} : ({ [key]: value } as Record<K, T>);
}

function randomSalt(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
