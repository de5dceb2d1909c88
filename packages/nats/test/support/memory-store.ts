/** The store of a run in this process. */
import { setImmediate as turn } from 'node:timers/promises';
import { Conflict, type Store, type Stored } from '../../src/store.ts';

/** One bucket in this process. */
export class MemoryStore implements Store {
  readonly all: Map<string, Stored> = new Map();
  readonly #listeners = new Set<(key: string, stored: Stored) => void>();
  #revision = 0;

  async make(): Promise<void> {
    await turn();
  }

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
