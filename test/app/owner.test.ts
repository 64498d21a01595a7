// A lease of a process that is no more does not have to run out.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { hostname } from 'node:os';
import { expect, it } from 'vitest';
import { isGone, ownerName } from '../../src/app/owner.ts';

it('a process that lives, that is elsewhere, or that cannot be told is not gone', () => {
  const own = ownerName();
  for (const other of [own, `${hostname()}/1/x`, 'elsewhere/999999/x', `${hostname()}/x/y`, `${hostname()}/-1/x`, ''])
    expect(isGone(other, own)).toBe(false);
});

it('a process that ended, and an earlier one with this process’ number, are gone', async () => {
  const child = spawn('true');
  await once(child, 'exit');
  expect(isGone(`${hostname()}/${child.pid}/x`, ownerName())).toBe(true);
  expect(isGone(`${hostname()}/${process.pid}/an earlier start`, ownerName())).toBe(true);
});
