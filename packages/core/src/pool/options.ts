/** What a pool is made of, as its user writes it, and the same with every default filled in. */
import type { Codec } from '../codec/codec.ts';
import type { AnyMessages, Messages, Protocol } from '../protocol/protocol.ts';
import { checkCodec, type CodecName } from '../codec/codecs.ts';
import { defaultLimits } from '../codec/codec.ts';
import { noMessagesCodec } from '../codec/no-messages.ts';
import { CarpoolError } from '../base/errors.ts';
import { describeMessage } from '../codec/describe.ts';
import type { ServerPart } from '../server/types.ts';
import { capacityOf } from './capacity.ts';
import { conflictIn, framesAreLines, type Conflict } from './conflicts.ts';
import type { IdentityLookup, IdentityOption } from './identity.ts';
import { protocolMaker, type ProtocolOption } from './protocol-option.ts';
import { defaultRestarts, type RestartLimits } from './restart.ts';

/** What `command` gets where it is a function. */
export interface CommandLookup extends IdentityLookup {
  /** What `{temp}` stands for. It is made when it is read. */
  readonly temp: string;
  /** What `{port}` stands for, for a server. */
  readonly port: number | undefined;
  /** What `{socket}` stands for, for a server. */
  readonly socket: string | undefined;
}

/** How to start the child. */
export interface Launch {
  /** A path, or a name that is looked for in `PATH`. */
  readonly command: string;
  /** Default none. */
  readonly args?: readonly string[] | undefined;
  /** Default: the folder of the config file, else the current directory. */
  readonly cwd?: string | undefined;
  /** Added to what the child inherits; `undefined` removes a variable. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** What it inherits of the runner's environment: all, nothing, or these names. Default all. */
  readonly inheritEnv?: boolean | readonly string[] | undefined;
  /** For CHILD_NOT_STARTED: how to get the program. */
  readonly installHint?: string | undefined;
  /** For CHILD_NOT_STARTED: where it was looked for before PATH, a line each. */
  readonly searched?: readonly string[] | undefined;
  /** The user as whom it runs, if Carpool runs as root. For programs that refuse to run as root. Not on Windows. */
  readonly uid?: number | undefined;
  /** The group, likewise. */
  readonly gid?: number | undefined;
}

/** Which descriptors of the child carry the protocol. Default `{ in: 0, out: 1 }`; Chromium's pipe is 3 and 4. */
export interface Stdio {
  readonly in: number;
  readonly out: number;
}

/** The options of a pool: in a config, or for `createPool`. Times are milliseconds. */
export interface PoolOptions<M extends Messages = AnyMessages> extends Omit<
  Launch,
  'command' | 'searched' | 'uid' | 'gid'
