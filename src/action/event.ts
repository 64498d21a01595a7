// What GitHub says of the event that started the workflow. It is read as the data of strangers: each field is looked at before it counts.

const { readFileSync } = process.getBuiltinModule('node:fs');

export interface EventSeen {
  /** `pull_request`, `push`, …; empty where no runner says it. */
  readonly name: string;
  readonly pull: { readonly number: number; readonly merged: boolean } | null;
  readonly defaultBranch: string | null;
}

export function readEvent(env: NodeJS.ProcessEnv): EventSeen {
  const event = payloadOf(env);
  const { number, merged } = record(event.pull_request);
  const branch = record(event.repository).default_branch;
  return {
    name: env.GITHUB_EVENT_NAME ?? '',
    pull: typeof number === 'number' && Number.isSafeInteger(number) && number > 0 ? { number, merged: merged === true } : null,
    defaultBranch: typeof branch === 'string' && branch !== '' ? branch : null,
  };
}

/** True for the events of which a pull request's own branch brings the workflow, and for those that are about one. */
export function isOfPull({ name }: EventSeen): boolean {
  return name.startsWith('pull_request');
}

/** Empty where there is no file or no JSON: run by hand there is none. */
function payloadOf(env: NodeJS.ProcessEnv): Readonly<Record<string, unknown>> {
  try {
    return record(JSON.parse(readFileSync(env.GITHUB_EVENT_PATH ?? '', 'utf8')));
  } catch {
    return {};
  }
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
