// A real Octokit on the world, as the tests of the world itself use it.
import { Octokit } from '@octokit/rest';
import type { World } from '../support/github/world.ts';

/** Refusals are what many tests are about; Octokit would print each. */
export const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

export function clientOf(world: World, token?: string): Octokit {
  return new Octokit({ baseUrl: world.url, log: silent, ...(token === undefined ? {} : { auth: token }) });
}

/** The status and message of a refused call; fails where the call goes through. */
export async function refusalOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (error) {
    const { status, message } = error as { status?: number; message: string };
    return `${status} ${message.replace(/ - https:\/\/docs.*$/, '')}`;
  }
  throw new Error('The call was not refused.');
}
