/** A worker's side of what all workers share: its numbers for its leases, and what it still holds of each. */
import type { CancelSignal } from '../base/cancellation.ts';
import { asCarpoolError, CarpoolError, isCarpoolError, toRecord, type ErrorRecord } from '../base/errors.ts';
import { nextTick } from '../base/natives.ts';
import { json } from '../codec/json.ts';
import type { LocateBody } from '../wire/frame-bodies.ts';
import type {
  AcquireRequest,
  AcquireResult,
  CallRequest,
  ResultOf,
  OnceRequest,
  ReserveRequest,
  SettleRequest,
} from '../wire/messages.ts';
import type { Fence } from '../reach/types.ts';
import { isUnder, type OwnerPath } from '../wire/owner-path.ts';
import { endingOf } from './silent-host.ts';
import { HeldLease, lostLease, type LeaseCallbacks } from './held-lease.ts';

/** What leases need of the connection. */
export interface LeaseConnection {
  /** @param timeout milliseconds in which the host answers, if it is not late */
  call<R extends CallRequest>(request: R, timeout: number, signal?: CancelSignal): Promise<ResultOf<R>>;
  /** Without an answer. @param body empty: all of it */
  release(lease: number, body: Uint8Array): void;
  /** Without an answer. */
  locate(lease: number, body: Uint8Array): void;
  /** To the host of the machine. `alone`: the next call starts another in its place. `with the run`: the run ends with it. */
  readonly machine?: 'alone' | 'with the run' | undefined;
}

/** `file:line:column` of a call, as far as it is known. */
export type CallLocation = () => string | undefined;

interface PendingCallSite {
  readonly number: number;
  readonly held: HeldLease;
  readonly location: CallLocation;
}

type RequestOf<R> = Omit<R, 'method' | 'lease' | 'chain'> & {
  /** What the call chain holds. */
  readonly chain?: readonly HeldLease[] | undefined;
};
export type AcquireOptions = RequestOf<AcquireRequest>;
export type ReserveOptions = RequestOf<ReserveRequest>;
export type OnceOptions = RequestOf<OnceRequest>;

/** Bytes of a value of `once` up to which it travels in messages. A larger one is in a file. */
export const messageBytes: number = 256 * 1024;
export const defaultLeaseTimeout = 60_000;
const answerTimeout = 30_000;
const all = new Uint8Array(0);

/** A lease, and what it has cost. */
export interface Acquired {
  readonly held: HeldLease;
  readonly cost: AcquireResult;
}

export class Leases {
  readonly #connection: LeaseConnection;
  readonly #held = new Map<HeldLease, OwnerPath>();
  /** Taken in this turn: the host does not know yet where. */
  #withoutCallSite: PendingCallSite[] = [];
  #numbers = 0;
  #endedWithRun = false;
  /** Calls for leases in the scope `reach`, whose loss may come with their answer. */
  readonly #reaching = new Map<number, CarpoolError | undefined>();

  constructor(connection: LeaseConnection) {
    this.#connection = connection;
  }

  /**
   * @param location for the errors of others, instead of `at`
   * @throws CarpoolError LEASE_INVALID, LEASE_TAKEN, LEASE_TIMEOUT, LEASE_DEADLOCK, LEASE_LOST, HUB_LOST; `signal.reason`
   */
  async acquire(request: AcquireOptions, signal?: CancelSignal, location?: CallLocation): Promise<Acquired> {
    const number = ++this.#numbers;
    const cost = await this.#wait(
      { ...this.#numbersIn(request), method: 'acquire', lease: number },
      request.timeout,
      signal,
    );
    const held = this.#numbered(number, request, request.weight, cost.fence);
    if (location !== undefined) this.#deferCallSite({ number, held, location });
    return { held, cost };
  }

