// The help, printed from the table of commands.

import type { Command } from './arguments.ts';
import { COMMANDS } from './commands.ts';
import type { Terminal } from './terminal.ts';

export function helpText(command: Command | null, terminal: Pick<Terminal, 'paint'>): string {
  const bold = (text: string) => terminal.paint('bold', text);
  if (command === null) {
    return [
      'shiplock: release management for GitHub',
      '',
      `${bold('Usage')}  shiplock COMMAND [options]`,
      '',
      bold('Commands'),
      ...rows(COMMANDS.map((one) => [one.name, one.says])),
      '',
      bold('Options'),
      ...rows([
        ['-h, --help', 'this help, or a command’s'],
        ['-v, --version', 'the version'],
      ]),
      '',
      'Exit codes: 0 done · 1 the answer is no (objected) · 2 wrong usage or policy · 3 git or the network failed.',
    ].join('\n');
  }
  const options = Object.entries(command.options).map(([name, option]): [string, string] => [
    `--${name}${option.value === undefined ? '' : ` ${option.value}`}`,
    option.says,
  ]);
  return [
    `shiplock ${command.name}: ${command.says}`,
    '',
    `${bold('Usage')}  shiplock ${[command.name, ...(command.words ?? []).map((word) => word.toUpperCase())].join(' ')} [options]`,
    '',
    bold('Options'),
    ...rows([...options, ['-h, --help', 'this help']]),
    '',
    bold('Examples'),
    ...command.examples.map((one) => `  ${one}`),
  ].join('\n');
}

function rows(lines: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...lines.map(([name]) => name.length));
  return lines.map(([name, says]) => `  ${name.padEnd(width)}  ${says}`);
}
