// The one table of what the App's tasks are and by which flow each is done. What concerns every flow is done here once: a repository that the
// App has left asks for nothing more.

import type {
  AnswerErrand,
  AttachErrand,
  CommandErrand,
  DraftErrand,
  Errand,
  FollowErrand,
  GateErrand,
  Home,
  LookErrand,
  MeasureErrand,
  PreviewErrand,
  PromoteErrand,
  ReviewErrand,
  ReviewedErrand,
  SendErrand,
  StatusErrand,
  TellErrand,
  TrainErrand,
  WatchErrand,
} from '../core/errand.ts';
import { type Ignored, readEvent } from '../core/errand-of.ts';
import type { AppApi, Situation } from '../flows/app-port.ts';
import { GitHubProblem } from '../flows/github-port.ts';
import { errandIn, tasksOf } from '../flows/inbox/errand-task.ts';
import { RECONCILE_EVERY, reconcile, reconcileAll } from '../flows/inbox/reconcile.ts';
import { UnreadableDelivery } from '../flows/inbox/remedy.ts';
import { sweep } from '../flows/inbox/sweep.ts';
import type { OutgoingPort } from '../flows/outgoing-port.ts';
import { type CheckedRecord, checkRecords } from '../flows/record/check-record.ts';
import type { Delivery, Outcome, StorePort, Task } from '../flows/store-port.ts';
import type { Journey, Journeys, WorkerLog } from './worker.ts';

/** The flows of errands. */
export interface Flows {
  readonly preview: (situation: Situation, errand: PreviewErrand) => Promise<Outcome>;
  readonly draft: (situation: Situation, errand: DraftErrand) => Promise<Outcome>;
  readonly command: (situation: Situation, errand: CommandErrand) => Promise<Outcome>;
  readonly gate: (situation: Situation, errand: GateErrand) => Promise<Outcome>;
  readonly answer: (situation: Situation, errand: AnswerErrand) => Promise<Outcome>;
  readonly look: (situation: Situation, errand: LookErrand) => Promise<Outcome>;
  readonly status: (situation: Situation, errand: StatusErrand) => Promise<Outcome>;
  readonly follow: (situation: Situation, errand: FollowErrand) => Promise<Outcome>;
  readonly promote: (situation: Situation, errand: PromoteErrand) => Promise<Outcome>;
  readonly tell: (situation: Situation, errand: TellErrand) => Promise<Outcome>;
  readonly train: (situation: Situation, errand: TrainErrand) => Promise<Outcome>;
  readonly review: (situation: Situation, errand: ReviewErrand) => Promise<Outcome>;
  readonly reviewed: (situation: Situation, errand: ReviewedErrand) => Promise<Outcome>;
  readonly watch: (situation: Situation, errand: WatchErrand) => Promise<Outcome>;
  readonly attach: (situation: Situation, errand: AttachErrand) => Promise<Outcome>;
  readonly measure: (situation: Situation, errand: MeasureErrand) => Promise<Outcome>;
  readonly send: (situation: Pick<Situation, 'outgoing'>, errand: SendErrand) => Promise<Outcome>;
}

export interface JourneyOptions {
  readonly store: StorePort;
  readonly api: AppApi;
  readonly flows: Flows;
  /** What a flow is given for a repository at a time. */
  readonly situationOf: (home: Home, now: number) => Situation | Promise<Situation>;
  /** Address of GitHub's API, which addresses in payloads have to agree with. */
  readonly apiAddress?: string;
  /** What a delivery asks to be done; absent: as `errandsOf` says. */
  readonly receive?: (delivery: { readonly guid: string; readonly event: string; readonly payload: object }) => Promise<readonly Errand[]>;
  /** Told of each event that asks for nothing. */
  readonly ignored?: (event: string, why: Ignored) => void;
  /** Absent: no address is set. */
  readonly outgoing?: OutgoingPort;
  readonly log: WorkerLog;
  readonly sweepSeconds: number;
}

const DAY = 86_400_000;
/** Payloads and finished tasks are kept so long for whoever looks into what happened. */
const KEPT = 30 * DAY;

