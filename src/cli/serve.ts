// `shiplock serve`: the App until it is told to stop. Its code is loaded here and by no other command.

import { EXIT, type Terminal } from './terminal.ts';

/** What the embedded store and Probot need; the other commands and the Action do with Node 20. */
const NODE = 24;

export async function run(_values: unknown, terminal: Terminal): Promise<number> {
  if (Number.parseInt(process.versions.node, 10) < NODE) {
    terminal.warn(`\`shiplock serve\` needs Node ${NODE} or newer; this is ${process.versions.node}.`);
    return EXIT.usage;
  }
  const { serve } = await import('../app.ts');
  const told = new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      let asked = false;
      process.on(signal, () => {
        // Whoever asks again does not want to wait; 128 and the signal's number is what a shell expects.
        if (asked) process.exit(signal === 'SIGINT' ? 130 : 143);
        asked = true;
        resolve();
      });
    }
  });
  try {
    const version = typeof __SHIPLOCK_VERSION__ === 'string' ? __SHIPLOCK_VERSION__ : 'unbuilt';
    const serving = await serve({ env: process.env, say: terminal.warn, version });
    await told;
    await serving.stop();
    // Connections that somebody else keeps open (a monitor of the store's, a lingering socket) must not keep the process.
    process.exit(EXIT.done);
  } catch (error) {
    return explainStart(error, terminal);
  }
}

/** Throws what is no problem of the start. */
function explainStart(error: unknown, terminal: Terminal): number {
  const { name, message, code, syscall } = error as NodeJS.ErrnoException;
  const wrong = ['SettingsProblem', 'CredentialsProblem'].includes(name);
  if (wrong || name === 'GitHubProblem' || name === 'StoreProblem') {
    terminal.warn(message);
    return wrong || name === 'GitHubProblem' ? EXIT.usage : EXIT.world;
  }
  if (syscall === 'listen' || syscall === 'getaddrinfo') {
    const why: Record<string, string> = {
      EADDRINUSE: 'something else listens there',
      EACCES: 'this user may not',
      ENOTFOUND: 'there is no such host',
    };
    terminal.warn(`HOST and PORT cannot be listened at: ${why[code ?? ''] ?? message} (${message}).`);
    return EXIT.world;
  }
  throw error;
}
