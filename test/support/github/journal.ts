// What was asked of the world and what it changed: calls, to be counted against a budget, and effects, each of which a story must expect.

/** One write that succeeded. */
export interface Effect {
  readonly by: string;
  /** `comment on #12`, `create release v1.2.3`: the route's words with its values. */
  readonly says: string;
  readonly repository: string | null;
  readonly route: string;
  readonly body: unknown;
  readonly answer: unknown;
}

/** The words exactly, a pattern of them, or some of the effect's fields (deeply; patterns for text). */
export type ExpectedEffect =
  | string
  | RegExp
  | { readonly by?: unknown; readonly says?: unknown; readonly repository?: unknown; readonly body?: unknown };

export class Effects {
  readonly #all: Effect[] = [];
  #expected = 0;
  #ignored = false;

  get all(): readonly Effect[] {
    return this.#all;
  }

  /** Those that no expectation has taken yet. */
  get unexpected(): readonly Effect[] {
    return this.#ignored ? [] : this.#all.slice(this.#expected);
  }

  add(effect: Effect): void {
    this.#all.push(effect);
  }

  /** All effects since the last expectation, in order (or in any order); throws with both lists where they differ. */
  expect(expected: readonly ExpectedEffect[], options: { readonly anyOrder?: boolean } = {}): void {
    const actual = this.#all.slice(this.#expected);
    this.#expected = this.#all.length;
    const left = [...actual];
    let ok = actual.length === expected.length;
    for (const [index, one] of expected.entries()) {
      const at = options.anyOrder ? left.findIndex((effect) => meets(effect, one)) : left.indexOf(actual[index] as Effect);
      const effect = left[at];
      if (!effect || !meets(effect, one)) ok = false;
      else left.splice(at, 1);
    }
    if (ok) return;
    const list = (lines: readonly string[]) => (lines.length === 0 ? '  (none)' : lines.map((line) => `  ${line}`).join('\n'));
    throw new Error(
      `The effects differ.\nExpected:\n${list(expected.map(describeExpected))}\nHappened:\n${list(actual.map(describeEffect))}`,
    );
  }

  /** For a test that is not about effects: whatever else happens is fine. */
  ignore(): void {
    this.#ignored = true;
  }
}

export class Calls {
  readonly #all: string[] = [];

  /** Route names such as `GET /repos/{owner}/{repo}/pulls`, in order; `graphql` for GraphQL. */
  get all(): readonly string[] {
    return this.#all;
  }

  get total(): number {
    return this.#all.length;
  }

  add(name: string): void {
    this.#all.push(name);
  }

  count(name: string): number {
    return this.#all.filter((one) => one === name).length;
  }

  reset(): void {
    this.#all.length = 0;
  }

  /** Throws with what was called when a budget is exceeded. */
  expectAtMost(budget: number): void {
    if (this.total <= budget) return;
    const counts = new Map<string, number>();
    for (const name of this.#all) counts.set(name, (counts.get(name) ?? 0) + 1);
    const lines = [...counts].sort((a, b) => b[1] - a[1]).map(([name, count]) => `  ${count} × ${name}`);
    throw new Error(`${this.total} calls, where at most ${budget} were allowed:\n${lines.join('\n')}`);
  }
}

export function describeEffect(effect: Effect): string {
  return `${effect.by}: ${effect.says}${effect.repository ? ` (${effect.repository})` : ''}`;
}

/** Puts values into a route's words: `{tag}` of the path, `{body.name}`, `{answer.id}`; hashes are shortened as people write them. */
export function sayEffect(words: string, params: Readonly<Record<string, string>>, body: unknown, answer: unknown): string {
  return words.replace(/\{([\w.]+)\}/g, (_, path: string) => {
    const [first = '', ...rest] = path.split('.');
    let value: unknown = first === 'body' ? body : first === 'answer' ? answer : params[first];
    for (const key of rest) value = (value as Record<string, unknown> | null | undefined)?.[key];
    const text = Array.isArray(value) ? value.map((one) => (one as { name?: string }).name ?? one).join(', ') : String(value ?? '');
    return /^[0-9a-f]{40}$/.test(text) ? text.slice(0, 7) : text;
  });
}

function describeExpected(expected: ExpectedEffect): string {
  return typeof expected === 'string'
    ? expected
    : expected instanceof RegExp
      ? String(expected)
      : JSON.stringify(expected, (_, value: unknown) => (value instanceof RegExp ? String(value) : value));
}

function meets(effect: Effect, expected: ExpectedEffect): boolean {
  if (typeof expected === 'string') return effect.says === expected;
  if (expected instanceof RegExp) return expected.test(effect.says);
  return matches(effect, expected);
}

function matches(actual: unknown, expected: unknown): boolean {
  if (expected instanceof RegExp) return typeof actual === 'string' && expected.test(actual);
  if (Array.isArray(expected))
    return Array.isArray(actual) && actual.length === expected.length && expected.every((one, index) => matches(actual[index], one));
  if (typeof expected === 'object' && expected !== null) {
    if (typeof actual !== 'object' || actual === null) return false;
    return Object.entries(expected).every(([key, value]) => matches((actual as Record<string, unknown>)[key], value));
  }
  return Object.is(actual, expected);
}
