// Finds the route of a path: literal segments win over parameters, and a last `{ref}`, `{path}` or `{branch}` keeps its slashes.
import type { Route } from './routing.ts';

export interface RouteTable {
  readonly routes: readonly { readonly route: Route; readonly segments: readonly string[]; readonly literals: number }[];
}

export function makeRouteTable(routes: readonly Route[]): RouteTable {
  const compiled = routes.map((route) => {
    const segments = route.template.split('/').slice(1);
    return { route, segments, literals: segments.filter((part) => !part.includes('{')).length };
  });
  return { routes: compiled.sort((a, b) => b.literals - a.literals) };
}

export function matchRoute(table: RouteTable, method: string, path: string): { route: Route; params: Record<string, string> } | null {
  const asked = path.split('/').slice(1);
  for (const { route, segments } of table.routes) {
    if (route.method !== method) continue;
    const params = matchSegments(segments, asked);
    if (params) return { route, params };
  }
  return null;
}

const KEEPS_SLASHES = /^\{(ref|path|branch|basehead)\}$/;

/** The values of a template's parameters in a path, or null. */
export function matchSegments(pattern: readonly string[], asked: readonly string[]): Record<string, string> | null {
  const last = pattern.length - 1;
  // The root folder has an empty path, and clients leave out its slash.
  if (pattern[last] === '{path}' && asked.length === last) return matchSegments(pattern, [...asked, '']);
  const rest = KEEPS_SLASHES.test(pattern[last] ?? '');
  if (rest ? asked.length < pattern.length : asked.length !== pattern.length) return null;
  const params: Record<string, string> = {};
  for (const [index, part] of pattern.entries()) {
    const given = rest && index === last ? asked.slice(index).join('/') : (asked[index] ?? '');
    if (!part.includes('{')) {
      if (part !== given) return null;
      continue;
    }
    const [before = '', name = '', after = ''] = part.split(/[{}]/);
    const inner = given.slice(before.length, given.length - after.length);
    if (!given.startsWith(before) || !given.endsWith(after) || (inner === '' && !rest)) return null;
    params[name] = decodeURIComponent(inner);
  }
  return params;
}
