// Text for the runner: workflow commands, log lines that are none whatever they say, and named values for its files. The rules are those of
// actions/runner (ActionCommand.cs, FileCommandManager.cs); docs/decisions/0004-action-without-toolkit.md says why they are kept here.

import { visibleText } from '../core/notes/markdown.ts';

export type Level = 'error' | 'warning' | 'notice';

export interface Place {
  readonly title?: string;
  /** From the repository's root. */
  readonly file?: string;
  readonly line?: number;
  readonly col?: number;
}

/** A command that makes the runner show an annotation. */
export function annotationCommand(level: Level, message: string, place: Place = {}): string {
  const properties = (['title', 'file', 'line', 'col'] as const).flatMap((key) => {
    const value = place[key];
    return value === undefined ? [] : [`${key}=${escapeProperty(String(value))}`];
  });
  const head = properties.length === 0 ? level : `${level} ${properties.join(',')}`;
  return `::${head}::${escapeData(cut(visibleText(message), LONGEST_MESSAGE))}`;
}

/**
 * One line of the log. Besides a `::` at its beginning the runner obeys `##[` anywhere in a line, and it compares by language, which passes
 * over invisible characters.
 */
export function logLine(text: string): string {
  return visibleText(text)
    .replace(/(?! )[\s\x85]|\u200c|\u200d|\ufe0e|\ufe0f/g, ' ')
    .replace(/^( *)::/, '$1: :')
    .replaceAll('##[', '# #[')
    .trimEnd();
}

/** Values for the runner's file of outputs, each between lines that no value contains. `random` gives another text each time. */
export function outputsText(outputs: Readonly<Record<string, string>>, random: () => string): string {
  let text = '';
  for (const [name, value] of Object.entries(outputs)) {
    let delimiter = `end-${random()}`;
    while (value.includes(delimiter)) delimiter = `end-${random()}`;
    text += `${name}<<${delimiter}\n${value}\n${delimiter}\n`;
  }
  return text;
}

/** The runner cuts longer messages (ExecutionContext.cs, _maxIssueMessageLength). */
const LONGEST_MESSAGE = 4_000;

function cut(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1).replace(/[\ud800-\udbff]$/, '')}…` : text;
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(cut(visibleText(text), 500))
    .replaceAll(':', '%3A')
    .replaceAll(',', '%2C');
}
