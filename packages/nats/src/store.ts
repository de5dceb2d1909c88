/** What the protocol of leases needs of a server: a map with revisions, and compare-and-set. */
export interface Stored {
  /** Undefined: the key was removed, which has a revision, too. Anything may be written there by others: see `NoJson`. */
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

/** It is the same until somebody changes something on the server: nothing comes of waiting for it. A clause. */
export class Lasting extends Error {}

/** The user of this host may not do that. */
export class Forbidden extends Lasting {}

/** What stands under a key is nothing that this version of Carpool writes there. It is left alone: it is of somebody else. */
export class Unreadable extends Lasting {
  constructor(key: string, found: unknown) {
    const text = found instanceof NoJson ? found.text : JSON.stringify(found);
    const shown = text.length <= mostShown ? text : `${text.slice(0, mostShown)}…`;
    super(`the key ${JSON.stringify(key)} of its bucket has ${shown}, which this version of Carpool cannot read`);
  }
}

/** In place of a value that is no JSON. */
export class NoJson {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** Characters of what cannot be read that an error shows. */
const mostShown = 100;

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
