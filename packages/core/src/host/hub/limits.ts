/** What bounds the workers of a hub. */
import { greetTimeout } from '../../wire/greeting.ts';

export interface HubLimits {
  /** Workers connected at once. Default 1,024. */
  readonly maxPeers: number;
  /** Milliseconds in which a worker must have shown the token. Default 5,000. */
  readonly greetTimeout: number;
  /** Bytes that may wait for one worker to read. Default 256 MiB. */
  readonly maxBacklogBytes: number;
}

export const defaultHubLimits: HubLimits = {
  maxPeers: 1024,
  greetTimeout,
  maxBacklogBytes: 256 * 1024 * 1024,
};
