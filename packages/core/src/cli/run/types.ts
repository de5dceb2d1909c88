/** What `carpool run` is given, and what comes of its command. */

export interface RunOptions {
  readonly config?: string;
  /** Starts the command so often, each for a part of the tests. */
  readonly shards?: number;
  /** Of the shards, how many run at a time. Default: all, but no more than there are processors. */
  readonly concurrency?: number;
  /** The output of each shard as a whole, at its end. */
  readonly group?: boolean;
  /** False: the lines of shards as they are. */
  readonly prefix?: boolean;
  /** The first shard that fails ends the others. */
  readonly bail?: boolean;
}

/** What came of the command, or of all its shards. */
export interface CommandEnd {
  readonly code: number;
  /** Which shards have failed. */
  readonly failure?: string | undefined;
}
