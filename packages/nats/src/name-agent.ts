/**
 * One name on this host: what is held of it here, and what waits. Changes are gathered and written together by
 * compare-and-set, so hosts contend for a name, and not their tests. What the bucket grants is confirmed by a renewal of the
 * session before anything here is told that it holds it.
 */
import type { Clock } from './clock.ts';
import { pause } from './clock.ts';
import { readRecord, type Known } from './known.ts';
import type { OtherHosts } from './others.ts';
import * as records from './record.ts';
import type { NameRecord, Place } from './record.ts';
import type { Session } from './session.ts';
import { Conflict, Unreadable, type Store, type Stored } from './store.ts';
import type { Timing } from './validity.ts';
import type { Wanted } from './wanted.ts';

export interface NameAgentOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly timing: Timing;
  readonly session: Session;
  readonly others: OtherHosts;
  readonly key: string;
  readonly random: () => number;
  /** Nothing is held or wanted here any more. */
  readonly idle: () => void;
}

interface Local {
  readonly wanted: Wanted;
  /** What is left of its weight. */
  left: number;
  state: 'wanted' | 'asked' | 'confirming' | 'held';
}

/** A record that means nothing, so that a write comes before one that has no answer. */
const nothing = records.emptyRecord({ name: '', kind: 'lock', size: 1 });
/** Places of one host in a record; more wait here. The record of a name that many hosts want stays below 200 kB. */
const mostPlaces = 100;

export class NameAgent {
  readonly #options: NameAgentOptions;
  readonly #local = new Map<string, Local>();
  #known: Known | undefined;
  #running = false;
  /** Something is to be looked at, or written. */
  #again = false;
  /** A write has no answer: it may come yet, unless another one comes before it. */
  #uncertain = false;
  /** Where writes race: one of this host may have been replaced since. */
  #unsure = false;
  /** Something was given back that the bucket may have yet. */
  #owed = false;
  #stopped = false;
  #cancelPoll: (() => void) | undefined;

  constructor(options: NameAgentOptions) {
    this.#options = options;
  }

  want(wanted: Wanted): void {
    this.#local.set(wanted.id, { wanted, left: wanted.weight, state: 'wanted' });
    this.#run();
  }

  /** @param amount absent: all of it, or the wait */
  giveBack(id: string, amount?: number): void {
    const local = this.#local.get(id);
    if (local === undefined) return;
    local.left -= amount ?? local.left;
    if (local.left <= 0) this.#local.delete(id);
    this.#owed = true;
    this.#run();
  }

  /** What is known of the name: for errors. */
  get record(): NameRecord | undefined {
    return this.#known?.record;
  }

