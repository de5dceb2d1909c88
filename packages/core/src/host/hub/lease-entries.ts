/**
 * What one worker holds, or waits for, of what all workers share: under its own numbers here, under its name in the
 * ledger. Each entry belongs to an owner of the worker, and is given back with it.
 */
import { CarpoolError, isCarpoolError, type ErrorRecord } from '../../base/errors.ts';
import type { Clock, Timer } from '../../base/clock.ts';
import type { Held } from '../../base/scope.ts';
import { json } from '../../codec/json.ts';
import type { Coordination } from '../../ledger/coordination.ts';
import { describeRequest, lostError, timeoutError } from '../../ledger/errors.ts';
import type { Lease } from '../../ledger/lease.ts';
import type { Reservation } from '../../ledger/reservations.ts';
import type { AcceptedConnection } from '../../wire/accepted-connection.ts';
import { op } from '../../wire/frames.ts';
import type { OwnerPath } from '../../wire/owner-path.ts';
import type { Owners } from './owners.ts';

const defaultTimeout = 60_000;
/** What a timer can wait. */
const longestTimeout = 2 ** 31 - 1;
export const emptyResult: Uint8Array = json.encode({});

export interface LeaseEntriesOptions {
  readonly owners: Owners;
  readonly connection: AcceptedConnection;
  readonly clock: Clock;
  readonly coordination: Coordination;
}

export interface Entry {
  /** The worker's number for it. */
  readonly number: number;
  /** The number of the CALL that is not answered yet; 0: it is. */
  call: number;
  held?: Held;
  lease?: Lease;
  reservation?: Reservation;
  timer?: Timer;
}

export class LeaseEntries {
  readonly #options: LeaseEntriesOptions;
  readonly #entries = new Map<number, Entry>();

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
    if (!Number.isSafeInteger(number) || number <= 0 || this.#entries.has(number)) {
      throw new CarpoolError('LEASE_INVALID', `Cannot acquire ${what}: the worker has a lease ${number} already`);
    }
    const entry: Entry = { number, call };
    try {
      entry.held = this.#options.owners.hold(under, async (message) => {
        this.giveUp(entry, `it ended ${message}`);
        return true;
      });
    } catch (thrown) {
      if (!isCarpoolError(thrown, 'SESSION_CLOSED')) throw thrown;
      throw lostError(what, `${JSON.stringify(under.at(-1) ?? 'the worker')}, which would own it, has ended`);
    }
    this.#entries.set(number, entry);
    return entry;
  }

  /** Answers the call of a lease that is held; of one that waits, when it is its turn or the time is up. */
  answerOrWait(entry: Entry, timeout: unknown): void {
    if (entry.lease?.state === 'held') {
      this.granted(entry, {});
      return;
    }
    const limit = typeof timeout === 'number' ? Math.min(Math.max(timeout, 0), longestTimeout) : defaultTimeout;
    entry.timer = this.#options.clock.after(limit, () => this.#expired(entry, limit));
  }

  granted(entry: Entry, result: object): void {
    if (entry.lease !== undefined) entry.lease.since = this.#options.clock.now();
    this.result(entry, result);
  }

  result(entry: Entry, result: object): void {
    entry.timer?.cancel();
    const { call } = entry;
    entry.call = 0;
    const { connection } = this.#options;
    if (Object.keys(result).length === 0) connection.write(op.RESULT, 0, call, emptyResult);
    else connection.writeJson(op.RESULT, 0, call, result);
  }

  failed(entry: Entry, failure: ErrorRecord): void {
    const { call } = entry;
    entry.call = 0;
    this.forget(entry);
    this.#options.connection.writeJson(op.FAILED, 0, call, failure);
  }

  /** CANCEL: the call, if it waits for a lease, waits no longer. */
  cancel(call: number): void {
    if (call === 0) return;
    for (const entry of this.#entries.values()) {
      if (entry.call === call) this.giveUp(entry, 'its caller has given up');
    }
  }

  /** What waits fails with `why`; what is held stays. */
  stopWaiting(why: string): void {
    for (const entry of this.#entries.values()) if (entry.lease?.state === 'waiting') this.giveUp(entry, why);
  }

  /** Gives back what it holds, or stops waiting: then its call fails with `why`. */
  giveUp(entry: Entry, why: string): void {
    const { lease, reservation, call } = entry;
    const { coordination, connection } = this.#options;
    const waited = lease?.state === 'waiting';
    this.forget(entry);
    if (reservation !== undefined) coordination.reservations.release(reservation);
    if (lease === undefined) return;
    entry.call = 0;
    coordination.ledger.release(lease);
    if (waited) connection.fail(0, call, lostError(describeRequest(lease.request), why));
  }

  /** Nothing is held under its number any more. */
  forget(entry: Entry): void {
    entry.timer?.cancel();
    entry.held?.forget();
    this.#entries.delete(entry.number);
  }

  #expired(entry: Entry, timeout: number): void {
    const { lease, call } = entry;
    if (lease?.state !== 'waiting') return;
    const { coordination, connection, clock } = this.#options;
    const error = timeoutError(lease, timeout, coordination.ledger.ahead(lease), clock.now());
    entry.call = 0;
    this.forget(entry);
    coordination.ledger.release(lease);
    connection.fail(0, call, error);
  }
}
