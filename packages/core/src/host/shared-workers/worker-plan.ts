/** A shared worker before it runs. */
export interface SharedWorkerPlan {
  /** As it was registered: a `file:` URL, or an absolute path. */
  readonly file: string;
  /** What is imported. */
  readonly url: string;
  /** Cloned. */
  readonly initialData: Uint8Array | undefined;
  /** Milliseconds until it must be ready. */
  readonly readyTimeout: number;
  /** Milliseconds for its teardowns at the end. */
  readonly teardownTimeout: number;
}

export const defaultReadyTimeout = 10_000;
export const defaultTeardownTimeout = 5_000;
