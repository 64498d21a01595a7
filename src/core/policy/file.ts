// The text of a policy file → Policy, or every problem in it with line, column and what to write instead. A file with any problem gives
// no policy at all: half a policy would release or open a gate by rules that nobody wrote.

import { nearest } from '../nearest.ts';
import { readPattern } from '../pattern.ts';
import { DEFAULT_POLICY, type PackagePolicy, type Policy } from '../policy.ts';
import { environmentsOf } from './environment-file.ts';
import { applyOverrides, type MeaningOverrides, type PolicyOverrides } from './overrides.ts';
import { POLICY_SCHEMA, type RawPolicy } from './schema.ts';
import { schemaFindings, shown } from './schema-findings.ts';
import { trainsOf } from './train-file.ts';
import { type Finding, type Path, readYaml } from './yaml.ts';

export interface Problem {
  /** Both from 1. */
  readonly line: number;
  readonly column: number;
  /** The key it is about, as `environments.production.requires[1]`; empty for the file as a whole. */
  readonly path: string;
  /** What is wrong and what to write instead. */
  readonly says: string;
}

export type ParsedPolicy = { readonly ok: true; readonly policy: Policy } | { readonly ok: false; readonly problems: readonly Problem[] };

/** Says that something at a path of the file is wrong. */
export type Report = (path: Path, says: string, what?: 'key' | 'value') => void;

const MOST_PROBLEMS = 50;

/** Reads a policy file; `file` is its name for the words about the file as a whole. An empty file is the default policy. */
export function parsePolicy(text: string, file = '.github/shiplock.yml'): ParsedPolicy {
  const yaml = readYaml(text);
  const findings: Finding[] = [...yaml.findings];
  const report: Report = (path, says, what = 'value') => findings.push({ path, offset: yaml.offsetOf(path, what), says });
  let policy = DEFAULT_POLICY;
  if (!yaml.broken && yaml.value !== null) {
    const read = POLICY_SCHEMA.safeParse(yaml.value);
    if (!read.success) findings.push(...schemaFindings(POLICY_SCHEMA, read.error.issues, yaml));
    const sound = read.success ? read : POLICY_SCHEMA.safeParse(without(yaml.value, read.error.issues));
    if (sound.success) policy = applyOverrides(overridesIn(sound.data, report));
  }
  if (findings.length === 0) return { ok: true, policy };
  return { ok: false, problems: problemsOf(findings, yaml.placeOf, file) };
}

/** The sections at which the schema found nothing, so that what it cannot see is told of them in the same breath. */
function without(value: unknown, issues: readonly { readonly path: readonly PropertyKey[]; readonly keys?: unknown }[]): unknown {
  const bad = new Set(issues.flatMap(({ path, keys }) => (path.length > 0 ? [path[0]] : Array.isArray(keys) ? keys : [])));
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value).filter(([key]) => !bad.has(key))) : value;
}

/** One line a problem, as compilers write them, so that editors and terminals can jump there. */
export function problemLines(problems: readonly Problem[], file: string): string[] {
  return problems.map(({ line, column, path, says }) => `${file}:${line}:${column}: ${path === '' ? '' : `${path}: `}${says}`);
}

function problemsOf(findings: readonly Finding[], placeOf: (offset: number) => { line: number; column: number }, file: string): Problem[] {
  const sorted = findings.toSorted((a, b) => a.offset - b.offset);
  // A value that an alias repeats is wrong once, where it is written.
  const once = sorted.filter(
    (one, index) => !sorted.slice(Math.max(0, index - 20), index).some((other) => other.offset === one.offset && other.says === one.says),
  );
  const problems = once.slice(0, MOST_PROBLEMS).map(({ path, offset, says }) => {
    const whole = path.length === 0 && /^(?:it|must) /.test(says);
    return { ...placeOf(offset), path: pathText(path), says: whole ? `${file} ${says.replace(/^it /, '')}` : says };
  });
  const last = once[MOST_PROBLEMS];
  if (last === undefined) return problems;
  return [...problems, { ...placeOf(last.offset), path: '', says: `and ${once.length - MOST_PROBLEMS} more problems from here on` }];
}

function pathText(path: Path): string {
  return path
    .map((part) => (typeof part === 'number' ? `[${part}]` : /^[\w.-]{1,60}$/.test(part) ? `.${part}` : `[${shown(part)}]`))
    .join('')
    .replace(/^\./, '');
}

function overridesIn(raw: RawPolicy, report: Report): PolicyOverrides {
  checkLines(raw, report);
  checkNotes(raw, report);
  const { version: _, lines, classify, release, notes, packages, environments, deployers, trains, commands, notify } = raw;
  const gates = environments ? environmentsOf(environments, report) : null;
  return {
    ...given('lines', lines),
    ...given('classify', classify && classifyIn(classify, report)),
    ...given('release', release && releaseIn(release, report)),
    ...given('notes', notes),
    ...given('packages', packages && packagesIn(packages, report)),
    ...(gates ?? {}),
    ...given('deployers', deployers && [...new Set(deployers.map((one) => one.replace(/^@/, '')))]),
    ...given('trains', trains && trainsOf(trains, report)),
    ...given('commands', commands),
    ...given('notify', notify),
  } as PolicyOverrides;
}

/** An entry for what the file says; nothing for what it leaves out or empty. */
function given<K extends string, T>(key: K, value: T | null | undefined): Partial<Record<K, T>> {
  return value === null || value === undefined ? {} : ({ [key]: value } as Record<K, T>);
}

