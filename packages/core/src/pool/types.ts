/** What a pool's calls take and give. */
import type { Evidence } from '../base/errors.ts';
import type { Clock } from '../base/clock.ts';
import type { Codec } from '../codec/codec.ts';
import type { PidFiles } from '../process/pid-files.ts';
import type { Conversation } from '../session/conversation.ts';
import type { HolderLabel } from './errors.ts';
import type { PoolSettings } from './options.ts';

export interface RegisterOptions {
  /** A key that may hold one session of the pool at a time. */
  readonly owner?: string;
  /** False: fail with POOL_FULL instead of waiting for a slot. Default true. */
  readonly wait?: boolean;
  /** Milliseconds to wait for a slot. Default: `registerTimeout` of the pool, 60,000. */
  readonly timeout?: number;
  /** Gives up waiting; `register` rejects with its reason. */
  readonly signal?: AbortSignal;
  /** The id of the session, unique in the pool. Default "s1", "s2", … */
  readonly id?: string;
  /** Who registers, for the errors of others. */
  readonly holder?: HolderLabel;
  /** Handed to the protocol's `open`. */
  readonly params?: unknown;
}

export interface PoolStats {
  readonly name: string;
  readonly maxSessions: number;
  /** Sessions that hold a slot now. */
  readonly open: number;
  readonly queued: number;
  readonly quarantined: number;
  /** Children started since the beginning. */
  readonly children: number;
  /** Sessions opened since the beginning. */
  readonly sessions: number;
  /** The most slots held at once. */
  readonly peak: number;
  /** The longest wait for a slot, in milliseconds. */
  readonly longestWait: number;
  /** Messages of children that belonged to no session. */
  readonly strays: number;
  /** Children that failed. */
  readonly failures: number;
  /** Of the child that serves now. */
  readonly pid: number | undefined;
}

/** A conversation that holds a slot, for the hub. */
export interface Registration {
  readonly conversation: Conversation;
  readonly hello: unknown;
  readonly codec: Codec;
  readonly settings: PoolSettings;
  evidence(): Evidence;
}

export interface PoolEnvironment {
  readonly clock?: Clock;
  /** Where started processes are recorded for a later sweep. */
  readonly started?: PidFiles;
  /** Where the child's stderr goes if `forwardStderr` is set. */
  readonly onStderr?: (text: Uint8Array) => void;
}
