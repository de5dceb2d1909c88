/** To whom an address was given: for how long, and what is connected with it. */
import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import type { Clock } from '../../base/clock.ts';
import type { HolderRun } from '../../base/holder-label.ts';
import type { RemoteHub } from '../../host/hub/remote-access.ts';
import type { RemoteClientStatus } from '../../wire/status.ts';

export interface RemoteClientOptions {
  readonly name: string;
  /** On the clock; absent: as long as the host lives. */
  readonly expires?: number | undefined;
  /** It was taken back. Called once. */
  readonly revoked?: (() => void) | undefined;
}

/** Milliseconds for a connection that is ended to take what was written to it. */
const flushTimeout = 1_000;
/** Connections of one address at the hub of the machine, where each run and each `carpool ps` has one: half of all. */
const mostConnections = 512;

export class RemoteClient {
  readonly name: string;
  /** What names it to others where it is part of no run. It chooses neither. */
  readonly label: HolderRun;
  readonly #expires: number | undefined;
  readonly #told: (() => void) | undefined;
  /** With the hubs that they go to. */
  readonly #connections = new Map<Socket, RemoteHub>();
  #revoked = false;

  constructor({ name, expires, revoked }: RemoteClientOptions) {
    this.name = name;
    this.#expires = expires;
    this.#told = revoked;
    this.label = { id: randomUUID(), name: `of another machine, with ${addressOf(name)}` };
  }

  isExpired(now: number): boolean {
    return this.#expires !== undefined && now >= this.#expires;
  }

  /**
   * Why it opens no more connections, in half a sentence.
   * @param ofRun of a run that has begun, which may end what it has begun
   */
  fault(now: number, ofRun: boolean = false): string | undefined {
    const over = this.#revoked ? 'was revoked' : !ofRun && this.isExpired(now) ? 'has expired' : undefined;
    if (over === undefined) return undefined;
    return `${addressOf(this.name)} ${over}; \`carpool address --for NAME\` on the machine of the host makes another one`;
  }

  /** As `fault`, of a hub that has many of its connections. */
  full(hub: RemoteHub): string | undefined {
    let open = 0;
    for (const other of this.#connections.values()) if (other === hub) open++;
    if (open < mostConnections) return undefined;
    return `${mostConnections} connections with ${addressOf(this.name)} are open already, and that is the limit`;
  }

  status(now: number): RemoteClientStatus {
    const expires = this.#expires === undefined ? undefined : Math.max(0, Math.round(this.#expires - now));
    return { name: this.name, expires, connections: this.#connections.size };
  }

  add(socket: Socket, hub: RemoteHub): void {
    this.#connections.set(socket, hub);
    socket.once('close', () => this.#connections.delete(socket));
  }

  /** It opens no more connections from now on, and those that are open end. @returns how many */
  revoke(clock: Clock): number {
    if (!this.#revoked) this.#told?.();
    this.#revoked = true;
    for (const socket of this.#connections.keys()) {
      const deadline = clock.after(flushTimeout, () => socket.destroy());
      socket.once('close', () => deadline.cancel());
      socket.destroySoon();
    }
    return this.#connections.size;
  }
}

/** For messages. */
export function addressOf(name: string): string {
  return `the address of ${JSON.stringify(name)}`;
}
