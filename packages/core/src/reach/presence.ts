/**
 * Which hosts offer pools, and how full they are. Each says so when it comes, when that changes and from time to time; one
 * that ends says goodbye. What is lost is said again: nothing is stored.
 */
import type { Clock, Timer } from '../base/clock.ts';
import type { CarpoolError } from '../base/errors.ts';
import { HeardHosts, OtherVersions } from './heard-hosts.ts';
import { readAnnouncement, readOtherVersion, writeAnnouncement, type Announcement, type HostOffer } from './offer.ts';
import type { Topic, TopicOptions } from './types.ts';

export interface PresenceOptions {
  /** Where all say it. */
  readonly topic: (options: TopicOptions) => Topic;
  /** Of this machine, for the engine. */
  readonly host: string;
  /** Of the package. */
  readonly version: string;
  readonly clock: Clock;
  /** Milliseconds between two announcements where nothing changes. Default 2,000. */
  readonly every?: number | undefined;
  /** What this host offers, asked for each announcement. Absent: nothing, it only looks. */
  readonly own?: (() => HostOffer) | undefined;
  /** The host of an offer that is not heard. */
  readonly not?: string | undefined;
  /** Something was heard. */
  readonly changed?: (() => void) | undefined;
  /** Nothing can be said or heard, for now. Called once, until something can be. */
  readonly failed?: ((error: CarpoolError) => void) | undefined;
}

const defaultEvery = 2_000;
/** Announcements of a host that may be lost before others do not believe in it. */
const missing = 3;
/** Milliseconds in which changes are gathered. */
const gathering = 50;
/** Milliseconds in which those that were asked have answered. */
const answering = 300;

export class Presence {
  readonly #options: PresenceOptions;
  readonly #every: number;
  readonly #directory: HeardHosts;
  readonly #others: OtherVersions;
  readonly #topic: Topic;
  #number = 0;
  #next: Timer | undefined;
  #gathered: Timer | undefined;
  #failing = false;
  /** Since then all is heard. */
  #connected: number | undefined;
  #over = false;

  constructor(options: PresenceOptions) {
    const { topic, host, own, every = defaultEvery, failed } = options;
    this.#options = options;
    this.#every = every;
    this.#directory = new HeardHosts(every * missing);
    this.#others = new OtherVersions(every * missing);
    this.#topic = topic({
      host,
      role: own === undefined ? 'looks' : 'offers',
      heard: (text) => this.#hear(text),
      connected: () => {
        if (this.#over) return;
        this.#failing = false;
        this.#connected ??= options.clock.now();
        this.#begin();
      },
      failed: (error) => {
        if (this.#over) return;
        if (!this.#failing) failed?.(error);
        this.#failing = true;
      },
    });
  }

  /** What this host offers has changed. */
  changed(): void {
    if (this.#over || this.#options.own === undefined) return;
    this.#gathered ??= this.#options.clock.after(gathering, () => {
      this.#gathered = undefined;
      this.#offer();
    });
    this.#gathered.unref();
  }

  /** All others that are there. */
  get hosts(): HostOffer[] {
    return this.#directory.hosts(this.#options.clock.now());
  }

  /** All that are there have been heard of, or none can be. */
  get isSettled(): boolean {
    return this.#failing || (this.#connected !== undefined && this.#options.clock.now() - this.#connected >= answering);
  }

  /** Of each host that offers pools with another version than this one: which. */
  get otherVersions(): string[] {
    return this.#others.versions(this.#options.clock.now());
  }

  get directory(): Pick<HeardHosts, 'place' | 'returned' | 'sent'> {
    return this.#directory;
  }

  /**
   * Does not reject.
   * @param silently another one of this host follows: no goodbye
   */
  async close(silently: boolean = false): Promise<void> {
    if (this.#over) return;
    this.#over = true;
    this.#next?.cancel();
    this.#gathered?.cancel();
    const { own } = this.#options;
    if (own !== undefined && !silently) this.#say({ says: 'ends', host: own().host });
    await this.#topic.close();
  }

  /** Also where the connection was lost for a while: what was said meanwhile is lost. */
  #begin(): void {
    if (this.#options.own === undefined) this.#say({ says: 'asks' });
    else this.#offer();
  }

  #hear(text: string): void {
    if (this.#over) return;
    const { own, not, changed, clock, version } = this.#options;
    const said = readAnnouncement(text, version);
    if (said === undefined) {
      const other = own === undefined ? readOtherVersion(text, version) : undefined;
      if (other !== undefined) this.#others.hear(other, clock.now());
      return;
    }
    if (said.says === 'asks') {
      this.changed();
      return;
    }
    // One that offers places nothing.
    if (own !== undefined) return;
    if (said.says === 'ends') this.#directory.forget(said.host);
    else if (said.offer.host !== not) this.#directory.hear(said.offer, said.number, clock.now());
    changed?.();
  }

  #offer(): void {
    const { own, clock } = this.#options;
    if (own === undefined || this.#over) return;
    this.#next?.cancel();
    this.#next = clock.after(this.#every, () => this.#offer());
    this.#next.unref();
    // It goes on rising where another presence of this host follows this one.
    this.#number = Math.max(this.#number + 1, Math.ceil(clock.now() * 1_000));
    this.#say({ says: 'offers', number: this.#number, offer: own() });
  }

  #say(announcement: Announcement): void {
    this.#topic.publish(writeAnnouncement(announcement, this.#options.version));
  }
}
