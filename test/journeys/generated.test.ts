// The files that are generated: fresh, of use to an editor, and of one opinion with the reader of the policy.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { generate, staleFiles } from '../../scripts/generate.ts';
import { policyJsonSchema } from '../../scripts/policy-schema-json.ts';
import { OCCASIONS } from '../../src/core/policy/environment.ts';
import { parsePolicy, problemLines } from '../../src/core/policy/file.ts';
import { POLICY_SCHEMA } from '../../src/core/policy/schema.ts';

const ROOT = join(import.meta.dirname, '../..');
const example = await readFile(join(ROOT, 'docs/examples/shiplock.yml'), 'utf8');
const validate = new Ajv({ strict: true, strictTypes: false, allowUnionTypes: true, allErrors: true }).compile(policyJsonSchema());

describe('the generated files', () => {
  it('are what the sources give: npm run generate', async () => {
    expect(await staleFiles()).toEqual([]);
  });

  it('have no trace of the machine they were made on', async () => {
    for (const text of (await generate()).values()) expect(text).not.toContain(ROOT);
  });
});

describe('the example with every key', () => {
  it('is a policy', () => {
    const read = parsePolicy(example);
    expect(read.ok ? [] : problemLines(read.problems, 'docs/examples/shiplock.yml')).toEqual([]);
  });

  it('has every key', () => {
    const used = new Set(keysOf(parse(example)));
    expect([...keysIn(policyJsonSchema())].filter((key) => !used.has(key))).toEqual([]);
  });
});

describe('the reference', () => {
  it('has only pieces of policy that the schema allows', async () => {
    const text = (await generate()).get('docs/policy.md') ?? '';
    const pieces = [...text.matchAll(/```yaml\n([^`]*)```/g)]
      .map(([, piece]) => piece ?? '')
      .filter((piece) => !piece.includes('enviroments'));
    expect(pieces.length).toBeGreaterThan(15);
    for (const piece of pieces) expect({ piece, allowed: POLICY_SCHEMA.safeParse(parse(piece)).success }).toEqual({ piece, allowed: true });
  });

  it('tells of every key', async () => {
    const text = (await generate()).get('docs/policy.md') ?? '';
    const untold = [...keysIn(policyJsonSchema())]
      .map((key) => key.split(' ').at(-1))
      .filter((key) => !text.includes(`| \`${key}\` |`) && !text.includes(`### \`${key}\``));
    expect(untold).toEqual([]);
  });
});

describe('the JSON Schema', () => {
  it('describes every key', () => {
    const silent: string[] = [];
    eachKey(policyJsonSchema(), (around, key, schema) => {
      if (typeof schema.description !== 'string' || schema.description.length < 8) silent.push(`${around} ${key}`);
    });
    expect(silent).toEqual([]);
  });

  it.each<[string, string]>([
    ['the example with every key', example],
    ['empty sections', 'release:\nclassify:\nenvironments:\n  qa:\n'],
    ['nothing but the version', 'version: 1'],
    ['null for a built-in label', 'classify: { labels: { bug: null } }'],
    ['no tag, no changelog', 'release: { tag: null, changelog: null }'],
    ['an app by its id', 'environments: { qa: { requires: [{ checks: [a], app: 1 }] } }'],
    ['a default for environments', 'environments: { default: open }'],
  ])('and the reader both take %s', (_, text) => {
    expect({ schema: allows(text), reader: parsePolicy(text).ok }).toEqual({ schema: true, reader: true });
  });

  it.each<[string, string]>([
    ['an unknown section', 'relase: {}'],
    ['an unknown key', 'release: { mod: draft }'],
    ['an unknown key of an environment', 'environments: { qa: { require: [] } }'],
    ['an unknown key of a requirement', 'environments: { qa: { requires: [{ checks: [a], ap: x }] } }'],
    ['two requirements in one', 'environments: { qa: { after: a, requires: [{ soak: 1h, ticket: x }] } }'],
    ['no requirement in one', 'environments: { qa: { requires: [{ app: x }] } }'],
    ['an unknown occasion', 'environments: { qa: { for: { hotfix: {} } } }'],
    ['another version', 'version: 2'],
    ['an unknown mode', 'release: { mode: slow }'],
    ['an unknown meaning', 'classify: { labels: { bug: patch } }'],
    ['a bad branch prefix', 'classify: { branches: { feat/: feature } }'],
    ['a tag without a version', 'release: { tag: v }'],
    ['half a version', 'release: { initial: "1.0" }'],
    ['a bump of none', 'release: { before-1.0: { feature: none } }'],
    ['a duration without a unit', 'environments: { qa: { review: { after: "24" } } }'],
    ['a time without its zero', 'environments: { qa: { windows: [{ from: "9:00" }] } }'],
    ['a day that is none', 'environments: { qa: { windows: [{ days: monday }] } }'],
    ['a person without @', 'notify: [{ on: [published], mention: [ada] }]'],
    ['an unknown event', 'notify: [{ on: [release], mention: ["@ada"] }]'],
    ['no approvals', 'environments: { qa: { requires: [{ approvals: { count: 0 } }] } }'],
    ['a default that is a map', 'environments: { default: {} }'],
    ['a list at the root', '[]'],
    ['a text at the root', 'release'],
  ])('and the reader both refuse %s', (_, text) => {
    expect({ schema: allows(text), reader: parsePolicy(text).ok }).toEqual({ schema: false, reader: false });
  });

  it('agrees with the reader’s schema about whatever becomes of the example', () => {
    const whole = parse(example) as object;
    const steps = fc.array(fc.tuple(fc.array(fc.nat({ max: 30 }), { minLength: 1, maxLength: 7 }), change), { minLength: 1, maxLength: 3 });
    let refused = 0;
    fc.assert(
      fc.property(steps, (all) => {
        const value = structuredClone(whole);
        for (const [way, how] of all) alter(value, way, how);
        const read = POLICY_SCHEMA.safeParse(value).success;
        if (!read) refused += 1;
        expect({ value, schema: validate(value) }).toEqual({ value, schema: read });
      }),
      { numRuns: 1500 },
    );
    expect(refused).toBeGreaterThan(300);
  });
});

