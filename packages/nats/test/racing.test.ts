/** A store whose compare-and-set is not atomic, as that of a cluster: both of two writes that race may be taken. */
import { setImmediate as turn } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { Conflict, type Store, type Stored } from '../src/store.ts';
import { closeLeases, leasesOn } from './support/leases.ts';

/** What is expected is looked at when a write comes, and not when it is written, a turn later. */
class RacingStore implements Store {
  readonly races = true;
  /** Writes that have replaced one that they did not know. */
  raced = 0;
  readonly #all = new Map<string, Stored>();
  #revision = 0;

  async make(): Promise<void> {}

  async get(key: string): Promise<Stored | undefined> {
    await turn();
    return this.#all.get(key);
  }

  async set(key: string, value: unknown, expected: number): Promise<number> {
    if ((this.#all.get(key)?.revision ?? 0) !== expected) throw new Conflict(key);
    await turn();
    if ((this.#all.get(key)?.revision ?? 0) !== expected) this.raced++;
    const revision = ++this.#revision;
    this.#all.set(key, { value: structuredClone(value), revision });
    await turn();
    return revision;
  }

  async keys(): Promise<readonly string[]> {
    return [...this.#all.keys()];
  }

  async others(): Promise<'unknown'> {
    return 'unknown';
  }

  tell(): void {}

  listen(): () => void {
    return () => {};
  }

  async destroy(): Promise<void> {
    this.#all.clear();
  }
}

test('of two hosts whose writes race one holds the lock, and what was given back is free', async () => {
  const store = new RacingStore();
  const hosts = ['a', 'b', 'c'].map((label) => leasesOn(store, label, 600));
  onTestFinished(() => closeLeases(store, hosts));
  await Promise.all(hosts.map((host) => host.open()));
  let holders = 0;
  let most = 0;
  for (let round = 0; round < 30; round++) {
    const taking = hosts.map(
      (host) =>
        new Promise<void>((resolve, reject) => {
          const wanted = {
            name: `db${round % 3}`,
            kind: 'lock',
            size: 1,
            weight: 1,
            by: 'a test',
            wait: true,
          } as const;
          const id = host.want(wanted, {
            granted: () => {
              most = Math.max(most, ++holders);
              void turn().then(() => {
                holders--;
                host.giveBack(id);
                resolve();
              });
            },
            refused: () => reject(new Error('refused')),
            unavailable: () => reject(new Error('unavailable')),
            lost: (why) => reject(new Error(why)),
          });
        }),
    );
    await Promise.all(taking);
  }
  expect(store.raced).toBeGreaterThan(0);
  expect(most).toBe(1);
});
