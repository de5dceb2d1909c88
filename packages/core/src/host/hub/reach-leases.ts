/**
 * The calls of one worker for what all hosts of its run share. A call waits for its turn among the workers of this host, in a
 * ledger of its own, and then asks for that of all hosts: so this host asks for a lock once at a time, and deadlocks among
 * its own tests are found as ever.
 */
import { asCarpoolError, CarpoolError, toRecord } from '../../base/errors.ts';
import { json } from '../../codec/json.ts';
import { checkName } from '../../ledger/check-request.ts';
import { describeRequest, invalid, lostError, takenError } from '../../ledger/errors.ts';
import type { OnceValue } from '../../ledger/once-values.ts';
import type { ReachConnection, ReachGrant, ReachWanted } from '../../reach/types.ts';
import type { ReleaseBody } from '../../wire/frame-bodies.ts';
import { op } from '../../wire/frames.ts';
import { encodeJsonBody } from '../../wire/json-body.ts';
import type {
  AcquireRequest,
  OnceRequest,
  OnceResult,
  ReserveRequest,
  ReserveResult,
  SettleRequest,
} from '../../wire/messages.ts';
import { Callers } from './callers.ts';
import { nameIn } from './holder-names.ts';
import { emptyResult, LeaseEntries, type Entry } from './lease-entries.ts';
import { checkReserve, onceFailure, type LeaseCall, type LeasesOptions } from './leases.ts';
import { inlineValueBytes } from './remote-access.ts';
import type { SharedReach } from './shared-reach.ts';

export interface ReachLeasesOptions extends Omit<LeasesOptions, 'coordination'> {
  readonly reach: SharedReach;
}

/** Milliseconds in which a call is answered that does not wait for others. */
const promptly = 15_000;
/** Bytes of a value that is shared. */
const longestValue = 256 * 1024 * 1024;
/** Bytes of a value up to which it travels in messages to workers. */
const messageBytes = 256 * 1024;

export class ReachLeases {
  readonly #options: ReachLeasesOptions;
  readonly #entries: LeaseEntries;
  readonly #callers: Callers;
  /** Calls that came before the config was loaded, by the number of the lease. */
  readonly #early = new Set<number>();
  #connection: ReachConnection | undefined;

  constructor(options: ReachLeasesOptions) {
    this.#options = options;
    this.#entries = new LeaseEntries({ ...options, coordination: options.reach.coordination });
    this.#callers = new Callers(options, this.#entries);
  }

