// Which commits without parents are not the beginning of a history, but the place where a shallow clone cut it off.
import { askGit } from './process.ts';

/**
 * Of commits that git shows without parents, those whose stored object names some. Only a range with a root needs this, so that
 * other ranges cost no process, and a shallow clone that holds the whole range is as good as a full one.
 */
export async function readBoundary(dir: string, roots: readonly string[]): Promise<readonly string[]> {
  const text = await askGit(dir, ['cat-file', '--batch'], `${roots.join('\n')}\n`);
  const boundary: string[] = [];
  for (const sha of roots) {
    const start = text.indexOf(`${sha} commit `);
    const headers = start === -1 ? '' : text.slice(start, text.indexOf('\n\n', start));
    if (headers.includes('\nparent ')) boundary.push(sha);
  }
  if (boundary.length === 0) return boundary;
  // The same is seen where somebody cut the history on purpose (.git/info/grafts).
  return (await askGit(dir, ['rev-parse', '--is-shallow-repository'])).trim() === 'true' ? boundary : [];
}
