/** `@carpool/redis`: one Redis server for all tests of a run, and a database or a key prefix for each test. */
export { redis } from './redis.ts';
export type { RedisIsolation, RedisKeyspace, RedisOptions } from './types.ts';
