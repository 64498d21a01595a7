// What a pull request would be once it is merged → a headline, the JSON that scripts read, and the page that people read.

import type { Bump, Classification, Kind } from '../change.ts';
import { type Repository, styleOf } from '../notes/line.ts';
import { inlineText } from '../notes/markdown.ts';
import { maxBump } from '../version.ts';
import { alert, joined, nameSpan, table } from './page.ts';

/** One merge method's outcome. */
export interface Outcome {
  readonly method: string;
  readonly classification: Classification;
  readonly version: string | null;
  readonly objections: readonly string[];
}

export interface Previewed {
  readonly number: number;
  readonly title: string;
  readonly line: string;
  readonly before: string | null;
  readonly methods: readonly Outcome[];
  readonly agree: boolean;
  readonly remarks: readonly string[];
}

/** All methods as one: a dispute of any is a dispute, and the strongest kind counts. */
export interface Verdict {
  readonly decision: Classification['status'];
  readonly kind: Kind;
  readonly bump: Bump;
  readonly breaking: boolean;
  /** The next release with it, where all methods lead to the same. */
  readonly version: string | null;
  /** What a person must settle, each once. */
  readonly objections: readonly string[];
  /** The evidence, each once. */
  readonly because: readonly string[];
}

export function verdictOf({ methods }: Pick<Previewed, 'methods'>): Verdict {
  const all = methods.map((one) => one.classification);
  const decision = all.some((one) => one.status === 'disputed')
    ? 'disputed'
    : all.some((one) => one.status === 'classified')
      ? 'classified'
      : 'excluded';
  const kinds = all.map((one) => one.kind);
  const versions = new Set(methods.map((one) => one.version));
  return {
    decision,
    kind: kinds.includes('feature') ? 'feature' : kinds.includes('maintenance') ? 'maintenance' : 'none',
    bump: maxBump(all.map((one) => one.bump)),
    breaking: all.some((one) => one.breaking),
    version: versions.size === 1 ? (methods[0]?.version ?? null) : null,
    objections: [...new Set(methods.flatMap((one) => one.objections))],
    because: [...new Set(all.flatMap((one) => one.because.map(({ says }) => says)))],
  };
}

/** In a few words, as plain text of one line: `#12 is a feature`. */
export function previewHeadline(previewed: Previewed): string {
  return `#${previewed.number} ${whatItIs(previewed)}`;
}

function whatItIs(previewed: Previewed): string {
  const { decision, kind, breaking } = verdictOf(previewed);
  if (decision === 'disputed') return 'is disputed';
  if (!previewed.agree) return 'depends on how it is merged';
  if (decision === 'excluded') return 'is left out of releases';
  if (breaking) return 'is a breaking change';
  return kind === 'feature' ? 'is a feature' : kind === 'none' ? 'asks for no release' : 'is maintenance';
}

/** What it would change, as a sentence of plain text. */
export function previewSentence({ line, before, methods }: Previewed): string {
  const afters = [...new Set(methods.map((one) => one.version))];
  const [after] = afters;
  const next = (version: string | null) => version ?? 'none';
  if (afters.length !== 1 || after === undefined) {
    const ways = methods.map(({ method, version }) => `${next(version)} by ${method}`).join(', ');
    return `The next release of ${line} would be ${ways}; without it: ${next(before)}.`;
  }
  if (after === before) return `The next release of ${line} stays ${after === null ? 'none' : after}.`;
  return `Merged, it makes the next release of ${line} ${next(after)}; without it: ${next(before)}.`;
}

/** For scripts: each method as `shiplock classify --json` has it, with the release it would lead to. */
export function previewJson(previewed: Previewed): unknown {
  const { number, title, line, before, agree, methods, remarks } = previewed;
  const outcomes = methods.map(({ method, classification, version, objections }) => {
    const { status, kind, subkind, breaking, bump, section, because } = classification;
    return { method, status, kind, subkind, bump, section, breaking, because, version, objections };
  });
  return { number, title, line, before, agree, methods: outcomes, remarks };
}

/** The page as Markdown, with a line end at the end. `repository` null: nothing is linked. `settle`: how a dispute ends where it is shown. */
export function previewSummary(
  previewed: Previewed,
  repository: Repository | null,
  settle: (verdict: Verdict) => readonly string[] = settling,
): string {
  const { base } = styleOf(repository, null);
  const name = `#${previewed.number}`;
  const verdict = verdictOf(previewed);
  const because = verdict.because.map((one) => inlineText(one, 300));
  return `${joined([
    `## ${base === null ? name : `[${name}](${base}/pull/${previewed.number})`} ${whatItIs(previewed)}`,
    inlineText(previewed.title),
    inlineText(previewSentence(previewed)),
    alert('CAUTION', 'A person must settle this.', [...verdict.objections, ...settle(verdict)], MOST),
    previewed.agree ? because.map((one) => `- ${one}`).join('\n') : methodTable(previewed.methods),
    alert('NOTE', 'This was assumed.', previewed.remarks, MOST),
  ])}\n`;
}

/** How a dispute ends where nobody answers comments. */
export function settling({ decision }: Pick<Verdict, 'decision'>): readonly string[] {
  return decision === 'disputed'
    ? ['Without the App: mend the title, or take the label off that says otherwise. This check looks again at each change of them.']
    : [];
}

const MOST = 20;

function methodTable(methods: readonly Outcome[]): string {
  const rows = methods.map(({ method, classification, version }) => {
    const { status, kind, breaking, because } = classification;
    const says = because.slice(0, 2).map((one) => one.says);
    const what = status !== 'classified' ? status : breaking ? 'breaking' : kind === 'none' ? 'no release' : kind;
    return [method, what, version === null ? 'none' : nameSpan(version), inlineText(says.join('; '), 300)];
  });
  return table(['Merged by', 'It is', 'Next release', 'Why'], rows, { left: 0, noun: 'method' });
}
