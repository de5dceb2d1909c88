/** The messages between one test file and one shared worker, on the test's side: matches replies to requests. */
import {
  CarpoolError,
  callSite,
  errorAt,
  fromRecord,
  isCarpoolError,
  toRecord,
  type CallSite,
} from '../../base/errors.ts';
import { systemClock } from '../../base/clock.ts';
import { within } from '../../base/wait.ts';
import { describeMessage } from '../../codec/describe.ts';
import { clone } from '../../realm/structured-clone.ts';
import type { Membership } from '../../client/shared-worker/membership.ts';
import type { MembershipListener } from '../../client/shared-worker/membership-types.ts';
import { Log, Reader, defaultLogLimits, type LogLimits, type LogOptions } from '../../base/broadcast-log.ts';
import { ReceivedMessage } from './received-message.ts';
import type { SharedWorker } from '../../wire/shared-worker-types.ts';

type Published = SharedWorker.Plugin.PublishedMessage;
type Received = SharedWorker.Plugin.ReceivedMessage;
type RequestOptions = SharedWorker.Plugin.RequestOptions;

/** The user's call. Its stack costs more than a message, so it is captured only when there is an error. */
type Caller = (...args: never[]) => unknown;

const requestTimeout = 30_000;

/** Exactly as in AVA: tests and plugins compare it. */
const gone = 'The shared worker is no longer available';

/** What a file may miss before its first subscription: greetings, and not a worker that never stops talking. */
const keptForTheFirst: LogLimits = { messages: 1_000, bytes: 16 * 1024 * 1024 };

/** The replies to one message. */
interface Replies {
  readonly log: Log<ReceivedMessage>;
  /** A call of `request` waits for them, which has an end: it rejects with the file's. */
  readonly requested: boolean;
}

export class Messenger implements MembershipListener {
  readonly #available = Promise.withResolvers<void>();
  /** As `available`, but rejects at the end of the file. */
  readonly #joined = Promise.withResolvers<void>();
  readonly #teardown: () => Promise<void>;
  readonly #name: string;
  readonly #site: CallSite;
  readonly #limits: LogLimits;
  /** Replies by the number of the message that they answer. */
  readonly #replies = new Map<number, Replies>();
  readonly #plain: Log<ReceivedMessage>;
  #membership: Membership | undefined;
  /** It was used before it had a file. */
  #wanted = false;
  /** Why there is no worker, as an error of this realm. */
  #lost: CarpoolError | undefined;

