/** A connection to the host that has been greeted, or why there is none. */
import { connect, type Socket } from 'node:net';
import { CarpoolError, isCarpoolError } from '../base/errors.ts';
import { messageOf } from '../base/thrown.ts';
import { systemClock } from '../base/clock.ts';
import { version } from '../base/version.ts';
import { within } from '../base/wait.ts';
import { json } from '../codec/json.ts';
import { Mux } from '../session/mux.ts';
import { Strays } from '../session/strays.ts';
import { StreamTransport } from '../transport/stream.ts';
import { parseAddress, type Address } from '../wire/address.ts';
import { wireVersion } from '../wire/frames.ts';
import type { GreetRequest, GreetResult } from '../wire/messages.ts';
import { WireProtocol, wireCodec } from '../wire/protocol.ts';
import { hostError, silenceOf, silentError } from './silent-host.ts';
import type { ClientOptions } from './types.ts';

export interface HostConnection {
  readonly socket: Socket;
  readonly transport: StreamTransport;
  readonly mux: Mux;
  /** The number of this process at the host. */
  readonly peer: number;
  /** Of the host's socket. */
  readonly path: string;
  readonly token: string;
  readonly runner: string;
  /** Resolves when the connection has ended, with the reason; with `undefined` if this side closed it. */
  readonly closed: PromiseWithResolvers<CarpoolError | undefined>;
}

/** Milliseconds by which the host's own deadline may be late. */
const grace = 2_000;
/** A frame of the host holds a message of the child and a head. */
const maxFrameBytes = 1024 * 1024 * 1024;

/** @throws CarpoolError HUB_UNREACHABLE, HUB_REJECTED; HUB_LOST instead of the first if the host is known to have run */
export async function connectToHost(options: ClientOptions): Promise<HostConnection> {
  return await connectTo(parseAddress(options.address), options);
}

/** @throws CarpoolError as `connectToHost` */
export async function connectTo(
  { path, token }: Address,
  options: Omit<ClientOptions, 'address' | 'heartbeat'>,
): Promise<HostConnection> {
  const { runner, run, observer, known = false, timeout = 10_000 } = options;
  const socket = await socketTo(path, timeout, known);
  const closed = Promise.withResolvers<CarpoolError | undefined>();
  const transport = new StreamTransport(socket, socket, { codec: wireCodec, limits: { maxFrameBytes } });
  const mux = new Mux({
    transport,
    protocol: new WireProtocol(options.printed),
    format: json,
    clock: systemClock,
    grace,
    // Those between this process and the host are normal at the end of a test; the child's are kept by the host.
    strays: new Strays(undefined, 0),
    closed: (reason) => {
      const silence = silenceOf(reason);
      const error = silence === undefined || reason === undefined ? endedError(reason) : reason;
      const why =
        silence === undefined
          ? 'because the connection to the host ended, probably with its process,'
          : `because the host, probably stopped or blocked, has not answered for ${Math.round(silence / 1000)} s,`;
      mux.fail({ by: 'hub', at: systemClock.now(), reason: why, error });
      closed.resolve(error);
    },
  });
  const { pid } = process;
  const greeting = {
    method: 'greet',
    token,
    wire: wireVersion,
    version,
    runner,
    pid,
    run,
    observer,
  } satisfies GreetRequest;
  let late: CarpoolError | undefined;
  const expired = (): Error => (late = silentError(timeout, 'Cannot use the host, which takes connections'));
  try {
    const greeted = within(mux.root.port.request(greeting), { clock: systemClock, timeout, expired });
    const { peer } = (await greeted) as GreetResult;
    // A worker that only waits for its tests to end must be able to end.
    socket.unref();
    return { socket, transport, mux, peer, path, token, runner, closed };
  } catch (thrown) {
    socket.destroy();
    if (thrown === late || known || !isCarpoolError(thrown, 'HUB_LOST')) throw thrown;
    const message = `The host at ${path} ended the connection before it had greeted`;
    throw new CarpoolError('HUB_UNREACHABLE', message, { context: { path }, cause: thrown });
  }
}

async function socketTo(path: string, timeout: number, known: boolean): Promise<Socket> {
  const socket = connect(path);
  const connected = new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  let late: CarpoolError | undefined;
  const expired = (): Error => (late = silentError(timeout, 'Cannot connect to the host'));
  try {
    await within(connected, { clock: systemClock, timeout, expired });
    return socket;
  } catch (thrown) {
    socket.destroy();
    if (thrown === late) throw thrown;
    const why = messageOf(thrown);
    const { code } = thrown as NodeJS.ErrnoException;
    // A host that ends removes its socket; so does a cleaner of temporary files.
    const lost = code === 'ENOENT' ? 'has ended, or its socket was removed' : 'has ended';
    if (known) throw hostError(`The host ${lost} (${why}). ${afterTheEnd}`, { path, code });
    const message = `Cannot reach the host at ${path}: ${why}. The address is that of a host which has ended, or of another machine`;
    throw new CarpoolError('HUB_UNREACHABLE', message, { context: { path }, cause: thrown });
  }
}

const afterTheEnd =
  "No test of this run can use it from here on. The runner's stderr shows what the host printed and how it ended; what it had started is ended by the runner, or by the next host";

/** The connection has ended by itself. @param reason as its transport gives it */
function endedError(reason: CarpoolError | undefined): CarpoolError {
  const cause = reason?.cause ?? reason;
  const how = cause === undefined ? '' : ` (${messageOf(cause)})`;
  const message = `The connection to the host has ended${how}, probably because its process was killed or has crashed. ${afterTheEnd}`;
  return hostError(message, {});
}
