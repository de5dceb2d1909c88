/**
 * What one worker holds, or waits for, of what all workers share: under its own numbers here, under its name in the
 * ledger. Each entry belongs to an owner of the worker, and is given back with it.
 */
import { CarpoolError, isCarpoolError } from '../../base/errors.ts';
import type { Clock, Timer } from '../../base/clock.ts';
import type { HolderRun } from '../../base/holder-label.ts';
import type { Held } from '../../base/scope.ts';
import type { Timeline } from '../../base/timeline.ts';
import { json } from '../../codec/json.ts';
import type { Coordination } from '../../ledger/coordination.ts';
import { describeRequest, lostError, reachTimeoutError, timeoutError } from '../../ledger/errors.ts';
import { seenBy, type Lease, type LeaseRequest } from '../../ledger/lease.ts';
import type { OnceValue } from '../../ledger/once-values.ts';
import type { Reservation } from '../../ledger/reservations.ts';
import type { ReachLease } from '../../reach/types.ts';
import type { AcceptedConnection } from '../../wire/accepted-connection.ts';
import { op, type Op } from '../../wire/frames.ts';
import { encodeJsonBody } from '../../wire/json-body.ts';
import type { AcquireResult } from '../../wire/messages.ts';
import type { OwnerPath } from '../../wire/owner-path.ts';
import type { Owners } from './owners.ts';
import type { ValueFiles } from './value-files.ts';

/** Leases of one worker, held and waited for. */
const maxEntries = 100_000;
const defaultTimeout = 60_000;
/** What a timer can wait. */
const longestTimeout = 2 ** 31 - 1;
export const emptyResult: Uint8Array = json.encode({});

export interface LeaseEntriesOptions {
  readonly owners: Owners;
  readonly connection: AcceptedConnection;
  readonly clock: Clock;
  readonly coordination: Coordination;
  readonly valueFiles: ValueFiles;
  /** Takes what is over. Default: nothing keeps it. */
  readonly timelineOf?: ((run: string | undefined) => Timeline | undefined) | undefined;
  /** That of the worker. Default: the host serves one. */
  readonly run?: (() => HolderRun | undefined) | undefined;
  /** The test process, as in `SessionEvent`. */
  readonly worker?: (() => string | undefined) | undefined;
}

export interface Entry {
  /** The worker's number for it. */
  readonly number: number;
  /** The number of the CALL that is not answered yet; 0: it is. */
  call: number;
  held?: Held;
  lease?: Lease;
  reservation?: Reservation;
  /** In the scope `reach`: what all hosts know of it, once it is its turn on this one. */
  reached?: ReachLease;
  /** Where its owner may write the value that it computes. */
  file?: string | undefined;
  /** The URL of the module that cleans up after that value. */
  cleanup?: string | undefined;
  timer?: Timer;
  /** When it was asked for, and when it was granted, by the host's clock. */
  readonly since: number;
  grantedAt?: number;
  /** When its wait began, and behind what. */
  wait?: { readonly since: number; readonly behind: readonly Lease[] };
}

export class LeaseEntries {
  readonly #options: LeaseEntriesOptions;
  readonly #entries = new Map<number, Entry>();
  /** Those whose CALL is not answered yet, by its number. */
  readonly #waiting = new Map<number, Entry>();

  constructor(options: LeaseEntriesOptions) {
    this.#options = options;
  }

  get(number: number): Entry | undefined {
    return this.#entries.get(number);
  }

