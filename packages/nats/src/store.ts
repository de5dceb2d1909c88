/** What the protocol of leases needs of a server: a map with revisions, and compare-and-set. */
export interface Stored {
  /** Undefined: the key was removed, which has a revision, too. */
  readonly value: unknown;
  /** Rises with every write to the bucket. */
  readonly revision: number;
  /** When it was written, in milliseconds of the server's time of day, which may jump: never what a lease depends on. */
  readonly writtenAt?: number;
}

/** The key has another revision by now. */
export class Conflict extends Error {}

/** The bucket is not there: its server has lost it, or it was deleted. */
export class BucketGone extends Error {}

/** The user of this host may not do that: it is the same until somebody changes what the server permits. A clause. */
export class Forbidden extends Error {}

export interface Store {
  /**
   * Of two writes that expect the same revision both may be taken, and the later one replaces the earlier: a cluster compares
   * when a write comes, and not when it is written. Both are written when one that was sent after an answer has its own.
   */
  readonly races?: boolean;
  /** Makes the bucket if there is none. @throws Forbidden; anything else: it may be tried again */
  make(): Promise<void>;
  /** @returns undefined: the key was never written @throws BucketGone, Forbidden; anything else: it may be tried again */
  get(key: string): Promise<Stored | undefined>;
  /**
   * @param expected the revision that the key has; 0: there is no such key
   * @returns its new revision
   * @throws Conflict, BucketGone, Forbidden; anything else: it is not known whether it was written
   */
  set(key: string, value: unknown, expected: number): Promise<number>;
  keys(filter: string): Promise<readonly string[]>;
  /** Tells all hosts of a write. It may be lost. */
  tell(key: string, stored: Stored): void;
  /** @returns ends it */
  listen(heard: (key: string, stored: Stored) => void): () => void;
  /**
   * Whether another host listens. `nobody`: none is connected; `unknown`: none has said anything, which one that is busy, or
   * cut off, does not either. Does not reject.
   */
  others(): Promise<'there' | 'nobody' | 'unknown'>;
  /** Deletes the bucket. @throws BucketGone */
  destroy(): Promise<void>;
}
