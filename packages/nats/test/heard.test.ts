/** What hosts are told of writes is a hint: it may be lost, late, or wrong. */
import { setImmediate as turn } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import type { LeaseCallbacks, Leases } from '../src/leases.ts';
import type { NameRecord } from '../src/record.ts';
import { Conflict, type Store, type Stored } from '../src/store.ts';
import { closeLeases, leasesOn } from './support/leases.ts';

/** One bucket in this process. */
class MemoryStore implements Store {
  readonly all = new Map<string, Stored>();
  readonly #listeners = new Set<(key: string, stored: Stored) => void>();
  #revision = 0;

  async make(): Promise<void> {}

  async get(key: string): Promise<Stored | undefined> {
    await turn();
    return this.all.get(key);
  }

  async set(key: string, value: unknown, expected: number): Promise<number> {
    await turn();
    if ((this.all.get(key)?.revision ?? 0) !== expected) throw new Conflict(key);
    const revision = ++this.#revision;
    this.all.set(key, { value: structuredClone(value), revision });
    return revision;
  }

  async keys(): Promise<readonly string[]> {
    return [...this.all.keys()];
  }

  tell(key: string, stored: Stored): void {
    for (const heard of this.#listeners) heard(key, stored);
  }

  listen(heard: (key: string, stored: Stored) => void): () => void {
    this.#listeners.add(heard);
    return () => void this.#listeners.delete(heard);
  }

  async others(): Promise<'nobody'> {
    return 'nobody';
  }

  async destroy(): Promise<void> {
    this.all.clear();
  }
}

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