  /** Reserves those that are free. @returns a lease, also of none, and their places in `values` */
  async reserve(request: ReserveOptions): Promise<{ readonly lease: HeldLease; readonly places: readonly number[] }> {
    const lease = ++this.#numbers;
    const reserved = this.#call({ ...this.#numbersIn(request), method: 'reserve', lease }, answerTimeout, {
      of: request,
    });
    const { places, fence } = await reserved.catch((thrown: unknown) => {
      // It may be given later.
      this.#connection.release(lease, all);
      throw thrown;
    });
    const held = this.#numbered(lease, request, 1, fence);
    if (places.length === 0) held.invalidate();
    return { lease: held, places };
  }

  /** A value in base64, the file that holds it, or the role to compute it. Throws as `acquire`, and ONCE_FAILED. */
  async once(request: OnceOptions, signal?: CancelSignal): Promise<OnceAnswer> {
    const lease = ++this.#numbers;
    const sent = { ...this.#numbersIn(request), method: 'once', lease } as const;
    const { value, file, store, inline = messageBytes, ...cost } = await this.#wait(sent, request.timeout, signal);
    if (value !== undefined || file !== undefined) this.#reaching.delete(lease);
    if (value !== undefined) return { value };
    if (file !== undefined) return { file };
    const held = this.#numbered(lease, request);
    const outlives = request.maxAge === undefined ? undefined : true;
    const settle = async (outcome: OnceOutcome): Promise<void> => {
      held.invalidate();
      const settled = {
        method: 'settle',
        lease,
        reach: request.reach,
        outlives,
        ...outcomeOf(request.key, outcome),
      } as const;
      await this.#call(settled, answerTimeout, { of: request });
    };
    return { lease: held, settle, store, inline, cost };
  }

  /** What an owner holds from now on, until it is released. */
  hold(weight: number, under: OwnerPath, callbacks: LeaseCallbacks, number = 0): HeldLease {
    const over = (): void => {
      this.#held.delete(lease);
      callbacks.over?.();
    };
    const lease = new HeldLease(number, weight, { ...callbacks, over });
    this.#held.set(lease, under);
    return lease;
  }

  /** An owner has ended, and the host takes back what it held. */
  end(owner: OwnerPath): void {
    for (const [lease, under] of this.#held) if (isUnder(under, owner)) lease.invalidate();
  }

  /** The connection has ended. @param reason why; absent: this process has ended it */
  lose(reason: CarpoolError | undefined): void {
    if (reason === undefined) this.end([]);
    else for (const lease of this.#held.keys()) lease.lose(this.#gone(reason), reason);
  }

  /** The host says that one is lost. Its call may have been answered in the same turn. */
  lost(number: number, error: CarpoolError): void {
    if (this.#reaching.has(number)) this.#reaching.set(number, error);
    for (const lease of this.#held.keys()) if (lease.number === number) lease.loseWith(error);
  }

  /** What is lost is lost because the host of the run is gone: that of the machine may go on. */
  endWithRun(): void {
    this.#endedWithRun = true;
  }

  async #wait<R extends CallRequest & Described & { readonly lease: number }>(
    request: R,
    timeout: number = defaultLeaseTimeout,
    signal?: CancelSignal,
  ): Promise<ResultOf<R>> {
    if (signal?.aborted === true) throw signal.reason;
    this.#sendCallSites();
    try {
      return await this.#call(request, timeout, { of: request, signal });
    } catch (thrown) {
      // It may have been given meanwhile, or be given later: this also gives up waiting.
      this.#connection.release(request.lease, all);
      throw thrown;
    }
  }

  async #call<R extends CallRequest>(
    request: R,
    timeout: number,
    { of, signal }: { readonly of: Described; readonly signal?: CancelSignal | undefined },
  ): Promise<ResultOf<R>> {
    const reaching = 'reach' in request && request.reach === true && request.method !== 'settle';
    if (reaching) this.#reaching.set(request.lease, undefined);
    try {
      return await this.#connection.call(request, timeout, signal);
    } catch (thrown) {
      if (reaching) this.#reaching.delete(request.lease);
      if (this.#connection.machine === undefined || !isCarpoolError(thrown, 'HUB_LOST')) throw thrown;
      throw lostLease(`Cannot acquire ${describe(of)}: ${this.#gone(thrown)}`, thrown);
    }
  }

  /** A clause. */
  #gone(cause: CarpoolError): string {
    const ending = endingOf(cause);
    const { machine } = this.#connection;
    const isOfMachine = machine === 'alone' && !this.#endedWithRun;
    if (ending !== undefined)
      return isOfMachine
        ? `${ending} the host of this machine, which kept it; the next call starts another`
        : `${ending} its run, and what that held is given back`;
    if (machine === undefined) return 'the host of the run is gone';
    if (machine === 'with the run')
      return 'the host of this machine is gone, and with it this run and all that runs held there; the next run starts another';
    return this.#endedWithRun
      ? 'the host of the run is gone, and what the run held on this machine is given back'
      : 'the host of this machine is gone, and with it all that runs held there; the next call starts another';
  }

  /** Finding the call site takes as long as taking the lease, so it is looked for only if it is still held after this turn. */
  #deferCallSite(withoutCallSite: PendingCallSite): void {
    if (this.#withoutCallSite.length === 0) nextTick(() => this.#sendCallSites());
    this.#withoutCallSite.push(withoutCallSite);
  }

  #sendCallSites(): void {
    if (this.#withoutCallSite.length === 0) return;
    for (const { number, held, location } of this.#withoutCallSite.splice(0)) {
      const at = held.weight === 0 ? undefined : location();
      if (at !== undefined) this.#connection.locate(number, json.encode({ at } satisfies LocateBody));
    }
  }

  /** The host knows leases by number. A chain may also hold some of another connection, as in tests of Carpool. */
  #numbersIn<R extends { readonly chain?: readonly HeldLease[] | undefined }>(
    request: R,
  ): Omit<R, 'chain'> & { readonly chain?: readonly number[] | undefined } {
    const own = request.chain?.filter((lease) => lease.number > 0 && this.#held.has(lease)).map(({ number }) => number);
    return { ...request, chain: own?.length === 0 ? undefined : own };
  }

  #numbered(number: number, request: Described & Pick<ReserveOptions, 'under'>, weight = 1, fence?: Fence): HeldLease {
    const release = (amount: number | undefined): void =>
      this.#connection.release(number, amount === undefined ? all : json.encode({ amount }));
    const held = this.hold(weight, request.under ?? [], { release, what: () => describe(request) }, number);
    held.fence = fence;
    const lost = this.#reaching.get(number);
    this.#reaching.delete(number);
    // Only once its holder has it: the holder may look at `lost` first.
    if (lost !== undefined) held.loseWith(lost);
    return held;
  }
}

/** As much of a request as names what it wants. */
type Described =
  | Pick<AcquireRequest, 'kind' | 'name'>
  | Pick<ReserveRequest, 'space' | 'values'>
  | Pick<OnceRequest, 'key'>;

function describe(wanted: Described): string {
  if ('key' in wanted) return `the value ${JSON.stringify(wanted.key)}`;
  if ('space' in wanted) return `values of ${JSON.stringify(wanted.space)}`;
  return `${wanted.kind === 'semaphore' ? 'permits of semaphore' : 'lock'} ${JSON.stringify(wanted.name)}`;
}

export type OnceAnswer = { readonly value: string } | { readonly file: string } | ComputeRole;

/** `stored`: in the file that the role has named. */
export type OnceOutcome = { readonly value: string } | { readonly stored: true } | { readonly failed: unknown };

export interface ComputeRole {
  /** Where a large value may be written. */
  readonly store: string | undefined;
  /** Bytes of a value that may be sent. */
  readonly inline: number;
  readonly lease: HeldLease;
  /** What the wait for it has cost, while others had it. */
  readonly cost: AcquireResult;
  /** @throws CarpoolError LEASE_LOST if another test computes it by now, LEASE_INVALID if the value is too large */
  settle(outcome: OnceOutcome): Promise<void>;
}

function outcomeOf(key: string, outcome: OnceOutcome): Pick<SettleRequest, 'value' | 'stored' | 'failure'> {
  return 'failed' in outcome ? { failure: failureOf(key, outcome.failed) } : outcome;
}

function failureOf(key: string, thrown: unknown): ErrorRecord {
  const error = asCarpoolError(thrown, 'ONCE_FAILED', `Cannot compute the value ${JSON.stringify(key)}`);
  if (error.code === 'ONCE_FAILED') return toRecord(error);
  const text = `Cannot compute the value ${JSON.stringify(key)}: ${error.message}`;
  return toRecord(new CarpoolError('ONCE_FAILED', text, { cause: error }));
}
