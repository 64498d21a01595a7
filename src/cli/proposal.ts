// One line of JSON → a proposal to classify, or what is wrong with it. Shapes as GitHub's API gives them are taken, too.

import type { Proposal } from '../core/change.ts';

export type ReadProposal = { readonly proposal: Proposal; readonly problem: null } | { readonly proposal: null; readonly problem: string };

const OVERRIDES = ['maintenance', 'feature', 'breaking', 'security', 'none'] as const;

/** Never throws. */
export function readProposal(line: string): ReadProposal {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    return wrong(`it is not JSON (${(error as Error).message.slice(0, 120)}); write one object a line, such as {"title":"fix: x"}.`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return wrong('it is not a JSON object.');
  const given = value as Record<string, unknown>;
  if (typeof given.title !== 'string') return wrong('"title" is missing, or is not a string.');
  if (given.body !== undefined && given.body !== null && typeof given.body !== 'string') return wrong('"body" is not a string.');
  if (given.branch !== undefined && given.branch !== null && typeof given.branch !== 'string') return wrong('"branch" is not a string.');
  const labels = strings(given.labels, ['name']);
  if (labels === null) return wrong('"labels" is not a list of names.');
  const commits = strings(given.commits, ['message']);
  if (commits === null) return wrong('"commits" is not a list of messages.');
  const files = strings(given.files, ['path', 'filename']);
  if (files === null) return wrong('"files" is not a list of paths.');
  const override = overrideOf(given.override);
  if (override === null) return wrong(`"override" is none of ${OVERRIDES.join(', ')}.`);
  return {
    problem: null,
    proposal: {
      title: given.title,
      ...(typeof given.body === 'string' ? { body: given.body } : {}),
      ...(typeof given.branch === 'string' ? { branch: given.branch } : {}),
      ...(labels === undefined ? {} : { labels }),
      ...(commits === undefined ? {} : { commits }),
      ...(files === undefined ? {} : { files }),
      ...(override === undefined ? {} : { override }),
    },
  };
}

function wrong(problem: string): ReadProposal {
  return { proposal: null, problem };
}

/** A list of strings, or of objects that have one under a key; undefined where it is absent, null where it is something else. */
function strings(value: unknown, keys: readonly string[]): string[] | undefined | null {
  if (value === undefined || value === null) return undefined;
  if (!Array.isArray(value)) return null;
  const found: string[] = [];
  for (const one of value as unknown[]) {
    const text =
      typeof one === 'string'
        ? one
        : keys.map((key) => (one as Record<string, unknown> | null)?.[key]).find((inner) => typeof inner === 'string');
    if (typeof text !== 'string') return null;
    found.push(text);
  }
  return found;
}

function overrideOf(value: unknown): Proposal['override'] | undefined | null {
  if (value === undefined || value === null) return undefined;
  const as = typeof value === 'string' ? value : (value as Record<string, unknown>).as;
  const known = OVERRIDES.find((one) => one === as);
  return known === undefined ? null : { as: known };
}