  /** @param name of the shared worker, for messages of errors; `site` is where it was registered */
  constructor(name: string, site: CallSite, teardown: () => Promise<void>, limits: LogLimits = defaultLogLimits) {
    this.#name = name;
    this.#site = site;
    this.#teardown = teardown;
    this.#limits = limits;
    this.#plain = new Log({ ...this.#logOptions(), keep: keptForTheFirst });
    for (const { promise } of [this.#available, this.#joined]) promise.catch(() => {}); // each call reports it
  }

  /** It belongs, or has belonged, to a file. */
  get bound(): boolean {
    return this.#membership !== undefined || this.#lost !== undefined;
  }

  /** Its file has ended. */
  get over(): boolean {
    return this.#membership?.state === 'left';
  }

  /** A promise of this realm, also where the membership lives in another. */
  get available(): Promise<void> {
    this.#use();
    return this.#available.promise;
  }

  get currentlyAvailable(): boolean {
    return this.#membership?.usable === true;
  }

  bind(membership: Membership): void {
    this.#membership = membership;
    for (let n = this.#plain.waiting.size; n > 0; n--) membership.hold(1);
    if (this.#wanted) membership.use();
    membership.joined.then(
      () => {
        this.#available.resolve();
        this.#joined.resolve();
      },
      () => {}, // `lost` reports it
    );
  }

  /** The file has registered it. */
  markRequired(): void {
    if (this.#membership !== undefined) this.#membership.required = true;
    this.#use();
  }

  message(number: number, answers: number, body: Uint8Array): void {
    if (answers !== 0) this.#membership?.answered(answers);
    const log = answers === 0 ? this.#plain : this.#replies.get(answers)?.log;
    log?.push(new ReceivedMessage(this, number, body), body.length);
  }

  lost(error: CarpoolError): void {
    const own = fromRecord(toRecord(error), this.#site);
    this.#lost = own;
    this.#available.reject(own);
    this.#joined.reject(own);
    const failed = this.#gone();
    this.#plain.fail(failed);
    for (const { log } of this.#replies.values()) log.fail(failed);
  }

  /** As in AVA, where the process ends: what still waits is never settled, so no test that has ended can fail the run. */
  left(): void {
    this.#joined.reject(this.#gone());
    this.#plain.abandon();
    for (const { log, requested } of this.#replies.values()) {
      if (requested) log.fail(this.#gone());
      else log.abandon();
    }
    this.#replies.clear();
  }

  teardown(): Promise<void> {
    return this.#teardown();
  }

  /** @throws CarpoolError */
  publish(data: unknown, answers: number, above: Caller): Published {
    const { id, number } = this.#send(data, answers, () => callSite(above));
    return { id, replies: () => new Reader(() => this.#repliesTo(number, () => describeMessage(data))) };
  }

  async request(data: unknown, { timeout = requestTimeout, signal }: RequestOptions, site: CallSite): Promise<unknown> {
    signal?.throwIfAborted();
    let number = 0;
    const replied = (async () => {
      // Synchronously if possible: what is published after it must not overtake it.
      if (!this.currentlyAvailable) await this.#ready();
      if (signal?.aborted === true) return undefined;
      number = this.#send(data, 0, () => site).number;
      const replies = new Reader(() => this.#repliesTo(number, () => describeMessage(data), true));
      try {
        const { value } = await replies.next();
        if (value === undefined) throw this.#gone();
        return value.data;
      } finally {
        await replies.return();
      }
    })();
    const expired = (): Error => new Expired();
    try {
      const clock = this.#membership?.clock ?? systemClock;
      return await within(replied, { clock, timeout, signal, expired });
    } catch (thrown) {
      if (signal?.aborted === true) throw signal.reason;
      if (thrown instanceof Expired) throw await this.#timedOut(data, timeout, site);
      throw isCarpoolError(thrown) ? errorAt(withReason(thrown), site) : thrown;
    } finally {
      this.#forget(number);
    }
  }

  subscribe(_above?: Caller): Reader<Received> {
    return new Reader<Received>(() => {
      this.#use();
      return this.#plain as unknown as Log<Received>;
    });
  }

  /** The id of a message by its number. */
  idOf(number: number, own: boolean): string {
    const { testWorker } = this.#membership ?? { testWorker: '' };
    return own ? `${testWorker}/message/${number}` : `${this.#membership?.worker ?? ''}/message/${number}`;
  }

  #send(data: unknown, answers: number, site: () => CallSite): { readonly number: number; readonly id: string } {
    this.#use();
    const membership = this.#membership;
    if (membership === undefined || (membership.state !== 'joined' && membership.state !== 'leaving'))
      throw this.#refusal(site());
    const body = at(site, () => clone(data, `Cannot publish to the shared worker ${this.#name}`));
    const number = at(site, () => membership.publish(answers, body));
    return { number, id: this.idOf(number, true) };
  }

  #use(): void {
    this.#wanted = true;
    this.#membership?.use();
  }

  #ready(): Promise<void> {
    this.#use();
    return this.#joined.promise;
  }

  #repliesTo(number: number, describe: () => string, requested: boolean = false): Log<ReceivedMessage> {
    const known = this.#replies.get(number);
    if (known !== undefined) return known.log;
    const log = new Log<ReceivedMessage>({ ...this.#logOptions(), unread: () => this.#forget(number) });
    if (this.#lost !== undefined) log.fail(this.#gone());
    else if (this.#membership === undefined || this.over) log.abandon();
    else {
      this.#replies.set(number, { log, requested });
      this.#membership.expect(number, describe);
    }
    return log;
  }

  #forget(number: number): void {
    this.#replies.delete(number);
    this.#membership?.answered(number);
  }

  #logOptions(): LogOptions {
    return {
      limits: this.#limits,
      overflow: (unread) => {
        const { messages, bytes } = this.#limits;
        const message = `A subscription to the shared worker ${this.#name} fell behind: ${unread} messages are unread, and the limit is ${messages}, or ${bytes} bytes; read faster, or end it`;
        return new CarpoolError('SESSION_OVERFLOW', message, { scope: 'call', context: { unread, limit: messages } });
      },
      waits: (by) => this.#membership?.hold(by),
    };
  }

  #refusal(site: CallSite): CarpoolError {
    const state = this.#membership?.state;
    if (this.#lost === undefined && (state === undefined || state === 'idle' || state === 'joining')) {
      const details = { scope: 'call', blame: 'test', site } as const;
      return new CarpoolError('SHARED_WORKER_FAILED', 'Shared worker is not yet available', details);
    }
    return errorAt(this.#gone(), site);
  }

  /** The error of all calls from now on. Its message is AVA's, the cause says why. */
  #gone(): CarpoolError {
    const error = this.#lost ?? this.#membership?.error ?? this.#fileEnded();
    // Nothing was ever available: there is no adapter, or no host.
    if (!error.code.startsWith('SHARED_WORKER')) return error;
    const { code, scope, blame, context } = error;
    return new CarpoolError(code, gone, { scope, blame, context, cause: error });
  }

  #fileEnded(): CarpoolError {
    const message = `The test file that used ${this.#name} has ended`;
    return new CarpoolError('SHARED_WORKER_FAILED', message, { scope: 'call', blame: 'test', site: this.#site });
  }

  async #timedOut(data: unknown, timeout: number, site: CallSite): Promise<CarpoolError> {
    const message = `The shared worker ${this.#name} did not reply within ${Math.round(timeout)} ms to ${describeMessage(data)}`;
    const evidence = (await this.#membership?.printed()) ?? {};
    return new CarpoolError('REQUEST_TIMEOUT', message, {
      scope: 'call',
      context: { file: this.#name, timeout },
      evidence,
      site,
    });
  }
}

class Expired extends Error {}

/** AVA has no `request`: its error says why the worker is gone in its own message, for reporters that show no cause. */
function withReason(error: CarpoolError): CarpoolError {
  const { message, cause } = error;
  if (message !== gone || !isCarpoolError(cause)) return error;
  const record = toRecord(cause);
  const reason = record.message.replace(/^The shared worker /, '');
  return fromRecord({ ...record, message: `${gone}: ${reason}` }, undefined, cause.cause);
}

/** Makes an error of another realm or a deeper line anew, at the caller's line. */
function at<T>(site: () => CallSite, work: () => T): T {
  try {
    return work();
  } catch (thrown) {
    throw fromRecord(toRecord(thrown as CarpoolError), site(), (thrown as CarpoolError).cause);
  }
}
