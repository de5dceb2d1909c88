/** Users of tests that have ended, which are still connected, and what is said of that. */
import { describeClient, type ListedClient } from './client-list.ts';
import type { RedisKeyspace } from './types.ts';

/**
 * So many stay as they are. Where so many do, tests wait for the ends of their users; one that leaves another connection
 * fails, and its user may do nothing any more. Tests that had theirs already may leave more, at most one for each session.
 */
export const mostLeft = 8;
/** Tests that an error names. */
const mostNamed = 5;
/** Connections of a test that are described. */
const mostDescribed = 3;
const remedy = 'client.disconnect() of ioredis, client.destroy() of node-redis';

export interface Left {
  readonly keyspace: RedisKeyspace;
  /** What names its test. */
  readonly holder: string;
}

/** What is wrong with a session that has ended. */
export interface Fault {
  readonly message: string;
  /** Its test fails with it. */
  readonly fails: boolean;
}

export class LeftOpen {
  /** By the name of the user, in the order of the ends of their tests. */
  readonly #left = new Map<string, Left>();
  #named = false;

  get all(): readonly Left[] {
    return [...this.#left.values()];
  }

  get isFull(): boolean {
    return this.#left.size >= mostLeft;
  }

  add(left: Left): void {
    this.#left.set(left.keyspace.username, left);
  }

  /** @returns whether it was there */
  delete({ keyspace }: Left): boolean {
    return this.#left.delete(keyspace.username);
  }

  /** What a test fails with that has left connections open where no more may stay. The first is told which these are. */
  tooMany(clients: readonly ListedClient[]): Fault[] {
    const why = `its user may do nothing any more, and the test fails, because those of ${mostLeft} earlier tests stay for such connections already`;
    const found = { message: `${describeLeft(clients)}; ${why}`, fails: true };
    if (this.#named) return [found];
    this.#named = true;
    const holders = [...new Set([...this.#left.values()].map(({ holder }) => holder))];
    const more = holders.length - mostNamed;
    const named = holders.slice(0, mostNamed).join(', ');
    return [found, { message: `those are of: ${named}${more > 0 ? `, and ${more} more` : ''}`, fails: true }];
  }
}

/** For a diagnostic. */
export function describeLeft(clients: readonly ListedClient[]): string {
  const one = clients.length === 1;
  const many = one ? '1 connection' : `${clients.length} connections`;
  const each = one ? 'it where it was' : 'them where they were';
  const shown = clients.slice(0, mostDescribed).map(describeClient);
  if (clients.length > mostDescribed) shown.push(`and ${clients.length - mostDescribed} more`);
  return `left ${many} open to Redis (${shown.join('; ')}); end ${each} made, in the test or in the app under test: ${remedy}`;
}
