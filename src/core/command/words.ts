// What is answered to a command that is not run: what was wrong with the line, or who may, what they are, and what to do.

import type { CommandProblem, CommandShape, Who } from '../command.ts';
import { inlineText } from '../notes/markdown.ts';
import { approversText, isAtLeast, type Role } from '../role.ts';
import { joined, nameSpan } from '../summary/page.ts';
import { nameOf, whoText } from './usage.ts';

const MOST = 10;

/** Whether a role is enough. Null: a role alone does not tell, the environment's gate says whom it counts. */
export function suffices(has: Role, needed: Who): boolean | null {
  return needed === 'approvers' ? null : isAtLeast(has, needed);
}

/** What was wrong, as Markdown: each line as it was written, and what to do about it. */
export function problemsText(problems: readonly CommandProblem[], prefix: string): string {
  const lines = problems.slice(0, MOST).map(({ text, says }) => `- ${nameSpan(text)}: ${inlineText(says, 1_000)}`);
  if (problems.length > MOST) lines.push(`- …and ${problems.length - MOST} more`);
  const help = nameSpan(prefix === '' ? '/help' : `/${prefix} help`);
  return joined([
    'Nothing in this comment was run: a comment’s commands are run all or none.',
    lines.join('\n'),
    `Write them anew in a new comment, since an edited one is not read again. ${help} shows every command.`,
  ]);
}

export interface Refused {
  readonly command: CommandShape;
  readonly needed: Who;
  /** Null: it could not be seen. */
  readonly has: Role | null;
  readonly prefix?: string;
  /** Whom it was refused to. */
  readonly login?: string;
  /** For `approvers`: the environment, and whom its gate counts as the policy writes them; teams are named, never their members. */
  readonly environment?: string;
  readonly approvers?: readonly string[];
}

/** Who may, what they are, and what to do, as Markdown. */
export function refusal(refused: Refused): string {
  const { command, needed, has, prefix = '', login } = refused;
  const who = login === undefined ? 'you' : nameSpan(login);
  const name = nameSpan(nameOf(command, prefix));
  if (has === null) {
    return `${name} is for ${whoFor(refused)}, and what role ${who === 'you' ? 'you have' : `${who} has`} here could not be seen. Nothing was done; try again in a moment.`;
  }
  const role = has === 'none' ? 'no role in this repository' : `the role ${nameSpan(has)}`;
  const stands =
    needed === 'approvers'
      ? `It does not count ${who}, with ${role}${ownWork(refused)}.`
      : `${who === 'you' ? 'You have' : `${who} has`} ${role}.`;
  return `${name} is for ${whoFor(refused)}. ${stands} Nothing was done. ${whatToDo(needed, name)}`;
}

function whoFor({ needed, approvers = [], environment }: Refused): string {
  if (needed !== 'approvers' || environment === undefined) return whoText(needed);
  const gate = `the gate of ${nameSpan(environment)} counts`;
  if (approvers.length === 0) return `those whom ${gate}: everyone with write access`;
  const shown = approvers
    .slice(0, MOST)
    .map((one) => approversText(one, nameSpan))
    .join(', ');
  return `those whom ${gate}: ${shown}${approvers.length > MOST ? ` and ${approvers.length - MOST} more` : ''}`;
}

function ownWork({ command }: Refused): string {
  return command.name === 'approve' ? '; a gate may leave out who wrote, committed or deployed what is approved' : '';
}

function whatToDo(needed: Who, name: string): string {
  switch (needed) {
    case 'approvers':
      return `Ask one of them to comment ${name}; whom a gate counts is in the policy.`;
    case 'admin':
      return `Ask an admin to comment it, or to give the role.`;
    case 'maintain':
    case 'write':
    case 'read':
      return `Ask somebody who has ${nameSpan(needed)} or more to comment it, or an admin to give the role.`;
  }
}
