/** A pool of Carpool's, and how it is closed. */
import type { SessionSource } from '@carpool/plushie/backend';

export interface OpenPool {
  readonly pool: SessionSource;
  close(): Promise<void>;
}

export interface PoolOptions {
  readonly binary: string;
  readonly mode: 'mock' | 'headless';
  readonly format: 'msgpack' | 'json';
  readonly maxSessions: number;
}
