// A message to the operator's own address while the App, as it is built, is killed (SIGKILL): before the receiver answers, while the next try
// is waited for, and after it was taken and before that could be noted. It comes about once, and is the same each time.
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { bundle, writeBundle } from '../../scripts/bundle.ts';
import { Receiver, SECRET } from '../app/receiver.ts';
import { startWorld, type World } from '../support/github/world.ts';
import { foundHarbour } from '../support/harbour.ts';
import { MortalApp } from '../support/mortal-app.ts';

const ROOT = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'shiplock-messages-'));
const dist = join(folder, 'dist');
beforeAll(async () => {
  await writeBundle(dist, await bundle(ROOT));
  copyFileSync(join(ROOT, 'app.yml'), join(folder, 'app.yml'));
}, 90_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function begin(answer: (nth: number, app: MortalApp) => number): Promise<{ world: World; app: MortalApp; receiver: Receiver }> {
  let app: MortalApp | null = null;
  const receiver = await Receiver.open((nth) => answer(nth, app as MortalApp));
  ends.push(() => receiver.close());
  const world = await startWorld();
  ends.push(() => world.stop());
  const address = `http://${world.host}`;
  world.state.urls = { api: `${address}/api/v3`, html: address, uploads: `${address}/api/uploads` };
  const { url, secret } = receiver.outgoing;
  app = new MortalApp({ world, bundle: dist, env: { SHIPLOCK_WEBHOOK_URL: url, SHIPLOCK_WEBHOOK_SECRET: secret } });
  const running = app;
  ends.push(() => running.remove());
  const repository = foundHarbour(world, app.app);
  await app.start();
  world.install(app.app, repository.owner);
  await app.settled();
  repository.tag('v1.0.1', { by: 'carol' });
  repository.release('v1.0.1', { by: 'carol', name: 'v1.0.1', body: 'Mended.' });
  return { world, app, receiver };
}

/** Until nothing is left to be done, a second of the world's at a time. */
async function lives({ world, app, receiver }: Awaited<ReturnType<typeof begin>>, until: () => boolean): Promise<void> {
  for (let seconds = 0; seconds < 180; seconds += 1) {
    await app.settled();
    if (!app.alive) await app.start();
    // Before time passes, with which another try may already be on its way.
    if (until()) break;
    // More than a lease each time, as nobody knows by this clock that its holder is gone.
    world.clock.advance(seconds % 10 === 9 ? '31s' : '1s');
  }
  await app.settled();
  if (!app.alive) await app.start();
  await app.settled();
  world.effects.ignore();
  await world.assertClean();
  const log = JSON.stringify(app.log);
  for (const hidden of [SECRET, 'key=hidden']) expect(log).not.toContain(hidden);
  expect(receiver.got.every(({ signed }) => signed)).toBe(true);
}

describe('killed', () => {
  it('before the receiver answers, and while the next try is waited for', { timeout: 120_000 }, async () => {
    const story = await begin((nth, app) => {
      if (nth === 1 || nth === 3) app.kill();
      // The second is refused; who is to try again dies as well.
      return nth === 1 || nth === 3 ? 0 : nth === 2 ? 500 : 200;
    });
    const { receiver, app } = story;
    let afterRefusal = false;
    await lives(story, () => {
      if (receiver.got.length >= 2 && !afterRefusal) {
        afterRefusal = true;
        app.kill();
      }
      return receiver.taken().length > 0;
    });
    expect(app.kills).toBe(3);
    expect(receiver.got.map(({ status }) => status)).toEqual([0, 500, 0, 200]);
    expect(new Set(receiver.got.map(({ id, body }) => `${id} ${body}`)).size).toBe(1);
    expect(receiver.taken()).toMatchObject([{ event: 'published', release: 'v1.0.1' }]);
  });

  it('after it was taken and before that was noted: it comes again with the same id', { timeout: 120_000 }, async () => {
    const story = await begin((nth, app) => {
      if (nth === 1) app.kill();
      return 200;
    });
    const { receiver, app } = story;
    await lives(story, () => receiver.got.length > 1);
    expect(app.kills).toBe(1);
    expect(receiver.got).toHaveLength(2);
    expect(receiver.taken()).toHaveLength(1);
  });
});
