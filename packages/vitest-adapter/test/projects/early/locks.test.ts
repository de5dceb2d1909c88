import { withPools } from '@carpool/vitest';
import { lock } from 'carpool/coordination';
import { describe, expect, vi } from 'vitest';
import config from './carpool.config.ts';

const testTimeout = 2_000;
vi.setConfig({ testTimeout });
const test = withPools(config);
const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));
/** The third of three that wait for each other would have no time left. */
const third = 700;

describe.for([1, 2, 3])('round %d', { concurrent: true }, () => {
  test('a lock of the config is taken before the time of the test starts', async ({ printer }) => {
    expect(printer).toMatchObject({ name: 'printer', held: true });
    await pause(third);
  });
});

test('permits and a reader-writer lock are fixtures, too', ({ desk, reads }) => {
  expect(desk.weight).toBe(2);
  expect(reads.held).toBe(true);
});

test('its own lock taken again is a deadlock, at once', async ({ printer, writes }) => {
  expect([printer.held, writes.held]).toEqual([true, true]);
  await expect(lock('printer').acquire()).rejects.toThrow('this would deadlock');
});

test('a lock of the machine is another one than that of the run', async ({ device }) => {
  expect([device.name, device.held, device.lost.aborted]).toEqual(['phone', true, false]);
  await expect(lock('phone', { scope: 'machine' }).acquireNow()).rejects.toMatchObject({ code: 'LEASE_TAKEN' });
  const own = await lock('phone').acquireNow();
  expect([own.held, own.lost.aborted]).toEqual([true, false]);
});

describe('a lock that was taken in the time of the test', { concurrent: true }, () => {
  test('one test', async () => {
    using held = await lock('scanner').acquire();
    expect(held.held).toBe(true);
    await pause(third);
  });

  test('must fail: another test, whose time was used up', async () => {
    using _ = await lock('scanner').acquire();
    await pause(testTimeout);
  });
});
