/**
 * Which hosts of a run are there, and how full they are. Each says so when it comes, when that changes and from time to time;
 * one that ends says goodbye. What is lost is said again: nothing is stored.
 */
import type { Msg, NatsConnection } from '@nats-io/transport-node';
import type { Clock } from './clock.ts';
import { HostDirectory } from './directory.ts';
import type { HostLoad, PoolWanted } from './placement.ts';

export interface PresenceOptions {
  readonly connection: NatsConnection;
  /** Of the bucket of the run. */
  readonly name: string;
  readonly clock: Clock;
  /** Milliseconds between two announcements where nothing changes. */
  readonly every: number;
  /** What this host says of itself. */
  readonly own: () => HostLoad;
}

interface Announcement {
  readonly load: HostLoad;
  /** Rises with each of the host. */
  readonly number: number;
  /** It has just come, and wants to hear of the others at once. */
  readonly asks?: true;
  /** It ends. */
  readonly ends?: true;
}

/** Announcements of a host that may be lost before others do not believe in it. */
const missing = 3;

/** Anything may be published there. */
function announcementIn(message: Msg): Announcement | undefined {
  try {
    const said = message.json<Partial<Announcement> | null>();
    return said?.load === undefined || typeof said.number !== 'number' ? undefined : (said as Announcement);
  } catch {
    return undefined;
  }
}

export class Presence {
  readonly #options: PresenceOptions;
  readonly #directory: HostDirectory;
  readonly #unsubscribe: () => void;
  #number = 0;
  #cancel: () => void = () => {};
  #over = false;

  constructor(options: PresenceOptions) {
    this.#options = options;
    this.#directory = new HostDirectory(options.every * missing);
    const subscription = options.connection.subscribe(this.#subject, {
      callback: (error, message) => {
        const said = error === null ? announcementIn(message) : undefined;
        if (said !== undefined) this.#hear(said);
      },
    });
    this.#unsubscribe = () => subscription.unsubscribe();
    this.#say({ asks: true });
  }

  /** What this host says of itself has changed. */
  changed(): void {
    if (!this.#over) this.#say({});
  }

  /** All that are there, this one included. */
  hosts(): HostLoad[] {
    return this.#directory.hosts(this.#options.clock.now());
  }

  /** As `HostDirectory.place`. */
  place(wanted: PoolWanted, not?: ReadonlySet<string>): HostLoad | undefined {
    return this.#directory.place(wanted, this.#options.clock.now(), not);
  }

  /** A registration has found that it is not there. */
  forget(host: string): void {
    this.#directory.forget(host);
  }

  end(): void {
    if (this.#over) return;
    this.#say({ ends: true });
    this.#over = true;
    this.#cancel();
    this.#unsubscribe();
  }

  get #subject(): string {
    return `carpool.${this.#options.name}.presence`;
  }

  #hear({ load, number, asks, ends }: Announcement): void {
    if (ends === true) {
      this.#directory.forget(load.host);
      return;
    }
    this.#directory.hear(load, number, this.#options.clock.now());
    if (asks === true && load.host !== this.#options.own().host) this.#say({});
  }

  #say(more: Pick<Announcement, 'asks' | 'ends'>): void {
    const { connection, clock, every, own } = this.#options;
    this.#cancel();
    if (!this.#over) this.#cancel = clock.after(every, () => this.#say({}));
    const announcement: Announcement = { load: own(), number: ++this.#number, ...more };
    if (!connection.isClosed()) connection.publish(this.#subject, JSON.stringify(announcement));
  }
}