function allows(text: string): boolean {
  return validate(parse(text));
}

type Schema = ReturnType<typeof policyJsonSchema>;

/** Every key that the schema names, each with the key that it stands under; what `for` differs is the same for each occasion. */
function keysIn(schema: Schema): Set<string> {
  const keys = new Set<string>();
  eachKey(schema, (around, key) => keys.add(`${around} ${key}`));
  return keys;
}

function eachKey(root: Schema, visit: (around: string, key: string, schema: Schema) => void): void {
  const walk = (one: Schema, around: string): void => {
    if (one.$ref !== undefined) walk(root.definitions?.[one.$ref.replace('#/definitions/', '')] ?? {}, around);
    for (const part of [...(one.anyOf ?? []), ...(one.allOf ?? [])]) walk(part, around);
    if (one.items) walk(one.items, around);
    if (typeof one.additionalProperties === 'object') walk(one.additionalProperties, around);
    for (const [key, inner] of Object.entries(one.properties ?? {})) {
      visit(around, key, inner);
      walk(inner, isOccasion(around, key) ? around : key);
    }
  };
  walk(root, 'policy');
}

/** Every key of a policy file, told as `keysIn` does; names that users choose are passed over. */
function keysOf(value: unknown, around = 'policy'): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => keysOf(item, around));
  if (typeof value !== 'object' || value === null || TABLES.has(around)) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    if (around === 'environments' && key !== 'default')
      return keysOf(inner, 'environment').map((one) => one.replace(/^environment /, 'environments '));
    return [`${around} ${key}`, ...keysOf(inner, isOccasion(around, key) ? around : key)];
  });
}

function isOccasion(around: string, key: string): boolean {
  return around === 'for' && (OCCASIONS as readonly string[]).includes(key);
}

const TABLES: ReadonlySet<string> = new Set(['labels', 'types', 'branches', 'paths']);

const change = fc.oneof(
  fc.record({
    value: fc.constantFrom<unknown>(
      null,
      true,
      0,
      1,
      2,
      101,
      1.5,
      '',
      'x',
      '1h',
      '0h',
      '@a',
      'mon',
      '09:00',
      '24:00',
      'none',
      'any',
      [],
      {},
      ['mon'],
      ['x'],
      [{}],
      { soak: '1h' },
    ),
  }),
  fc.record({ rename: fc.constantFrom('x', 'checks', 'soak', 'app', 'requires', 'default', 'windows') }),
  fc.constant({ remove: true as const }),
);

/** Follows a way through maps and lists and changes what stands at its end. */
function alter(root: object, way: readonly number[], how: { value?: unknown; rename?: string; remove?: true }): void {
  let here = root as Record<string, unknown>;
  for (const [depth, step] of way.entries()) {
    const keys = Object.keys(here);
    const key = keys[step % Math.max(keys.length, 1)];
    if (key === undefined) return;
    const inner = here[key];
    if (depth < way.length - 1 && typeof inner === 'object' && inner !== null && Object.keys(inner).length > 0) {
      here = inner as Record<string, unknown>;
      continue;
    }
    if ('value' in how) here[key] = how.value;
    else if (Array.isArray(here)) here.splice(Number(key), 1);
    else {
      delete here[key];
      if (how.rename !== undefined) here[how.rename] = inner;
    }
    return;
  }
}
