/** Notices that the host does not answer: it is stopped, or code of a user blocks its event loop. */
import { CarpoolError } from '../base/errors.ts';
import { noop } from '../base/noop.ts';
import { systemClock } from '../base/clock.ts';
import { Heartbeat } from '../wire/heartbeat.ts';
import type { Mux } from '../session/mux.ts';
import type { Transport } from '../transport/transport.ts';

/** Lost after 10 to 12 s of silence: a test is to fail within 15 s, and a busy machine is no reason. */
const defaults = { interval: 2_000, limit: 4 };

/** Milliseconds of a turn, and turns after the ping. */
export type HeartbeatTurns = typeof defaults;

/** What of a connection to the host says whether it answers. */
interface WatchedConnection {
  readonly socket: { readonly bytesRead: number };
  readonly transport: Transport;
  readonly mux: Mux;
  readonly closed: { readonly promise: Promise<unknown> };
}

/** @param wanted false while nothing is awaited of the host */
export function watchHost(
  connection: WatchedConnection,
  wanted: () => boolean,
  turns: HeartbeatTurns = defaults,
): Heartbeat {
  const { socket, transport, mux, closed } = connection;
  const heartbeat = new Heartbeat({
    clock: systemClock,
    ...turns,
    received: () => socket.bytesRead,
    wanted,
    ping: () => void mux.root.port.request({ method: 'ping' }).catch(noop), // its silence is noticed
    lost: (silence) => transport.abort(silentError(silence)),
  });
  void closed.promise.then(() => heartbeat.stop());
  return heartbeat;
}

/** @param silence milliseconds */
export function silentError(silence: number, but: string = 'it'): CarpoolError {
  const message = `The host does not answer: ${but} has sent nothing for ${Math.round(silence / 100) / 10} s. It is stopped, or code of the config that runs in it, such as a \`route\`, does not return`;
  return new CarpoolError('HUB_LOST', message, { context: { hostSilence: silence } });
}

/** Milliseconds for which the host was silent, if the connection ended because of that. */
export function silenceOf(reason: CarpoolError | undefined): number | undefined {
  const silence = reason?.context['hostSilence'];
  return typeof silence === 'number' ? silence : undefined;
}
