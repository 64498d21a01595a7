// A plan → the page that people read where it was made: a workflow's job summary, and whatever else shows Markdown. Everything that others
// wrote is made inert; where the page would be too long, rows go before notes and notes before warnings, and the page says what it left out.

import type { Alarm, Change, Excluded, Objection } from '../change.ts';
import { type Repository, styleOf } from '../notes/line.ts';
import { inlineText } from '../notes/markdown.ts';
import { type PlannedRelease, releasesOf } from '../plan-json.ts';
import { alert, counted, fits, folded, joined, nameSpan, paragraphs, SUMMARY_LIMIT, table } from './page.ts';

export interface SummaryInput {
  readonly planned: PlannedRelease;
  /** Null: nothing is linked. */
  readonly repository: Repository | null;
  /** Bytes in UTF-8. */
  readonly limit?: number;
}

/** The page as Markdown, with a line end at the end. */
export function planSummary({ planned, repository, limit = SUMMARY_LIMIT }: SummaryInput): string {
  const { base } = styleOf(repository, null);
  let page = '';
  for (const level of LEVELS) {
    page = pageOf(planned, base, level);
    if (fits(page, limit)) return page;
  }
  return page;
}

/** The release in a few words, as plain text of one line: `Feature release 1.3.0`. */
export function planHeadline(plan: PlannedRelease): string {
  const held = plan.objections.length > 0;
  if (plan.kind === 'none') return held ? 'Release held back' : 'Nothing to release';
  const kind = plan.kind === 'feature' ? 'Feature' : 'Maintenance';
  const version = plan.version === null ? '' : ` ${plan.version}`;
  return `${kind} ${plan.prerelease ? 'prerelease' : 'release'}${version}${held ? ' held back' : ''}`;
}

/** What is in it and where it goes, as a sentence of plain text: `3 changes since v1.2.3 on main: a minor bump, tag v1.3.0.` */
export function planSentence(plan: PlannedRelease): string {
  return sentenceOf(plan, (name) => name);
}

/** How much of each list is shown; the first level that fits is taken. */
interface Level {
  readonly changes: number;
  readonly excluded: number;
  readonly warnings: number;
  readonly packages: number;
  readonly notes: boolean;
}

const LEVELS: readonly Level[] = [
  { changes: 500, excluded: 200, warnings: 50, packages: 200, notes: true },
  { changes: 200, excluded: 50, warnings: 20, packages: 50, notes: true },
  { changes: 100, excluded: 20, warnings: 10, packages: 20, notes: false },
  { changes: 20, excluded: 0, warnings: 5, packages: 10, notes: false },
  { changes: 0, excluded: 0, warnings: 3, packages: 3, notes: false },
];