  /**
   * A new entry, which its owner owns from here on.
   * @param what it is, for the errors
   * @throws CarpoolError LEASE_INVALID, LEASE_LOST if the owner has ended
   */
  open(
    call: number,
    { lease: number, under = [] }: { lease: number; under?: OwnerPath | undefined },
    what: string,
  ): Entry {
    if (this.#entries.size >= maxEntries) {
      throw new CarpoolError(
        'LEASE_INVALID',
        `Cannot acquire ${what}: the worker has ${maxEntries} leases, and that is the limit`,
      );
    }
    if (!Number.isSafeInteger(number) || number <= 0 || number > 0xffff_ffff) {
      const message = `Cannot acquire ${what}: the number of a lease is from 1 to ${0xffff_ffff}, and not ${String(number)}`;
      throw new CarpoolError('LEASE_INVALID', message, { blame: 'carpool' });
    }
    if (this.#entries.has(number)) {
      throw new CarpoolError('LEASE_INVALID', `Cannot acquire ${what}: the worker has a lease ${number} already`);
    }
    const entry: Entry = { number, call, since: this.#options.clock.now() };
    try {
      entry.held = this.#options.owners.hold(under, async ({ reason }) => {
        this.giveUp(entry, `it ended ${reason}`);
        return true;
      });
    } catch (thrown) {
      if (!isCarpoolError(thrown, 'SESSION_CLOSED')) throw thrown;
      throw lostError(what, `${JSON.stringify(under.at(-1) ?? 'the worker')}, which would own it, has ended`);
    }
    this.#entries.set(number, entry);
    this.#waiting.set(call, entry);
    return entry;
  }

  /** Does what may refuse the call: then nothing is held. @param wanted absent for what is no lease @throws what `work` does */
  orForget(entry: Entry, wanted: LeaseRequest | undefined, work: () => void): void {
    try {
      work();
    } catch (thrown) {
      this.forget(entry);
      // One that does not wait, and is refused, is none that was waited for.
      if (wanted !== undefined && isCarpoolError(thrown, 'LEASE_DEADLOCK')) this.#add(entry, wanted, thrown.message);
      throw thrown;
    }
  }

  /** Answers the call of a lease that is held; of one that waits, when it is its turn or the time is up. */
  answerOrWait(entry: Entry, timeout: unknown): void {
    if (entry.lease?.state === 'held') this.granted(entry, {});
    else this.wait(entry, timeout);
  }

  /** Until it is its turn, here and on all hosts, or the time is up. */
  wait(entry: Entry, timeout: unknown): void {
    if (entry.lease !== undefined) {
      const since = (entry.lease.since = this.#options.clock.now());
      entry.wait = { since, behind: this.#options.coordination.ledger.before(entry.lease) };
    }
    const limit = typeof timeout === 'number' ? Math.min(Math.max(timeout, 0), longestTimeout) : defaultTimeout;
    entry.timer = this.#options.clock.after(limit, () => this.#expired(entry, limit));
  }

  /** What a wait has cost that is over. */
  waited({ wait, lease }: Entry): AcquireResult {
    if (wait === undefined || lease === undefined) return {};
    const waited = Math.round(this.#options.clock.now() - wait.since);
    const behind = wait.behind.map((before) => seenBy(lease, before));
    return { waited, what: describeRequest(lease.request), behind };
  }

  granted(entry: Entry, result: object): void {
    if (entry.lease !== undefined) entry.lease.since = entry.grantedAt = this.#options.clock.now();
    this.result(entry, result);
  }

  result(entry: Entry, result: object): void {
    this.#answer(entry, op.RESULT, Object.keys(result).length === 0 ? emptyResult : encodeJsonBody(result));
  }

  /** With a value of `once`, which is encoded once for all. Nothing is held then, and what was asked for was granted. */
  value(entry: Entry, { bytes }: OnceValue): void {
    entry.grantedAt ??= this.#options.clock.now();
    this.#answer(entry, op.RESULT, bytes);
    this.forget(entry);
  }

  /** @param failure an encoded error record */
  failed(entry: Entry, failure: Uint8Array): void {
    this.#answer(entry, op.FAILED, failure);
    this.forget(entry);
  }

  /** CANCEL: the call, if it waits for a lease, waits no longer. */
  cancel(call: number): void {
    const entry = this.#waiting.get(call);
    if (entry !== undefined) this.giveUp(entry, 'its caller has given up');
  }

  /** What waits fails with `why`; what is held stays. */
  stopWaiting(why: string): void {
    for (const entry of this.#entries.values()) if (entry.lease?.state === 'waiting') this.giveUp(entry, why);
  }

  /** Gives back what it holds, or stops waiting: then its call fails with `why`. */
  giveUp(entry: Entry, why: string): void {
    const { lease, reservation, call } = entry;
    const { coordination, connection } = this.#options;
    const waited = lease?.state === 'waiting' || (entry.reached !== undefined && call !== 0);
    this.forget(entry);
    entry.reached?.release();
    if (reservation !== undefined) coordination.reservations.release(reservation);
    if (lease !== undefined) coordination.ledger.release(lease);
    if (waited && lease !== undefined) connection.fail(0, call, lostError(describeRequest(lease.request), why));
  }

  /** Nothing is held under its number any more. @param failure why it never was */
  forget(entry: Entry, failure?: string): void {
    entry.timer?.cancel();
    entry.held?.forget();
    this.#entries.delete(entry.number);
    this.#answered(entry);
    // A call that was refused has no lease.
    if (entry.lease !== undefined) this.#add(entry, entry.lease.request, failure);
  }

  #add({ since, grantedAt }: Entry, { name, kind, holder }: LeaseRequest, failure: string | undefined): void {
    const { timelineOf, run, clock, worker } = this.#options;
    const { test, file, shard, takenAt } = holder;
    const times = { since, granted: grantedAt, over: clock.now() };
    const of = { test, file, shard, takenAt, worker: worker?.() };
    timelineOf?.(run?.()?.id)?.add({ event: 'lease', name, kind, ...times, ...of, failure });
  }

  #answer(entry: Entry, kind: Op, body: Uint8Array): void {
    entry.timer?.cancel();
    const { call } = entry;
    this.#answered(entry);
    this.#options.connection.write(kind, 0, call, body);
  }

  #answered(entry: Entry): void {
    this.#waiting.delete(entry.call);
    entry.call = 0;
  }

  #expired(entry: Entry, timeout: number): void {
    const { lease, call, reached } = entry;
    const { coordination, connection, clock } = this.#options;
    let error: CarpoolError;
    if (lease?.state === 'waiting') error = timeoutError(lease, timeout, coordination.ledger.ahead(lease), clock.now());
    else if (reached !== undefined && call !== 0)
      error = reachTimeoutError(lease?.request, timeout, reached.describe());
    else return;
    this.forget(entry, error.message.split('\n', 1)[0]);
    reached?.release();
    if (lease !== undefined) coordination.ledger.release(lease);
    connection.fail(0, call, error);
  }
}
