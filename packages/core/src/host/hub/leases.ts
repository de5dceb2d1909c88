/**
 * What one worker holds, or waits for, of what all workers share: under its own numbers here, under its name in the
 * ledger. Each belongs to an owner of the worker, and is given back with it.
 */
import { CarpoolError, asCarpoolError, isCarpoolError, toRecord, type ErrorRecord } from '../../base/errors.ts';
import type { Timer } from '../../base/clock.ts';
import type { Held } from '../../base/scope.ts';
import { checkName } from '../../ledger/check-request.ts';
import { ownerKey, type Lease, type LeaseRequest } from '../../ledger/lease.ts';
import type { Reservation } from '../../ledger/reservations.ts';
import { describeRequest, invalid, lostError, takenError, timeoutError } from '../../ledger/errors.ts';
import { json } from '../../codec/json.ts';
import { op } from '../../wire/frames.ts';
import type {
  AcquireRequest,
  CallRequest,
  LocateBody,
  OnceRequest,
  OnceResult,
  ReleaseBody,
  ReserveRequest,
  ReserveResult,
  SettleRequest,
} from '../../wire/messages.ts';
import { foreign, textOf, whoOf } from './lease-fields.ts';
import type { Peer } from './peer.ts';

const defaultTimeout = 60_000;
/** What a timer can wait. */
const longestTimeout = 2 ** 31 - 1;
const mostValues = 10_000;
const kinds: ReadonlySet<unknown> = new Set(['lock', 'rwlock', 'semaphore'] satisfies AcquireRequest['kind'][]);
const nothing: Uint8Array = json.encode({});

type LeaseCallRequest = AcquireRequest | ReserveRequest | OnceRequest;
/** The calls that are answered here. */
export type LeaseCall = LeaseCallRequest | SettleRequest;

interface Entry {
  readonly number: number;
  /** Of the CALL that has not been answered yet; 0: it has. */
  call: number;
  held?: Held;
  lease?: Lease;
  reservation?: Reservation;
  timer?: Timer;
}

export class Leases {
  readonly #peer: Peer;
  readonly #entries = new Map<number, Entry>();

  constructor(peer: Peer) {
    this.#peer = peer;
  }

  /** Answers a CALL, now or when it is its turn. False: it is none about leases. */
  answers(call: number, request: CallRequest): request is LeaseCall {
    try {
      switch (request.method) {
        case 'acquire':
          this.#acquire(call, request);
          return true;
        case 'reserve':
          this.#reserve(call, request);
          return true;
        case 'once':
          this.#once(call, request);
          return true;
        case 'settle':
          this.#settle(call, request);
          return true;
        default:
          return false;
      }
    } catch (thrown) {
      this.#peer.fail(0, call, asCarpoolError(thrown, 'LEASE_INVALID', 'Cannot acquire what was asked for'));
      return true;
    }
  }

  /** RELEASE: also gives up waiting. What is over already is left alone. */
  release(number: number, body: Uint8Array): void {
    const entry = this.#entries.get(number);
    if (entry === undefined) return;
    const { lease } = entry;
    if (lease?.state !== 'held' || body.length === 0) {
      this.#giveUp(entry, 'its caller has given up');
      return;
    }
    const { amount } = json.decode(body) as ReleaseBody;
    this.#ledger.release(lease, amount);
    if (lease.weight === 0) this.#forget(entry);
  }

  /** NOTE: where it was taken, for the errors of others. */
  locate(number: number, body: Uint8Array): void {
    const who = this.#entries.get(number)?.lease?.request.holder;
    const { at } = json.decode(body) as LocateBody;
    if (who !== undefined && typeof at === 'string') who.takenAt = at;
  }

  /** CANCEL: the caller of a CALL waits no longer. */
  cancel(call: number): void {
    if (call === 0) return;
    for (const entry of this.#entries.values()) {
      if (entry.call === call) this.#giveUp(entry, 'its caller has given up');
    }
  }

