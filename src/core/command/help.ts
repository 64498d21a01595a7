// The answer to `/help`: the table of commands, who may, and the policy that is in force, with the place where it was read.

import { COMMANDS, type CommandShape, type Who } from '../command.ts';
import { inlineText } from '../notes/markdown.ts';
import type { Policy } from '../policy.ts';
import type { Role } from '../role.ts';
import { counted, joined, nameSpan, table } from '../summary/page.ts';
import { gateText, openText } from './policy-text.ts';
import { exampleOf, usageOf } from './usage.ts';
import { suffices } from './words.ts';

export interface HelpFacts {
  /** In force; a text says why there is none, with what is wrong in the file. */
  readonly policy: Policy | string;
  /** Where it was read: on the default branch. `file` is false where there is none there, and the built-in policy holds. */
  readonly from: { readonly path: string; readonly branch: string; readonly sha: string; readonly file: boolean } | null;
  readonly prefix: string;
  /** Who asks; absent, or without a role that could be seen, nothing is said of what they may. */
  readonly who?: { readonly login: string; readonly role: Role | null };
  /** Branches that are release lines now, each with what it is in a few words; absent: not seen. */
  readonly lines?: readonly { readonly name: string; readonly says: string }[];
}

/** GitHub refuses a comment above 65,536 characters, and nobody reads one. */
const MOST_ENVIRONMENTS = 30;
const MOST_LINES = 30;

/** Markdown. */
export function helpText(facts: HelpFacts): string {
  return joined([
    '**Commands.** Write each on a line of its own in a new comment, outside of quotes, code, lists and HTML. A comment’s commands are run all or none, and an edited comment is not read again.',
    commandTable(facts),
    yours(facts),
    '**The policy in force.**',
    policyWords(facts),
  ]);
}

function commandTable({ prefix, who }: HelpFacts): string {
  const role = who?.role ?? null;
  const rows = COMMANDS.map((shape) => [
    nameSpan(usageOf(shape, prefix)),
    role === null ? WHO[shape.who] : `${WHO[shape.who]}${MARKS[String(suffices(role, shape.who)) as 'true']}`,
    `${shape.does[0]?.toUpperCase() ?? ''}${shape.does.slice(1)}`,
    exampleFor(shape, prefix),
  ]);
  return table(['Command', 'Who', 'What it does', 'Example'], rows, { left: 0, noun: 'command' });
}

function exampleFor(shape: CommandShape, prefix: string): string {
  const example = exampleOf(shape, prefix);
  return example === usageOf(shape, prefix) ? '' : nameSpan(example);
}

const WHO: Readonly<Record<Who, string>> = {
  read: 'read',
  write: 'write',
  maintain: 'maintain',
  admin: 'admin',
  approvers: 'the gate’s approvers',
};
const MARKS = { true: ' ✓', false: ' ✗', null: '' } as const;

function yours({ who }: HelpFacts): string {
  if (who === undefined || who.role === null) return '';
  return `${nameSpan(who.login)} has the role ${nameSpan(who.role)}: ✓ may, ✗ may not. Whom a gate counts as an approver is in the policy.`;
}

function policyWords({ policy, from, lines, prefix }: HelpFacts): string {
  const place = from === null ? '' : `${nameSpan(from.branch)} at ${nameSpan(from.sha.slice(0, 7))}`;
  if (typeof policy === 'string') {
    return `None: ${from === null ? 'the policy file' : `${nameSpan(from.path)} of ${place}`} is not used as it is. ${inlineText(policy, 2_000)}`;
  }
  const read =
    from === null
      ? 'Where it was read is not known.'
      : from.file
        ? `It is ${nameSpan(from.path)} of the default branch, ${place}.`
        : `It is the built-in one: the default branch, ${place}, has no ${nameSpan(from.path)}.`;
  const more = Object.keys(policy.environments).length - MOST_ENVIRONMENTS;
  return joined([
    read,
    [
      `- Releases: ${MODES[policy.release.mode]}.`,
      `- Lines: ${lineWords(policy, lines)}.`,
      prefix === '' ? '' : `- Commands begin with ${nameSpan(`/${prefix}`)}; others are left to other bots.`,
      ...Object.entries(policy.environments)
        .slice(0, MOST_ENVIRONMENTS)
        .map(([name, environment]) => `- ${nameSpan(name)}: ${gateText(environment)}.`),
      more > 0 ? `- …and ${counted(more, 'more environment')}.` : '',
      `- ${openText(policy)}.`,
    ]
      .filter((line) => line !== '')
      .join('\n'),
  ]);
}

const MODES: Readonly<Record<Policy['release']['mode'], string>> = {
  draft: 'a draft release is kept up to date, and published when somebody asks for it',
  'pull-request': 'a release pull request is kept up to date, and merging it publishes',
  direct: 'every merge that asks for a release publishes one',
};

function lineWords({ lines }: Policy, seen: HelpFacts['lines']): string {
  if (seen !== undefined && seen.length > 0) {
    const shown = seen.slice(0, MOST_LINES).map(({ name, says }) => `${nameSpan(name)} (${inlineText(says, 100)})`);
    return `${shown.join(', ')}${seen.length > MOST_LINES ? ` and ${seen.length - MOST_LINES} more` : ''}`;
  }
  if (lines.length === 0) return 'the default branch, and every branch named like `1.x` or `1.2.x`';
  const shown = lines
    .slice(0, MOST_LINES)
    .map(({ branch, prerelease }) => `${nameSpan(branch)}${prerelease === undefined ? '' : ` (prereleases, ${nameSpan(prerelease)})`}`);
  return `branches that match ${shown.join(', ')}${lines.length > MOST_LINES ? ` and ${lines.length - MOST_LINES} more` : ''}`;
}
