/** A queue of orders. One that a worker has taken is kept for it until it is done, so that a worker that ends loses none. */
import type { Redis } from 'ioredis';

const taken = (worker: string): string => `taken:${worker}`;

/** @param channels the prefix of all channels */
export async function place(client: Redis, channels: string, order: string): Promise<void> {
  await client.lpush('orders', order);
  await client.publish(`${channels}orders`, order);
}

/** @returns the oldest order; `undefined`: there is none */
export async function take(client: Redis, worker: string): Promise<string | undefined> {
  return (await client.lmove('orders', taken(worker), 'RIGHT', 'LEFT')) ?? undefined;
}

export async function done(client: Redis, worker: string, order: string): Promise<void> {
  await client.lrem(taken(worker), 1, order);
}

/** What a worker has taken that has ended is taken by others, in its order. */
export async function takeBack(client: Redis, worker: string): Promise<void> {
  while ((await client.lmove(taken(worker), 'orders', 'LEFT', 'RIGHT')) !== null);
}
