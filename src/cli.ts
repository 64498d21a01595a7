#!/usr/bin/env node
// The `shiplock` command: finds the command, loads its code and nothing else's, and turns what goes wrong into words and an exit code.

// The namespace, because Node 20 has no such export, and a named import of it would not link there.
import * as modules from 'node:module';
import { readArguments, UsageProblem } from './cli/arguments.ts';
import { COMMANDS } from './cli/commands.ts';
import { EXIT, type Terminal, terminalOf } from './cli/terminal.ts';

// Compiled code is kept between runs where Node can (22 and later): start-up is most of what a short command takes.
modules.enableCompileCache?.();

async function main(argv: readonly string[], terminal: Terminal): Promise<number> {
  const call = readArguments(argv, COMMANDS);
  if (call.kind === 'help') {
    const { helpText } = await import('./cli/help.ts');
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

const terminal = terminalOf(process);
try {
  process.exitCode = await main(process.argv.slice(2), terminal);
} catch (error) {
  if (error instanceof UsageProblem) {
    terminal.warn(error.message);
    process.exitCode = EXIT.usage;
  } else {
    const { explain } = await import('./cli/explain.ts');
    process.exitCode = explain(error, terminal);
  }
}
