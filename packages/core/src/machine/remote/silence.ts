/**
 * Finds connections whose other machine is gone: a client pings whenever it hears nothing, so one that is silent is gone,
 * or its process is busy. On Linux the system knows which: of a machine that is there it gets an acknowledgement for each of
 * its own keep-alive probes. Elsewhere silence decides.
 */
import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { systemClock, type Clock, type Timer } from '../../base/clock.ts';
import { remoteHeartbeat } from '../../wire/remote-silence.ts';
import { ipBytes } from './ip.ts';

/** Turns without anything, after which it is looked at: 7 to 8.4 s. */
const quietTurns = remoteHeartbeat.limit + 1;
/** Keep-alive probes and retransmissions without an answer. One of them may be under way. */
const unansweredProbes = 3;
const unansweredPackets = 2;

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

/** Empty where the system has none. */
function connectionTable(): string {
  return ['/proc/net/tcp', '/proc/net/tcp6'].map(contentOf).join('\n');
}

function contentOf(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return ''; // no Linux, or one without IPv6
  }
}

type Ends = Pick<Socket, 'localPort' | 'remotePort' | 'remoteAddress'>;

/** Whether the other system has answered lately. False: not, or nothing is known. */
export function isAcknowledged({ localPort = 0, remotePort = 0, remoteAddress = '' }: Ends, table: string): boolean {
  const local = portIn(localPort);
  const remote = `${addressIn(remoteAddress)}${portIn(remotePort)}`;
  for (const line of table.split('\n')) {
    const [, from = '', to = '', , , , retransmitted = '', , probes = ''] = line.trim().split(/\s+/);
    if (!from.endsWith(local) || !to.endsWith(remote)) continue;
    return Number.parseInt(retransmitted, 16) < unansweredPackets && Number(probes) < unansweredProbes;
  }
  return false;
}

function portIn(port: number): string {
  return `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
}

/** As the table writes it: words of 32 bits, the last byte first. One of IPv4 is the end of both forms. */
function addressIn(address: string): string {
  const bytes = ipBytes(address);
  return (bytes.length % 4 === 0 ? bytes.swap32() : bytes).toString('hex').toUpperCase();
}
