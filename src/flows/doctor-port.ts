// What the doctor is given to see of GitHub, besides what releases and gates see.

import type { Account } from '../core/gate/facts.ts';
import type { Role } from '../core/role.ts';
import type { GatePort } from './gate-port.ts';
import type { GitHubPort, Observed } from './github-port.ts';

export interface DoctorPort {
  readonly github: Pick<GitHubPort, 'scene'>;
  readonly gates: Pick<GatePort, 'environments' | 'workflows' | 'checksOf' | 'teamMembers'>;
  readonly settings: () => Promise<Observed<{ readonly private: boolean; readonly protects: boolean }>>;
  /** Everybody who may write. */
  readonly writers: () => Promise<Observed<readonly (Account & { readonly role: Role })[]>>;
}
