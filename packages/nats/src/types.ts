/** What users write. */

/**
 * How a host proves itself to the server: one of `token`, `user` with `password`, or `credentials`. Default: by what is in the
 * address of the server, or by nothing.
 */
export interface NatsOptions {
  /**
   * The id of the run: the hosts that have the same share locks and values. Letters, digits, `-`, `_` and `.`, at most 100.
   * @defaultValue the environment variable `CARPOOL_RUN` when the config is loaded; without both, the calls in the scope
   *   `reach` fail
   */
  readonly run?: string | undefined;
  /** The one of the server's `authorization`. */
  readonly token?: string | undefined;
  /** Its name, with a `password`. */
  readonly user?: string | undefined;
  /** That of the `user`. */
  readonly password?: string | undefined;
  /** The path of a file of credentials, as `nsc` makes it. Relative paths are relative to the working directory. */
  readonly credentials?: string | undefined;
  /**
   * TLS. `true`, the default with a `tls://` URL: by the authorities that Node trusts; else the paths of files in the format PEM:
   * `ca` of the authorities that are trusted, `cert` with its `key`, without a passphrase, of this client.
   */
  readonly tls?: boolean | { readonly ca?: string; readonly cert?: string; readonly key?: string } | undefined;
  /**
   * Milliseconds after which others may have what a host held that is gone, from 1,000, a day at most. A host that cannot reach the server for
   * two thirds of it loses its leases. The first lease of a run waits as long, once. In a cluster from 20,000: the election
   * of a leader takes up to 9 s.
   * @defaultValue 6_000
   */
  readonly ttl?: number | undefined;
  /**
   * Servers of a cluster that keep the bucket.
   * @defaultValue 3 in a cluster, else 1
   */
  readonly replicas?: 1 | 3 | 5 | undefined;
  /**
   * Milliseconds for the first connection.
   * @defaultValue 5_000
   */
  readonly connectTimeout?: number | undefined;
  /**
   * False: for locks and values alone. This host offers its pools to no other machine, and takes sessions on none.
   * @defaultValue true
   */
  readonly hosts?: boolean | undefined;
}
