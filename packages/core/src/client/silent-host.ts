/** Notices that the host does not answer: it is stopped, or code of a user blocks its event loop. */
import type { Socket } from 'node:net';
import { Cancellation, eitherOf, type CancelSignal } from '../base/cancellation.ts';
import { CarpoolError } from '../base/errors.ts';
import { noop } from '../base/noop.ts';
import { systemClock } from '../base/clock.ts';
import { isRemote, placeName, type Place } from '../wire/address.ts';
import { Heartbeat, type HeartbeatOptions } from '../wire/heartbeat.ts';
import { remoteHeartbeat } from '../wire/remote-silence.ts';
import type { Mux } from '../session/mux.ts';
import type { Transport } from '../transport/transport.ts';

/** Lost after 10 to 12 s of silence: a test is to fail within 15 s, and a busy machine is no reason. */
const defaults = { interval: 2_000, limit: 4 };
/** Milliseconds by which an answer may be late. The time-out of the runner comes 100 to 500 ms after that of a wait. */
const silentGrace = 50;

/** Milliseconds of a turn, and turns after the ping. */
export type HeartbeatTurns = typeof defaults & Pick<HeartbeatOptions, 'limitIfThere'>;

/** The parts of a connection that show whether the host answers. */
interface WatchedConnection {
  readonly socket: Socket;
  readonly place: Place;
  readonly transport: Transport;
  readonly mux: Mux;
  readonly closed: { readonly promise: Promise<unknown> };
}

export class HostHeartbeat extends Heartbeat {
  /** Where the host listens. */
  readonly place: Place;

  constructor(place: Place, options: HeartbeatOptions) {
    super(options);
    this.place = place;
  }

  /** In half a sentence; undefined while it answers, or nothing is asked. */
  describeSilence(): string | undefined {
    return this.silence > 0 ? describeHostSilence(this.silence, { place: this.place }) : undefined;
  }
}

/** @param wanted false while no answer of the host is awaited. One on another machine is to hear of this process always */
export function watchHost(
  connection: WatchedConnection,
  wanted: () => boolean,
  turns: HeartbeatTurns = isRemote(connection.place) ? remoteHeartbeat : defaults,
): HostHeartbeat {
  const { socket, transport, mux, closed, place } = connection;
  let isThere: (() => boolean) | undefined;
  // Loaded by those that need it alone, before they do.
  if (isRemote(place))
    import('../process/acknowledged.ts').then(
      ({ connectionTable, isAcknowledged }) => (isThere = () => isAcknowledged(socket, connectionTable())),
      noop,
    );
  const heartbeat = new HostHeartbeat(place, {
    clock: systemClock,
    ...turns,
    received: () => socket.bytesRead,
    wanted: () => isRemote(place) || wanted(),
    isThere: () => isThere?.() === true,
    ping: () => void mux.root.port.request({ method: 'ping' }).catch(noop), // its silence is noticed
    lost: (silence) => {
      const tried = 'The connection to the host was given up';
      transport.abort(silentError(silence, tried, { place, isThere: isThere?.() }));
    },
  });
  void closed.promise.then(() => heartbeat.stop());
  return heartbeat;
}

interface HostPlace {
  readonly place?: Place;
  /** Its machine answers. Default: false, as where nothing is known of it. */
  readonly isThere?: boolean | undefined;
}

/** The cause in half a sentence. @param silence milliseconds */
function describeHostSilence(silence: number, { place, isThere = false }: HostPlace): string {
  if (place !== undefined && isRemote(place)) {
    const why = isThere
      ? 'Its machine answers: the host is stopped, or blocked by code of the config that runs in it, or that machine is overloaded'
      : 'It is stopped or blocked, its machine is gone, or the network between is cut';
    return `no answer for ${secondsOf(silence)} s from the host at ${placeName(place)}. ${why}`;
  }
  return `the host has not answered for ${secondsOf(silence)} s. It is probably stopped, or blocked by code of the config that runs in it, such as a \`route\` that does not return`;
}

/** @param silence milliseconds @param tried what this process waited for */
export function silentError(silence: number, tried: string, at: HostPlace = {}): CarpoolError {
  return hostError(`${tried}: ${describeHostSilence(silence, at)}`, { hostSilence: silence });
}

/**
 * The connection, as long as there is time for it in the test: the error of the runner would not say what was late.
 * Without `within`, which an old Node cannot run: the connection then fails with the version that is needed.
 * @param timeout milliseconds; `Infinity`: any time
 */
export function connectedWithin<C>(connecting: Promise<C>, timeout: number): Promise<C> {
  if (!Number.isFinite(timeout)) return connecting;
  return new Promise((resolve, reject) => {
    const timer = systemClock.after(timeout, () => reject(lateConnection(timeout)));
    connecting.finally(() => timer.cancel()).then(resolve, reject);
  });
}

function lateConnection(timeout: number): CarpoolError {
  const tried = `Cannot connect to the host within ${Math.round(timeout)} ms, the rest of the time of this test or hook`;
  // A busy machine alone may take a second.
  return timeout < defaults.interval ? hostError(tried, { timeout }) : silentError(timeout, tried);
}

/** An error whose cause is outside this process: a stack of Carpool would say nothing. */
export function hostError(message: string, context: Readonly<Record<string, unknown>>): CarpoolError {
  return new CarpoolError('HUB_LOST', message, { blame: 'setup', context, site: { stack: '' } });
}

/** "`carpool stop` has ended": what has ended the run on purpose, if something has. */
export function endingOf({ context: { endedBy } }: CarpoolError): string | undefined {
  return typeof endedBy === 'string' ? `\`${endedBy}\` has ended` : undefined;
}

function secondsOf(silence: number): number {
  return Math.round(silence / 100) / 10;
}

/** A wait that the host ends in time, unless it is silent. */
export interface DueWait {
  /** Milliseconds from now in which the host must have answered. `Infinity`: no such time. */
  readonly due: number;
  /** Of the caller. */
  readonly signal: CancelSignal | undefined;
  /** For the error: what the caller waited for. */
  readonly tried: string;
}

/**
 * Gives up a wait when it is due and the host is silent: the time-out of the runner, which comes next, does not say so.
 * Call `stop` when the wait has ended.
 */
export function giveUpOnSilence(
  heartbeat: HostHeartbeat,
  { due, signal, tried }: DueWait,
): { readonly signal: CancelSignal | undefined; stop(): void } {
  if (!Number.isFinite(due)) return { signal, stop: noop };
  const silent = new Cancellation();
  const timer = systemClock.after(due + silentGrace, () => {
    const { silence } = heartbeat;
    if (silence > 0) silent.abort(() => silentError(silence, tried, heartbeat));
  });
  const either = signal === undefined ? { signal: silent, stop: noop } : eitherOf(signal, silent);
  return {
    signal: either.signal,
    stop: () => {
      timer.cancel();
      either.stop();
    },
  };
}

/** Milliseconds for which the host was silent, if the connection ended because of that. */
export function silenceOf(reason: CarpoolError | undefined): number | undefined {
  const silence = reason?.context['hostSilence'];
  return typeof silence === 'number' ? silence : undefined;
}
