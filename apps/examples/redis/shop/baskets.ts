/** Baskets of visitors. One into which nothing was put for an hour is forgotten. */
import type { Redis } from 'ioredis';

const hour = 3_600;

export async function put(client: Redis, visitor: string, product: string, count = 1): Promise<void> {
  const key = `basket:${visitor}`;
  await client.multi().hincrby(key, product, count).expire(key, hour).exec();
}

export async function contents(client: Redis, visitor: string): Promise<Record<string, number>> {
  const found = Object.entries(await client.hgetall(`basket:${visitor}`));
  return Object.fromEntries(found.map(([product, count]) => [product, Number(count)]));
}
