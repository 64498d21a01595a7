// Where a clone lies, and where it was made from as a web address without credentials.
import { readFileSync, realpathSync } from 'node:fs';
import { join, resolve as resolvePath } from 'node:path';
import type { Remote } from '../flows/ports.ts';
import { askGit } from './process.ts';

export async function readRoot(dir: string): Promise<string | null> {
  const [inside, up = ''] = (await askGit(dir, ['rev-parse', '--is-inside-work-tree', '--show-cdup'])).split('\n');
  return inside === 'true' ? resolvePath(realpathSync(dir), up) : null;
}

export async function readRemote(dir: string): Promise<Remote | null> {
  // `--default` keeps a missing remote from being a failure.
  const url = originInConfig(dir) ?? (await askGit(dir, ['config', '--default', '', '--get', 'remote.origin.url'])).trim();
  if (url === '') return null;
  // A shorthand such as `gh:owner/name` is only known to git's `url.<base>.insteadOf`.
  return parseRemote(url) ?? parseRemote((await askGit(dir, ['ls-remote', '--get-url', 'origin'])).trim());
}

/**
 * What the clone's own configuration file says in so many words, which no other file outranks: a process less on the way to a plan.
 * Null where git must be asked: elsewhere than in a clone's root, in other working trees, and for whatever is not a plain line.
 */
function originInConfig(dir: string): string | null {
  if (process.env.GIT_CONFIG_COUNT !== undefined || process.env.GIT_CONFIG_PARAMETERS !== undefined) return null;
  let text: string;
  try {
    text = readFileSync(join(dir, '.git', 'config'), 'utf8');
  } catch {
    return null;
  }
  if (/include|worktreeconfig|\\\r?\n/i.test(text)) return null;
  let inOrigin = false;
  let url: string | null = null;
  for (const line of text.split('\n')) {
    if (line.trimStart().startsWith('[')) inOrigin = /^\[remote "origin"\]$/.test(line.trim());
    else if (inOrigin && /^\s*url\b/i.test(line)) {
      url = /^\s*url = ([^"\\#;]*)$/.exec(line)?.[1]?.trim() ?? '';
      if (url === '') return null;
    }
  }
  return url;
}

/** `https://host/owner/name.git`, `ssh://git@host:22/owner/name`, `git@host:owner/name.git`; null for folders and whatever else. */
export function parseRemote(url: string): Remote | null {
  const schemed = /^(https?|ssh|git):\/\/(?:[^/@]*@)?([A-Za-z0-9.-]+)(:\d{1,5})?\/(.*)$/.exec(url);
  // A host without a dot is a drive of Windows, or a name out of somebody's SSH or git configuration.
  const scp = schemed === null ? /^(?:[^/@:]+@)?([A-Za-z0-9-]+\.[A-Za-z0-9.-]+):(?!\/\/)\/?(.*)$/.exec(url) : null;
  const path = pathOf(schemed?.[4] ?? scp?.[2] ?? '');
  const named = schemed?.[2] ?? scp?.[1];
  if (path === null || named === undefined) return null;
  // GitHub's SSH over the HTTPS port has a host of its own (docs.github.com, "Using SSH over the HTTPS port").
  const host = named === 'ssh.github.com' ? 'github.com' : named.toLowerCase();
  const scheme = schemed?.[1] === 'http' ? 'http' : 'https';
  const port = schemed?.[1] === 'https' || schemed?.[1] === 'http' ? (schemed[3] ?? '') : '';
  return { url: `${scheme}://${host}${port}/${path.owner}/${path.repository}`, host: `${host}${port}`, ...path };
}

/** The last part is the repository; what is before it the owner, with GitLab's groups. */
function pathOf(text: string): Pick<Remote, 'owner' | 'repository'> | null {
  const parts = text.split('/').filter((part) => part !== '');
  const last = parts.pop();
  if (last === undefined || parts.length === 0) return null;
  const repository = last.endsWith('.git') ? last.slice(0, -4) : last;
  if (![...parts, repository].every((part) => /^[\w.-]+$/.test(part) && part !== '.' && part !== '..')) return null;
  return { owner: parts.join('/'), repository };
}
