/** A request of a user, from its call to its reply. One object, one promise, one timer: every message of a test passes here. */
import { CarpoolError, isCarpoolError, type CallSite } from '../base/errors.ts';
import { noop } from '../base/noop.ts';
import { onMachine } from '../base/on-machine.ts';
import type { Clock, Timer } from '../base/clock.ts';
import type { OpenCall } from '../base/open-calls.ts';
import { WatchedPromise, type PromiseUse } from '../base/watched-promise.ts';
import { Frame } from '../codec/frame.ts';
import { sendError } from './errors.ts';
import type { OpenSession } from './open-session.ts';
import type { PendingCall, ReplyCallbacks } from './pending.ts';
import { describeRequest } from './request-label.ts';
import type { RequestOptions } from './types.ts';
import { waitIn, type Wait } from './wait-limit.ts';

/** What the requests of one session have in common. */
export interface Requester {
  readonly open: OpenSession;
  readonly clock: Clock;
  /** Where the child is, as in `UserSession`. */
  readonly machine: string | undefined;
  /** What to reject with at the deadline. */
  expired(request: UserRequest): CarpoolError | Promise<CarpoolError>;
  /** Takes the requests that the end of their owner leaves without a reply, and whose failure nothing handles. */
  left?: ((request: UserRequest) => void) | undefined;
  /** Takes the calls that come after the end of their owner. */
  late?: LateCalls | undefined;
}

/** @param what was called: ""get"" */
export type LateCalls = (what: string, site: CallSite) => void;

export interface RequestCall {
  readonly message: unknown;
  readonly options: RequestOptions;
  /** Where the user called. */
  readonly site: CallSite;
  /** Takes what precedes the reply. Absent: steps are passed over. */
  readonly step?: ((frame: Frame) => void) | undefined;
}

/** Sends a request. @returns the decoded reply */
export function sendRequest(requester: Requester, call: RequestCall): Promise<unknown> {
  const { signal } = call.options;
  if (signal?.aborted === true) return Promise.reject(signal.reason as Error);
  const request = new UserRequest(requester, call);
  request.send();
  return request.promise;
}

/** Sends a message. @param site where the user called @throws CarpoolError as `Session.send` */
export function sendMessage({ open, machine, late }: Requester, message: unknown, site: () => CallSite): void {
  try {
    open.conversation.send(Frame.of(message, open.format));
  } catch (thrown) {
    const error = onMachine(sendError(thrown, site()), machine);
    if (error.code === 'SESSION_CLOSED') late?.(describeRequest(message, open.naming.labelFields), site());
    throw error;
  }
}

export class UserRequest implements ReplyCallbacks, PromiseUse {
  readonly promise: Promise<unknown>;
  readonly message: unknown;
  readonly wait: Wait;
  readonly site: CallSite;
  readonly since: number;
  readonly step: ((frame: Frame) => void) | undefined;
  readonly #requester: Requester;
  readonly #options: RequestOptions;
  #resolve!: (reply: unknown) => void;
  #reject!: (error: Error) => void;
  #call: PendingCall | undefined;
  #timer: Timer | undefined;
  /** Listens to the caller's signal, where there is one. */
  #aborted: (() => void) | undefined;
  #waiting = true;
  /** Its caller handles that it fails. */
  #handled = false;
  #used = false;
  #watched: WatchedPromise<unknown> | undefined;
  /** It has failed, and nothing has used it so far. */
  #unused: OpenCall | undefined;

  constructor(requester: Requester, { message, options, site, step }: RequestCall) {
    this.#requester = requester;
    this.#options = options;
    this.message = message;
    this.site = site;
    this.since = requester.clock.now();
    this.step = step;
    this.wait = waitIn(requester.open, options.timeout);
    const executor = (resolve: (reply: unknown) => void, reject: (error: Error) => void): void => {
      this.#resolve = resolve;
      this.#reject = reject;
    };
    if (requester.open.hasOwner === true) this.promise = this.#watched = new WatchedPromise(executor, this);
    else this.promise = new Promise(executor);
  }

