// A table in a terminal: columns as wide as they need, or as there is room, each cell wrapped within its own.

import { breakSpans, painted, type Span, type Width, widthOf } from './wrap.ts';

type Cell = readonly Span[];

const GAP = 2;
const NARROWEST = 8;

export function layTable(table: { readonly head: readonly Cell[]; readonly rows: readonly (readonly Cell[])[] }, page: Width): string[] {
  const { head, rows } = table;
  const titled = head.some((cell) => textOf(cell) !== '');
  const all = titled ? [head, ...rows] : rows;
  const wanted = head.map((_, column) => Math.max(1, ...all.map((row) => widestLine(row[column] ?? []))));
  const widths = fitted(wanted, page.width - GAP * (head.length - 1));
  const lines = all.flatMap((row, index) => {
    const laid = layRow(row, widths, page);
    return titled && index === 0 ? [...laid, widths.map((width) => page.paint('dim', '─'.repeat(width))).join(' '.repeat(GAP))] : laid;
  });
  return lines;
}

function layRow(row: readonly Cell[], widths: readonly number[], { paint }: Width): string[] {
  const cells = widths.map((width, column) => breakSpans(row[column] ?? [], width));
  const height = Math.max(1, ...cells.map((lines) => lines.length));
  return Array.from({ length: height }, (_, at) => {
    const parts = cells.map((lines, column) => {
      const line = lines[at] ?? [];
      const filled = (widths[column] ?? 0) - widthOf(textOf(line));
      return `${line.map((span) => painted(span, paint)).join('')}${' '.repeat(column === widths.length - 1 ? 0 : Math.max(0, filled))}`;
    });
    return parts.join(' '.repeat(GAP)).trimEnd();
  });
}

/** Takes from the widest until all fit. */
function fitted(wanted: readonly number[], room: number): number[] {
  const widths = [...wanted];
  const total = () => widths.reduce((sum, width) => sum + width, 0);
  while (total() > room) {
    const widest = widths.indexOf(Math.max(...widths));
    if ((widths[widest] ?? 0) <= NARROWEST) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  return widths;
}

function widestLine(cell: Cell): number {
  return Math.max(0, ...textOf(cell).split('\n').map(widthOf));
}

function textOf(cell: Cell): string {
  return cell.map((span) => span.text).join('');
}