> {
  /**
   * What to start. In it, in `args` and in the values of `env`, `{temp}` stands for a private temporary folder, which is
   * removed with the child; for a server, `{port}` and `{socket}` stand for where it is to listen. A function is called for every start, and may
   * return the whole `Launch`.
   */
  readonly command: string | ((lookup: CommandLookup) => string | Launch | Promise<string | Launch>);
  /**
   * For `host: 'machine'` and a `command` that is a function: what its children are made from that the options do not show.
   * Runs of other folders share them where that is the same. Default: such a pool is shared among the runs of one folder.
   */
  readonly identity?: IdentityOption;
  /** Which descriptors carry the protocol. Default stdin and stdout. */
  readonly stdio?: Stdio;
  /** How messages are written and framed. MessagePack is known by its name alone. Default `json-lines`. */
  readonly codec?: 'json-lines' | 'msgpack' | Codec;
  /**
   * What messages mean: a protocol, a function that makes one for each child, or the options of `sessionField` as plain
   * data. A protocol that keeps state needs the function. Default `sessionField()`.
   */
  readonly protocol?: ProtocolOption<M>;
  /**
   * The most children at a time, each a process of its own. They are started on demand: a session goes to the child with
   * the fewest, and one that is not started has none. Default 1.
   */
  readonly children?: number;
  /**
   * How many sessions one child can hold at once. Default: `maxSessions` / `children`, else 8. With 1, a child is gone
   * before its successor starts, so there are never more than `children` processes; where it is more, a child that is
   * replaced finishes its last sessions beside its successor.
   */
  readonly sessionsPerChild?: number;
  /** How many sessions the pool can hold at once: `children` × `sessionsPerChild`, which is the default. */
  readonly maxSessions?: number;
  /**
   * How many sessions are kept open ahead, for the next `register` calls without `params`. Each holds a slot, which it gives
   * up when a call wants it and no other is free. They are opened after a `register`, never before the first one of a run. At
   * most `maxSessions`. Default 0.
   */
  readonly warm?: number;
  /** How many `register` calls may wait. Default 1,000. */
  readonly maxQueued?: number;
  /** Milliseconds that `register` waits for a slot, where the call has no `timeout`. In a test no longer than that has left. Default 60,000. */
  readonly registerTimeout?: number;
  /** Milliseconds from the start of the child to its hello. Default 30,000. */
  readonly helloTimeout?: number;
  /** Milliseconds for the child to open a session. Default 10,000. */
  readonly openTimeout?: number;
  /** Milliseconds for the child to confirm the end of a session. Default 5,000. */
  readonly closeTimeout?: number;
  /** Milliseconds for a reply. Default 30,000. */
  readonly requestTimeout?: number;
  /** Milliseconds without a session after which a child is stopped, whatever the others do. Default 300,000; `Infinity`: never. */
  readonly idleTimeout?: number;
  /** Milliseconds for each rung of the stop ladder. Default 2,000. */
  readonly stopTimeout?: number;
  /** Bytes of one frame. Default 64 MiB. */
  readonly maxFrameBytes?: number;
  /** Unread events of one session. Default 10,000. */
  readonly maxUnreadEvents?: number;
  /**
   * What to do with a message in which the child finds fault with what a session sent. `event`: it is an event of the
   * session, no more. `warn`: it is, and a warning at the end of the run names the first ten of such sessions, each
   * with its test and the first fault; without a host, a warning each. `fail`: it is, and the end of the session fails with
   * SESSION_DIAGNOSTICS; in a test, the test does. Default `warn`.
   */
  readonly diagnostics?: 'event' | 'warn' | 'fail';
  /**
   * What becomes of what tests leave behind in its sessions, as `leaks` of the config says, which is the default. With `fail` the
   * end of a test waits for the child, and `diagnostics` of a server are `fail`, too.
   */
  readonly leaks?: 'warn' | 'fail' | false | undefined;
  /**
   * Slots of a child whose end was not confirmed, after which it is replaced. At most `sessionsPerChild`; default: half of
   * it, at least 1. A child that answers nothing any more is replaced after the first, see `probeTimeout`.
   */
  readonly maxQuarantined?: number;
  /** Sessions after which a child is replaced by a fresh one, for children that leak. Default `Infinity`. */
  readonly recycleAfter?: number;
  /** When to stop starting new children. All children of the pool count together. */
  readonly restarts?: Partial<RestartLimits>;
  /**
   * Which files a child is replaced for when they have changed: it then runs old code. True: its command, and the files
   * among its arguments. A list: those, and what these globs find, relative to the pool's `cwd`, `node_modules` excepted. False: none,
   * for a child that writes to a file among its arguments. In watch mode an edit of them starts a run, where the runner
   * lets Carpool do that: docs/runners.md. Default true.
   */
  readonly watch?: boolean | readonly string[];
  /**
   * What to do with a line on the child's stdout that is no message: a `print()`, a banner. `pass`: it is passed over, with
   * one warning, and shown in the evidence of errors. `fail`: the child is replaced, and its sessions fail with
   * FRAME_MALFORMED. Default `pass` where frames are lines; where they are not, the next frame cannot be found, and only
   * `fail` is allowed.
   */
  readonly strayOutput?: 'pass' | 'fail';
  /** Milliseconds for a child that may be blocked to answer anything: its end of a session is late, or a test has failed. Default 2,000. */
  readonly probeTimeout?: number;
  /** Pass the child's stderr on to the runner's. Default false: its end is kept as evidence. */
  readonly forwardStderr?: boolean;
  /**
   * The folders in which `{temp}` may be made, the first that allows it: `/dev/shm` for what should not touch the disk.
   * Default: the private folder of the host, which is in the system's temporary folder.
   */
  readonly tempBase?: string | readonly string[];
  /** Makes the child a server, which speaks no protocol on its pipes. `server()` writes it. */
  readonly server?: ServerPart;
}

type Filled =
  | 'children'
  | 'sessionsPerChild'
  | 'maxSessions'
  | 'warm'
  | 'maxQueued'
  | 'registerTimeout'
  | 'helloTimeout'
  | 'openTimeout'
  | 'closeTimeout'
  | 'requestTimeout'
  | 'idleTimeout'
  | 'stopTimeout'
  | 'maxFrameBytes'
  | 'maxUnreadEvents'
  | 'diagnostics'
  | 'leaks'
  | 'maxQuarantined'
  | 'recycleAfter'
  | 'watch'
  | 'forwardStderr'
  | 'strayOutput'
  | 'probeTimeout'
  | 'stdio';

