// What the schema dislikes about a value, in words: which key is unknown and what was probably meant, what stands where something else
// should, and for a value that may take several shapes only what is wrong with the shape it was meant to take.

import type * as z from 'zod/mini';
import { nearest } from '../nearest.ts';
import { defOf, descend, keysOf, type ObjectSchema, objectsOf, requiredKeys, type Schema } from './schema-walk.ts';
import { ABOUT } from './schema-words.ts';
import type { Finding, Path, YamlText } from './yaml.ts';

type Issue = z.core.$ZodIssue;

/** Findings for a value that `schema` refused with `issues`. */
export function schemaFindings(schema: Schema, issues: readonly Issue[], yaml: YamlText): Finding[] {
  const known = new Set(yaml.findings.map(({ path }) => path.join('\u0000')));
  // What could not be read is not also of the wrong type.
  return issues.flatMap((issue) => findingsOf(issue, [schema], [], yaml)).filter(({ path }) => !known.has(path.join('\u0000')));
}

function findingsOf(issue: Issue, schemas: readonly Schema[], base: Path, yaml: YamlText): Finding[] {
  const path: Path = [...base, ...(issue.path as (string | number)[])];
  const here = descend(schemas, issue.path as (string | number)[]);
  const value = valueAt(yaml.value, path);
  const at = (says: string): Finding[] => [{ path, offset: yaml.offsetOf(path, 'value'), says }];
  const absent = (): Finding[] => (isMisspelt(path, schemas, base, yaml) ? [] : [missing(path, here, yaml)]);
  const own = issue.message === 'Invalid input' ? null : issue.message;
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownKey(key, keysOf(fitting(objectsOf(here), value)), path, yaml));
    case 'invalid_union':
      return value === undefined ? absent() : unionFindings(issue, here, path, yaml);
    case 'invalid_value':
      return at(own !== null ? continued(own, path, yaml) : notOneOf(issue.values as (string | number)[], path, yaml));
    case 'invalid_key':
      return [
        { path, offset: yaml.offsetOf(path, 'key'), says: continued(issue.issues[0]?.message ?? 'is no name', [path.at(-1) ?? ''], null) },
      ];
    case 'invalid_type':
      if (value === undefined) return absent();
      return at(own !== null ? continued(own, path, yaml) : wrongType(issue.expected, here, path, yaml));
    default:
      return at(continued(own ?? 'is not what is wanted here', path, yaml));
  }
}

/** `says` alone where it is a sentence, else after what was written: `"24" is not a duration`. */
function continued(says: string, path: Path, yaml: YamlText | null): string {
  if (!/^(?:is|are) /.test(says)) return says;
  return `${yaml === null ? shown(path.at(-1)) : written(path, yaml)} ${says}`;
}

function notOneOf(values: readonly (string | number)[], path: Path, yaml: YamlText): string {
  const words = values.map(String);
  const value = valueAt(yaml.value, path);
  if (path.length === 1 && path[0] === 'version')
    return `${written(path, yaml)} is no version of the policy that is known here: write ${words.join(' or ')}`;
  const meant = typeof value === 'string' ? (synonym(value, words) ?? nearest(value, words)) : null;
  const choice = words.length === 1 ? `can only be ${words[0]}` : `is not one of ${words.join(', ')}`;
  return `${written(path, yaml)} ${choice}${meant === null ? '' : `: did you mean "${meant}"?`}`;
}

// What other release tools call the meanings.
const SYNONYMS: Readonly<Record<string, string>> = {
  major: 'breaking',
  minor: 'feature',
  enhancement: 'feature',
  feat: 'feature',
  patch: 'maintenance',
  chore: 'maintenance',
  fix: 'bug',
  perf: 'performance',
  deps: 'dependency',
  dependencies: 'dependency',
  docs: 'documentation',
  skip: 'none',
  ignore: 'none',
  pr: 'pull-request',
  publish: 'direct',
};

function synonym(word: string, known: readonly string[]): string | null {
  const meant = Object.hasOwn(SYNONYMS, word.toLowerCase()) ? SYNONYMS[word.toLowerCase()] : undefined;
  return meant !== undefined && known.includes(meant) ? meant : null;
}

const TYPES: Readonly<Record<string, string>> = {
  object: 'a map',
  record: 'a map',
  array: 'a list',
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
};

function wrongType(expected: string, here: readonly Schema[], path: Path, yaml: YamlText): string {
  const example = here.map((schema) => ABOUT.get(schema)?.examples?.[0]).find((one) => one !== undefined);
  const value = valueAt(yaml.value, path);
  if (expected === 'array' && typeof value === 'string') return `must be a list, as [${JSON.stringify(value)}]`;
  return `must be ${TYPES[expected] ?? expected}${example === undefined ? '' : `, as ${flow(example)}`}, and is ${kindOf(value)}`;
}

function missing(path: Path, here: readonly Schema[], yaml: YamlText): Finding {
  const around = path.slice(0, -1);
  const description = here.map((schema) => ABOUT.get(schema)?.description).find((one) => one !== undefined);
  const tail = description === undefined ? '' : `: ${description.charAt(0).toLowerCase()}${description.slice(1).replace(/\.$/, '')}`;
  return { path, offset: yaml.offsetOf(around, 'value'), says: `"${path.at(-1)}" is missing here${tail}` };
}

