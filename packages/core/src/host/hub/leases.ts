/** The calls and frames of one worker about leases: what it sent is checked here, and put to the ledger. */
import { CarpoolError, asCarpoolError, toRecord, type ErrorRecord } from '../../base/errors.ts';
import { json } from '../../codec/json.ts';
import { describeRequest, invalid, lostError, takenError } from '../../ledger/errors.ts';
import type { OnceValue } from '../../ledger/once-values.ts';
import { checkName } from '../../ledger/check-request.ts';
import { op } from '../../wire/frames.ts';
import { encodeJsonBody } from '../../wire/json-body.ts';
import type { LocateBody, ReleaseBody } from '../../wire/frame-bodies.ts';
import type {
  AcquireRequest,
  CallRequest,
  OnceRequest,
  OnceResult,
  ReserveRequest,
  ReserveResult,
  SettleRequest,
} from '../../wire/messages.ts';
import { Callers, type CallersOptions, type LeaseCallRequest } from './callers.ts';
import { nameIn } from './holder-names.ts';
import { inlineValueBytes } from './remote-access.ts';
import { LeaseEntries, emptyResult, type Entry, type LeaseEntriesOptions } from './lease-entries.ts';

const maxValues = 10_000;
const kinds: ReadonlySet<unknown> = new Set(['lock', 'rwlock', 'semaphore'] satisfies AcquireRequest['kind'][]);

/** The calls that are answered here. */
export type LeaseCall = LeaseCallRequest | SettleRequest;

export interface LeasesOptions extends LeaseEntriesOptions, CallersOptions {
  /** It is on another machine, where files of this one are not. */
  readonly remote?: boolean | undefined;
}

export class Leases {
  readonly #options: LeasesOptions;
  readonly #entries: LeaseEntries;
  readonly #callers: Callers;

  constructor(options: LeasesOptions) {
    this.#options = options;
    this.#entries = new LeaseEntries(options);
    this.#callers = new Callers(options, this.#entries);
  }

