/** A connection to the host that has been greeted, or why there is none. */
import type { Socket } from 'node:net';
import { CarpoolError, isCarpoolError } from '../base/errors.ts';
import { onMachine } from '../base/on-machine.ts';
import { messageOf } from '../base/thrown.ts';
import { systemClock } from '../base/clock.ts';
import { version } from '../base/version.ts';
import { within } from '../base/wait.ts';
import { json } from '../codec/json.ts';
import { Mux } from '../session/mux.ts';
import { Strays } from '../session/strays.ts';
import { StreamTransport } from '../transport/stream.ts';
import { isRemote, parseAddress, placeName, shardIn, type Address, type Place } from '../wire/address.ts';
import { readEnding } from '../wire/left-ending.ts';
import { wireVersion } from '../wire/frames.ts';
import type { GreetRequest, GreetResult } from '../wire/messages.ts';
import { WireProtocol, wireCodec } from '../wire/protocol.ts';
import { dial, unreachable, whyNotRemote } from './dial.ts';
import { endingOf, hostError, silenceOf, silentError } from './silent-host.ts';
import type { ClientOptions } from './types.ts';

export interface HostConnection {
  readonly socket: Socket;
  readonly transport: StreamTransport;
  readonly wire: WireProtocol;
  readonly mux: Mux;
  /** The number of this process at the host. */
  readonly peer: number;
  /** Where the host listens. */
  readonly place: Place;
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
  address: Address,
  options: Omit<ClientOptions, 'address' | 'heartbeat'>,
): Promise<HostConnection> {
  const { runner, run, observer, known = false, elsewhere = false, log, machine, timeout = 10_000 } = options;
  const { token, ...at } = address;
  const place = isRemote(at) ? { ...at, machine } : at;
  const socket = await socketTo(place, { timeout, known, log });
  const closed = Promise.withResolvers<CarpoolError | undefined>();
  let ended: CarpoolError | undefined;
  let gone: CarpoolError | undefined;
  const transport = new StreamTransport(socket, socket, {
    codec: wireCodec,
    limits: { maxFrameBytes },
  });
  const wire = new WireProtocol(options.printed);
  wire.whenObserved = options.observed;
  wire.whenEnded = (error) => {
    ended = elsewhere ? endedElsewhere(error, place) : onMachine(error, isRemote(place) ? placeName(place) : undefined);
    transport.abort(ended);
  };
  const mux = new Mux({
    transport,
    protocol: wire,
    format: json,
    clock: systemClock,
    grace,
    // Those between this process and the host are normal at the end of a test; the child's are kept by the host.
    strays: new Strays(undefined, 0),
    closed: (reason) => {
      const silence = silenceOf(reason);
      // One that was killed has told nothing; what has killed it may have.
      if (silence === undefined && !isRemote(place)) ended ??= readEnding(place.path, log);
      const error =
        silence === undefined || reason === undefined
          ? (ended ?? endedError(reason, place, { log, elsewhere }))
          : reason;
      const what = elsewhere ? `what its run had on the host at ${placeName(place)}` : 'its run';
      const why =
        ended === undefined
          ? whyClosed(silence, place)
          : `because ${endingOf(ended) ?? 'a lost connection has ended'} ${what},`;
      gone = error;
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
    shard: shardIn(process.env),
    observer,
  } satisfies GreetRequest;
  let late: CarpoolError | undefined;
  const expired = (): Error => (late = silentError(timeout, 'Cannot use the host, which takes connections', { place }));
  try {
    const greeted = within(mux.root.port.request(greeting), {
      clock: systemClock,
      timeout,
      awake: true,
      expired,
    });
    const { peer } = (await greeted) as GreetResult;
    // A worker that only waits for its tests to end must be able to end.
    socket.unref();
    return { socket, transport, wire, mux, peer, place, token, runner, closed };
  } catch (thrown) {
    socket.destroy();
    if (thrown === late || !isCarpoolError(thrown, 'HUB_LOST')) throw thrown;
    if (known) throw gone ?? thrown;
    const message = `The host at ${placeName(place)} ended the connection before it had greeted`;
    throw new CarpoolError('HUB_UNREACHABLE', message, {
      context: contextOf(place),
      cause: thrown,
    });
  }
}

/** What the system says of a socket whose host has gone, or goes in this moment. */
const isOver: ReadonlySet<string | undefined> = new Set(['ENOENT', 'ECONNREFUSED', 'ECONNRESET']);

type Known = Pick<ClientOptions, 'known' | 'log'> & { readonly timeout: number };

async function socketTo(place: Place, { timeout, known, log }: Known): Promise<Socket> {
  const { socket, connected } = dial(place);
  let late: CarpoolError | undefined;
  const expired = (): Error =>
    (late = isRemote(place) ? nothingThere(place, timeout) : silentError(timeout, 'Cannot connect to the host'));
  try {
    await within(connected, { clock: systemClock, timeout, awake: true, expired });
    return socket;
  } catch (thrown) {
    socket.destroy();
    if (thrown === late || isCarpoolError(thrown)) throw thrown;
    const why = isRemote(place) ? whyNotRemote(thrown) : messageOf(thrown);
    const { code } = thrown as NodeJS.ErrnoException;
    const ending = isRemote(place) || !isOver.has(code) ? undefined : readEnding(place.path, log);
    if (ending !== undefined) throw ending;
    // A host that ends removes its socket; so does a cleaner of temporary files.
    const lost = code === 'ENOENT' ? 'has ended, or its socket was removed' : 'has ended';
    if (known && isRemote(place))
      throw hostError(`The host at ${placeName(place)} cannot be reached any more: ${why}. ${afterTheEnd(place)}`, {
        ...contextOf(place),
        code,
      });
    if (known)
      throw hostError(`The host ${lost} (${why}). ${afterTheEnd(place, log)}`, {
        ...contextOf(place),
        code,
      });
    const message = isRemote(place)
      ? `Cannot reach the host at ${placeName(place)}: ${unreachable(thrown)}`
      : `Cannot reach the host at ${place.path}: ${why}. ${whose(code)}`;
    throw new CarpoolError('HUB_UNREACHABLE', message, {
      context: contextOf(place),
      cause: thrown,
    });
  }
}

function whose(code: string | undefined): string {
  // Its folder is open to its own user alone.
  const isOthers = code === 'EACCES' || code === 'EPERM';
  return isOthers
    ? 'It is that of another user'
    : 'The address is that of a host which has ended, or of another machine';
}

/** Packets to it are lost: each further test is to fail sooner. */
function nothingThere(place: Place, timeout: number): CarpoolError {
  const message = `Cannot reach the host at ${placeName(place)}: no answer for ${timeout / 1_000} s. The machine is gone, or the network between does not let the connection through`;
  return new CarpoolError('HUB_UNREACHABLE', message, {
    context: { ...contextOf(place), hostSilence: timeout },
  });
}

function contextOf(place: Place): Readonly<Record<string, string>> {
  return isRemote(place) ? { place: placeName(place) } : { path: place.path };
}

const lookThere = '`carpool ps` on its machine shows whether it runs, and its log how it ended';
/** Its sessions were there because the host of the run was full. */
const withoutIt =
  'The host of this run, which was full, had sent this session there; the run goes on without that host';

/**
 * It was ended on purpose, on its machine, or its address was revoked there, or it has lost this run: what it says of that is for
 * its own runs.
 */
function endedElsewhere({ context }: CarpoolError, place: Place): CarpoolError {
  const { endedBy } = context;
  const how =
    typeof endedBy === 'string' ? `by \`${endedBy}\`` : 'because its connection to the host of this run has ended';
  const message = `The host at ${placeName(place)} has ended what this run had there, ${how}. ${withoutIt}`;
  return hostError(message, { ...context, place: placeName(place) });
}

/** @param log of the host of this machine, if it is that one */
function afterTheEnd(place: Place, log?: string): string {
  const none = 'No test of this run can use it from here on';
  if (isRemote(place)) return `${none}. ${lookThere}`;
  return log !== undefined
    ? `${none}: it was the host of this machine, and the next run starts another. What it printed is in its log, ${log}; what it had started is ended by the next host`
    : `${none}. The runner's stderr shows what the host printed and how it ended; what it had started is ended by the runner, or by the next host`;
}

/** Why its sessions are closed, in half a sentence. @param silence milliseconds */
function whyClosed(silence: number | undefined, place: Place): string {
  const seconds = Math.round((silence ?? 0) / 1_000);
  const remote = isRemote(place) ? placeName(place) : undefined;
  if (silence === undefined)
    return remote === undefined
      ? 'because the connection to the host ended, probably with its process,'
      : `because the connection to the host at ${remote} ended,`;
  return remote === undefined
    ? `because the host, probably stopped or blocked, has not answered for ${seconds} s,`
    : `because there was no answer for ${seconds} s from the host at ${remote},`;
}

/** The connection has ended by itself. @param reason as its transport gives it */
function endedError(
  reason: CarpoolError | undefined,
  place: Place,
  { log, elsewhere }: Pick<ClientOptions, 'elsewhere' | 'log'>,
): CarpoolError {
  const cause = reason?.cause ?? reason;
  const how = cause === undefined ? '' : ` (${messageOf(cause)})`;
  const what = isRemote(place)
    ? `The connection to the host at ${placeName(place)} has ended${how}, because its process has ended, or the network between was cut`
    : `The connection to the host has ended${how}, probably because its process was killed or has crashed`;
  const after = elsewhere === true ? `${withoutIt}. ${lookThere}` : afterTheEnd(place, log);
  return hostError(`${what}. ${after}`, isRemote(place) ? contextOf(place) : {});
}