/** Whether a key beside it is most likely the missing one, which is then told once and not twice. */
function isMisspelt(path: Path, schemas: readonly Schema[], base: Path, yaml: YamlText): boolean {
  const around = path.slice(0, -1);
  const value = valueAt(yaml.value, around);
  const known = keysOf(fittingNames(objectsOf(descend(schemas, around.slice(base.length))), path.at(-1)));
  return isMap(value) && Object.keys(value).some((key) => !known.includes(key) && nearest(key, known) === path.at(-1));
}

function fittingNames(objects: readonly ObjectSchema[], key: string | number | undefined): readonly ObjectSchema[] {
  return objects.filter((object) => requiredKeys(object).includes(String(key)));
}

function unknownKey(key: string, known: readonly string[], around: Path, yaml: YamlText): Finding {
  const path = [...around, key];
  const meant = nearest(key, known);
  const tail = meant !== null ? `: did you mean "${meant}"?` : known.length === 0 ? '' : `: here may stand ${known.join(', ')}`;
  return { path, offset: yaml.offsetOf(path, 'key'), says: `unknown key ${shown(key)}${tail}` };
}

function unionFindings(issue: z.core.$ZodIssueInvalidUnion, here: readonly Schema[], path: Path, yaml: YamlText): Finding[] {
  const union = here.map((schema) => defOf(schema)).find((def) => def.type === 'union');
  const options = union === undefined ? [] : (union.options as readonly Schema[]);
  const value = valueAt(yaml.value, path);
  const objects = options.flatMap((option) => objectsOf([option]));
  if (isMap(value) && objects.length === options.length) return namedFindings(issue, objects, value, path, yaml);
  // Of options of different types, the one whose type it is; where it is none's, what all of them would take.
  const fits = options.findIndex(
    (_, index) => !(issue.errors[index] ?? []).some((one) => one.path.length === 0 && one.code === 'invalid_type'),
  );
  const listed = options.findIndex((option) => defOf(option).type === 'array');
  const chosen = Array.isArray(value) && listed >= 0 ? listed : fits;
  const option = options[chosen];
  if (option !== undefined) return (issue.errors[chosen] ?? []).flatMap((one) => findingsOf(one as Issue, [option], path, yaml));
  const wanted = options.map((one) => TYPES[defOf(one).type] ?? 'one of its words');
  return [{ path, offset: yaml.offsetOf(path, 'value'), says: `must be ${[...new Set(wanted)].join(' or ')}, and is ${kindOf(value)}` }];
}

/** A map that may be one of several, told apart by the key that each cannot be without: a requirement. */
function namedFindings(
  issue: z.core.$ZodIssueInvalidUnion,
  options: readonly ObjectSchema[],
  value: Readonly<Record<string, unknown>>,
  path: Path,
  yaml: YamlText,
): Finding[] {
  const names = options.map((option) => requiredKeys(option)[0] ?? '');
  const present = names.filter((name) => Object.hasOwn(value, name));
  const [first, second] = present;
  if (second !== undefined) {
    const at = [...path, second];
    return [
      {
        path: at,
        offset: yaml.offsetOf(at, 'key'),
        says: `an item asks one thing: give "${second}" an item of its own, beside the one of "${first}"`,
      },
    ];
  }
  const index = first === undefined ? -1 : names.indexOf(first);
  const option = options[index];
  if (option !== undefined) return (issue.errors[index] ?? []).flatMap((one) => findingsOf(one as Issue, [option], path, yaml));
  const known = keysOf(options);
  const unknown = Object.keys(value).filter((key) => !known.includes(key));
  const meant = unknown.find((key) => nearest(key, names) !== null);
  if (meant !== undefined) return [unknownKey(meant, names, path, yaml)];
  return [{ path, offset: yaml.offsetOf(path, 'value'), says: `asks nothing: it needs one of ${names.join(', ')}` }];
}

/** Those of which the value has every key that they need; all of them where it is none. */
function fitting(objects: readonly ObjectSchema[], value: unknown): readonly ObjectSchema[] {
  const fits = objects.filter((one) => isMap(value) && requiredKeys(one).every((key) => Object.hasOwn(value, key)));
  return fits.length > 0 ? fits : objects;
}

// Showing what was written.

function valueAt(value: unknown, path: Path): unknown {
  let here = value;
  for (const part of path)
    here =
      typeof here === 'object' && here !== null && Object.hasOwn(here, part) ? (here as Record<string | number, unknown>)[part] : undefined;
  return here;
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function kindOf(value: unknown): string {
  if (value === null) return 'empty';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'a map' : shown(value);
}

function written(path: Path, yaml: YamlText): string {
  const value = valueAt(yaml.value, path);
  if (value === null || typeof value === 'object') return value === null ? 'an empty value' : kindOf(value);
  return typeof value === 'string' ? shown(value) : (yaml.sourceOf(path) ?? shown(value));
}

/** In quotes, on one line and not too long, whatever it is. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length <= 60 ? text : `${text.slice(0, 56)}…${text.endsWith('"') ? '"' : ''}`;
}

/** An example as people write it in YAML. */
function flow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`;
  if (isMap(value))
    return `{ ${Object.entries(value)
      .map(([key, one]) => `${key}: ${flow(one)}`)
      .join(', ')} }`;
  return typeof value === 'string' && /^[A-Za-z][\w.-]*$/.test(value) ? value : JSON.stringify(value);
}
