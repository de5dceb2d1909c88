/** How often a visitor may try to log in. */
import type { Redis } from 'ioredis';

export interface Limit {
  readonly most: number;
  /** From the first try on. */
  readonly milliseconds: number;
}

/** Counts a try. @returns whether it is allowed */
export async function mayTry(client: Redis, visitor: string, { most, milliseconds }: Limit): Promise<boolean> {
  const key = `tries:${visitor}`;
  const [[, tries] = []] = (await client.multi().incr(key).pexpire(key, milliseconds, 'NX').exec()) ?? [];
  return Number(tries) <= most;
}
