// Recorded answers of conventional-commits-parser and of semantic-release's commit-analyzer, held against what this project reads. What
// differs on purpose is listed with its reason; a difference that is not listed fails, and so does a listed one that is none.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommitParser } from 'conventional-commits-parser';
import { describe, expect, it } from 'vitest';
import { bumpOfRange } from '../../src/core/bump.ts';
import { readHistory } from '../../src/core/history.ts';
import { readMessage } from '../../src/core/message.ts';
import { DEFAULT_POLICY, type Meaning, type Policy } from '../../src/core/policy.ts';

const DATA = process.env.SHIPLOCK_DATA_DIR ?? join(import.meta.dirname, '../../../shared/data');

function vectors(name: string): { readonly lines: readonly unknown[]; readonly absent: string | null } {
  const file = join(DATA, 'vectors', name);
  if (!existsSync(file)) return { lines: [], absent: `recorded vectors are not at ${file}; set SHIPLOCK_DATA_DIR to where they are` };
  return {
    lines: readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => revive(JSON.parse(line))),
    absent: null,
  };
}

/** Recorded regular expressions come as `{__re, flags}`. */
function revive(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(revive);
  const { __re, flags } = value as { __re?: string; flags?: string };
  if (__re !== undefined) return new RegExp(__re, flags);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, revive(inner)]));
}

interface ParserVector {
  readonly opts: ConstructorParameters<typeof CommitParser>[0] | null;
  readonly input: string;
  readonly result: {
    readonly type?: string | null;
    readonly scope?: string | null;
    readonly notes: readonly { readonly title: string }[];
    readonly references: readonly unknown[];
  };
}

const MERGE = 'the title of a merge is read where merges are put together with their pull requests (unit.ts)';
const BANG = 'the recorded options do not know `!` in the header; the specification does';
const AMEND = 'the recorded options make BREAKING AMEND a keyword; the specification knows BREAKING CHANGE alone';
const PREFIX = 'issues are numbers after #; other trackers’ keys stay text';
const OWN_FIELDS = 'the recorded options give the header fields of their own';
const STRIPPED = 'git has stripped blank lines, comments and signatures before a message is read';

const PARSER_DIFFERENCES: Readonly<Record<number, string>> = {
  1: MERGE,
  2: MERGE,
  3: MERGE,
  6: BANG,
  7: BANG,
  8: BANG,
  12: BANG,
  63: BANG,
  14: PREFIX,
  48: PREFIX,
  49: PREFIX,
  55: PREFIX,
  59: PREFIX,
  20: STRIPPED,
  21: 'blanks around a title are not part of it, so it is conventional',
  22: STRIPPED,
  43: AMEND,
  51: AMEND,
  57: AMEND,
  58: AMEND,
  44: OWN_FIELDS,
  45: OWN_FIELDS,
  53: 'BREAKING CHANGES in the plural is what people write when they mean it: under-bumping is what users cannot take back',
};

describe('conventional-commits-parser’s 68 recorded answers', () => {
  const { lines, absent } = vectors('ccp.jsonl');

  it('the library that this project is built on still gives all of them', (context) => {
    if (absent !== null) return context.skip(absent);
    for (const [index, line] of lines.entries()) {
      const { opts, input, result } = line as ParserVector;
      expect(JSON.parse(JSON.stringify(new CommitParser(opts ?? {}).parse(input))), `vector ${index}`).toEqual(result);
    }
    expect(lines).toHaveLength(68);
  });

  it('ours reads the same type, scope, breaking mark and references, but for the listed differences', (context) => {
    if (absent !== null) return context.skip(absent);
    const differing = lines.flatMap((line, index) => {
      const { input, result } = line as ParserVector;
      const [title = '', ...body] = input.split(/\r?\n/);
      const message = readMessage(title, body.join('\n'));
      const header = message.statements.find((one) => one.where === 'header');
      const ours = {
        type: header?.type ?? null,
        scope: header?.scope ?? null,
        breaking: message.breaking.length > 0 || header?.breaking === true,
        references: message.references.length + message.prs.length,
      };
      const theirs = {
        type: result.type?.toLowerCase() ?? null,
        scope: result.scope ?? null,
        breaking: result.notes.some((note) => /BREAKING/i.test(note.title)),
        references: result.references.length,
      };
      return JSON.stringify(ours) === JSON.stringify(theirs) ? [] : [index];
    });
    expect(differing).toEqual(Object.keys(PARSER_DIFFERENCES).map(Number));
  });
});