  /** What it is called in sentences. */
  get label(): string {
    return describeRequest(this.message, this.#requester.open.naming.labelFields);
  }

  send(): void {
    const { open, clock } = this.#requester;
    try {
      this.#call = open.conversation.request(Frame.of(this.message, open.format), this);
    } catch (thrown) {
      this.failed(thrown);
      return;
    }
    const { timeout } = this.wait;
    if (Number.isFinite(timeout)) {
      this.#timer = clock.after(timeout, () => this.#expire());
    }
    const { signal } = this.#options;
    if (signal === undefined) return;
    this.#aborted = () => this.#giveUp(signal.reason as Error);
    signal.addEventListener('abort', this.#aborted);
  }

  used(): void {
    this.#used = true;
    this.#unused?.used();
  }

  handled(): void {
    this.#handled = true;
    this.used();
  }

  get reported(): boolean {
    return this.#unused !== undefined;
  }

  reply(frame: Frame): void {
    if (!this.#settle()) return;
    try {
      this.#checkExpected(frame);
      this.#resolve(frame.message);
    } catch (thrown) {
      this.#fail(isCarpoolError(thrown) ? onMachine(thrown, this.#requester.machine) : (thrown as Error));
    }
  }

  failed(thrown: unknown): void {
    if (!this.#settle()) return;
    const error = onMachine(sendError(thrown, this.site), this.#requester.machine);
    if (error.code === 'SESSION_CLOSED') {
      const { left, late } = this.#requester;
      if (this.#call === undefined) late?.(this.label, this.site);
      // It is reported; what follows on it would fail again, in another test.
      if (left !== undefined && this.#call !== undefined && this.step === undefined && !this.#handled)
        return left(this);
      // The end of a test rejects what it left waiting. If nothing catches that, it is no failure.
      if (this.#watched === undefined) this.promise.catch(noop);
      else this.#watched.quietAll();
      this.#reject(error);
      return;
    }
    this.#fail(error);
  }

  /** One that nothing uses by now is reported by the end of its test, and not by whatever runs then. */
  #fail(error: Error): void {
    const { calls } = this.#requester.open;
    if (!this.#used && calls !== undefined) {
      const what = (): string => `the reply to ${this.label}`;
      this.#unused = calls.add({ what, site: this.site, signal: this.#options.signal });
      this.#unused.failed(error);
      this.#watched?.quiet();
    }
    this.#reject(error);
  }

  #expire(): void {
    const error = this.#requester.expired(this);
    if (!('then' in error)) {
      this.#giveUp(error);
      return;
    }
    // A reply that comes meanwhile is too late all the same.
    if (!this.#settle()) return;
    this.#abandon();
    void error.then((expired) => this.#fail(expired));
  }

  #giveUp(reason: Error): void {
    if (!this.#settle()) return;
    this.#abandon();
    this.#fail(reason);
  }

  #abandon(): void {
    if (this.#call !== undefined) this.#requester.open.conversation.abandon(this.#call);
  }

  /** True the first time. */
  #settle(): boolean {
    if (!this.#waiting) return false;
    this.#waiting = false;
    this.#timer?.cancel();
    if (this.#aborted !== undefined) this.#options.signal?.removeEventListener('abort', this.#aborted);
    return true;
  }

  /** @throws CarpoolError SESSION_REFUSED if the reply has another `type` than the caller expects */
  #checkExpected(reply: Frame): void {
    const { expect } = this.#options;
    if (expect === undefined) return;
    const { type } = reply.fields(typeField);
    if (type === expect) return;
    const found = `The reply to ${this.label} has type ${JSON.stringify(type)}`;
    throw new CarpoolError('SESSION_REFUSED', `${found}, expected ${JSON.stringify(expect)}`, {
      blame: 'child',
      evidence: { messages: [reply.toString()] },
      site: this.site,
    });
  }
}

const typeField = ['type'] as const;
