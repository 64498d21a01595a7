// When the App says that it could work: what it asks of GitHub seldom, and whose fault keeps it out of the rotation.
import { beforeEach, describe, expect, it } from 'vitest';
import type { AppSeen } from '../../src/app/probot.ts';
import { makeReadiness, type Readiness } from '../../src/app/readiness.ts';
import { GitHubProblem, type GitHubProblemKind } from '../../src/flows/github-port.ts';
import { StoreProblem } from '../../src/flows/store-port.ts';

const SEEN: AppSeen = { id: 1, slug: 'shiplock', url: '', permissions: {}, events: [] };

let now = 0;
let asked = 0;
let problem: Error | null = null;
let store: () => Promise<void>;
const changes: Readiness[] = [];
beforeEach(() => {
  [now, asked, problem] = [1_000_000, 0, null];
  store = async () => {};
  changes.length = 0;
});

const readiness = (isSetUp = true) =>
  makeReadiness({
    store: { ping: () => store() },
    look: () => {
      if (!isSetUp) return null;
      return async () => {
        asked += 1;
        if (problem !== null) throw problem;
        return SEEN;
      };
    },
    now: () => now,
    changed: (state) => changes.push(state),
  });

describe('GitHub is asked', () => {
  it('once a minute', async () => {
    const { check } = readiness();
    for (let second = 0; second < 59; second++) {
      expect((await check()).ready).toBe(true);
      now += 1_000;
    }
    expect(asked).toBe(1);
    now += 1_000;
    await check();
    expect(asked).toBe(2);
  });

  it('once, by many who ask at the same time', async () => {
    const { check } = readiness();
    await Promise.all([check(), check(), check()]);
    expect(asked).toBe(1);
  });

  it('again after ten seconds, where the answer was no', async () => {
    const { check } = readiness();
    problem = new GitHubProblem('unauthorised', 'no');
    expect((await check()).ready).toBe(false);
    problem = null;
    now += 9_000;
    expect((await check()).ready).toBe(false);
    now += 1_000;
    expect((await check()).ready).toBe(true);
  });

  it('anew, once the credentials are others', async () => {
    const { check, anew } = readiness();
    await check();
    anew();
    await check();
    expect(asked).toBe(2);
  });
});

describe('once it has worked', () => {
  it.each<[GitHubProblemKind, boolean]>([
    ['unavailable', true],
    ['rate-limited', true],
    ['unauthorised', false],
    ['forbidden', false],
    ['not-found', false],
  ])('GitHub’s “%s” leaves it ready: %s', async (kind, ready) => {
    const { check } = readiness();
    await check();
    problem = new GitHubProblem(kind, `GitHub says ${kind}.`);
    now += 60_000;
    expect((await check()).ready).toBe(ready);
  });

  it('before that, whatever keeps GitHub from answering does not', async () => {
    problem = new GitHubProblem('unavailable', 'GitHub could not be reached.');
    expect(await readiness().check()).toEqual({ ready: false, store: 'ok', credentials: 'GitHub could not be reached.' });
  });

  it('a mistake of ours is not shown to whoever asks', async () => {
    problem = new TypeError('secret of undefined');
    expect((await readiness().check()).credentials).toBe('GitHub could not be asked; the log says why.');
  });
});

it('is not ready without credentials, and asks nobody', async () => {
  expect(await readiness(false).check()).toMatchObject({ ready: false, store: 'ok', credentials: expect.stringContaining('open /') });
  expect(asked).toBe(0);
});

it('is not ready where the store is not, in its words', async () => {
  store = async () => {
    throw new StoreProblem('The disk is full.');
  };
  expect(await readiness().check()).toEqual({ ready: false, store: 'The disk is full.', credentials: 'ok' });
});

it('tells of a change once', async () => {
  const { check } = readiness();
  await check();
  await check();
  store = async () => {
    throw new StoreProblem('gone');
  };
  await check();
  await check();
  expect(changes.map((one) => one.ready)).toEqual([true, false]);
});
