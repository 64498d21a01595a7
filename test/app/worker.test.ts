// The worker: order, leases, what fails and how often, limits that others used up, and an end without loss.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Journey } from '../../src/app/worker.ts';
import { GitHubProblem } from '../../src/flows/github-port.ts';
import { type Outcome, StoreProblem, type Task } from '../../src/flows/store-port.ts';
import { Bench } from './worker-bench.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

let bench: Bench;
beforeEach(async () => {
  bench = await Bench.open();
});
afterEach(() => bench.close());

const name = (task: Task) => String((task.body as { name?: string }).name);

/** A journey that fails until it is told otherwise. */
function failing(error: () => unknown, times = Number.POSITIVE_INFINITY): Journey & { readonly begun: string[] } {
  const begun: string[] = [];
  return {
    begun,
    run: (task) => {
      begun.push(name(task));
      return begun.length <= times ? Promise.reject(error()) : Promise.resolve({});
    },
  };
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await condition()); tries += 1) {
    if (tries > 1_000) throw new Error('What was waited for did not happen.');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describe('order', () => {
  it('tasks of a key run one after another, those of others beside them', async () => {
    const running = new Set<string>();
    const seen: string[] = [];
    let most = 0;
    const run = async (task: Task): Promise<Outcome> => {
      const twin = [...running].some((one) => one.startsWith(task.key));
      running.add(`${task.key} ${task.id}`);
      most = Math.max(most, running.size);
      seen.push(`${task.key} ${name(task)}${twin ? ' beside its twin' : ''}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
      running.delete(`${task.key} ${task.id}`);
      return {};
    };
    await bench.add(...['a', 'b', 'c'].flatMap((one) => ['repo:1', 'repo:2', 'repo:3'].map((key) => ({ key, body: { name: one } }))));
    await bench.pass(bench.start({ errand: { run } }, { concurrency: 2 }));
    for (const key of ['repo:1', 'repo:2', 'repo:3']) {
      expect(seen.filter((one) => one.startsWith(key))).toEqual([`${key} a`, `${key} b`, `${key} c`]);
    }
    expect(most).toBe(2);
  });

  it('what a task comes to is written with its end, and its tasks follow', async () => {
    const first: Journey = {
      run: async () => ({
        tasks: [{ key: 'repo:1', kind: 'next', body: { name: 'then' } }],
        notes: [{ repository: 'repo:1', kind: 'k', name: 'n', body: 1 }],
      }),
    };
    const seen: string[] = [];
    const next: Journey = {
      run: async (task) => {
        seen.push(`${name(task)} ${(await bench.store.note('repo:1', 'k', 'n'))?.body}`);
        return {};
      },
    };
    await bench.add({});
    await bench.pass(bench.start({ errand: first, next }));
    expect(seen).toEqual(['then 1']);
    expect(bench.ends).toEqual(['errand done', 'next done']);
  });

  it('a poke is heard between two polls', async () => {
    const seen: string[] = [];
    const worker = bench.start(
      {
        errand: {
          run: async (task) => {
            seen.push(name(task));
            return {};
          },
        },
      },
      { pollMs: 3_600_000 },
    );
    await worker.idle();
    await bench.add({ body: { name: 'a' } });
    worker.poke();
    await until(() => seen.length === 1);
  });
});

describe('leases', () => {
  it('what a killed worker had begun is begun again once its lease has run out, and not before', async () => {
    await bench.add({ body: { name: 'a' } }, { body: { name: 'b' } });
    // The one that is killed: it claims and is never heard of again.
    const [left] = await bench.store.claim({ owner: 'killed', now: bench.now, leaseMs: 30 * SECOND, limit: 1 });
    const seen: string[] = [];
    const run = async (task: Task) => {
      seen.push(`${name(task)} ${task.attempts}`);
      return {};
    };
    const worker = bench.start({ errand: { run } });
    await bench.pass(worker, 29 * SECOND);
    expect(seen).toEqual([]);
    await bench.pass(worker, 2 * SECOND);
    expect(seen).toEqual(['a 2', 'b 1']);
    expect(
      await bench.store.finish(
        { task: left as Task, owner: 'killed' },
        { notes: [{ repository: 'r', kind: 'k', name: 'n', body: 1 }] },
        bench.now,
      ),
    ).toBe('lost');
    expect(await bench.store.note('r', 'k', 'n')).toBeNull();
  });

  it('whoever lost the lease writes nothing, and says so', async () => {
    let release: () => void = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const slow: Journey = {
      run: async () => {
        await held;
        return { notes: [{ repository: 'r', kind: 'k', name: 'slow', body: 1 }] };
      },
    };
    await bench.add({});
    // Its clock stands still, so that its renewals do not help.
    const frozen = bench.now;
    const one = bench.start({ errand: slow }, { now: () => frozen });
    await until(async () => (await bench.store.stats(bench.now)).running === 1);
    bench.now += 31 * SECOND;
    const other = bench.start({ errand: { run: async () => ({ notes: [{ repository: 'r', kind: 'k', name: 'quick', body: 1 }] }) } });
    await bench.pass(other);
    release();
    await one.stop();
    expect(await bench.store.notes('r', 'k')).toMatchObject([{ name: 'quick' }]);
    expect(bench.ends).toEqual(['errand done', 'errand lost']);
    expect(bench.logged).toMatchObject([{ level: 'warn', says: expect.stringMatching(/^Somebody else has taken/) }]);
  });

  it('a long task keeps its lease', async () => {
    let release: () => void = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const slow: Journey = {
      run: async () => {
        await held;
        return {};
      },
    };
    await bench.add({});
    const one = bench.start({ errand: slow }, { leaseMs: 60 });
    await until(async () => (await bench.store.stats(bench.now)).running === 1);
    bench.now += 50;
    // A renewal comes every 20 ms of the machine's time.
    await new Promise((resolve) => setTimeout(resolve, 100));
    bench.now += 50;
    expect(await bench.store.claim({ owner: 'other', now: bench.now, leaseMs: 60, limit: 1 })).toEqual([]);
    release();
    await bench.pass(one);
    expect(bench.ends).toEqual(['errand done']);
  });

  it('what ends the process again and again is given up before it is begun once more', async () => {
    await bench.add({});
    for (let times = 0; times < 20; times += 1) {
      await bench.store.claim({ owner: `killed ${times}`, now: bench.now, leaseMs: 1, limit: 1 });
      bench.now += 2;
    }
    const journey = failing(() => new Error('unreached'));
    await bench.pass(bench.start({ errand: journey }));
    expect(journey.begun).toEqual([]);
    expect(await bench.store.dead(10)).toMatchObject([{ attempts: 21, error: expect.stringMatching(/never came to an end/) }]);
  });

  it('stops without beginning more, ends what was begun, and gives back the rest', async () => {
    const seen: string[] = [];
    const journey: Journey = {
      run: async (task) => {
        seen.push(name(task));
        await new Promise((resolve) => setTimeout(resolve, 30));
        return {};
      },
    };
    await bench.add({ body: { name: 'a' } }, { body: { name: 'b' } });
    const worker = bench.start({ errand: journey });
    await until(() => seen.length === 1);
    await worker.stop();
    expect(bench.ends).toEqual(['errand done']);
    expect(await bench.store.stats(bench.now)).toMatchObject({ ready: 1, running: 0 });
    await bench.pass(bench.start({ errand: journey }));
    expect(seen).toEqual(['a', 'b']);
  });

  it('does not wait for ever for what hangs', async () => {
    await bench.add({});
    const worker = bench.start({ errand: { run: () => new Promise(() => {}) } });
    await until(async () => (await bench.store.stats(bench.now)).running === 1);
    await worker.stop(20);
    expect(await bench.store.stats(bench.now)).toMatchObject({ running: 1 });
  });
});

describe('what moved meanwhile', () => {
  it('is decided again at once', async () => {
    let tries = 0;
    const journey: Journey = {
      run: async () => {
        tries += 1;
        const note = await bench.store.note('r', 'k', 'n');
        // Somebody else writes between the reading and the end, twice.
        if (tries < 3) await bench.store.write([{ repository: 'r', kind: 'k', name: 'n', body: tries }], bench.now);
        return { notes: [{ repository: 'r', kind: 'k', name: 'n', body: 'mine', expect: note?.version ?? 0 }] };
      },
    };
    await bench.add({});
    await bench.pass(bench.start({ errand: journey }));
    expect(tries).toBe(3);
    expect(bench.ends).toEqual(['errand done']);
    expect(await bench.store.note('r', 'k', 'n')).toMatchObject({ body: 'mine', version: 3 });
  });

  it('and never stands still: it is left for later', async () => {
    const journey: Journey = {
      run: async () => ({ notes: [{ repository: 'r', kind: 'k', name: 'n', body: 'mine', expect: 7 }] }),
    };
    await bench.add({});
    await bench.pass(bench.start({ errand: journey }));
    expect(bench.ends).toEqual(['errand moved']);
    expect(await bench.store.stats(bench.now)).toMatchObject({ waiting: 1 });
  });
});

describe('failures', () => {
  const unavailable = () => new GitHubProblem('unavailable', 'GitHub could not be reached.');

  it('S-40: an outage is tried through in its place, then out of the way of others, and at last shown to an operator', async () => {
    const journey = failing(unavailable);
    const others: Journey = { run: async () => ({}) };
    await bench.add({ body: { name: 'a', delivery: 'guid-1' }, unique: 'a' }, { kind: 'other', body: {} });
    const worker = bench.start({ errand: journey, other: others });
    let passed = 0;
    const times: number[] = [];
    for (let begun = 0; (await bench.store.dead(1)).length === 0 && passed < 24 * HOUR; passed += 15 * SECOND) {
      await bench.pass(worker, 15 * SECOND);
      if (journey.begun.length > begun) times.push(passed);
      begun = journey.begun.length;
      if (begun === 7) expect(bench.ends).not.toContain('other done');
    }
    expect(journey.begun).toHaveLength(12);
    expect(bench.ends.filter((one) => one === 'errand again')).toHaveLength(7);
    // The eighth failure let the next of its key go.
    expect(bench.ends.slice(7, 9)).toEqual(['errand later', 'other done']);
    expect(bench.ends.at(-1)).toBe('errand buried');
    expect(passed).toBeGreaterThan(4 * HOUR);
    expect(await bench.store.dead(10)).toMatchObject([
      { kind: 'errand', unique: 'a', body: { name: 'a', delivery: 'guid-1' }, error: 'GitHub could not be reached.' },
    ]);
    // Each failure is told once, with what finds it again.
    expect(bench.logged).toHaveLength(12);
    for (const { fields } of bench.logged)
      expect(fields).toMatchObject({ task: expect.any(Number), delivery: 'guid-1', err: { kind: 'unavailable' } });
    expect(bench.logged.at(-1)?.level).toBe('error');
    // Begun anew, it has all its tries before it.
    const [dead] = await bench.store.dead(1);
    await bench.store.replay(dead?.id ?? 0, bench.now);
    await bench.pass(worker);
    expect(bench.ends.at(-1)).toBe('errand again');
  });

  it.each(['forbidden', 'not-found', 'refused', 'misconfigured'] as const)(
    'S-40: what GitHub keeps from us (%s) is tried three times and then shown',
    async (kind) => {
      const journey = failing(() => new GitHubProblem(kind, `It says ${kind}.`));
      await bench.add({});
      const worker = bench.start({ errand: journey });
      for (let times = 0; times < 10; times += 1) await bench.pass(worker, 10 * SECOND);
      expect(bench.ends).toEqual(['errand again', 'errand again', 'errand buried']);
      expect(await bench.store.dead(10)).toMatchObject([{ error: `It says ${kind}.` }]);
    },
  );

  it('S-40: a token that ran out is had anew: the next attempt goes through', async () => {
    const journey = failing(() => new GitHubProblem('unauthorised', 'Bad credentials.'), 1);
    await bench.add({});
    const worker = bench.start({ errand: journey });
    await bench.pass(worker);
    await bench.pass(worker, 10 * SECOND);
    expect(bench.ends).toEqual(['errand again', 'errand done']);
  });

  it('a poison event goes to the dead letters, the repository goes on, and an operator begins it anew', async () => {
    let broken = true;
    const seen: string[] = [];
    const journey: Journey = {
      run: async (task) => {
        if (broken && name(task) === 'poison') throw new TypeError('x is not a function');
        seen.push(name(task));
        return {};
      },
    };
    await bench.add({ body: { name: 'poison' } }, { body: { name: 'after' } });
    const worker = bench.start({ errand: journey });
    for (let times = 0; times < 4; times += 1) await bench.pass(worker, 10 * SECOND);
    expect(seen).toEqual(['after']);
    const [dead] = await bench.store.dead(10);
    expect(dead).toMatchObject({ attempts: 3, error: 'x is not a function' });
    expect(bench.logged.map(({ level }) => level)).toEqual(['error', 'error', 'error']);
    broken = false;
    expect(await bench.store.replay(dead?.id as number, bench.now)).toBe(true);
    await bench.pass(worker);
    expect(seen).toEqual(['after', 'poison']);
  });

  it('a delivery that gives up its place finds its payload again, however much was forgotten meanwhile', async () => {
    const journey = failing(unavailable, 8);
    const payload = new TextEncoder().encode('{}');
    await bench.store.accept([{ guid: 'guid-9', event: 'push', action: null, key: 'key', payload, receivedAt: bench.now }]);
    const worker = bench.start({ delivery: journey });
    for (let times = 0; times < 400 && !bench.ends.includes('delivery later'); times += 1) await bench.pass(worker, 5 * SECOND);
    expect(bench.ends.at(-1)).toBe('delivery later');
    await bench.store.forget(bench.now + HOUR);
    expect(await bench.store.delivery('guid-9')).not.toBeNull();
    await bench.pass(worker, HOUR);
    expect(bench.ends.at(-1)).toBe('delivery done');
  });

  it('what throws no error is a mistake, too', async () => {
    const journey = failing(() => 'a word');
    await bench.add({});
    const worker = bench.start({ errand: journey });
    for (let times = 0; times < 4; times += 1) await bench.pass(worker, 10 * SECOND);
    expect(await bench.store.dead(10)).toMatchObject([{ error: 'a word' }]);
  });

  it('a kind that nobody here knows waits a little and is then kept', async () => {
    await bench.add({ kind: 'unheard-of' });
    const worker = bench.start({});
    for (let times = 0; times < 4; times += 1) await bench.pass(worker, 10 * SECOND);
    expect(await bench.store.dead(10)).toMatchObject([{ kind: 'unheard-of', error: expect.stringMatching(/another version/) }]);
  });

  it('the store’s own failures use up no attempts', async () => {
    const journey = failing(() => new StoreProblem('The disk is full.'), 10);
    await bench.add({});
    const worker = bench.start({ errand: journey });
    for (let times = 0; times < 11; times += 1) await bench.pass(worker, 10 * SECOND);
    expect(bench.ends.at(-1)).toBe('errand done');
    expect(await bench.store.dead(10)).toEqual([]);
  });

  it('a store that is away is waited for, and said once', async () => {
    let away = true;
    const store = {
      ...bench.store,
      claim: (ask: Parameters<typeof bench.store.claim>[0]) =>
        away ? Promise.reject(new StoreProblem('No connection.')) : bench.store.claim(ask),
    };
    await bench.add({});
    const worker = bench.start({ errand: { run: async () => ({}) } }, { store });
    await new Promise((resolve) => setTimeout(resolve, 60));
    away = false;
    await bench.pass(worker);
    expect(bench.ends).toEqual(['errand done']);
    expect(bench.logged.map(({ level }) => level)).toEqual(['error', 'info']);
  });

  it('an end that the store refuses once is written the second time, and the work is not done again', async () => {
    let refusals = 1;
    const store = {
      ...bench.store,
      finish: (...args: Parameters<typeof bench.store.finish>) => {
        refusals -= 1;
        return refusals >= 0 ? Promise.reject(new StoreProblem('Busy.')) : bench.store.finish(...args);
      },
    };
    let done = 0;
    const run = async () => {
      done += 1;
      return {};
    };
    await bench.add({});
    await bench.pass(bench.start({ errand: { run } }, { store }));
    expect([done, bench.ends]).toEqual([1, ['errand done']]);
  });
});

describe('limits', () => {
  it('S-48: whoever shares a used-up limit waits until it ends, without asking, and others go on', async () => {
    const asked: string[] = [];
    let limited = true;
    const ends = bench.now + 30 * MINUTE;
    const journey: Journey = {
      limit: (task) => (task.key === 'repo:9' ? 'installation:2' : 'installation:1'),
      run: async (task) => {
        asked.push(`${task.key} ${name(task)}`);
        if (limited && task.key !== 'repo:9')
          throw new GitHubProblem('rate-limited', 'Slow down.', { until: new Date(ends).toISOString() });
        return {};
      },
    };
    await bench.add({ key: 'repo:1', body: { name: 'first' } });
    const worker = bench.start({ errand: journey });
    await bench.pass(worker);
    const many = Array.from({ length: 20 }, (_, index) => ({ key: `repo:1/pull/${index}`, body: { name: 'preview' } }));
    await bench.add(...many, { key: 'repo:1', body: { name: 'second' } }, { key: 'repo:9', body: { name: 'other' } });
    await bench.pass(worker);
    expect(asked).toEqual(['repo:1 first', 'repo:9 other']);
    for (let passed = 0; passed < 29; passed += 1) await bench.pass(worker, MINUTE);
    expect(asked).toHaveLength(2);
    limited = false;
    await bench.pass(worker, 2 * MINUTE);
    expect(asked).toHaveLength(24);
    // In their order, and with all their attempts left.
    expect(asked.filter((one) => one.startsWith('repo:1 '))).toEqual(['repo:1 first', 'repo:1 first', 'repo:1 second']);
    expect(await bench.store.dead(10)).toEqual([]);
  });

  it('S-48: however often a limit is met, no attempt is used up', async () => {
    const journey = failing(
      () => new GitHubProblem('rate-limited', 'Slow down.', { until: new Date(bench.now + MINUTE).toISOString() }),
      40,
    );
    await bench.add({});
    const worker = bench.start({ errand: journey });
    for (let times = 0; times < 41; times += 1) await bench.pass(worker, 2 * MINUTE);
    expect(bench.ends.filter((one) => one === 'errand paused')).toHaveLength(40);
    expect(bench.ends.at(-1)).toBe('errand done');
  });

  it('S-48: those that failed together do not come back together', async () => {
    const journey = failing(() => new GitHubProblem('unavailable', 'No.'), 30);
    await bench.add(...Array.from({ length: 30 }, (_, index) => ({ key: `repo:${index}` })));
    let seed = 0;
    const random = () => {
      seed = (seed * 16_807 + 11) % 2_147_483_647;
      return seed / 2_147_483_647;
    };
    const times: number[] = [];
    const store = {
      ...bench.store,
      retry: (...args: Parameters<typeof bench.store.retry>) => {
        times.push(args[1].at - bench.now);
        return bench.store.retry(...args);
      },
    };
    await bench.pass(bench.start({ errand: journey }, { random, store }));
    expect(times).toHaveLength(30);
    expect(new Set(times).size).toBeGreaterThan(15);
    expect(Math.min(...times)).toBeGreaterThanOrEqual(250);
    expect(Math.max(...times)).toBeLessThanOrEqual(2 * SECOND);
  });
});

describe('what comes again by itself', () => {
  it('comes at the start, or in its turn, and once, however many workers there are', async () => {
    const seen: string[] = [];
    const clock = (what: string, more: Partial<Journey>): Journey => ({
      every: 5 * MINUTE,
      run: async () => {
        seen.push(what);
        return {};
      },
      ...more,
    });
    const journeys = { sweep: clock('sweep', { atStart: true }), forget: clock('forget', { every: HOUR }) };
    const one = bench.start(journeys);
    const other = bench.start(journeys);
    await bench.pass(one);
    await bench.pass(other);
    expect(seen).toEqual(['sweep']);
    await bench.pass(one, 5 * MINUTE);
    expect(seen).toEqual(['sweep', 'sweep']);
    for (let passed = 0; passed < 12; passed += 1) {
      await bench.pass(one, 5 * MINUTE);
      await bench.pass(other);
    }
    expect(seen.filter((one) => one === 'forget')).toHaveLength(1);
    expect(seen.filter((one) => one === 'sweep')).toHaveLength(14);
  });

  it('is never given up', async () => {
    const journey = { ...failing(() => new Error('broken')), every: 5 * MINUTE };
    const worker = bench.start({ sweep: journey });
    for (let passed = 0; passed < 60; passed += 1) await bench.pass(worker, MINUTE);
    expect(journey.begun.length).toBeGreaterThan(20);
    expect(await bench.store.dead(10)).toEqual([]);
    expect(bench.logged.some(({ says }) => says.startsWith('A task that comes again by itself failed'))).toBe(true);
  });
});
