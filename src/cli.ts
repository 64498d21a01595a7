#!/usr/bin/env node
// The `shiplock` command: has Node keep compiled code, then loads what does the work. What comes out of that cache is loaded after it is
// asked for, so this file holds nothing else.

// The namespace, because Node 20 has no such export, and a named import of it would not link there.
import * as modules from 'node:module';

// Node 22 and later. Start-up is most of what a short command takes.
modules.enableCompileCache?.();

const { main } = await import('./cli/main.ts');
process.exitCode = await main(process);
