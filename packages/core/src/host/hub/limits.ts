/** What bounds the workers of a hub. */
import { defaultBacklogBytes } from '../../wire/accepted-connection.ts';
import { greetTimeout } from '../../wire/greeting.ts';

export interface HubLimits {
  /** Workers connected at once. Default 1,024. */
  readonly maxPeers: number;
  /** Milliseconds in which a worker must have shown the token. Default 5,000. */
  readonly greetTimeout: number;
  /** Bytes that may wait for one worker to read, and one message more. Default 256 MiB. */
  readonly maxBacklogBytes: number;
  /** Bytes of one call: `register` with its `params`, `sharedWorker` with its `initialData`. Default 32 MiB. */
  readonly maxCallBytes: number;
  /** Calls of one worker that wait for their answer, those for leases aside. Default 10,000. */
  readonly maxCalls: number;
}

export const defaultHubLimits: HubLimits = {
  maxPeers: 1024,
  greetTimeout,
  maxBacklogBytes: defaultBacklogBytes,
  maxCallBytes: 32 * 1024 * 1024,
  maxCalls: 10_000,
};
