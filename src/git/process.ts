// Runs git: no shell, no pager, no prompt, no network, no helper that a repository's own configuration names, and every failure in words.
// The options are git's own guards (git-scm.com/docs/git#_environment_variables, docs/git-config); all work back to git 2.25.
import { type ChildProcess, spawn } from 'node:child_process';
import type { Writable } from 'node:stream';
import { GitProblem } from '../flows/ports.ts';
import { problemOf } from './problem.ts';

export interface GitRun {
  /** What git reads; null unless asked for. Errors of a git that has stopped reading are left to `done`. */
  readonly input: Writable | null;
  /** Settled when git has ended and all its output was taken. */
  readonly done: Promise<void>;
  /** Ends git early, which then counts as done; nothing where it has ended. */
  readonly stop: () => void;
}

/**
 * Starts git at once, and hands each piece of its output to `take`; where that gives a promise, git is held up until then.
 * What `take` throws ends git and rejects `done`.
 */
export function startGit(
  dir: string,
  args: readonly string[],
  take: (chunk: Buffer) => undefined | Promise<unknown>,
  withInput = false,
): GitRun {
  let child: ChildProcess;
  try {
    child = spawn('git', [...GUARDS, '-C', dir, ...args], {
      env: environment(),
      stdio: [withInput ? 'pipe' : 'ignore', 'pipe', 'pipe'],
      windowsHide: true,
    });
  } catch (cause) {
    return { input: null, done: Promise.reject(cannotStart(cause)), stop: () => undefined };
  }
  let stderr = '';
  let thrown: { readonly error: unknown } | null = null;
  let stopped = false;
  const stop = (): void => {
    stopped = true;
    child.kill();
  };
  const fail = (error: unknown): void => {
    thrown ??= { error };
    stop();
    child.stdout?.resume();
  };
  const done = new Promise<void>((resolve, reject) => {
    child.on('error', (cause) => reject(cannotStart(cause)));
    child.stdout?.on('data', (chunk: Buffer) => {
      if (stopped) return;
      try {
        const until = take(chunk);
        if (until === undefined) return;
        child.stdout?.pause();
        until.then(() => child.stdout?.resume(), fail);
      } catch (error) {
        fail(error);
      }
    });
    child.stderr?.on('data', (chunk: Buffer) => {
      if (stderr.length < STDERR_LIMIT) stderr += chunk.toString('utf8');
    });
    child.on('close', (code, signal) => {
      if (thrown !== null) reject(thrown.error);
      else if (code === 0 || stopped) resolve();
      else reject(problemOf(stderr.slice(0, STDERR_LIMIT), { dir, command: args[0] ?? 'git', code, signal }));
    });
  });
  child.stdin?.on('error', () => undefined);
  // A run may fail before anybody comes to wait for it; who waits then is still told.
  done.catch(() => undefined);
  return { input: child.stdin, done, stop };
}

/** All that git answers, as one text. */
export async function askGit(dir: string, args: readonly string[], input?: string): Promise<string> {
  const chunks: Buffer[] = [];
  const run = startGit(
    dir,
    args,
    (chunk) => {
      chunks.push(chunk);
    },
    input !== undefined,
  );
  run.input?.end(input);
  await run.done;
  return (chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)).toString('utf8');
}

/** A tag's full name, so that a branch of the same name is not meant; full names, SHAs and HEAD as they are. */
export function tagRevision(name: string): string {
  return safeRevision(name.startsWith('refs/') || isFullSha(name) || name === 'HEAD' ? name : `refs/tags/${name}`);
}

/** A revision as an argument or a line of input: never an option, a range, an exclusion or two lines. */
export function safeRevision(revision: string): string {
  if (revision === '' || /^[-^]|\.\.|\p{Cc}/u.test(revision)) {
    throw new GitProblem('unknown-ref', `${JSON.stringify(revision)} is no revision. Give a tag, a branch or a full commit SHA.`);
  }
  return revision;
}

export function isFullSha(text: string): boolean {
  return /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(text);
}

const STDERR_LIMIT = 8_192;

const GUARDS: readonly string[] = [
  '--no-pager',
  // A replaced object is seen in this clone alone; a plan is about what everybody sees.
  '--no-replace-objects',
  ...[
    'core.quotePath=false',
    'color.ui=false',
    'log.showSignature=false',
    'log.mailmap=false',
    'i18n.logOutputEncoding=UTF-8',
    'core.fsmonitor=',
  ].flatMap((setting) => ['-c', setting]),
];

/** Variables that name another repository than the folder asked for (`git rev-parse --local-env-vars`), or a program to run. */
const DROPPED: readonly string[] = [
  'GIT_DIR',
  'GIT_WORK_TREE',
  'GIT_COMMON_DIR',
  'GIT_INDEX_FILE',
  'GIT_OBJECT_DIRECTORY',
  'GIT_ALTERNATE_OBJECT_DIRECTORIES',
  'GIT_NAMESPACE',
  'GIT_PREFIX',
  'GIT_CONFIG',
  'GIT_GRAFT_FILE',
  'GIT_SHALLOW_FILE',
  'GIT_REPLACE_REF_BASE',
  'GIT_IMPLICIT_WORK_TREE',
  'GIT_ATTR_SOURCE',
  'GIT_DIFF_OPTS',
  'GIT_EXTERNAL_DIFF',
];

function environment(): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    LC_ALL: 'C',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_TERMINAL_PROMPT: '0',
    // Into a pipe git writes each commit by itself, which for a long history is a third of the time.
    GIT_FLUSH: '0',
    // A partial clone must not fetch what it lacks: that runs what its configuration says. The second holds before git 2.44, too.
    GIT_NO_LAZY_FETCH: '1',
    GIT_ALLOW_PROTOCOL: 'none',
  };
  for (const name of DROPPED) delete env[name];
  return env;
}

function cannotStart(cause: unknown): GitProblem {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  if (code === 'ENOENT') {
    return new GitProblem('no-git', 'git was not found on PATH. Install git 2.25 or newer, or add its folder to PATH.');
  }
  if (code === 'ERR_INVALID_ARG_VALUE') {
    return new GitProblem('unknown-ref', 'A folder or revision with a NUL character was given. Give a name that git can know.');
  }
  return new GitProblem('failed', `git could not be started: ${cause instanceof Error ? cause.message : String(cause)}.`);
}
