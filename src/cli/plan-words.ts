// A plan as a person reads it in a terminal.

import type { Planned } from '../flows/clone/plan.ts';
import { plain, type Terminal } from './terminal.ts';

const COLOUR = { feature: 'cyan', maintenance: 'green', none: 'dim' } as const;
const SHOWN = 40;

export function planWords(planned: Planned, terminal: Pick<Terminal, 'paint' | 'width'>): string {
  if (planned.packages !== undefined) {
    return [...planned.packages.map((one) => wordsOf(one, terminal)), ...alarmsOf(planned, terminal)].join('\n\n');
  }
  return wordsOf(planned, terminal);
}

function wordsOf(plan: Planned, { paint, width }: Pick<Terminal, 'paint' | 'width'>): string {
  const since = plan.since === null ? 'the first release' : `since ${plan.since.tag}`;
  const what =
    plan.version === null
      ? plan.kind === 'none'
        ? plan.objections.length > 0
          ? 'release held back'
          : 'nothing to release'
        : `${plan.kind} release, held back`
      : `${plan.kind} release ${plan.version}`;
  const name = plan.package === null ? '' : `${plan.package}: `;
  const lines = [`${paint('bold', paint(COLOUR[plan.kind], `${name}${what}`))}  ${paint('dim', `(${plan.line}, ${since})`)}`];
  for (const one of plan.because) lines.push(paint('dim', `  ${one}`));
  if (plan.changes.length > 0) lines.push('', paint('bold', count(plan.changes.length, 'change')));
  for (const change of plan.changes.slice(0, SHOWN)) {
    const { classification } = change;
    const bump = (classification.breaking ? 'breaking' : classification.status === 'disputed' ? 'disputed' : classification.kind).padEnd(
      11,
    );
    const number = change.pr === null ? change.sha.slice(0, 7) : `#${change.pr}`;
    const room = Math.max(40, width - 24);
    lines.push(
      `  ${paint(classification.breaking ? 'red' : COLOUR[classification.kind], bump)} ${number.padEnd(8)} ${clip(plain(change.title) || '(no title)', room)}`,
    );
    lines.push(paint('dim', `  ${' '.repeat(20)} ${clip(plain(classification.because[0]?.says ?? ''), room)}`));
  }
  if (plan.changes.length > SHOWN) lines.push(paint('dim', `  … and ${plan.changes.length - SHOWN} more; \`--json\` has them all`));
  if (plan.excluded.length > 0) {
    const codes = new Map<string, number>();
    for (const one of plan.excluded) codes.set(one.code, (codes.get(one.code) ?? 0) + 1);
    const sums = [...codes].map(([code, number]) => `${number} ${code.replaceAll('-', ' ')}`).join(', ');
    lines.push('', paint('dim', `Left out: ${sums}`));
  }
  for (const one of plan.objections) lines.push('', `${paint('red', 'Objection')}  ${plain(one.says)}`);
  lines.push(...alarmsOf(plan, { paint }));
  return lines.join('\n');
}

function alarmsOf(plan: Planned, { paint }: Pick<Terminal, 'paint'>): string[] {
  return plan.alarms.flatMap((one) => ['', `${paint('yellow', 'Alarm')}  ${plain(one.says)}`]);
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

function clip(line: string, room: number): string {
  return line.length > room ? `${line.slice(0, room - 1)}…` : line;
}