  /** Answers a CALL, now or when it is its turn. False: it is not about leases. */
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
      this.#options.connection.fail(0, call, asCarpoolError(thrown, 'LEASE_INVALID', 'Cannot acquire it'));
      return true;
    }
  }

  /** RELEASE: also gives up waiting. What is over already is left alone. */
  release(number: number, body: Uint8Array): void {
    const entry = this.#entries.get(number);
    if (entry === undefined) return;
    const { lease } = entry;
    if (lease?.state !== 'held' || body.length === 0) {
      this.#entries.giveUp(entry, 'its caller has given up');
      return;
    }
    const { amount } = json.decode(body) as ReleaseBody;
    this.#options.coordination.ledger.release(lease, amount);
    if (lease.weight === 0) this.#entries.forget(entry);
  }

  /** LOCATE: where it was taken, for the errors of others. */
  locate(number: number, body: Uint8Array): void {
    const holder = this.#entries.get(number)?.lease?.request.holder;
    const { at } = json.decode(body) as LocateBody;
    if (holder !== undefined) holder.takenAt = nameIn(at) ?? holder.takenAt;
  }

  /** What waits for a lease fails: the host ends, and what others give back must not be given out again. */
  stopWaiting(message: string): void {
    this.#entries.stopWaiting(`it ended ${message}`);
  }

  /** CANCEL: the caller of a CALL waits no longer. */
  cancel(call: number): void {
    this.#entries.cancel(call);
  }

  #acquire(call: number, request: AcquireRequest): void {
    const { name, kind, size, weight, detectDeadlock, limit } = request;
    if (!kinds.has(kind)) throw invalid(JSON.stringify(name), `there is no kind ${String(kind)}`, { name, kind });
    const wanted = { ...this.#callers.request(request, { name, kind, size, weight }, detectDeadlock), limit };
    const entry = this.#entries.open(call, request, describeRequest(wanted));
    const { ledger } = this.#options.coordination;
    this.#entries.orForget(entry, wanted, () => {
      if (request.wait === false) {
        const given = ledger.acquireNow(wanted);
        if ('queue' in given) throw takenError(wanted, given, this.#options.clock.now());
        entry.lease = given;
      } else {
        entry.lease = ledger.acquire(wanted, () => this.#entries.granted(entry, this.#entries.waited(entry)));
      }
    });
    this.#entries.answerOrWait(entry, request.timeout);
  }

  #once(call: number, request: OnceRequest): void {
    const what = { name: request.key, kind: 'once', size: 1, weight: 1 } as const;
    const wanted = this.#callers.request(request, what, request.detectDeadlock);
    const entry = this.#entries.open(call, request, describeRequest(wanted));
    entry.cleanup = cleanupIn(request.cleanup);
    const { onces } = this.#options.coordination;
    const { maxAge } = request;
    const madeAfter = typeof maxAge === 'number' ? this.#options.clock.now() - maxAge : undefined;
    this.#entries.orForget(entry, wanted, () => {
      if (typeof request.lost === 'string') onces.lost(request.key, request.lost);
      const waiter = {
        compute: () => this.#mayCompute(entry),
        value: (value: OnceValue) => this.#give(entry, value),
        failed: (failure: Uint8Array) => this.#entries.failed(entry, failure),
      };
      const answer = onces.request(wanted, waiter, madeAfter);
      if ('bytes' in answer) this.#give(entry, answer);
      else entry.lease = answer;
    });
    if (entry.lease?.state === 'held') this.#mayCompute(entry);
    else if (entry.lease !== undefined) this.#entries.wait(entry, request.timeout);
  }

  #mayCompute(entry: Entry): void {
    const cost = this.#entries.waited(entry);
    if (this.#options.remote === true) {
      this.#entries.granted(entry, { inline: inlineValueBytes, ...cost } satisfies OnceResult);
      return;
    }
    entry.file = this.#options.valueFiles.next();
    this.#entries.granted(entry, { store: entry.file, ...cost } satisfies OnceResult);
  }

  #give(entry: Entry, value: OnceValue): void {
    if (value.file === undefined || this.#options.remote !== true) this.#entries.value(entry, value);
    else void this.#send(entry, value.file);
  }

  /** The value of a file, to another machine. */
  async #send(entry: Entry, file: string): Promise<void> {
    const { valueFiles } = this.#options;
    const read = valueFiles.read(file, inlineValueBytes);
    const [answer, failure] = await read.then(
      (value) => [encodeJsonBody({ value: value.toString('base64') } satisfies OnceResult), undefined],
      (thrown: unknown) => [undefined, onceFailure(toRecord(asCarpoolError(thrown, 'ONCE_FAILED', 'Cannot send it')))],
    );
    // Its caller may have given up meanwhile.
    if (this.#entries.get(entry.number) !== entry) return;
    if (answer === undefined) this.#entries.failed(entry, failure ?? emptyResult);
    else this.#entries.value(entry, { bytes: answer });
  }

  #settle(call: number, { lease: number, value, stored, outlives, failure }: SettleRequest): void {
    const entry = this.#entries.get(number);
    const lease = entry?.lease;
    if (entry === undefined || lease?.state !== 'held') {
      throw lostError('the role to compute it', 'its computation has ended, and another test computes it');
    }
    if (lease.request.kind !== 'once')
      throw invalid(describeRequest(lease.request), 'it is nothing that is computed', {});
    const { onces } = this.#options.coordination;
    const file = stored === true ? entry.file : undefined;
    const made = outlives === true ? this.#options.clock.now() : undefined;
    const outcome =
      failure === undefined
        ? { value: { ...valueIn(value, file, entry.cleanup), made } }
        : { failure: onceFailure(failure) };
    try {
      onces.settle(lease, outcome, (error) =>
        onceFailure(toRecord(asCarpoolError(error, 'ONCE_FAILED', 'Cannot keep the value'))),
      );
    } finally {
      this.#entries.forget(entry);
    }
    this.#options.connection.write(op.RESULT, 0, call, emptyResult);
  }

  #reserve(call: number, request: ReserveRequest): void {
    const { space, values } = request;
    checkName(space);
    const what = checkReserve(space, values);
    const entry = this.#entries.open(call, request, what);
    this.#entries.orForget(entry, undefined, () => {
      const places = this.#options.coordination.reservations.reserve(space, values, this.#callers.holder(request));
      entry.reservation = { space, values: places.map((place) => values[place] ?? '') };
      this.#entries.result(entry, { places } satisfies ReserveResult);
      if (places.length === 0) this.#entries.forget(entry);
    });
  }
}

// What a worker has sent may be of any type.

function cleanupIn(url: unknown): string | undefined {
  return typeof url === 'string' && url.startsWith('file:') ? url : undefined;
}

/** @returns what it is, for the errors @throws CarpoolError LEASE_INVALID */
export function checkReserve(space: string, values: unknown): string {
  const what = `values of ${JSON.stringify(space)}`;
  if (!Array.isArray(values) || values.length > maxValues)
    throw invalid(what, `at most ${maxValues} at once are reserved`, { space, limit: maxValues });
  for (const value of values) checkName(value);
  return what;
}

/** As the RESULT that each caller gets. */
function valueIn(value: unknown, file: string | undefined, cleanup: string | undefined): OnceValue {
  if (file !== undefined) return { bytes: encodeJsonBody({ file } satisfies OnceResult), file, cleanup };
  if (typeof value === 'string') return { bytes: encodeJsonBody({ value } satisfies OnceResult), cleanup };
  throw new CarpoolError('LEASE_INVALID', 'Cannot keep a value that is no text');
}

/** Every waiting test gets it, so that it must be what it says it is. */
export function onceFailure(failure: ErrorRecord): Uint8Array {
  return encodeJsonBody({ ...failure, code: 'ONCE_FAILED', message: String(failure.message) } satisfies ErrorRecord);
}
