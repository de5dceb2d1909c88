/**
 * The leases of one host, over all its sessions. Where a session is over, what was held is lost, and told at once; what
 * waits is asked for again in the next one.
 */
import type { Clock } from './clock.ts';
import { pause } from './clock.ts';
import { leaveBucket, type EndingOptions } from './ending.ts';
import { Epochs } from './epoch.ts';
import { NameAgent } from './name-agent.ts';
import { OtherHosts } from './others.ts';
import type { NameOf, NameRecord, Place } from './record.ts';
import { endSession, Session } from './session.ts';
import { BucketGone, Lasting, type Store, type Unreadable } from './store.ts';
import type { Timing } from './validity.ts';

export interface LeaseCallbacks {
  granted(grant: { readonly revision: number; readonly epoch: string; readonly place: Place }): void;
  /** @param record what is in its way */
  refused(record: NameRecord): void;
  /** It does not wait, and is not known to be held; or it would wait in vain. @param why absent: `trouble` says so */
  unavailable(why?: Unreadable): void;
  /** It was held, or computed. @param why a clause */
  lost(why: string): void;
}

export interface LeaseWanted extends NameOf {
  readonly weight: number;
  readonly by: string;
  /** False: it is given at once, or refused. */
  readonly wait: boolean;
  readonly values?: readonly string[] | undefined;
}

export interface LeasesOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly timing: Timing;
  /** A text that no other host has. */
  readonly randomId: () => string;
  /** From 0 to 1. */
  readonly random: () => number;
  /** Of this host, for people. */
  readonly label: string;
  /** A key for a name, in the letters that the bucket allows. */
  readonly keyOf: (of: NameOf) => string;
}

interface Entry {
  readonly wanted: LeaseWanted;
  readonly callbacks: LeaseCallbacks;
  left: number;
  held: boolean;
  /** Of its place in the bucket: another one in each session, because that of an earlier one may stand there still. */
  place: string;
}

export class Leases {
  readonly #options: LeasesOptions;
  readonly #entries = new Map<string, Entry>();
  readonly #agents = new Map<string, NameAgent>();
  readonly #epochs: Epochs;
  #session: Session | undefined;
  #others: OtherHosts | undefined;
  #opening: Promise<Session | undefined> | undefined;
  /** Keys of sessions that the bucket may take for living ones. */
  readonly #own = new Set<string>();
  #closed = false;
  readonly #mute: () => void;
  /** Why there is no session: of the last attempt. */
  #trouble: unknown;

  constructor(options: LeasesOptions) {
    this.#options = options;
    const { store, clock, timing, randomId: random } = options;
    this.#epochs = new Epochs({ store, clock, timing, random, stopped: () => this.#closed });
    this.#mute = options.store.listen((key, stored) => this.#agents.get(key)?.heard(stored));
  }

