// Brings together the deliveries that come while others are being written: a transaction of fifty costs little more than one of one.

import type { Delivery } from '../flows/store-port.ts';
import { checkTexts } from './database.ts';

/** Writes the deliveries that `take` gives, asked as late as can be. True for each that is new. */
export type Write = (take: () => readonly Delivery[]) => Promise<readonly boolean[]>;

/** What a store cannot hold is refused before it is written with others, so that nobody suffers from another's. */
export function gathering(write: Write): (deliveries: readonly Delivery[]) => Promise<readonly boolean[]> {
  let open: Call[] | null = null;
  let bytes = 0;
  const begin = (first: Call) => {
    const calls = [first];
    const close = () => {
      if (open === calls) open = null;
    };
    const take = () => {
      close();
      return calls.flatMap((call) => call.deliveries);
    };
    open = calls;
    bytes = 0;
    write(take).then(
      (answers) => {
        let from = 0;
        for (const { deliveries, resolve } of calls) {
          resolve(answers.slice(from, from + deliveries.length));
          from += deliveries.length;
        }
      },
      (error: unknown) => {
        close();
        for (const { reject } of calls) reject(error);
      },
    );
  };
  return async (deliveries) => {
    if (deliveries.length === 0) return [];
    for (const { guid, event, action, key } of deliveries) checkTexts([guid, event, action, key]);
    return new Promise((resolve, reject) => {
      const call = { deliveries, resolve, reject };
      if (open === null) begin(call);
      else open.push(call);
      for (const { payload } of deliveries) bytes += payload.length;
      if (open !== null && (open.length >= CALLS || bytes >= BYTES)) open = null;
    });
  };
}

const CALLS = 256;
/** So much and one more. */
export const BYTES = 4 * 1024 * 1024;

interface Call {
  readonly deliveries: readonly Delivery[];
  readonly resolve: (answers: readonly boolean[]) => void;
  readonly reject: (error: unknown) => void;
}
