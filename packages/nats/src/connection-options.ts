/** What a connection is made from. */
import type { NatsOptions } from './types.ts';

export interface ConnectionOptions {
  /** `HOST:PORT` of each. */
  readonly servers: readonly string[];
  /** With what was in the addresses of the servers. */
  readonly options: NatsOptions;
  /** From there is what proves who asks. */
  readonly proofInAddress: boolean;
  /** For errors; no secret is in it. */
  readonly name: string;
  /** For the errors of others. */
  readonly host: string;
}
