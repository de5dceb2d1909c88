/**
 * The session of a host in the bucket: a key that it renews by compare-and-set. All its leases are valid exactly as long as
 * the session is. Where it is over, for whatever reason, the host begins another, and has none of them.
 *
 *   opening ─▶ open ──renewed─┐
 *               │ ▲───────────┘
 *               └─ ended by another host │ not renewed in time │ the bucket is gone ─▶ over
 */

import { pause } from './clock.ts';
import { currentEpoch, type EpochOptions, type Epochs } from './epoch.ts';
import { BucketGone, Conflict, Unreadable, type Store, type Stored } from './store.ts';
import { Validity } from './validity.ts';

/** What stands under the key of a session. */
export interface SessionValue {
  /** Rises with each renewal. 0: the session is over. */
  readonly beat: number;
  /** Of the host, for people. */
  readonly label: string;
}

export interface SessionOptions extends EpochOptions {
  readonly epochs: Epochs;
  readonly label: string;
  /** Called before the key of a session is written: it may stand there from then on, whatever is answered. */
  readonly writes: (key: string) => void;
  /** Called once, synchronously, when it is over. @param why a clause */
  readonly over: (session: Session, why: string) => void;
}

const gone = 'the bucket does not know it any more: its server was restarted, or it was deleted';

export class Session {
  readonly epoch: string;
  /** Random: one for each session. */
  readonly host: string;
  readonly #options: SessionOptions;
  readonly #validity: Validity;
  #revision: number;
  #beat = 1;
  /** Beats that were sent and have no answer yet, and when they were sent. */
  readonly #sent = new Map<number, number>();
  #over = false;
  #cancelTimer: () => void = () => {};
  #renewing: Promise<boolean> | undefined;
  #lastFailure = '';

  private constructor(
    options: SessionOptions,
    began: { readonly epoch: string; readonly host: string; readonly revision: number; readonly sentAt: number },
  ) {
    this.#options = options;
    this.epoch = began.epoch;
    this.host = began.host;
    this.#revision = began.revision;
    this.#validity = new Validity(options.timing, began.sentAt);
    this.#schedule();
  }

  /** @returns undefined where nobody needs it any more @throws what the store says */
  static async open(options: SessionOptions): Promise<Session | undefined> {
    const { store, clock, random, label, stopped, epochs, writes } = options;
    while (!stopped()) {
      const epoch = await epochs.settled();
      if (epoch === undefined || stopped()) continue;
      const host = random();
      const key = sessionKey(epoch, host);
      const sentAt = clock.now();
      const value: SessionValue = { beat: 1, label };
      writes(key);
      const revision = await store.set(key, value, 0);
      // The epoch was not over when the key was written if it is not over now: none comes back.
      if ((await currentEpoch(store)) === epoch) return new Session(options, { epoch, host, revision, sentAt });
    }
    return undefined;
  }

  get over(): boolean {
    this.#checkTime();
    return this.#over;
  }

  /** Renews it now. True: all that was written to the bucket before this call stands in the bucket of this session. */
  async confirm(): Promise<boolean> {
    // What is on its way may have been sent before what is to be confirmed was written.
    await this.#renewing;
    while (!this.over) {
      if (await this.#renewOnce()) return !this.over;
      await pause(this.#options.clock, this.#options.timing.renew / 4);
    }
    return false;
  }

  /** This host takes nothing of it any more. Others learn it by `endSession`. */
  stop(): void {
    this.#over = true;
    this.#cancelTimer();
  }

  #schedule(): void {
    if (this.#over) return;
    this.#cancelTimer();
    const { clock, timing } = this.#options;
    const now = clock.now();
    // A renewal that has no answer is no reason to be told late.
    const next =
      this.#renewing !== undefined
        ? Infinity
        : this.#lastFailure === ''
          ? this.#validity.nextRenewal
          : now + timing.renew / 4;
    this.#cancelTimer = clock.after(Math.max(Math.min(next, this.#validity.until) - now, 0), () => {
      this.#checkTime();
      void this.#renewOnce();
      this.#schedule();
    });
  }

