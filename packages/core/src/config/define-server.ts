/** `server()`: the options of a pool whose child is a server. Test processes load it with the config: it only returns data. */
import { checkPoolOptions, type PoolOptionNames } from '../pool/option-names.ts';
import type { PoolOptions } from '../pool/options.ts';
import type { Messages } from '../protocol/protocol.ts';
import type {
  Server,
  ServerAddress,
  ServerClose,
  ServerOpen,
  ServerPart,
  ServerReady,
  ServerUse,
} from '../server/types.ts';

/** What a session of a server has: no messages, but what `open` returned, and what it takes as `params`. */
export interface ServerMessages<Opened = unknown, Params = unknown> extends Messages {
  readonly send: never;
  readonly requests: {};
  readonly interact: { readonly request: never; readonly step: never; readonly reply: never };
  readonly event: never;
  readonly opened: Opened;
  readonly params: Params;
}

type Inherited = Omit<
  PoolOptions,
  | 'codec'
  | 'forwardStderr'
  | 'helloTimeout'
  | 'maxFrameBytes'
  | 'maxUnreadEvents'
  | 'protocol'
  | 'requestTimeout'
  | 'server'
  | 'stdio'
  | 'strayOutput'
>;

/** The options of `server`. Times are milliseconds. */
export interface ServerOptions<Opened = ServerAddress, Params = unknown, Started = undefined> extends Inherited {
  /**
   * When it is ready, and whether it still answers after a test that has failed: a port accepts connections for a server that
   * hangs as well. Default `{ port: true }`: its port, or its socket, accepts a connection.
   */
  readonly ready?: ServerReady;
  /** Milliseconds from the start of the process until it is ready. Default 30,000. */
  readonly readyTimeout?: number;
  /**
   * Runs once for each process, when it is ready, before any session: makes a template, migrates. What it returns is
   * `started` for `open` and `close`. If it fails, the pool starts no more servers in this run.
   */
  readonly start?: (server: Server, signal: AbortSignal) => Started | Promise<Started>;
  /** Milliseconds for `start`. Default 60,000. */
  readonly startTimeout?: number;
  /**
   * Begins a session: what it returns is `session.opened` of the test. Plain data, which structured clone carries whole. It
   * runs in the host. Default: where the server listens.
   */
  readonly open?: (server: Server, request: ServerOpen<Params, Started>) => Opened | Promise<Opened>;
  /**
   * Takes a session back. When it has ended, nothing of the session is left, and its slot is free; if it throws or does not
   * end in `closeTimeout`, this process does not get the slot again.
   */
  readonly close?: (server: Server, opened: Opened, request: ServerClose<Started>) => unknown;
  /**
   * Whether something is connected to it that its end would break: a client that a test has left open, in a process that
   * goes on. It is asked when the run has ended, after `close` of all sessions. If what it returns, or resolves with, is
   * true, the server stays until that has changed, or the runner's process has ended. Default: it ends with the run.
   */
  readonly inUse?: (server: Server, request: ServerUse<Started>) => boolean | Promise<boolean>;
  /** How the server is asked to end. After `stopTimeout` it gets SIGTERM, then SIGKILL. Default `SIGTERM`. */
  readonly stopSignal?: NodeJS.Signals;
  /** Pass what it prints, stdout and stderr, on to the runner's stderr. Default false: the end of it is kept as evidence. */
  readonly forwardLog?: boolean;
  /**
   * Lines of what it prints that match are not kept: one that comes with each session, and says nothing, would leave no room
   * for others. They are forwarded all the same, and `ready.line` sees them. Default: all are kept.
   */
  readonly logLeavesOut?: RegExp;
}

const names: PoolOptionNames<ServerOptions> = {
  own: {
    ready: true,
    readyTimeout: true,
    start: true,
    startTimeout: true,
    open: true,
    close: true,
    inUse: true,
    stopSignal: true,
    forwardLog: true,
    logLeavesOut: true,
  },
  taken: {
    codec: true,
    forwardStderr: true,
    helloTimeout: true,
    maxFrameBytes: true,
    maxUnreadEvents: true,
    protocol: true,
    requestTimeout: true,
    server: true,
    stdio: true,
    strayOutput: true,
  },
};

/**
 * The options of a pool whose child is a server: one process for all tests of a run, and for each test what `open` returns.
 * `{port}`, `{socket}` and `{temp}` in `command`, `args` and the values of `env` stand for a port that nothing else gets, a
 * socket, and a folder for this process alone.
 * @throws CarpoolError CONFIG_INVALID if there is no such option
 * @example
 * defineConfig({ pools: { app: server({ command: 'node', args: ['app.js', '--port', '{port}'] }) } });
 * // in a test: await fetch(app.opened.url)
 */
export function server<Started = undefined, Params = unknown, Opened = ServerAddress>(
  options: ServerOptions<Opened, Params, Started>,
): PoolOptions<ServerMessages<NoInfer<Opened>, NoInfer<Params>>> {
  checkPoolOptions('server', options, names);
  const {
    ready = { port: true },
    readyTimeout = 30_000,
    start,
    startTimeout = 60_000,
    open,
    close,
    inUse,
    stopSignal = 'SIGTERM',
    forwardLog = false,
    logLeavesOut,
    ...pool
  } = options;
  const part: ServerPart = { ready, readyTimeout, start, startTimeout, open, close, inUse, stopSignal, logLeavesOut };
  // For callers that wait for the hello of any child: to be ready is that of a server.
  const helloTimeout = readyTimeout + (start === undefined ? 0 : startTimeout);
  return { ...pool, helloTimeout, forwardStderr: forwardLog, server: part };
}
