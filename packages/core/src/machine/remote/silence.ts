/**
 * Finds connections whose other machine is gone: a client pings whenever it hears nothing, so one that is silent is gone,
 * or its process is busy. On Linux the system knows which: of a machine that is there it gets an acknowledgement for each of
 * its own keep-alive probes. Elsewhere silence decides.
 */
import type { Socket } from 'node:net';
import { systemClock, type Clock, type Timer } from '../../base/clock.ts';
import { connectionTable, isAcknowledged } from '../../process/acknowledged.ts';
import { remoteHeartbeat } from '../../wire/remote-silence.ts';

/** Turns without anything, after which it is looked at: 7 to 8.4 s. */
const quietTurns = remoteHeartbeat.limit + 1;

export class SilenceWatch {
  readonly #clock: Clock;
  readonly #sockets = new Map<Socket, { received: number; quiet: number }>();
  #timer: Timer | undefined;

  constructor(clock: Clock = systemClock) {
    this.#clock = clock;
  }

  /** Destroys it when its other machine is gone. */
  add(socket: Socket): void {
    this.#sockets.set(socket, { received: socket.bytesRead, quiet: 0 });
    socket.once('close', () => {
      this.#sockets.delete(socket);
      if (this.#sockets.size > 0) return;
      this.#timer?.cancel();
      this.#timer = undefined;
    });
    this.#timer ??= this.#next();
  }

  #next(): Timer {
    const timer = this.#clock.after(remoteHeartbeat.interval, () => {
      this.#timer = this.#next();
      this.#turn();
    });
    timer.unref();
    return timer;
  }

  #turn(): void {
    let table: string | undefined;
    for (const [socket, state] of this.#sockets) {
      const { bytesRead } = socket;
      state.quiet = bytesRead === state.received ? state.quiet + 1 : 0;
      state.received = bytesRead;
      if (state.quiet < quietTurns) continue;
      table ??= connectionTable();
      if (!isAcknowledged(socket, table)) socket.destroy();
    }
  }
}
