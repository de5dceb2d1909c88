/** What hosts are told of writes is a hint: it may be lost, late, or wrong. */
import { expect, onTestFinished, test } from 'vitest';
import type { LeaseCallbacks, Leases } from '../src/leases.ts';
import type { NameRecord } from '../src/record.ts';
import type { Store } from '../src/store.ts';
import { closeLeases, leasesOn } from './support/leases.ts';
import { MemoryStore } from './support/memory-store.ts';

function host(store: Store, label: string): Leases {
  const leases = leasesOn(store, label, 1_500);
  onTestFinished(() => closeLeases(store, [leases]));
  return leases;
}

/** @returns its id, when it is granted */
async function take(leases: Leases, size = 1): Promise<string> {
  return await new Promise((resolve, reject) => {
    const callbacks: LeaseCallbacks = {
      granted: () => resolve(id),
      refused: () => reject(new Error('refused')),
      unavailable: () => reject(new Error('unavailable')),
      lost: (why) => reject(new Error(why)),
    };
    const of = { name: 'db', kind: size === 1 ? 'lock' : 'semaphore', size, weight: 1, by: 'a test' } as const;
    const id = leases.want({ ...of, wait: true }, callbacks);
  });
}

test.each([
  ['the last that a host holds', 1],
  ['one of two', 2],
])('what is given back while a host believes what is wrong is free: %s', async (_, size) => {
  const store = new MemoryStore();
  const [a, b] = [host(store, 'a'), host(store, 'b')];
  await Promise.all([a.open(), b.open()]);
  const [first = ''] = await Promise.all(Array.from({ length: size }, () => take(a, size)));
  const waiting = take(b, size);
  const key = [...store.all.keys()].find((one) => one.endsWith('.name.db')) ?? '';
  await expect
    .poll(() => store.all.get(key)?.value)
    .toMatchObject({ waiting: [{ host: expect.any(String) as string }] });
  const of = { name: 'db', kind: size === 1 ? 'lock' : 'semaphore', size } as const;
  const nobody: NameRecord = { ...of, round: 0, held: [], waiting: [] };
  store.tell(key, { value: nobody, revision: 1e9 });
  // One that waits looks again; one that has all that it wants goes on believing it.
  await expect.poll(() => b.recordOf(of)).toEqual(store.all.get(key)?.value);
  expect(a.recordOf(of)).toEqual(nobody);
  const stored = (): NameRecord => store.all.get(key)!.value as NameRecord;
  const { held, waiting: queue } = stored();
  a.giveBack(first);
  await waiting;
  expect([stored().held, stored().waiting]).toEqual([[...held.slice(1), ...queue], []]);
});
