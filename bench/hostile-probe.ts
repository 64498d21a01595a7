// Times one reader on hostile messages, in a process of its own, since a stalled regular expression can only be killed. Reads tasks as JSON
// lines on standard input and answers each with the milliseconds that it took.
import { createInterface } from 'node:readline';
import type { HostileMessage } from './hostile-messages.ts';
import { hostileMessage } from './hostile-messages.ts';
import { median } from './measure.ts';

export interface ProbeTask {
  readonly shape: string;
  readonly where: 'title' | 'body';
  readonly length: number;
}

type Reader = (message: HostileMessage) => unknown;

async function openReader(name: string): Promise<Reader> {
  if (name === 'ours') {
    const { readHistory } = await import('../src/core/history.ts');
    const { DEFAULT_POLICY } = await import('../src/core/policy.ts');
    const author = { name: 'A', email: 'a@example.com' };
    const commit = { sha: 'a'.repeat(40), parents: ['b'.repeat(40)], author, date: '2026-01-01T00:00:00Z' };
    // All that a plan reads of a message, its classification among it.
    return ({ title, body }) => readHistory({ commits: [{ ...commit, subject: title, body }], head: commit.sha, policy: DEFAULT_POLICY });
  }
  // By a variable, since the peers are not among the project's own dependencies and may be absent where this is type-checked.
  const specifier = '@semantic-release/commit-analyzer';
  const { analyzeCommits } = (await import(specifier)) as {
    analyzeCommits(config: object, context: object): Promise<string | null>;
  };
  const logger = { log() {} };
  return (message) =>
    analyzeCommits({}, { commits: [{ hash: 'a', message: `${message.title}\n\n${message.body}` }], logger, cwd: import.meta.dirname });
}

async function time(read: Reader, message: HostileMessage): Promise<number> {
  const begun = performance.now();
  await read(message);
  return performance.now() - begun;
}

const read = await openReader(process.argv[2] ?? 'ours');
await read(hostileMessage('one word', 'title', 100));
console.log('ready');
for await (const line of createInterface({ input: process.stdin })) {
  const task = JSON.parse(line) as ProbeTask;
  const message = hostileMessage(task.shape, task.where, task.length);
  // The first run counts too: a bot meets a hostile message once, with cold code.
  const times = [await time(read, message)];
  while (times.length < 9 && (times[0] as number) < 50) times.push(await time(read, message));
  console.log(JSON.stringify({ first: times[0], median: median(times) }));
}
