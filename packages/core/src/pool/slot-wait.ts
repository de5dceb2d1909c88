/** The wait of a `register` call for a slot: its deadline, its errors, and what is said about it meanwhile. */
import type { Clock } from '../base/clock.ts';
import { callerLocation } from '../base/holder-label.ts';
import { take } from '../base/take.ts';
import { within } from '../base/wait.ts';
import type { Admission, Slot, Ticket } from './admission.ts';
import { fullError, queueTimeoutError, slotWait, slotWaited, type Limit, type Occupancy } from './errors.ts';
import type { ChildCap } from './child-cap.ts';
import type { PoolSettings } from './options.ts';
import { RunCounts } from './run-counts.ts';
import type { OpenOptions } from './registration.ts';
import type { SlotHolder, SlotHolders } from './slot-holders.ts';
import type { HolderStatus } from './status.ts';
import type { Notices } from './wait-notices.ts';

export interface SlotWaitOptions {
  readonly settings: PoolSettings;
  readonly clock: Clock;
  readonly admission: Admission;
  readonly holders: SlotHolders;
  readonly notices: Notices | undefined;
  readonly cap?: Pick<ChildCap, 'maxChildren'> | undefined;
}

/** A call that wants a slot. What it has waited for that is kept in it. */
export type WaitingCall = Pick<SlotHolder, 'since' | 'options' | 'slotWait' | 'waited' | 'capped'>;

/** Milliseconds of a wait that the evidence of a failed test tells. */
const longWait = 200;

export class SlotWait {
  readonly #options: SlotWaitOptions;
  readonly counts: RunCounts = new RunCounts();

  constructor(options: SlotWaitOptions) {
    this.#options = options;
  }

  /** What waits, in the order of the turns. @param most of them */
  status(most: number): HolderStatus[] {
    const { admission, clock } = this.#options;
    const now = clock.now();
    return [...take(admission.waiting, most)].map(({ holder, run, since }) => ({
      ...holder,
      run,
      age: since === undefined ? undefined : Math.round(now - since),
    }));
  }

  /** Another run begins. */
  countAnew(): void {
    this.counts.clear();
    this.#options.admission.forgetPeak();
  }

  /** @throws CarpoolError POOL_FULL, POOL_QUEUE_TIMEOUT; the reason of the signal */
  async acquire(call: WaitingCall): Promise<Slot> {
    const { wait = true, signal, holder, run, fullElsewhere } = call.options;
    const { admission, clock, settings, notices } = this.#options;
    const { name } = settings;
    const { promise, resolve } = Promise.withResolvers<Slot>();
    const since = clock.now();
    const { turns } = admission;
    const ticket: Ticket = { run: run?.id, holder, since, granted: resolve };
    const entered = admission.enter(ticket, wait);
    if (entered === 'full') throw fullError(this.#occupancy(call.options), wait);
    const limit = this.#limitOf(call);
    // Read by those who run the tests, not by this one; where the pool is shared, by those of all its runs.
    const waiter = { ...holder, run: run?.name };
    const describe = (seconds: number): string => slotWait(this.#occupancy({ run, fullElsewhere }), waiter, seconds);
    const isQueued = entered === 'queued';
    const ended = isQueued ? notices?.begin(name, 'slot', describe) : undefined;
    const capped = isQueued && admission.isCapped;
    if (isQueued) call.options.queued?.();
    const before = isQueued ? this.#before(call.options) : undefined;
    try {
      const slot = await within(promise, {
        clock,
        timeout: isQueued ? limit.queued : undefined,
        signal,
        expired: () => queueTimeoutError(this.#occupancy(call.options), limit, admission.turns - turns),
        late: (unwanted) => admission.release(unwanted),
      });
      const waited = clock.now() - since;
      if (before !== undefined && waited >= longWait) call.slotWait = slotWaited(before(), waited);
      call.options.granted?.();
      return slot;
    } catch (thrown) {
      admission.leave(ticket);
      throw thrown;
    } finally {
      call.waited = (call.waited ?? 0) + clock.now() - since;
      call.capped ||= capped;
      ended?.();
    }
  }

  /** A call has its session, or an error. Its waits are one, also where it has waited again, or for none: its session was there. */
  settle(call: SlotHolder): void {
    const { options, openedAt, site } = call;
    const { waited = openedAt === undefined ? undefined : 0, capped = false } = call;
    if (waited !== undefined) {
      this.counts.waited(waited, capped, () => ({ ...options.holder, takenAt: callerLocation(site) }));
      options.waited?.(waited, capped);
    }
    if (openedAt !== undefined) this.counts.opened(options.holder?.file);
    this.#options.holders.settle(call);
  }

  /** What ends the wait: its call, the config, or the end of its test, whichever comes first. */
  #limitOf({ since, options }: WaitingCall): Limit {
    const { clock, settings } = this.#options;
    const { timeout, timeLeft = Infinity } = options;
    // Other hosts, or a child that died, may have cost it some of its time. That of the config is for this queue alone.
    const spent = clock.now() - since;
    const allowed = timeout ?? settings.registerTimeout;
    const ofCall = timeout ?? settings.registerTimeout + spent;
    if (timeLeft < ofCall) {
      const left = Math.max(Math.round(timeLeft), 1);
      return { timeout: left, queued: Math.max(left - spent, 0), by: 'test', allowed };
    }
    return {
      timeout: Math.round(allowed),
      queued: Math.max(ofCall - spent, 0),
      by: timeout === undefined ? 'config' : 'call',
    };
  }

  /** What was busy when a wait began. The holders are named where it was long: that takes longer than to keep them. */
  #before(asker: OpenOptions): () => Occupancy {
    const { all } = this.#options.holders;
    const state = this.#occupancy(asker, []);
    return () => ({ ...state, holders: this.#options.holders.describe(this.#options.clock.now(), asker, all) });
  }

  #occupancy(asker: OpenOptions, of?: readonly SlotHolder[]): Occupancy {
    const { admission, settings, holders, clock, cap } = this.#options;
    const { name: pool, maxSessions: capacity, children, maxQueued } = settings;
    const { quarantined, ending, suspicions } = admission;
    const capped = admission.isCapped ? cap?.maxChildren : undefined;
    return {
      pool,
      capacity,
      children,
      maxQueued,
      quarantined,
      ending,
      suspicions,
      capped,
      fullElsewhere: asker.fullElsewhere?.(),
      holders: holders.describe(clock.now(), asker, of),
    };
  }
}
