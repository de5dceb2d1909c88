/** What a worker asks its host of shared workers, and the answers. */
import type { ErrorRecord, Evidence } from '../base/errors.ts';

/** Either `filename`, compared as it is, or a `name` of the config. */
export interface SharedWorkerRequest {
  readonly method: 'sharedWorker';
  readonly filename?: string | undefined;
  readonly name?: string | undefined;
  /** What V8 serialised, as base64. Only the first registration's `initialData` is used. */
  readonly initialData?: string | undefined;
}
export interface SharedWorkerResult {
  /** The path of the socket on which the shared worker listens. */
  readonly path: string;
  /** For messages only. */
  readonly file: string;
  /** Milliseconds in which it must be ready; after that the host ends it. */
  readonly readyTimeout: number;
}

export interface SharedWorkerStateRequest {
  readonly method: 'sharedWorkerState';
  readonly path: string;
  /** Its socket has closed: the host waits until it knows why. */
  readonly ended?: boolean | undefined;
}
export interface SharedWorkerStateResult extends Pick<Evidence, 'stderr' | 'stdout'> {
  /** Why it is gone. */
  readonly error?: ErrorRecord | undefined;
}