  get #ledger(): Peer['hub']['coordination']['ledger'] {
    return this.#peer.hub.coordination.ledger;
  }

  #acquire(call: number, request: AcquireRequest): void {
    const { name, kind, size, weight, detectDeadlock } = request;
    if (!kinds.has(kind)) throw invalid(JSON.stringify(name), `there is no kind ${String(kind)}`, { name, kind });
    const wish = this.#request(request, { name, kind, size, weight }, detectDeadlock);
    const entry = this.#open(call, request, describeRequest(wish));
    const { ledger } = this.#peer.hub.coordination;
    this.#orForget(entry, () => {
      if (request.wait === false) {
        const given = ledger.acquireNow(wish);
        if ('queue' in given) throw takenError(wish, given, this.#now);
        entry.lease = given;
      } else {
        entry.lease = ledger.acquire(wish, () => this.#granted(entry, {}));
      }
    });
    this.#answerOrWait(entry, request.timeout);
  }

  #once(call: number, request: OnceRequest): void {
    const what = { name: request.key, kind: 'once', size: 1, weight: 1 } as const;
    const wish = this.#request(request, what, request.detectDeadlock);
    const entry = this.#open(call, request, describeRequest(wish));
    this.#orForget(entry, () => {
      const answer = this.#peer.hub.coordination.onces.ask(wish, {
        compute: () => this.#granted(entry, {}),
        value: (value) => {
          this.#granted(entry, { value } satisfies OnceResult);
          this.#forget(entry);
        },
        failed: (failure) => this.#failed(entry, failure),
      });
      if (typeof answer !== 'string') {
        entry.lease = answer;
        return;
      }
      this.#result(entry, { value: answer } satisfies OnceResult);
      this.#forget(entry);
    });
    if (entry.lease !== undefined) this.#answerOrWait(entry, request.timeout);
  }

  #settle(call: number, { lease: number, value, failure }: SettleRequest): void {
    const entry = this.#entries.get(number);
    const lease = entry?.lease;
    if (entry === undefined || lease?.state !== 'held') {
      throw lostError('the role to compute it', 'whoever computed it has ended, and another one computes it');
    }
    if (lease.request.kind !== 'once')
      throw invalid(describeRequest(lease.request), 'it is nothing that is computed', {});
    const { onces } = this.#peer.hub.coordination;
    const outcome = failure === undefined ? { value: textOf(value) } : { failure: foreign(failure) };
    try {
      onces.settle(lease, outcome, (error) => toRecord(asCarpoolError(error, 'ONCE_FAILED', 'Cannot keep the value')));
    } finally {
      this.#forget(entry);
    }
    this.#peer.write(op.RESULT, 0, call, nothing);
  }

  #reserve(call: number, request: ReserveRequest): void {
    const { space, values } = request;
    checkName(space);
    const what = `values of ${JSON.stringify(space)}`;
    if (!Array.isArray(values) || values.length > mostValues) {
      throw invalid(what, `at most ${mostValues} at once are reserved`, { space, limit: mostValues });
    }
    for (const value of values) checkName(value);
    const entry = this.#open(call, request, what);
    this.#orForget(entry, () => {
      const places = this.#peer.hub.coordination.reservations.reserve(space, values, whoOf(request));
      entry.reservation = { space, values: places.map((place) => values[place] ?? '') };
      this.#result(entry, { places } satisfies ReserveResult);
      if (places.length === 0) this.#forget(entry);
    });
  }

  #request(
    request: LeaseCallRequest,
    what: Pick<LeaseRequest, 'name' | 'kind' | 'size' | 'weight'>,
    detectDeadlock?: boolean,
  ): LeaseRequest {
    const { under = [], flow } = request;
    const worker = String(this.#peer.number);
    return {
      ...what,
      owner: ownerKey([worker, ...under]),
      ...(flow === undefined ? {} : { blocked: ownerKey([worker, ...flow]) }),
      holder: whoOf(request),
      ...(detectDeadlock === undefined ? {} : { detectDeadlock }),
    };
  }

  /** From here on its owner owns it. */
  #open(call: number, { lease: number, under = [] }: LeaseCallRequest, what: string): Entry {
    if (!Number.isSafeInteger(number) || number <= 0 || this.#entries.has(number)) {
      throw new CarpoolError('LEASE_INVALID', `Cannot acquire ${what}: the worker has a lease ${number} already`);
    }
    const entry: Entry = { number, call };
    try {
      entry.held = this.#peer.owners.hold(under, async (message) => {
        this.#giveUp(entry, `it ended ${message}`);
        return true;
      });
    } catch (thrown) {
      if (!isCarpoolError(thrown, 'SESSION_CLOSED')) throw thrown;
      throw lostError(what, `${JSON.stringify(under.at(-1) ?? 'the worker')}, which would own it, has ended`);
    }
    this.#entries.set(number, entry);
    return entry;
  }

  #orForget(entry: Entry, work: () => void): void {
    try {
      work();
    } catch (thrown) {
      this.#forget(entry);
      throw thrown;
    }
  }

  #answerOrWait(entry: Entry, timeout: unknown): void {
    const { lease } = entry;
    if (lease?.state === 'held') {
      this.#granted(entry, {});
      return;
    }
    const limit = typeof timeout === 'number' ? Math.min(Math.max(timeout, 0), longestTimeout) : defaultTimeout;
    entry.timer = this.#peer.hub.clock.after(limit, () => this.#expired(entry, limit));
  }

  #granted(entry: Entry, result: unknown): void {
    if (entry.lease !== undefined) entry.lease.since = this.#now;
    this.#result(entry, result);
  }

  #expired(entry: Entry, timeout: number): void {
    const { lease, call } = entry;
    if (lease?.state !== 'waiting') return;
    const error = timeoutError(lease, timeout, this.#ledger.ahead(lease), this.#now);
    entry.call = 0;
    this.#forget(entry);
    this.#ledger.release(lease);
    this.#peer.fail(0, call, error);
  }

  /** Gives back what it holds, or stops waiting: then `why` is told to its caller. */
  #giveUp(entry: Entry, why: string): void {
    const { lease, reservation, call } = entry;
    const waited = lease?.state === 'waiting';
    this.#forget(entry);
    if (reservation !== undefined) this.#peer.hub.coordination.reservations.release(reservation);
    if (lease === undefined) return;
    entry.call = 0;
    this.#ledger.release(lease);
    if (waited) this.#peer.fail(0, call, lostError(describeRequest(lease.request), why));
  }

  #failed(entry: Entry, failure: ErrorRecord): void {
    const { call } = entry;
    entry.call = 0;
    this.#forget(entry);
    this.#peer.writeJson(op.FAILED, 0, call, failure);
  }

  #result(entry: Entry, result: unknown): void {
    entry.timer?.cancel();
    const { call } = entry;
    entry.call = 0;
    if (Object.keys(result as object).length === 0) this.#peer.write(op.RESULT, 0, call, nothing);
    else this.#peer.writeJson(op.RESULT, 0, call, result);
  }

  #forget(entry: Entry): void {
    entry.timer?.cancel();
    entry.held?.forget();
    this.#entries.delete(entry.number);
  }

  get #now(): number {
    return this.#peer.hub.clock.now();
  }
}
