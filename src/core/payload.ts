// Payloads come from outside: each field is looked at before it is believed, what is odd is null, and nothing here throws.

export type Body = Readonly<Record<string, unknown>>;

export function at(value: unknown, ...path: readonly string[]): unknown {
  let here = value;
  for (const name of path) {
    const inner = record(here);
    if (inner === null || !Object.hasOwn(inner, name)) return undefined;
    here = inner[name];
  }
  return here;
}

export function record(value: unknown): Body | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Body) : null;
}

export function word(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

export function id(value: unknown): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : null;
}

/** A commit's full SHA. */
export function shaIn(value: unknown): string | null {
  const text = word(value);
  return text !== null && /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/.test(text) ? text : null;
}
