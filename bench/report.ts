// What the benchmark found, as Markdown: a table a case, and the goals with what was measured.
import { cpus } from 'node:os';
import type { Standing } from './measure.ts';
import { ratioOfWall } from './measure.ts';

export interface Goal {
  readonly says: string;
  readonly value: number;
  readonly limit: number;
  readonly unit: string;
}

export interface Section {
  readonly title: string;
  readonly note?: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly goals: readonly Goal[];
}

export const STANDING_HEAD = ['contestant', 'wall, s (min–max)', 'CPU, s', 'peak, MiB', 'wall ×', 'CPU ×', 'peak ×'];

function fixed(value: number | null, digits: number): string {
  return value === null || Number.isNaN(value) ? '–' : value.toFixed(digits);
}

function over(one: number | null, other: number | null): string {
  return one === null || other === null || other === 0 ? '–' : (one / other).toFixed(2);
}

/** One line of a table; ratios are against `base`, measured in the same rounds. */
export function standingRow(standing: Standing, base: Standing): string[] {
  if (standing.failure !== null) return [standing.name, standing.failure, '–', '–', '–', '–', '–'];
  const walls = standing.runs.map((run) => run.wall);
  return [
    standing.name,
    `${fixed(standing.wall, 3)} (${fixed(Math.min(...walls), 3)}–${fixed(Math.max(...walls), 3)})`,
    fixed(standing.cpu, 3),
    fixed(standing.peak, 0),
    base.runs.length === 0 ? '–' : ratioOfWall(standing, base).toFixed(2),
    over(standing.cpu, base.cpu),
    over(standing.peak, base.peak),
  ];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map((_, i) => (i === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n');
}

export function isMet(goal: Goal): boolean {
  return goal.value <= goal.limit;
}

export function renderSection(section: Section): string {
  const parts = [`## ${section.title}`, table(section.head, section.rows)];
  if (section.note !== undefined) parts.push(section.note);
  return parts.join('\n\n');
}

export function renderGoals(sections: readonly Section[]): string {
  const goals = sections.flatMap((section) => section.goals);
  if (goals.length === 0) return '';
  const rows = goals.map((goal) => [
    goal.says,
    `${goal.value.toFixed(2)}${goal.unit}`,
    `${goal.limit}${goal.unit}`,
    isMet(goal) ? 'met' : '**missed**',
  ]);
  return `## Goals\n\n${table(['goal', 'measured', 'limit', ''], rows)}`;
}

export function renderMachine(): string {
  const all = cpus();
  return `Node ${process.versions.node}, ${process.platform} ${process.arch}, ${all.length} × ${all[0]?.model ?? 'unknown CPU'}. Quote ratios, never these absolute times.`;
}