  /** Answers a CALL, later. */
  answer(call: number, request: LeaseCall): void {
    void this.#answer(call, request).catch((thrown: unknown) => {
      this.#options.connection.fail(0, call, asCarpoolError(thrown, 'LEASE_INVALID', 'Cannot acquire it'));
    });
  }

  async #answer(call: number, request: LeaseCall): Promise<void> {
    if (request.method === 'settle') return await this.#settle(call, request);
    this.#early.add(request.lease);
    try {
      this.#connection = await this.#options.reach.connection;
      if (!this.#early.has(request.lease)) throw lostError('it', 'its caller has given up');
    } finally {
      this.#early.delete(request.lease);
    }
    if (request.method === 'acquire') this.#acquire(call, request);
    else if (request.method === 'reserve') this.#reserve(call, request);
    else this.#once(call, request);
  }

  /** RELEASE, as `Leases.release`. */
  release(number: number, body: Uint8Array): void {
    this.#early.delete(number);
    const entry = this.#entries.get(number);
    if (entry === undefined) return;
    const { lease, reached } = entry;
    if (lease === undefined || entry.call !== 0 || body.length === 0) {
      this.#entries.giveUp(entry, 'its caller has given up');
      return;
    }
    const { amount } = json.decode(body) as ReleaseBody;
    // First there: what the ledger grants next asks in the same turn.
    if (amount < lease.weight) reached?.release(amount);
    else reached?.release();
    this.#options.reach.coordination.ledger.release(lease, amount);
    if (lease.weight === 0) this.#entries.forget(entry);
  }

  /** LOCATE */
  locate(number: number, at: unknown): void {
    const holder = this.#entries.get(number)?.lease?.request.holder;
    if (holder !== undefined) holder.takenAt = nameIn(at) ?? holder.takenAt;
  }

  stopWaiting(message: string): void {
    this.#entries.stopWaiting(`it ended ${message}`);
  }

  cancel(call: number): void {
    this.#entries.cancel(call);
  }

  #acquire(call: number, request: AcquireRequest): void {
    const { name, kind, size, weight, detectDeadlock, limit, wait = true } = request;
    const wanted = { ...this.#callers.request(request, { name, kind, size, weight }, detectDeadlock), limit };
    const entry = this.#entries.open(call, request, describeRequest(wanted));
    const what: ReachWanted = { name, kind, size, weight, wait, by: this.#options.reach.nameOf(wanted.holder) };
    const ask = (): void =>
      this.#ask(entry, what, ({ fence }) => this.#entries.granted(entry, { fence, ...this.#entries.waited(entry) }));
    const { ledger } = this.#options.reach.coordination;
    this.#entries.orForget(entry, wanted, () => {
      if (wait) entry.lease = ledger.acquire(wanted, ask);
      else {
        const given = ledger.acquireNow(wanted);
        if ('queue' in given) throw takenError(wanted, given, this.#options.clock.now());
        entry.lease = given;
      }
    });
    this.#entries.wait(entry, wait ? request.timeout : promptly);
    if (entry.lease?.state === 'held') ask();
  }

  #reserve(call: number, request: ReserveRequest): void {
    const { space, values } = request;
    checkName(space);
    const what = checkReserve(space, values);
    const entry = this.#entries.open(call, request, what);
    this.#entries.wait(entry, promptly);
    const by = this.#options.reach.nameOf(this.#callers.holder(request));
    const wanted: ReachWanted = { name: space, kind: 'reservation', size: 1, weight: 1, wait: false, by, values };
    this.#ask(entry, wanted, ({ values: given = [], fence }) => {
      const places = values.flatMap((value, place) => (given.includes(value) ? [place] : []));
      this.#entries.result(entry, { places, ...(places.length > 0 && { fence }) } satisfies ReserveResult);
      if (places.length === 0) this.#entries.forget(entry);
    });
  }

  #once(call: number, request: OnceRequest): void {
    const { key, timeout } = request;
    const wanted = this.#callers.request(
      request,
      { name: key, kind: 'once', size: 1, weight: 1 },
      request.detectDeadlock,
    );
    const entry = this.#entries.open(call, request, describeRequest(wanted));
    const { onces } = this.#options.reach.coordination;
    if (typeof request.lost === 'string') onces.lost(key, request.lost);
    const what: ReachWanted = {
      name: key,
      kind: 'once',
      size: 1,
      weight: 1,
      wait: true,
      by: this.#options.reach.nameOf(wanted.holder),
    };
    const ask = (): void => this.#ask(entry, what, () => void this.#compute(entry, key));
    this.#entries.orForget(entry, wanted, () => {
      const waiter = {
        compute: ask,
        value: (value: OnceValue) => void this.#give(entry, value),
        failed: (failure: Uint8Array) => this.#entries.failed(entry, failure),
      };
      const answer = onces.request(wanted, waiter);
      if ('bytes' in answer) void this.#give(entry, answer);
      else entry.lease = answer;
    });
    if (entry.lease === undefined) return;
    this.#entries.wait(entry, timeout);
    if (entry.lease.state === 'held') ask();
  }

  /** It has the role on all hosts: the value may be there by now. */
  async #compute(entry: Entry, key: string): Promise<void> {
    try {
      const bytes = await this.#connection?.load(key);
      if (!this.#isOpen(entry)) return;
      if (bytes !== undefined) {
        const value = await this.#valueOf(bytes);
        if (this.#isOpen(entry)) await this.#settled(entry, value, true);
        return;
      }
    } catch (thrown) {
      if (this.#isOpen(entry)) this.#fail(entry, asCarpoolError(thrown, 'REACH_UNAVAILABLE', 'Cannot read the value'));
      return;
    }
    const cost = this.#entries.waited(entry);
    if (this.#options.remote !== true) entry.file = this.#options.valueFiles.next();
    const how: OnceResult = this.#options.remote === true ? { inline: inlineValueBytes } : { store: entry.file };
    this.#entries.granted(entry, { ...how, ...cost });
  }

  async #settle(call: number, { lease: number, value, stored, failure }: SettleRequest): Promise<void> {
    const entry = this.#entries.get(number);
    if (entry?.lease?.state !== 'held' || entry.call !== 0)
      throw lostError('the role to compute it', 'its computation has ended, and another test computes it');
    const { name, kind } = entry.lease.request;
    if (kind !== 'once') throw invalid(describeRequest(entry.lease.request), 'it is nothing that is computed', {});
    const { connection, valueFiles, reach } = this.#options;
    if (failure !== undefined) {
      reach.coordination.onces.settle(entry.lease, { failure: onceFailure(failure) }, toFailure);
      this.#entries.forget(entry);
      entry.reached?.release();
    } else {
      const file = stored === true ? entry.file : undefined;
      const bytes = file === undefined ? Buffer.from(value ?? '', 'base64') : await valueFiles.read(file, longestValue);
      await this.#connection?.store(name, bytes);
      // Its owner may have ended, or the role be lost: then the next one finds the value.
      if (this.#isOpen(entry)) await this.#settled(entry, file === undefined ? inMessage(bytes) : inFile(file), false);
    }
    connection.write(op.RESULT, 0, call, emptyResult);
  }

  /** Gives a value to all that wait for it on this host. @param own to the one that has the role, too */
  async #settled(entry: Entry, value: OnceValue, own: boolean): Promise<void> {
    const { onces } = this.#options.reach.coordination;
    if (entry.lease !== undefined) onces.settle(entry.lease, { value }, toFailure);
    entry.reached?.release();
    if (own) await this.#give(entry, value);
    else this.#entries.forget(entry);
  }

  async #give(entry: Entry, value: OnceValue): Promise<void> {
    if (value.file === undefined || this.#options.remote !== true) {
      this.#entries.value(entry, value);
      return;
    }
    try {
      const bytes = await this.#options.valueFiles.read(value.file, inlineValueBytes);
      if (this.#isOpen(entry)) this.#entries.value(entry, inMessage(bytes));
    } catch (thrown) {
      if (this.#isOpen(entry)) this.#entries.failed(entry, toFailure(thrown));
    }
  }

  async #valueOf(bytes: Uint8Array): Promise<OnceValue> {
    if (bytes.length <= messageBytes) return inMessage(bytes);
    const file = await this.#options.valueFiles.write(bytes);
    return file === undefined ? inMessage(bytes) : inFile(file);
  }

  /** It is its turn on this host. */
  #ask(entry: Entry, wanted: ReachWanted, granted: (grant: ReachGrant) => void): void {
    if (this.#connection === undefined || !this.#isOpen(entry)) return;
    entry.reached = this.#connection.acquire(wanted, {
      granted: (grant) => {
        if (this.#isOpen(entry)) granted(grant);
      },
      failed: (error) => {
        if (this.#isOpen(entry)) this.#fail(entry, error);
      },
      lost: (error) => {
        if (!this.#isOpen(entry)) return;
        if (entry.call === 0) this.#options.connection.writeJson(op.LOST, 0, entry.number, toRecord(error));
        this.#fail(entry, error);
      },
    });
  }

  /** It is over, and its call fails if it has no answer yet. */
  #fail(entry: Entry, error: CarpoolError): void {
    const { call, lease, reached } = entry;
    this.#entries.forget(entry);
    reached?.release();
    if (call !== 0) this.#options.connection.fail(0, call, error);
    if (lease !== undefined) this.#options.reach.coordination.ledger.release(lease);
  }

  #isOpen(entry: Entry): boolean {
    return this.#entries.get(entry.number) === entry;
  }
}

function inMessage(bytes: Uint8Array): OnceValue {
  const value = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
  return { bytes: encodeJsonBody({ value } satisfies OnceResult) };
}

function inFile(file: string): OnceValue {
  return { bytes: encodeJsonBody({ file } satisfies OnceResult), file };
}

function toFailure(error: unknown): Uint8Array {
  return onceFailure(toRecord(asCarpoolError(error, 'ONCE_FAILED', 'Cannot keep the value')));
}