  #renewOnce(): Promise<boolean> {
    if (this.#over) return Promise.resolve(false);
    this.#renewing ??= this.#renew().finally(() => {
      this.#renewing = undefined;
      this.#schedule();
    });
    return this.#renewing;
  }

  /** True if this renewal was confirmed. */
  async #renew(): Promise<boolean> {
    const { store, clock, label } = this.#options;
    const beat = ++this.#beat;
    const sentAt = clock.now();
    this.#sent.set(beat, sentAt);
    try {
      this.#revision = await store.set(this.key, { beat, label } satisfies SessionValue, this.#revision);
      this.#renewed(sentAt);
      return true;
    } catch (thrown) {
      if (thrown instanceof BucketGone) this.#end(gone);
      else if (thrown instanceof Conflict) await this.#find();
      else this.#lastFailure = thrown instanceof Error ? thrown.message : String(thrown);
      return false;
    }
  }

  /** A renewal without an answer may have been written; or another host has ended the session. */
  async #find(): Promise<void> {
    try {
      const { store } = this.#options;
      const found = await store.get(this.key);
      if (found?.value === undefined) {
        if ((await currentEpoch(store)) === this.epoch) await this.#giveUpBucket();
        return this.#end(gone);
      }
      const { beat } = sessionIn(found) ?? {};
      // Whatever it is: this host would write over it, and others count it as its last sign of life.
      if (beat === undefined) return this.#end(new Unreadable(this.key, found.value).message);
      if (beat === 0) return this.#end('another host had no sign of this one for too long, and has ended its leases');
      const sentAt = this.#sent.get(beat);
      if (sentAt === undefined || found.revision < this.#revision) {
        await this.#giveUpBucket();
        return this.#end('the bucket has an earlier state than it had: its server has lost writes');
      }
      this.#revision = found.revision;
      this.#renewed(sentAt);
    } catch (thrown) {
      this.#lastFailure = thrown instanceof Error ? thrown.message : String(thrown);
    }
  }

  /** It has lost writes, of other hosts too: all begin another one, in which nothing is granted too early. */
  async #giveUpBucket(): Promise<void> {
    // Where it cannot be deleted, another host that has lost writes may.
    await this.#options.store.destroy().catch(() => {});
  }

  #renewed(sentAt: number): void {
    this.#lastFailure = '';
    for (const [beat, at] of this.#sent) if (at < sentAt) this.#sent.delete(beat);
    this.#validity.renewed(sentAt);
  }

  #checkTime(): void {
    if (this.#over || this.#validity.isValid(this.#options.clock.now())) return;
    const after = Math.round(this.#options.timing.voidAfter);
    const last = this.#lastFailure === '' ? 'this process got no time to renew it' : this.#lastFailure;
    this.#end(`it could not be renewed for ${Math.round(after)} ms (${last})`);
  }

  #end(why: string): void {
    if (this.#over) return;
    this.#over = true;
    this.#cancelTimer();
    this.#options.over(this, why);
  }

  get key(): string {
    return sessionKey(this.epoch, this.host);
  }
}

/** Undefined: there is none, or something that no host of this version has written, which may be one that lives. */
export function sessionIn(stored: Stored | undefined): SessionValue | undefined {
  const { beat, label } = (stored?.value ?? {}) as Partial<Record<keyof SessionValue, unknown>>;
  return typeof beat === 'number' && typeof label === 'string' ? { beat, label } : undefined;
}

export function sessionKey(epoch: string, host: string): string {
  return `${epoch}.host.${host}`;
}

/** Renewals that may come between a look at a session and its end: all are this host's own. */
const mostRenewals = 5;

/**
 * Says that a session of this host is over, so that others need not wait. What it held is told to be lost, or is given back.
 * Also of one whose key may not be written yet: then that write fails. @throws what the store says
 */
export async function endSession(store: Store, key: string, label: string): Promise<void> {
  for (let left = mostRenewals; ; left--) {
    const found = await store.get(key);
    if (sessionIn(found)?.beat === 0) return;
    try {
      await store.set(key, { beat: 0, label } satisfies SessionValue, found?.revision ?? 0);
      return;
    } catch (thrown) {
      if (!(thrown instanceof Conflict) || left === 0) throw thrown;
    }
  }
}