  /** Begins a session. Resolves when there is one; with undefined where none is needed, or can be had: `trouble` says so. */
  async open(): Promise<Session | undefined> {
    if (this.#session?.over === false) return this.#session;
    return await (this.#opening ??= this.#open().finally(() => this.#opened()));
  }

  /** Why nothing is granted now, if that is so: what the store last threw. */
  get trouble(): unknown {
    return this.#session?.over === false ? undefined : this.#trouble;
  }

  get session(): Session | undefined {
    return this.#session;
  }

  /** @returns its id */
  want(wanted: LeaseWanted, callbacks: LeaseCallbacks): string {
    const id = this.#options.randomId();
    this.#entries.set(id, { wanted, callbacks, left: wanted.weight, held: false, place: '' });
    if (this.#session?.over === false) this.#ask(id, this.#session);
    else void this.open();
    return id;
  }

  /** @param amount absent: all of it, or the wait */
  giveBack(id: string, amount?: number): void {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    entry.left -= amount ?? entry.left;
    if (entry.left <= 0) this.#entries.delete(id);
    this.#agents.get(this.#keyOf(entry.wanted))?.giveBack(entry.place, amount);
  }

  /** What is known of a name. */
  recordOf(of: NameOf): NameRecord | undefined {
    return this.#agents.get(this.#keyOf(of))?.record;
  }

  /**
   * Gives all back, and removes the bucket where no other host has it. Does not reject.
   * @param ending the same bucket, with shorter deadlines, and by when, on the clock, what is not done is left
   * @returns why the bucket may stay, a clause; undefined: it is gone, or left to another host
   */
  async close(ending: Pick<EndingOptions, 'store' | 'removed' | 'until'>): Promise<string | undefined> {
    this.#closed = true;
    // Its end gives back what was held: others need no record for that.
    this.#entries.clear();
    this.#session?.stop();
    for (const agent of this.#agents.values()) agent.stop();
    this.#mute();
    // It may be making the bucket.
    await this.#opening?.catch(() => {});
    const { clock, timing, label } = this.#options;
    return await leaveBucket({ ...ending, clock, timing, label, own: this.#own });
  }

  async #open(): Promise<Session | undefined> {
    const { store, clock, timing, randomId, label } = this.#options;
    while (!this.#closed) {
      try {
        const session = await Session.open({
          store,
          clock,
          timing,
          random: randomId,
          label,
          stopped: () => this.#closed,
          epochs: this.#epochs,
          writes: (key) => void this.#own.add(key),
          over: (over, why) => this.#over(over, why),
        });
        if (session === undefined || session.over) continue;
        if (this.#closed) session.stop();
        else this.#begin(session);
        return session;
      } catch (thrown) {
        this.#trouble = thrown;
        if (thrown instanceof Lasting) return undefined;
        this.#refuse(({ wait }) => !wait);
        await pause(clock, timing.renew / 2);
      }
    }
    return undefined;
  }

  #opened(): void {
    this.#opening = undefined;
    if (this.#closed || this.#session?.over === false) return;
    // It would wait for somebody who changes something there. The next call tries again.
    if (this.#trouble instanceof Lasting) this.#refuse(() => true);
    else void this.open();
  }

  #refuse(which: (wanted: LeaseWanted) => boolean): void {
    const refused = [...this.#entries].filter(([, { wanted }]) => which(wanted));
    // Who is told may ask again, which is tried again, or give back another one.
    for (const [id, { callbacks }] of refused) if (this.#entries.delete(id)) callbacks.unavailable();
  }

  #begin(session: Session): void {
    const { store, clock, timing } = this.#options;
    this.#session = session;
    this.#trouble = undefined;
    this.#others = new OtherHosts({ store, clock, timing, epoch: session.epoch });
    for (const id of this.#entries.keys()) this.#ask(id, session);
    void this.#endEarlier(session);
  }

  /** Those that were lost: nobody needs to wait until nothing comes of them. */
  async #endEarlier(session: Session): Promise<void> {
    const { store, label } = this.#options;
    const earlier = [...this.#own].filter((key) => key !== session.key);
    for (const key of earlier) {
      try {
        // One of another epoch is gone with its bucket.
        if (key.startsWith(`${session.epoch}.`)) await endSession(store, key, label);
        this.#own.delete(key);
      } catch (thrown) {
        // The end of the next one, or of this host, tries again.
        if (thrown instanceof BucketGone) return;
      }
    }
  }

  #over(over: Session, why: string): void {
    if (this.#session !== over) return;
    for (const agent of this.#agents.values()) agent.stop();
    this.#agents.clear();
    this.#trouble = new Error(why);
    for (const [id, entry] of this.#entries) {
      if (!entry.held && entry.wanted.wait) continue;
      this.#entries.delete(id);
      if (entry.held) entry.callbacks.lost(why);
      else entry.callbacks.unavailable();
    }
    void this.open();
  }

  #keyOf(of: NameOf): string {
    return `${this.#session?.epoch ?? ''}.name.${this.#options.keyOf(of)}`;
  }

  #ask(id: string, session: Session): void {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    const { wanted, callbacks } = entry;
    const { weight, by, wait, values } = wanted;
    entry.place = this.#options.randomId();
    this.#agent(wanted, session).want({
      id: entry.place,
      of: { name: wanted.name, kind: wanted.kind, size: wanted.size },
      weight,
      by,
      wait,
      values,
      granted: (revision, place) => {
        if (session.over) return;
        entry.held = true;
        callbacks.granted({ revision, epoch: session.epoch, place });
      },
      refused: (record) => {
        this.#entries.delete(id);
        callbacks.refused(record);
      },
      failed: (why) => {
        this.#entries.delete(id);
        callbacks.unavailable(why);
      },
    });
  }

  #agent(of: NameOf, session: Session): NameAgent {
    const key = this.#keyOf(of);
    const known = this.#agents.get(key);
    if (known !== undefined) return known;
    const { store, clock, timing, random } = this.#options;
    const others = this.#others ?? new OtherHosts({ store, clock, timing, epoch: session.epoch });
    const agent: NameAgent = new NameAgent({
      store,
      clock,
      timing,
      session,
      others,
      key,
      random,
      idle: () => {
        if (this.#agents.get(key) === agent) this.#agents.delete(key);
      },
    });
    this.#agents.set(key, agent);
    return agent;
  }
}