/** Options with every default filled in. */
export interface PoolSettings extends Required<Pick<PoolOptions, Filled>> {
  /** `sessionsPerChild` as it was given: `maxSessions` cannot be raised without `children` then. */
  readonly givenPerChild: number | undefined;
  readonly tempBase: PoolOptions['tempBase'];
  readonly server: ServerPart | undefined;
  readonly name: string;
  readonly command: PoolOptions['command'];
  readonly identity: IdentityOption | undefined;
  /** What `command` is started with, unless it is a function that returns more. */
  readonly launch: Omit<Launch, 'command'>;
  readonly codec: CodecName | Codec;
  /** Makes the protocol of one child. @throws CarpoolError CONFIG_INVALID */
  readonly protocol: () => Protocol<Messages>;
  readonly restarts: RestartLimits;
}

/**
 * @throws CarpoolError CONFIG_INVALID if the options are no object, if `command` or `protocol` is none, if there is no such
 * codec, or if options contradict each other
 */
export function poolSettings<M extends Messages>(name: string, options: PoolOptions<M>): PoolSettings {
  checkShape(name, options);
  const { codec = options.server === undefined ? 'json-lines' : noMessagesCodec } = options;
  checkCodec(codec);
  const conflict = conflictIn(options);
  if (conflict !== undefined) throw conflictError(name, conflict);
  const { children, sessionsPerChild, maxSessions } = capacityOf(options);
  return {
    name,
    command: options.command,
    identity: options.identity,
    launch: launchIn(options),
    codec,
    protocol: protocolMaker(name, options.protocol ?? {}),
    children,
    sessionsPerChild,
    givenPerChild: options.sessionsPerChild,
    maxSessions,
    warm: options.warm ?? 0,
    maxQueued: options.maxQueued ?? 1_000,
    registerTimeout: options.registerTimeout ?? 60_000,
    helloTimeout: options.helloTimeout ?? 30_000,
    openTimeout: options.openTimeout ?? 10_000,
    closeTimeout: options.closeTimeout ?? 5_000,
    requestTimeout: options.requestTimeout ?? 30_000,
    idleTimeout: options.idleTimeout ?? 300_000,
    stopTimeout: options.stopTimeout ?? 2_000,
    maxFrameBytes: options.maxFrameBytes ?? defaultLimits.maxFrameBytes,
    maxUnreadEvents: options.maxUnreadEvents ?? 10_000,
    diagnostics: options.diagnostics ?? (options.server !== undefined && options.leaks === 'fail' ? 'fail' : 'warn'),
    leaks: options.leaks ?? 'warn',
    maxQuarantined: options.maxQuarantined ?? Math.max(1, Math.floor(sessionsPerChild / 2)),
    recycleAfter: options.recycleAfter ?? Number.POSITIVE_INFINITY,
    restarts: { ...defaultRestarts(children), ...options.restarts },
    watch: options.watch ?? true,
    strayOutput: options.strayOutput ?? (framesAreLines(codec) ? 'pass' : 'fail'),
    probeTimeout: options.probeTimeout ?? 2_000,
    forwardStderr: options.forwardStderr ?? false,
    stdio: options.stdio ?? { in: 0, out: 1 },
    tempBase: options.tempBase,
    server: options.server,
  };
}

/** What the compiler does not catch where there is none, or an `as never`; `config/check.ts` checks the rest of a config. */
function checkShape(pool: string, options: unknown): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options))
    throw shapeError(`Cannot make pool "${pool}"`, options, 'its options, an object: { command, … }');
  const { command } = options as Readonly<Record<string, unknown>>;
  if (typeof command === 'function' || (typeof command === 'string' && command !== '')) return;
  throw shapeError(
    `Cannot make pool "${pool}" at \`command\``,
    command,
    'a path, a name, or a function that returns one',
  );
}

function shapeError(attempt: string, found: unknown, allowed: string): CarpoolError {
  const shown = typeof found === 'function' ? 'a function' : describeMessage(found, 80);
  return new CarpoolError('CONFIG_INVALID', `${attempt}: found ${shown}; allowed: ${allowed}`, {
    context: { found: shown, allowed },
  });
}

function conflictError(pool: string, { path, found, allowed }: Conflict): CarpoolError {
  const message = `Cannot make pool "${pool}": found \`${path}\` ${found}; allowed: ${allowed}`;
  return new CarpoolError('CONFIG_INVALID', message, { context: { path, found, allowed } });
}

function launchIn(options: PoolOptions<Messages>): Omit<Launch, 'command'> {
  const { args, cwd, env, inheritEnv, installHint } = options;
  return { args, cwd, env, inheritEnv, installHint };
}