function checkLines(raw: RawPolicy, report: Report): void {
  const seen = new Map<string, number>();
  for (const [index, { branch }] of (raw.lines ?? []).entries()) {
    const { problem } = readPattern(branch);
    if (problem !== null) report(['lines', index, 'branch'], `${shown(branch)} cannot be used as a regular expression: ${problem}`);
    const before = seen.get(branch);
    if (before !== undefined)
      report(['lines', index, 'branch'], `${shown(branch)} is a line already, lines[${before}]: the first one that matches counts`);
    seen.set(branch, before ?? index);
  }
}

function classifyIn(classify: NonNullable<RawPolicy['classify']>, report: Report): PolicyOverrides['classify'] {
  for (const table of ['labels', 'types', 'branches'] as const) {
    const seen = new Map<string, string>();
    for (const name of Object.keys(classify[table] ?? {})) {
      const same = seen.get(name.toLowerCase());
      if (same !== undefined)
        report(['classify', table, name], `${shown(name)} is ${shown(same)} again: names are compared without case`, 'key');
      seen.set(name.toLowerCase(), name);
    }
  }
  return classify as { readonly labels?: MeaningOverrides };
}

function releaseIn(release: NonNullable<RawPolicy['release']>, report: Report): PolicyOverrides['release'] {
  const { 'before-1.0': before1, ...rest } = release;
  if (rest.tag) checkTag(rest.tag, ['release', 'tag'], report);
  for (const [index, path] of (rest.files ?? []).entries()) checkPath(path, ['release', 'files', index], report);
  if (rest.changelog) checkPath(rest.changelog, ['release', 'changelog'], report);
  return { ...rest, ...given('before1', before1) } as PolicyOverrides['release'];
}

function checkTag(tag: string, path: Path, report: Report): void {
  checkPlaceholders(tag, ['version', 'name'], path, report);
  if (tag.split('{version}').length > 2) report(path, `${shown(tag)} has {version} twice: a tag could not be read back`);
  // https://git-scm.com/docs/git-check-ref-format
  if (/^[-/.]|\.\.|\/\/|\/\.|@\{|[/.]$|\.lock$/.test(tag.replaceAll('{version}', '1.0.0').replaceAll('{name}', 'name'))) {
    report(path, `${shown(tag)} gives no tag that git allows: it has an empty part, "..", or begins or ends wrongly`);
  }
}

function checkPath(path: string, at: Path, report: Report): void {
  if (/^(?:\/|~|[A-Za-z]:)/.test(path)) report(at, `${shown(path)} must be a path from the root of the repository, without a leading /`);
  else if (path.includes('\\')) report(at, `${shown(path)} has a backslash: write /`);
  else if (path.split('/').includes('..'))
    report(at, `${shown(path)} leads out of its folder: write the path from the root of the repository, without ..`);
}

function checkNotes({ notes }: RawPolicy, report: Report): void {
  if (notes?.template) {
    checkPlaceholders(
      notes.template,
      ['summary', 'changes', 'contributors', 'compare', 'version', 'tag', 'previous'],
      ['notes', 'template'],
      report,
    );
  }
  if (notes?.line) checkPlaceholders(notes.line, ['subject', 'scope', 'pr', 'sha', 'author', 'issues'], ['notes', 'line'], report);
  const seen = new Map<string, string>();
  for (const [index, section] of (notes?.sections ?? []).entries()) {
    for (const [nth, meaning] of section.of.entries()) {
      const before = seen.get(meaning);
      if (before !== undefined) report(['notes', 'sections', index, 'of', nth], `${meaning} is listed under ${shown(before)} already`);
      seen.set(meaning, section.title);
    }
  }
}

function checkPlaceholders(template: string, known: readonly string[], path: Path, report: Report): void {
  for (const [, word] of template.matchAll(/\{([a-z]{1,30})\}/gi)) {
    if (word === undefined || known.includes(word)) continue;
    const meant = nearest(word, known);
    report(
      path,
      `{${word}} is not known here: ${meant === null ? `it knows ${known.map((one) => `{${one}}`).join(', ')}` : `did you mean {${meant}}?`}`,
    );
  }
}

function packagesIn(packages: NonNullable<RawPolicy['packages']>, report: Report): PackagePolicy[] {
  const names = new Map<string, string>();
  const paths = new Map<string, string>();
  const tags = new Map<string, string>();
  return packages.map(({ name, path, tag = null }, index) => {
    const at = ['packages', index];
    checkPath(path, [...at, 'path'], report);
    if (tag !== null) checkTag(tag, [...at, 'tag'], report);
    const folder = path.replace(/^(?:\.\/)+/, '').replace(/\/{1,100}$/, '') || '.';
    const tagged = (tag ?? '{name}-v{version}').replaceAll('{name}', name);
    if (names.has(name)) report([...at, 'name'], `${shown(name)} is the name of two packages`);
    else if (paths.has(folder)) report([...at, 'path'], `${shown(folder)} is the folder of ${paths.get(folder)} already`);
    else if (tags.has(tagged))
      report([...at, 'tag'], `${shown(tagged)} is the tag of ${tags.get(tagged)} already: their versions would collide; put {name} in`);
    names.set(name, name);
    paths.set(folder, name);
    tags.set(tagged, name);
    return { name, path: folder, tag };
  });
}
