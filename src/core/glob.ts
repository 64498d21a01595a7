// Path globs of the policy: `*` within a folder, `**` across folders, `?` one character. Matched without regular expressions that could
// take exponential time on a hostile pattern.

/** True if the whole path matches. Paths are from the repository's root with `/`. */
export function matchesGlob(glob: string, path: string): boolean {
  return matchSegments(glob.split('/'), 0, path.split('/'), 0);
}

function matchSegments(glob: readonly string[], g: number, path: readonly string[], p: number): boolean {
  let at = p;
  for (let index = g; index < glob.length; index += 1) {
    const part = glob[index] as string;
    if (part === '**') {
      if (index === glob.length - 1) return at < path.length;
      let next = index + 1;
      while (glob[next] === '**') next += 1;
      for (let skip = at; skip <= path.length; skip += 1) if (matchSegments(glob, next, path, skip)) return true;
      return false;
    }
    const segment = path[at];
    if (segment === undefined || !matchName(part, segment)) return false;
    at += 1;
  }
  return at === path.length;
}

/** Greedy wildcard match with one backtracking point: linear in practice, quadratic at worst. */
function matchName(glob: string, name: string): boolean {
  let g = 0;
  let n = 0;
  let star = -1;
  let mark = 0;
  while (n < name.length) {
    if (g < glob.length && (glob[g] === '?' || (glob[g] !== '*' && glob[g] === name[n]))) {
      g += 1;
      n += 1;
    } else if (glob[g] === '*') {
      star = g;
      mark = n;
      g += 1;
    } else if (star >= 0) {
      g = star + 1;
      mark += 1;
      n = mark;
    } else return false;
  }
  while (glob[g] === '*') g += 1;
  return g === glob.length;
}