function pageOf(planned: PlannedRelease, base: string | null, level: Level): string {
  const remarks = alert('NOTE', 'This was assumed.', planned.remarks, level.warnings);
  if (planned.packages === undefined || planned.packages.length === 0) {
    return `${joined([`## ${inlineText(planHeadline(planned))}`, ...bodyOf(planned, base, level), remarks])}\n`;
  }
  const plans = releasesOf(planned);
  const worth = plans.filter((one) => one.kind !== 'none' || one.objections.length > 0);
  const packages = counted(plans.length, 'package');
  const held = worth.filter((one) => one.objections.length > 0).length;
  const ready = held === worth.length && held > 0 ? 'None' : String(worth.length - held);
  const title =
    worth.length === 0 ? `Nothing to release in ${packages}` : `${ready} of ${packages} to release${held > 0 ? `, ${held} held back` : ''}`;
  const sections = worth.slice(0, level.packages).flatMap((one) => {
    return [`### ${inlineText(one.package ?? '')}: ${inlineText(lowerFirst(planHeadline(one)))}`, ...bodyOf(one, base, level)];
  });
  const left = worth.length - level.packages;
  return `${joined([
    `## ${title}`,
    alarmsText(planned.alarms, level),
    packageTable(plans, level),
    ...sections,
    left > 0 ? `${counted(left, 'further package')} to release: the output \`plan\` has them all.` : '',
    remarks,
  ])}\n`;
}

function bodyOf(plan: PlannedRelease, base: string | null, level: Level): string[] {
  return [
    sentenceOf(plan, nameSpan),
    objectionsText(plan.objections, level),
    alarmsText(plan.alarms, level),
    paragraphs(plan.because, level.warnings),
    changeTable(plan.changes, base, level),
    excludedTable(plan.excluded, base, level),
    plan.changes.length === 0 || (plan.kind === 'none' && plan.objections.length === 0) ? '' : notesText(plan.notes, level),
  ];
}

function sentenceOf(plan: PlannedRelease, named: (name: string) => string): string {
  const changes = plan.changes.length === 0 ? 'No changes' : counted(plan.changes.length, 'change');
  const since = plan.since === null ? '' : ` since ${named(plan.since.tag)}`;
  const what = `${changes}${since} on ${named(plan.line)}`;
  const first = plan.since === null ? ', and no release before' : '';
  if (plan.bump === 'none')
    return `${what}${first}${plan.changes.length > 0 && plan.objections.length === 0 ? '; none asks for a release' : ''}.`;
  const breaking = plan.changes.filter((change) => change.classification.breaking).length;
  const size = `a ${plan.bump} bump${breaking === 0 ? '' : ` with ${counted(breaking, 'breaking change')}`}`;
  const tag = plan.tag === null ? '' : `, tag ${named(plan.tag)}`;
  const old = plan.version !== null && !plan.latest && !plan.prerelease ? ', not the latest release' : '';
  return `${what}${first}: ${size}${tag}${old}.`;
}

function objectionsText(objections: readonly Objection[], level: Level): string {
  const many = objections.length !== 1;
  const title = `${counted(objections.length, 'objection')} ${many ? 'hold' : 'holds'} this release back.`;
  return alert(
    'CAUTION',
    title,
    objections.map((one) => one.says),
    level.warnings,
  );
}

function alarmsText(alarms: readonly Alarm[], level: Level): string {
  return alert(
    'WARNING',
    'Look at this before you release.',
    alarms.map((one) => one.says),
    level.warnings,
  );
}

function changeTable(changes: readonly Change[], base: string | null, level: Level): string {
  // What people look for comes first, and stays where rows must go.
  const sorted = changes.toSorted((a, b) => rankOf(a) - rankOf(b));
  return table(
    ['Kind', 'Change', 'From', 'Why'],
    sorted.slice(0, level.changes).map((one) => changeRow(one, base)),
    {
      left: changes.length - level.changes,
      noun: 'change',
    },
  );
}

function changeRow(change: Change, base: string | null): string[] {
  const { classification } = change;
  const disputed = classification.status === 'disputed';
  const because = classification.because.slice(0, disputed ? 3 : 1).map((one) => one.says);
  return [kindOf(change), inlineText(change.title), linkTo(change, base), inlineText(because.join('; but '), 300)];
}

function kindOf({ classification: { status, breaking, kind, subkind } }: Change): string {
  if (status === 'disputed') return '**disputed**';
  if (breaking) return '**breaking**';
  if (kind === 'none') return 'no release';
  return subkind === null || kind === 'feature' ? kind : `${kind} (${subkind})`;
}

function rankOf({ classification: { status, breaking, kind, subkind } }: Change): number {
  if (status === 'disputed') return 0;
  if (breaking) return 1;
  if (kind === 'none') return 5;
  if (subkind === 'security') return 2;
  return kind === 'feature' ? 3 : 4;
}

function excludedTable(excluded: readonly Excluded[], base: string | null, level: Level): string {
  if (excluded.length === 0) return '';
  const rows = excluded.slice(0, level.excluded).map((one) => [inlineText(one.title), linkTo(one, base), inlineText(one.says, 300)]);
  const inner = table(['Change', 'From', 'Why'], rows, { left: excluded.length - level.excluded, noun: 'change' });
  return folded(`${counted(excluded.length, 'change')} left out`, inner);
}

function packageTable(plans: readonly PlannedRelease[], level: Level): string {
  const rows = plans.slice(0, level.packages * 5).map((one) => {
    const since = one.since === null ? '' : nameSpan(one.since.tag);
    return [inlineText(one.package ?? ''), inlineText(planHeadline(one)), since, String(one.changes.length)];
  });
  return table(['Package', 'Release', 'Since', 'Changes'], rows, { left: plans.length - level.packages * 5, noun: 'package' });
}

function notesText(notes: string, level: Level): string {
  return level.notes ? folded('Release notes', notes) : 'The release notes are too long for this page: the output `notes` has them.';
}

function linkTo({ pr, sha }: Pick<Change, 'pr' | 'sha'>, base: string | null): string {
  if (pr !== null) return base === null ? `#${pr}` : `[#${pr}](${base}/pull/${pr})`;
  const short = nameSpan(sha.slice(0, 7));
  return base === null || !/^[\da-f]{7,64}$/i.test(sha) ? short : `[${short}](${base}/commit/${sha})`;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
