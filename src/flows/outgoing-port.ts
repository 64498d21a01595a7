// Where messages go that leave for elsewhere than GitHub: one address that the operator has set, and no other.

import type { Message } from '../core/tell.ts';

export interface OutgoingPort {
  /** `delivery` stays the same however often it is tried. Throws `OutgoingProblem`. */
  readonly send: (delivery: string, message: Message) => Promise<void>;
}

/** Why it was not taken, in words without the address, which may hold a key. */
export class OutgoingProblem extends Error {
  /** False: to try again would come to the same. */
  readonly passing: boolean;

  constructor(says: string, passing: boolean) {
    super(says);
    this.name = 'OutgoingProblem';
    this.passing = passing;
  }
}