  /** A write of another host. */
  heard({ value, revision }: Stored): void {
    if (!records.isRecord(value) || (this.#known !== undefined && revision <= this.#known.revision)) return;
    this.#known = { record: value, revision, heard: true };
    this.#run();
  }

  /** The session is over, or another agent is to be made for the name: this one would take away what it does not know. */
  stop(): void {
    this.#stopped = true;
    this.#cancelPoll?.();
  }

  #run(): void {
    this.#again = true;
    if (this.#running || this.#stopped) return;
    this.#running = true;
    void this.#work();
  }

  async #work(): Promise<void> {
    const { session, clock, timing, random } = this.#options;
    // What is asked for in the same turn is written together.
    await Promise.resolve();
    while (!session.over && !this.#stopped && (this.#again || (await this.#looksAgain()))) {
      this.#again = false;
      try {
        await this.#step();
      } catch (thrown) {
        this.#known = undefined;
        // Nothing is written over it. What comes looks at it again.
        if (this.#failed(thrown)) continue;
        this.#again = true;
        const conflict = thrown instanceof Conflict;
        if (!conflict) this.#uncertain = true;
        await pause(clock, conflict ? random() * 5 : timing.renew / 4);
      }
    }
    this.#running = false;
    if (session.over || this.#stopped) return;
    if (this.#local.size > 0) this.#poll();
    else {
      this.stop();
      this.#options.idle();
    }
  }

  /** What was given back may have come back with a write that raced: nobody here would see it any more. */
  async #looksAgain(): Promise<boolean> {
    if (!this.#unsure || this.#local.size > 0) return false;
    this.#unsure = false;
    if (!(await this.#options.session.confirm())) return false;
    this.#known = undefined;
    return true;
  }

  async #step(): Promise<void> {
    const { store, key } = this.#options;
    const fresh = this.#known === undefined;
    const { record: before, revision, heard } = (this.#known ??= await this.#read());
    const { record: after, stale } = this.#next(before, fresh);
    const writes = after !== before || this.#uncertain;
    const doubted = this.#owed && heard === true && !writes;
    this.#owed = false;
    if (writes) {
      const value = after ?? nothing;
      const written = await store.set(key, value, revision);
      this.#uncertain = false;
      this.#unsure = store.races === true;
      // What another host has written since may have been heard first.
      if (this.#known === undefined || this.#known.revision < written)
        this.#known = { record: value, revision: written };
      store.tell(key, { value, revision: written });
    }
    this.#grant();
    if (!stale && !doubted) return;
    this.#known = undefined;
    this.#again = true;
  }

  async #read(): Promise<Known> {
    return await readRecord(this.#options.store, this.#options.key);
  }

  /** Tells all that is not held. What is held stays so: no other host can take it either. @returns it was that */
  #failed(thrown: unknown): thrown is Unreadable {
    if (!(thrown instanceof Unreadable)) return false;
    const failed = [...this.#local.values()].filter(({ state }) => state !== 'held');
    for (const { wanted } of failed) if (this.#local.delete(wanted.id)) wanted.failed(thrown);
    return true;
  }

  /**
   * The record as this host wants it. The same object: it is so.
   * @param fresh it was read for this: else nothing is refused because of it
   */
  #next(before: NameRecord | undefined, fresh: boolean): { record: NameRecord | undefined; stale: boolean } {
    let record = before === undefined ? undefined : this.#cleaned(before);
    let stale = false;
    for (const local of this.#local.values()) {
      if (local.state === 'confirming' || local.state === 'held') continue;
      const base = records.recordFor(record, local.wanted.of);
      const next = base && this.#ask(base, local);
      if (base !== undefined && next !== undefined && records.findPlace(next, local.wanted.id) !== undefined) {
        if (next !== base) record = next;
        local.state = 'asked';
      } else if (base === undefined || !local.wanted.wait) {
        if (fresh) this.#refuse(local, record ?? records.emptyRecord(local.wanted.of));
        else stale = true;
      }
    }
    return { record, stale };
  }

  /** Without what hosts had whose sessions are over, and what this one has given back. */
  #cleaned(before: NameRecord): NameRecord {
    const { others, session } = this.#options;
    let record = records.withoutHosts(before, (host) => others.isOver(host));
    for (const { id, host, weight } of [...record.held, ...record.waiting]) {
      if (host !== session.host) continue;
      const left = this.#local.get(id)?.left ?? 0;
      if (left < weight) record = records.giveBack(record, id, left);
    }
    return record;
  }

  #ask(base: NameRecord, { wanted, left }: Local): NameRecord {
    const { id, by, values, wait } = wanted;
    const { host } = this.#options.session;
    const place: Place = { id, host, weight: left, by, values };
    if (base.kind === 'reservation') return records.reserve(base, place);
    if (!wait) return records.askNow(base, place);
    const own = [...base.held, ...base.waiting].filter((other) => other.host === host);
    return own.length < mostPlaces ? records.ask(base, place) : base;
  }

  #refuse({ wanted }: Local, record: NameRecord): void {
    this.#local.delete(wanted.id);
    wanted.refused(record);
  }

  /** Tells those that hold it by now, once the session is known to be that under which it was written. */
  #grant(): void {
    const { record, revision } = this.#known ?? {};
    const held = (record?.held ?? []).flatMap((place) => {
      const local = this.#local.get(place.id);
      return local?.state === 'asked' ? [{ place, local }] : [];
    });
    if (held.length === 0 || revision === undefined) return;
    for (const { local } of held) local.state = 'confirming';
    void this.#confirm(held, revision);
  }

  async #confirm(held: readonly { place: Place; local: Local }[], revision: number): Promise<void> {
    const { session, store } = this.#options;
    if (!(await session.confirm())) return;
    // All that raced with the write is written by now.
    const still = store.races === true ? await this.#heldNow() : undefined;
    for (const { place, local } of held) {
      // It may have been given back meanwhile.
      if (this.#local.get(place.id) !== local) continue;
      if (still?.has(place.id) === false) local.state = 'wanted';
      else if (!session.over) {
        local.state = 'held';
        local.wanted.granted(revision, place);
      }
    }
    if (still !== undefined) this.#run();
  }

  /** The places that are held, by what is read now. Empty where the session ends before that is known, or it cannot be. */
  async #heldNow(): Promise<ReadonlySet<string>> {
    const { session, clock, timing } = this.#options;
    while (!session.over && !this.#stopped) {
      try {
        const found = await this.#read();
        if (this.#known !== undefined && this.#known.revision < found.revision) this.#known = found;
        return new Set(found.record?.held.map(({ id }) => id));
      } catch (thrown) {
        if (this.#failed(thrown)) break;
        // The session says whether the server is lost.
        await pause(clock, timing.renew / 4);
      }
    }
    return new Set();
  }

  /** While something waits here: looks at the record, and at the hosts that have it before. */
  #poll(): void {
    const waits = [...this.#local.values()].some(({ state }) => state === 'asked' || state === 'wanted');
    if (!waits || this.#cancelPoll !== undefined) return;
    const { clock, timing } = this.#options;
    this.#cancelPoll = clock.after(timing.renew, () => {
      this.#cancelPoll = undefined;
      void this.#look();
    });
  }

  async #look(): Promise<void> {
    const { session, others } = this.#options;
    if (session.over || this.#stopped) return;
    try {
      const found = await this.#read();
      // What was heard is newer, or wrong: then the next write, or the next look, says so.
      if (this.#known?.revision !== found.revision) this.#known = found;
      const { held = [], waiting = [] } = found.record ?? {};
      const hosts = [...held, ...waiting].map(({ host }) => host).filter((host) => host !== session.host);
      await others.look(hosts);
    } catch (thrown) {
      // Of anything else the session says whether the server is lost; the next look is soon.
      this.#failed(thrown);
    }
    this.#run();
  }
}
