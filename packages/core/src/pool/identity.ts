/** What tells two pools apart whose `command` is a function, for a host that serves several runs. */

/** What the children of a pool are made from, beyond its options, the config and the environment. */
export interface PoolIdentity {
  /**
   * Files that decide what a child is: a program, a module that it loads. They are compared as those among the arguments: in
   * the work tree by what they hold, elsewhere by path, size and time. Relative to `cwd`. Default none.
   */
  readonly files?: readonly string[] | undefined;
  /** Folders that a child works in: it is shared among runs that have the same ones, by their paths. Default none. */
  readonly folders?: readonly string[] | undefined;
  /** Anything else, as plain data; functions count as their source, folders in the work tree relative to it. Default nothing. */
  readonly value?: unknown;
}

/** What `identity` gets where it is a function. It is called in the host, once for each run, before anything is started. */
export interface IdentityLookup {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where the child will be started: the folder of the config file, unless the options name another one. */
  readonly cwd: string;
  /** The absolute path of an executable, looked for as the system would; `undefined` if there is none. */
  find(command: string): string | undefined;
}

/** The option `identity` of a pool. */
export type IdentityOption = PoolIdentity | ((lookup: IdentityLookup) => PoolIdentity | Promise<PoolIdentity>);