export function journeysOf(options: JourneyOptions): Journeys {
  const { store, api, flows, log, outgoing } = options;
  const every = options.sweepSeconds * 1_000;
  return {
    delivery: { run: (task, now) => receiveDelivery(options, task, now) },
    preview: onRepository(options, 'preview', flows.preview),
    draft: onRepository(options, 'draft', flows.draft),
    command: onRepository(options, 'command', flows.command),
    gate: onRepository(options, 'gate', flows.gate),
    answer: onRepository(options, 'answer', flows.answer),
    look: onRepository(options, 'look', flows.look),
    status: onRepository(options, 'status', flows.status),
    follow: onRepository(options, 'follow', flows.follow),
    promote: onRepository(options, 'promote', flows.promote),
    tell: onRepository(options, 'tell', flows.tell),
    train: onRepository(options, 'train', flows.train),
    review: onRepository(options, 'review', flows.review),
    reviewed: onRepository(options, 'reviewed', flows.reviewed),
    watch: onRepository(options, 'watch', flows.watch),
    attach: onRepository(options, 'attach', flows.attach),
    measure: onRepository(options, 'measure', (situation, errand) => measured(options, situation, errand)),
    // GitHub has no part in it.
    send: { run: (task) => flows.send(outgoing === undefined ? {} : { outgoing }, errandIn(task, 'send')) },
    reconcile: onRepository(options, 'reconcile', reconcile),
    'reconcile-all': {
      every: RECONCILE_EVERY,
      limit: asApp,
      run: (task, now) => {
        const soon = (task.body as { soon?: unknown } | null)?.soon === true;
        const tell = (installation: number, problem: GitHubProblem) =>
          log.warn({ installation, err: problem }, 'The repositories of an installation cannot be seen; the others are compared.');
        return reconcileAll({ api, notes: store, now, soon, tell });
      },
    },
    sweep: {
      every,
      atStart: true,
      limit: asApp,
      run: (_, now) => {
        return sweep({
          api,
          store,
          now,
          every,
          tell: ({ found, left, gap, problem }) => {
            const says = `${found} lost deliveries were taken from GitHub’s log${left > 0 ? `, ${left} are left for the next sweep` : ''}.`;
            const then = gap ? ' Events may have been lost, so all repositories are compared.' : '';
            if (problem === null) log.info({ found, left, gap }, `${says}${then}`);
            else log.warn({ found, left, gap, err: problem }, `${says}${then} Then GitHub did not answer: ${problem.message}`);
          },
        });
      },
    },
    'check-record': {
      every: DAY,
      atStart: true,
      run: (_, now) => {
        const pause = () => new Promise<void>((resolve) => setImmediate(resolve));
        const tell = ({ repository, entries, broken, otherwise }: CheckedRecord) => {
          if (broken !== null)
            log.error({ repository, entries, seq: broken.seq }, `The record is broken, and its gates stay closed: ${broken.says}`);
          else if (otherwise > 0)
            log.warn({ repository, entries, otherwise }, 'Decisions of the record would be worded or made otherwise by this version.');
        };
        return checkRecords({ store, now, tell, pause });
      },
    },
    forget: {
      every: DAY,
      run: async (_, now) => {
        const forgotten = await store.forget(now - KEPT);
        if (forgotten > 0) log.info({ forgotten }, 'Old payloads and finished tasks were dropped.');
        return {};
      },
    },
  };
}

async function receiveDelivery(options: JourneyOptions, task: Task, now: number): Promise<Outcome> {
  const { store, ignored, receive } = options;
  const guid = String((task.body as { guid?: unknown } | null)?.guid);
  const delivery = await store.delivery(guid);
  const payload = delivery === null ? null : payloadOf(delivery);
  if (delivery === null) {
    throw new UnreadableDelivery('Its payload is not in the store any more. Find the delivery at GitHub, and send it again from there.');
  }
  const { event } = delivery;
  const read = payload === null ? MALFORMED : readEvent(event, payload, options.apiAddress);
  if (read.ignored !== null) ignored?.(event, read.ignored);
  // Signed, and not what GitHub sends: whoever has the secret is not GitHub, or GitHub's events have changed.
  if (payload === null || read.ignored === 'malformed') throw new UnreadableDelivery(unreadableText(delivery, payload !== null));
  const errands = receive === undefined ? read.errands : await receive({ guid, event, payload });
  return { tasks: tasksOf(errands, { now, delivery: guid }) };
}

const MALFORMED = { errands: [], ignored: 'malformed' } as const;

/** Names of events are words (the intake takes no others); of the payload nothing is repeated. */
function unreadableText({ event, action }: Delivery, json: boolean): string {
  const what = `${event}${action === null ? '' : ` ${action.slice(0, 60)}`}`;
  const why = json ? 'lacks what such an event has, or has something else in its place' : 'is no JSON object';
  return `The payload of this event (${what}) ${why}. If GitHub sent it, update Shiplock and begin it anew; if not, change the webhook’s secret.`;
}

function payloadOf({ payload }: Delivery): object | null {
  try {
    const read: unknown = JSON.parse(new TextDecoder().decode(payload));
    return typeof read === 'object' && read !== null ? read : null;
  } catch {
    return null;
  }
}

function onRepository<K extends Errand['kind']>(
  { api, situationOf, log }: JourneyOptions,
  kind: K,
  flow: (situation: Situation, errand: Extract<Errand, { kind: K }>) => Promise<Outcome>,
): Journey {
  return {
    limit: (task) => `installation:${errandIn(task, kind).home.installation}`,
    run: async (task, now) => {
      const errand = errandIn(task, kind);
      const { home } = errand;
      try {
        return await flow(await situationOf(home, now), errand);
      } catch (error) {
        if (!(error instanceof GitHubProblem) || !REFUSED.has(error.kind)) throw error;
        const installed = await api.installed(home);
        // A branch, a pull request or all commits may be gone since: of what only looks there is nothing left to see. A command is answered.
        if (installed && (error.kind !== 'not-found' || kind === 'command')) throw error;
        const fields = { task: task.id, kind, repository: `${home.owner}/${home.name}`, err: error };
        log.warn(
          fields,
          installed ? 'What was to be looked at is not there.' : 'The App is not installed there any more, so nothing is done.',
        );
        return {};
      }
    },
  };
}

/** Figures that cannot be had today are no task that somebody has to mend; those of the last time stay. */
async function measured({ flows, log }: JourneyOptions, situation: Situation, errand: MeasureErrand): Promise<Outcome> {
  try {
    return await flows.measure(situation, errand);
  } catch (error) {
    // Whose limit is used up waits for it. What is kept of who has left goes when all repositories are compared.
    if (!(error instanceof GitHubProblem) || error.kind === 'rate-limited') throw error;
    log.warn({ repository: `${errand.home.owner}/${errand.home.name}`, err: error }, 'The four keys could not be worked out anew.');
    return {};
  }
}

/** How GitHub says that the App has been uninstalled, suspended, or kept from a repository. */
const REFUSED: ReadonlySet<GitHubProblem['kind']> = new Set(['forbidden', 'not-found', 'unauthorised']);

function asApp(): string {
  return 'app';
}
