/** Starts one child of a pool, with the place that it was promised: a port, a socket, a temporary folder. */
import { join } from 'node:path';
import { CarpoolError, asCarpoolError, isCarpoolError } from '../base/errors.ts';
import type { Clock } from '../base/clock.ts';
import { messageOf } from '../base/thrown.ts';
import type { Child, ChildOptions } from '../process/child.ts';
import { resolveCommand } from '../process/command.ts';
import { ownPorts, takePort, type PortSpace } from '../process/free-port.ts';
import type { PidFiles } from '../process/pid-files.ts';
import { hasPlaceholder, replacePlaceholders } from '../process/placeholders.ts';
import { TempFolder } from '../process/temp-folder.ts';
import type { ServerPlace } from '../server/running-server.ts';
import type { CommandLookup, Launch, PoolSettings } from './options.ts';

/** What the place of a child is taken from. */
export interface PlaceSources {
  /** Where started processes and their folders are recorded, so that a later host can sweep them. */
  readonly started?: PidFiles | undefined;
  /** A private folder for temporary folders. Default: the system's temporary folder. */
  readonly folder?: string | undefined;
  /** Where ports are reserved. Default: in this process alone. */
  readonly ports?: PortSpace | undefined;
}

export interface LaunchOptions extends PlaceSources {
  readonly settings: PoolSettings;
  readonly clock: Clock;
  readonly onStderr?: ((text: Uint8Array) => void) | undefined;
  readonly onLog?: ChildOptions['onLog'];
  /** Takes what goes wrong and fails no call. */
  readonly warn: (message: string) => void;
}

export interface Launched {
  readonly child: Child;
  readonly place: ServerPlace;
}

/** `sun_path` holds 108 bytes on Linux and 104 on macOS and the BSDs, the closing NUL included. */
const longestSocketPath = process.platform === 'linux' ? 107 : 103;

/** @throws CarpoolError CHILD_NOT_STARTED */
export async function launch(options: LaunchOptions): Promise<Launched> {
  const { settings, clock, started, folder, ports = ownPorts, onStderr, onLog, warn } = options;
  const { name, stdio, forwardStderr, watch, server, tempBase } = settings;
  const bases = typeof tempBase === 'string' ? [tempBase] : tempBase;
  const temp = new TempFolder({ bases, private: folder, records: started });
  const held: { port?: number; socket?: string } = {};
  const free = async (): Promise<void> => {
    if (held.port !== undefined) ports.release(held.port);
    delete held.port;
    await temp
      .remove()
      .catch((thrown: unknown) => warn(`a temporary folder could not be removed: ${messageOf(thrown)}`));
  };
  try {
    const place: LaunchPlace = {
      temp: () => temp.path,
      socket: () => (held.socket ??= socketIn(temp.path)),
      port: async () => (held.port ??= await takePort(ports)),
    };
    const full = await evaluated(settings, place);
    if (server !== undefined && hasPlaceholder(full, 'port')) await place.port();
    const values = {
      temp: place.temp,
      ...(server !== undefined && { socket: place.socket, port: () => String(held.port) }),
    };
    const spec = replacePlaceholders(full, values);
    const stderr = forwardStderr ? 'forward' : 'keep';
    // Loaded when a child is started: a process that only reads a config does not pay for it.
    const { startChild } = await import('../process/start-child.ts');
    // What the child itself writes into its folder is no change of what it was started from.
    const sourceArgs = spec.args?.filter((text) => temp.made === undefined || !text.includes(temp.made));
    // The folder in which `command` has it run may be a temporary one; what the config names is beside the config.
    const watchFolder = settings.launch.cwd ?? process.cwd();
    const child = await startChild(
      { ...spec, sourceArgs, stdio: server === undefined ? stdio : 'logs', stderr, watch, watchFolder },
      { pool: name, clock, started, onStderr, onLog, gone: free, logLeavesOut: server?.logLeavesOut },
    ).catch((thrown: unknown) => {
      throw isCarpoolError(thrown, 'CHILD_NOT_STARTED') ? withAdvice(thrown, full) : thrown;
    });
    return { child, place: { port: held.port, socket: held.socket, temp: place.temp } };
  } catch (thrown) {
    await free();
    throw asCarpoolError(thrown, 'CHILD_NOT_STARTED', `Cannot start the child of pool "${name}"`);
  }
}

interface LaunchPlace {
  readonly temp: () => string;
  readonly socket: () => string;
  readonly port: () => Promise<number>;
}

async function evaluated(settings: PoolSettings, place: LaunchPlace): Promise<Launch> {
  const { command, launch: base, name, server } = settings;
  if (typeof command === 'string') return { ...base, command };
  const { env } = process;
  const find = (wanted: string): string | undefined => resolveCommand(wanted, process.cwd(), env['PATH']).file;
  // A function cannot be looked into: a server gets a port, whether or not it uses it.
  const port = server === undefined ? undefined : await place.port();
  const lookup: CommandLookup = {
    env,
    find,
    cwd: base.cwd ?? process.cwd(),
    port,
    get temp() {
      return place.temp();
    },
    get socket() {
      return server === undefined ? undefined : place.socket();
    },
  };
  try {
    const found = await command(lookup);
    return typeof found === 'string' ? { ...base, command: found } : { ...base, ...found };
  } catch (thrown) {
    throw asCarpoolError(thrown, 'CHILD_NOT_STARTED', `Cannot start pool "${name}": its \`command\` function failed`);
  }
}

function socketIn(folder: string): string {
  const path = join(folder, 's');
  if (Buffer.byteLength(path) <= longestSocketPath) return path;
  const message = `the path of its socket, ${path}, is longer than the ${longestSocketPath} bytes that this platform allows; set \`tempBase\` to a shorter one`;
  throw new Error(message);
}

/** What `start-failure.ts` says of a program that is not there. */
const generalAdvice = '. Install it, or give its path as `command`';

/** Adds what the config says about how to get the program. */
function withAdvice(error: CarpoolError, { searched = [], installHint }: Launch): CarpoolError {
  if (searched.length === 0 && installHint === undefined) return error;
  const places = searched.map((place) => `\n  looked at ${place}`).join('');
  const advice = installHint === undefined ? '' : `\n  ${installHint}`;
  const { scope, blame, context, evidence, cause } = error;
  // The config knows better how to get it.
  const reason = installHint === undefined ? error.message : error.message.replace(generalAdvice, '');
  return new CarpoolError(error.code, `${reason}${places}${advice}`, {
    scope,
    blame,
    context: { ...context, searched },
    evidence,
    cause,
  });
}
