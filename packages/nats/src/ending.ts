/**
 * What a host does with the bucket at its end. All its sessions are over then, and the bucket goes with the last host. Whether
 * that is this one is asked first, and then seen: a host that lives renews its session.
 *
 *   own sessions are over ─▶ another host answers ─▶ it is left to that one
 *                             └─ none does ─▶ no session goes on, or one as it was for ttl ─▶ removed
 *                                              └─ that is not known in time ─▶ it may stay, which is told
 */
import { pause, type Clock } from './clock.ts';
import { endSession, sessionIn, sessionKey } from './session.ts';
import { BucketGone, type Store } from './store.ts';
import type { Timing } from './validity.ts';

export interface EndingOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly timing: Timing;
  /** Of this host, for people. */
  readonly label: string;
  /** Keys of sessions of this host that the bucket may take for living ones. */
  readonly own: ReadonlySet<string>;
  /** Removes what stands beside the bucket, which is gone. It may be called again where it has failed. */
  readonly removed: () => Promise<void>;
  /** On the clock. */
  readonly until: number;
}

/** Milliseconds between two attempts, or looks. */
const again = 100;

/** @returns why something may stay, a clause; undefined: all is gone, or left to another host. Does not reject. */
export async function leaveBucket(options: EndingOptions): Promise<string | undefined> {
  const { clock, until } = options;
  const ending = new Ending(options);
  let why = 'there was no time to ask the server';
  while (clock.now() < until) {
    try {
      const found = await ending.attempt();
      if (found === 'over') return undefined;
      if (found !== 'again') return found.why;
      why = 'it was not known in time whether another host has it';
    } catch (thrown) {
      why = `the server does not do what it is asked (${thrown instanceof Error ? thrown.message : String(thrown)})`;
    }
    await pause(clock, Math.min(again, Math.max(until - clock.now(), 0)));
  }
  return why;
}

class Ending {
  readonly #options: EndingOptions;
  readonly #sessions: OtherSessions;
  #isGone = false;

  constructor(options: EndingOptions) {
    this.#options = options;
    this.#sessions = new OtherSessions(options);
  }

  /** @returns over: nothing is left to be done here @throws what the store says */
  async attempt(): Promise<'over' | 'again' | { readonly why: string }> {
    const { removed } = this.#options;
    const found = this.#isGone ? 'none' : await this.#look();
    if (found !== 'none') return found;
    this.#isGone = true;
    await removed();
    return 'over';
  }

  async #look(): Promise<'over' | 'none' | 'again' | { readonly why: string }> {
    const { store, own, label } = this.#options;
    try {
      // Also in each attempt after the first: a renewal without an answer may have come since.
      for (const key of own) await endSession(store, key, label);
      const found = await this.#sessions.look();
      if (found === 'none') await store.destroy();
      return found;
    } catch (thrown) {
      // Another host has removed it, or it was never made.
      if (thrown instanceof BucketGone) return 'none';
      throw thrown;
    }
  }
}

interface Seen {
  readonly key: string;
  readonly label: string;
  readonly revision: number;
  /** Milliseconds since it was written, by the server's time of day, when it was seen first. */
  readonly age: number;
  /** When it was seen first, on the clock of this host. */
  readonly since: number;
}

/** Those that are not over, as far as the bucket says. */
class OtherSessions {
  readonly #options: EndingOptions;
  readonly #seen = new Map<string, Seen>();
  #others: 'there' | 'nobody' | 'unknown' = 'unknown';

  constructor(options: EndingOptions) {
    this.#options = options;
  }

  /**
   * @returns over: another host is there. none: no other one is. why: it will not be known in time
   * @throws what the store says
   */
  async look(): Promise<'over' | 'none' | 'again' | { readonly why: string }> {
    const { store, clock, until } = this.#options;
    // One that was busy, or cut off, may answer later.
    if (this.#others !== 'nobody') this.#others = await store.others();
    if (this.#others === 'there') return 'over';
    const living = await this.#living();
    const now = clock.now();
    for (const { key, revision } of living) {
      const before = this.#seen.get(key);
      if (before !== undefined && before.revision !== revision) return 'over';
    }
    const left = living.map((one) => {
      const seen = this.#seen.get(one.key) ?? { ...one, since: now };
      this.#seen.set(one.key, seen);
      return { seen, time: this.#timeLeft(seen, now) };
    });
    if (left.every(({ time }) => time <= 0)) return 'none';
    const late = left.find(({ seen, time }) => now + time > until && now - seen.since >= this.#shows);
    if (late === undefined) return 'again';
    const { seen } = late;
    const silence = Math.round((seen.age + now - seen.since) / 1_000);
    return { why: `${seen.label} has not ended its session, which it renewed ${silence} s ago` };
  }

  /** Milliseconds in which a host that lives renews its session, also where one renewal fails. */
  get #shows(): number {
    return this.#options.timing.renew * 1.5;
  }

  /**
   * Milliseconds until it is over, as far as can be told. Its own clock may show that; sooner, the server's time, if nobody is
   * connected, or nothing comes of it either. Where that is wrong, because the server's time has jumped, the host is told that
   * all is lost: nothing is given twice.
   */
  #timeLeft({ age, since }: Seen, now: number): number {
    const { observe } = this.#options.timing;
    const watched = now - since;
    const quiet = this.#others === 'nobody' ? 0 : this.#shows - watched;
    return Math.min(observe - watched, Math.max(observe - age - watched, quiet));
  }

  /** Without those of this host, which are over. */
  async #living(): Promise<Omit<Seen, 'since'>[]> {
    const { store, own } = this.#options;
    const keys = await store.keys(sessionKey('*', '*'));
    const all = await Promise.all(keys.map(async (key) => ({ key, stored: await store.get(key) })));
    const newest = Math.max(...all.map(({ stored }) => stored?.writtenAt ?? -Infinity));
    return all.flatMap(({ key, stored }) => {
      const { beat, label = 'a host' } = sessionIn(stored) ?? {};
      if (stored?.value === undefined || beat === 0 || own.has(key)) return [];
      const { revision, writtenAt = newest } = stored;
      const age = Number.isFinite(newest) ? Math.max(newest - writtenAt, 0) : 0;
      return [{ key, label, revision, age }];
    });
  }
}
