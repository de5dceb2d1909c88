/** What the functions of a server's config get, and what they give. */

/**
 * A running server, as the functions of its config see it. What the options do not ask for is not there: reading it is an
 * error that says what to write.
 */
export interface Server {
  /** What `{port}` stands for; or what the group `port` of `ready.line` has found. */
  readonly port: number;
  /** The address at which it listens: "127.0.0.1", or "::1" if it listens there alone. */
  readonly host: string;
  /** What `{socket}` stands for: the path of a socket in the private folder. */
  readonly socket: string;
  /** What `{temp}` stands for: a folder for this process alone, removed with it. */
  readonly temp: string;
  /** `http://HOST:PORT`; or what the group `url` of `ready.line` has found. */
  readonly url: string;
  readonly pid: number;
  /** What the named groups of `ready.line` have found. */
  readonly groups: Readonly<Record<string, string>>;
  /** The end of what it has printed, stdout and stderr: at most 16 KiB of each. */
  log(): string;
}

/**
 * When a server is ready. `port`: its port, or its socket, accepts a connection. `http`: a GET of this path is answered
 * with a status from 200 to 299, or with `status`. `line`: it prints a line, on stdout or stderr, that matches; its named
 * groups are `server.groups`. A function: what it returns is not false, or resolves with what is not false; if it throws
 * it is called again, until `readyTimeout`.
 */
export type ServerReady =
  | { readonly port: true }
  | { readonly http: string; readonly status?: number | undefined }
  | { readonly line: RegExp }
  | ((server: Server, signal: AbortSignal) => unknown);

/** What `open` gets beside the server. */
export interface ServerOpen<Params = unknown, Started = unknown> {
  /** What `register`, or a fixture, was given. */
  readonly params: Params | undefined;
  /** What `start` returned. */
  readonly started: Started;
  /**
   * Aborted when nothing waits for the session any more. What `open` returns then is closed; where it throws, the server may
   * keep something of it, so the slot of the session is not used again.
   */
  readonly signal: AbortSignal;
  /** The id of the session, "s1", "s2", …: no other session of the pool has or had it. */
  readonly freshId: string;
}

/** What `close` gets beside the server and what `open` returned. */
export interface ServerClose<Started = unknown> {
  readonly started: Started;
  /** Aborted at `closeTimeout`. */
  readonly signal: AbortSignal;
  /** The id of the session. */
  readonly id: string;
  /** Whose session it is, for messages: `test "cart › adds" (cart.test.ts:14:3)`, or `session s1` where no test is known. */
  readonly holder: string;
  /**
   * Says what was wrong with what the test left: connections that are open, say. With `diagnostics: 'fail'` of the pool the
   * end of the test fails with it, SESSION_DIAGNOSTICS; else it is told in a warning at the end of the run, which names the
   * first ten of such tests. Only the first of what is said of a session is in that.
   *
   * With `fails`, which is false by default, the end of the test fails with it, whatever `diagnostics` is, if `isAwaited`.
   */
  diagnose(message: string, options?: { readonly fails?: boolean | undefined }): void;
  /** The test waits for this, at its end. Else it may be over, and what is done now to its clients may break another one. */
  readonly isAwaited: boolean;
  /** Whether tests whose sessions begin after this wait for `close`. Default: with `diagnostics: 'fail'` alone. */
  awaitEnds(on: boolean): void;
}

/** What `inUse` gets beside the server. */
export interface ServerUse<Started = unknown> {
  readonly started: Started;
  /** Aborted when the answer is not waited for any more. */
  readonly signal: AbortSignal;
}

/** What a session of a server without `open` is: where it listens. */
export interface ServerAddress {
  /** `http://HOST:PORT`, or `unix:PATH`. */
  readonly url: string;
  readonly host: string;
  /** Absent where the options have no `{port}`. */
  readonly port?: number;
  /** Absent where the options have no `{socket}`. */
  readonly socket?: string;
}

/** The part of a pool that makes its child a server. `server()` writes it. */
export interface ServerPart {
  readonly ready: ServerReady;
  /** Milliseconds from the start of the process. */
  readonly readyTimeout: number;
  /** Runs once for each process, when it is ready. */
  readonly start?: ((server: Server, signal: AbortSignal) => unknown) | undefined;
  /** Milliseconds for `start`. */
  readonly startTimeout: number;
  /** Begins a session; what it returns is `session.opened`. */
  readonly open?: ((server: Server, request: never) => unknown) | undefined;
  /** Ends a session; its end is confirmed when this resolves. */
  readonly close?: ((server: Server, opened: never, request: never) => unknown) | undefined;
  /** Whether something would break that is connected to it, if it ended now. */
  readonly inUse?: ((server: Server, request: never) => unknown) | undefined;
  readonly stopSignal: NodeJS.Signals;
  /** Lines of its log that are not kept. */
  readonly logLeavesOut?: RegExp | undefined;
}