interface AnalyzerVector {
  readonly cfg: { readonly preset?: string; readonly config?: string; readonly parserOpts?: unknown; readonly releaseRules?: unknown };
  readonly commits?: readonly { readonly hash?: string; readonly message: string }[];
  readonly result?: string | null;
  readonly error?: string;
}

const CONFIGURATION = 'it is about the errors of semantic-release’s own configuration';
const CHORE = 'chores are maintenance here: what was merged and is in nobody’s notes is a lost change';

const ANALYZER_DIFFERENCES: Readonly<Record<number, string>> = {
  0: CONFIGURATION,
  1: CONFIGURATION,
  2: CONFIGURATION,
  3: CONFIGURATION,
  4: CONFIGURATION,
  11: CONFIGURATION,
  6: 'it reads %%TYPE%% headers by a pattern of its own; a policy names types, not patterns',
  9: CHORE,
  12: CHORE,
  20: 'a rule by a glob over the message has no equal in a policy',
  22: 'a rule that makes breaking changes minor has no equal: before 1.0 the policy says it, after 1.0 they are major',
};

describe('commit-analyzer’s 25 recorded answers', () => {
  const { lines, absent } = vectors('commit-analyzer.jsonl');

  it('a range of ours asks for the same, but for the listed differences', (context) => {
    if (absent !== null) return context.skip(absent);
    const differing = lines.flatMap((line, index) => {
      const vector = line as AnalyzerVector;
      const ours = bumpOf(vector);
      return (ours === 'none' ? null : ours) === (vector.result ?? null) && vector.error === undefined ? [] : [index];
    });
    expect(differing).toEqual(Object.keys(ANALYZER_DIFFERENCES).map(Number));
  });
});

/** ESLint's types and semantic-release's rules, as a policy of ours says them. */
function policyOf({ cfg }: AnalyzerVector): Policy {
  const types: Record<string, Meaning> = { ...DEFAULT_POLICY.classify.types };
  if ((cfg.preset ?? cfg.config ?? '').includes('eslint')) {
    Object.assign(types, {
      fix: 'bug',
      update: 'feature',
      new: 'feature',
      breaking: 'breaking',
      docs: 'none',
      chore: 'none',
      build: 'none',
      upgrade: 'none',
    });
  }
  const means: Readonly<Record<string, Meaning>> = { patch: 'maintenance', minor: 'feature', major: 'breaking', false: 'none' };
  for (const rule of Array.isArray(cfg.releaseRules) ? (cfg.releaseRules as { type?: string; tag?: string; release?: unknown }[]) : []) {
    const type = (rule.type ?? rule.tag)?.toLowerCase();
    const meaning = means[String(rule.release)];
    if (type !== undefined && meaning !== undefined && !(type in types && types[type] === 'feature' && meaning === 'maintenance'))
      types[type] = meaning;
  }
  return { ...DEFAULT_POLICY, classify: { ...DEFAULT_POLICY.classify, types } };
}

function bumpOf(vector: AnalyzerVector): string {
  const policy = policyOf(vector);
  const shas = (vector.commits ?? []).map((one, index) => (one.hash ?? String(index)).padEnd(40, '0'));
  const commits = (vector.commits ?? []).map(({ message }, index) => {
    const [subject = '', ...body] = message.split('\n');
    const parent = shas[index + 1];
    return {
      sha: shas[index] ?? '',
      parents: parent === undefined ? [] : [parent],
      author: { name: 'Ada' },
      date: '',
      subject,
      body: body.join('\n').trim(),
    };
  });
  return bumpOfRange(readHistory({ commits, head: shas[0] ?? '', policy }), policy, []).bump;
}
