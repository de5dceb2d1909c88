/** No session can be begun: what is told of it, and who tries again. */
import { expect, onTestFinished, test } from 'vitest';
import type { LeaseCallbacks, Leases } from '../src/leases.ts';
import { Forbidden } from '../src/store.ts';
import { closeLeases, leasesOn } from './support/leases.ts';
import { MemoryStore } from './support/memory-store.ts';

/** Where no bucket can be made for as long as something is wrong. */
class FailingStore extends MemoryStore {
  wrong: Error | undefined;
  made = 0;

  override async make(): Promise<void> {
    this.made++;
    await super.make();
    if (this.wrong !== undefined) throw this.wrong;
  }
}

function host(store: FailingStore): Leases {
  const leases = leasesOn(store, 'a', 300);
  onTestFinished(() => closeLeases(store, [leases]));
  return leases;
}

/** @param told called in the turn in which it is known */
async function take(leases: Leases, wait: boolean, told: () => void = () => {}): Promise<string> {
  return await new Promise((resolve) => {
    const say = (what: string) => (): void => {
      told();
      resolve(what);
    };
    const callbacks: LeaseCallbacks = {
      granted: say('granted'),
      refused: say('refused'),
      unavailable: say('unavailable'),
      lost: say('lost'),
    };
    leases.want({ name: 'db', kind: 'lock', size: 1, weight: 1, by: 'a test', wait }, callbacks);
  });
}

test.each([true, false])('not permitted: who asks again at once is told, too (waits: %s)', async (wait) => {
  const store = new FailingStore();
  store.wrong = new Forbidden('its user may not');
  const leases = host(store);
  const again = Promise.withResolvers<string>();
  expect(await take(leases, wait, () => void take(leases, wait).then(again.resolve))).toBe('unavailable');
  expect(await again.promise).toBe('unavailable');
  const { made } = store;
  store.wrong = undefined;
  expect(await take(leases, wait)).toBe('granted');
  expect(store.made).toBe(made + 1);
});

test('no answer: what does not wait is told at the first failure, and what waits is granted later', async () => {
  const store = new FailingStore();
  store.wrong = new Error('no answer in time');
  const leases = host(store);
  const waits = take(leases, true);
  expect(await take(leases, false)).toBe('unavailable');
  expect(leases.trouble).toBe(store.wrong);
  store.wrong = undefined;
  expect(await waits).toBe('granted');
});
