// What somebody may do on a repository: GitHub's built-in roles, least first. A custom role counts as the built-in one that it rests on.

/** `none`: no access, or no person. */
export const ROLES = ['none', 'read', 'triage', 'write', 'maintain', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** Whether it is that role or one above it. */
export function isAtLeast(role: Role, least: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(least);
}

/** Whom an entry of `approvals.from` means: a role, `owners`, a person or a team. `name`: how names are written. */
export function approversText(source: string, name: (text: string) => string = (text) => text): string {
  if ((ROLES as readonly string[]).includes(source)) return `those with the ${name(source)} role`;
  return source === 'owners' ? 'the code owners' : name(source);
}
