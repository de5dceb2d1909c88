/** A pool in the test process, as the SDK's own is: one renderer for each test file. */
import { plushie } from '@carpool/plushie';
import { createPool } from 'carpool';
import type { OpenPool, PoolOptions } from './place.ts';

export function openPool({ binary, ...options }: PoolOptions): OpenPool {
  const pool = createPool(plushie({ rendererPath: binary, ...options }));
  return { pool, close: () => pool.close() };
}
