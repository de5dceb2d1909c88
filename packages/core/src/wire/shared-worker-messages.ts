/** What is said on the socket of a shared worker, and between the host and the thread. docs/wire.md has the first in words. */
import type { ErrorCode } from '../base/error-kinds.ts';

/** A test worker is a test file in the process that runs it. */
export interface JoinRequest {
  readonly method: 'join';
  /** The test worker's number on this connection, not used before: `session` of all its frames. */
  readonly member: number;
  /** Unique among all test workers of the host. */
  readonly testWorker: string;
  /** The URL of the test file. */
  readonly file: string;
}
export interface JoinResult {
  /** Names this shared worker in the ids of its messages. */
  readonly worker: string;
}

/** RESULT comes when its teardowns have run, and everything that it had published has been delivered. */
export interface LeaveRequest {
  readonly method: 'leave';
  readonly member: number;
}

export interface MemberMethodTable {
  readonly join: { readonly request: JoinRequest; readonly result: JoinResult };
  readonly leave: { readonly request: LeaveRequest; readonly result: Record<string, never> };
}

export type MemberRequest = MemberMethodTable[keyof MemberMethodTable]['request'];

/** `workerData` of the thread. */
export interface ThreadData {
  /** What it is called in the ids of its messages. */
  readonly worker: string;
  /** As it was registered. */
  readonly file: string;
  /** What is imported. */
  readonly url: string;
  readonly initialData: Uint8Array | undefined;
  /** Where it listens. */
  readonly path: string;
  readonly run: number;
}

/** The first message to the thread, on its `parentPort`; not among its data, where the user's code could read it. */
export interface ThreadSecret<Port> {
  readonly token: string;
  /** For all that follows: `parentPort` is the user's, who may post anything there. */
  readonly control: Port;
}

export type ToThread =
  | { readonly type: 'run'; readonly event: 're-run' | 'end'; readonly run: number }
  /** Its socket has been removed. */
  | { readonly type: 'listen again' }
  /** It answers `stopped`. */
  | { readonly type: 'stop' };

export type FromThread =
  | { readonly type: 'listening' }
  | { readonly type: 'ready' }
  /** Files that it has loaded, as URLs. */
  | { readonly type: 'files'; readonly files: readonly string[] }
  /** Test workers in it now. */
  | { readonly type: 'members'; readonly members: number }
  | { readonly type: 'fatal'; readonly code: ErrorCode; readonly how: string; readonly stack: string }
  | { readonly type: 'stopped' };
