/** The pools of the run, of carpool.config.ts: one renderer for all test files. */
import { register } from '@carpool/vitest';
import type { OpenPool, PoolOptions } from './place.ts';

const names = {
  mock: { msgpack: 'mockMsgpack', json: 'mockJson' },
  headless: { msgpack: 'headlessMsgpack', json: 'headlessJson' },
} as const;

export function openPool({ mode, format }: PoolOptions): OpenPool {
  const name = names[mode][format];
  // The host closes it, at the end of the run.
  return { pool: { register: (options) => register(name, options) }, close: () => Promise.resolve() };
}
