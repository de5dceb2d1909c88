/** Users of tests that have ended, which are still connected, and what is said of that. */
import { describeClient, type ListedClient } from './client-list.ts';
import type { RedisKeyspace } from './types.ts';

/** More than these may be left by tests that run by then; before one has gone, no test gets a user. */
export const mostLeft = 8;
/** Tests that an error names. */
const mostNamed = 10;
/** Connections of a test that are described. */
const mostDescribed = 3;
const remedy = 'client.disconnect() of ioredis, client.destroy() of node-redis';

interface Left {
  readonly keyspace: RedisKeyspace;
  /** What names its test. */
  readonly holder: string;
}

export class LeftOpen {
  /** By the name of the user, in the order of the ends of their tests. */
  readonly #left = new Map<string, Left>();

  get keyspaces(): readonly RedisKeyspace[] {
    return [...this.#left.values()].map(({ keyspace }) => keyspace);
  }

  get isFull(): boolean {
    return this.#left.size > mostLeft;
  }

  add(keyspace: RedisKeyspace, holder: string): void {
    this.#left.set(keyspace.username, { keyspace, holder });
  }

  delete({ username }: RedisKeyspace): void {
    this.#left.delete(username);
  }

  /** What a test that wants to begin fails with. */
  error(): Error {
    const named = [...new Set([...this.#left.values()].map(({ holder }) => holder))];
    const lines = named.slice(0, mostNamed);
    if (named.length > mostNamed) lines.push(`and ${named.length - mostNamed} more`);
    const what = `${this.#left.size} users of Redis stay, because their tests have ended with connections open, and no other one is made before some of these have gone`;
    return new Error(`${what}:\n  ${lines.join('\n  ')}\n  End the client in each of these tests: ${remedy}`);
  }
}

/** For a diagnostic. */
export function describeLeft(clients: readonly ListedClient[]): string {
  const many = clients.length === 1 ? '1 connection' : `${clients.length} connections`;
  const shown = clients.slice(0, mostDescribed).map(describeClient);
  if (clients.length > mostDescribed) shown.push(`and ${clients.length - mostDescribed} more`);
  return `left ${many} open to Redis (${shown.join('; ')}); end the client: ${remedy}`;
}
