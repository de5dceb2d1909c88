/** Connections that have not shown a token yet: each has a deadline, and counts among those of its address. */
import type { Socket } from 'node:net';
import type { Clock } from '../../base/clock.ts';
import { noop } from '../../base/noop.ts';
import { partyOf } from '../../process/ip.ts';
import { tellRefused } from '../../wire/refused-connections.ts';
import { Gate, type GateLimits } from './gate.ts';

export interface UnprovenOptions {
  readonly clock: Clock;
  readonly limits: GateLimits;
  /** Milliseconds for the handshake and the greeting. */
  readonly timeout: number;
  /** For the log of the host. */
  readonly print: (text: string) => void;
}

/** A connection that has not shown a token yet. */
export interface Attempt {
  /** What it has shown was wrong. */
  fail(): void;
  /** It is one no more: it has shown what it has. */
  end(): void;
}

export class UnprovenConnections {
  readonly #options: UnprovenOptions;
  readonly #gate: Gate;
  /** By the ports of the other side: TLS has another socket for the same connection. */
  readonly #attempts = new Map<string, Attempt>();
  readonly #sockets = new Set<Socket>();

  constructor(options: UnprovenOptions) {
    this.#options = options;
    this.#gate = new Gate(options.clock, options.limits);
  }

  /** @returns false if its address is turned away: it is destroyed */
  admit(socket: Socket): boolean {
    socket.on('error', noop); // `close` follows
    const { clock, timeout } = this.#options;
    const { remoteAddress = '' } = socket;
    const party = partyOf(remoteAddress);
    const refusal = this.#gate.refusal(party);
    if (refusal !== undefined) {
      tellRefused({ from: remoteAddress, why: refusal });
      socket.destroy();
      return false;
    }
    const ends = endsOf(socket);
    const count = (what: 'failure' | 'nothing'): void => {
      if (this.#gate.failed(party, what)) this.#turnedAway(remoteAddress);
    };
    const deadline = clock.after(timeout, () => {
      count('failure');
      tellRefused({ from: remoteAddress, why: `it has shown no token within ${timeout / 1_000} s` });
      socket.destroy();
    });
    const end = (): boolean => {
      if (!this.#sockets.delete(socket)) return false;
      deadline.cancel();
      this.#attempts.delete(ends);
      this.#gate.proven(party);
      return true;
    };
    this.#sockets.add(socket);
    this.#attempts.set(ends, { fail: () => count('failure'), end });
    socket.once('close', () => {
      if (end()) count('nothing');
    });
    return true;
  }

  find(socket: Socket): Attempt | undefined {
    return this.#attempts.get(endsOf(socket));
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #turnedAway(address: string): void {
    this.#options.print(
      `carpool: ${address} is turned away for a minute, after too many wrong tokens, broken handshakes, or connections without a token\n`,
    );
  }
}

function endsOf({ remoteAddress, remotePort, localAddress }: Socket): string {
  return `${remoteAddress} ${remotePort} ${localAddress}`;
}
