// Finds the command, loads its code and nothing else's, and turns what goes wrong into words and an exit code.

import { readArguments } from './arguments.ts';
import { COMMANDS } from './commands.ts';
import { EXIT, type Terminal, terminalOf } from './terminal.ts';

/** Runs the command that the process was started with; gives its exit code. */
export async function main(process: NodeJS.Process): Promise<number> {
  const terminal = terminalOf(process);
  try {
    return await runCommand(process.argv.slice(2), terminal);
  } catch (error) {
    const { explain } = await import('./explain.ts');
    return explain(error, terminal);
  }
}

async function runCommand(argv: readonly string[], terminal: Terminal): Promise<number> {
  const call = readArguments(argv, COMMANDS);
  if (call.kind === 'help') {
    const { helpText } = await import('./help.ts');
    terminal.print(helpText(call.command, terminal));
    return EXIT.done;
  }
  if (call.kind === 'version') {
    terminal.print(typeof __SHIPLOCK_VERSION__ === 'string' ? __SHIPLOCK_VERSION__ : 'unbuilt');
    return EXIT.done;
  }
  const { run } = await call.command.load();
  return run(call.values, terminal);
}
