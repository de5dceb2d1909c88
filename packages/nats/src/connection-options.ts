/** What a connection is made from. */
import type { NatsOptions } from './types.ts';

export interface ConnectionOptions {
  readonly servers: readonly string[];
  readonly options: NatsOptions;
  /** For errors. */
  readonly name: string;
  /** For the errors of others. */
  readonly host: string;
}
