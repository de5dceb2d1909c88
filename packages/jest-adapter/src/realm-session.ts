/** A session of the worker's realm, as the tests of another realm hold it: what comes out of it is copyToRealm. */
import type { CloseReason, Evidence, Session } from 'carpool';
import {
  asWatched,
  callSite,
  copyErrorToRealm,
  copyToRealm,
  isCarpoolError,
  WatchedPromise,
  type CallSite,
} from 'carpool/adapter/realm';
import type { Bridge } from './bridge.ts';

type Public = Pick<Session, keyof Session>;
type Options<Call extends 'request' | 'interact' | 'event'> = Parameters<Session[Call]>[1];

const nothing = (): void => {};

// Node 22 gives it to its first realm only; Jest 30 does the same as this, Jest 29 does not.
if (!('asyncDispose' in Symbol))
  Object.defineProperty(globalThis.Symbol, 'asyncDispose', { value: globalThis.Symbol.for('nodejs.asyncDispose') });

/** Has the interface of `Session`. */
export class RealmSession implements Public {
  readonly closed: Promise<CloseReason>;
  readonly #inner: Session;
  readonly #bridge: Bridge;
  #opened: { readonly value: unknown } | undefined;

  constructor(inner: Session, bridge: Bridge) {
    this.#inner = inner;
    this.#bridge = bridge;
    this.closed = brought(inner.closed);
  }

  get id(): string {
    return this.#inner.id;
  }

  get pool(): string {
    return this.#inner.pool;
  }

  get hello(): unknown {
    return copyToRealm(this.#inner.hello);
  }

  get opened(): unknown {
    // The same object each time, as in core.
    this.#opened ??= { value: copyToRealm(this.#inner.opened) };
    return this.#opened.value;
  }

  get format(): string {
    return this.#inner.format;
  }

  get closeReason(): CloseReason | undefined {
    return copyToRealm(this.#inner.closeReason) as CloseReason | undefined;
  }

  send(message: never): void {
    try {
      this.#inner.send(message);
    } catch (thrown) {
      throw copyErrorToRealm(thrown, callSite(this.send));
    }
  }

  request<Reply>(message: never, options?: Options<'request'>): Promise<Reply> {
    const inner = this.#inner.request(message, this.#outward(options));
    return broughtWatched(inner, callSite(this.request));
  }

  interact(message: never, options?: Options<'interact'>): never {
    const site = callSite(this.interact);
    const inner = this.#inner.interact(message, this.#outward(options));
    const then: PromiseLike<unknown>['then'] = (...on) => brought<unknown>(inner, site).then(...on);
    // oxlint-disable-next-line unicorn/no-thenable -- awaiting it is its interface
    return { id: inner.id, [Symbol.asyncIterator]: () => broughtEach(inner, site), then } as never;
  }

  events(): AsyncGenerator<never, void, undefined> {
    return broughtEach(this.#inner.events(), callSite(this.events));
  }

  event(matches?: (event: never) => boolean, options?: Options<'event'>): Promise<never> {
    const test = matches && ((event: unknown): boolean => matches(copyToRealm(event) as never));
    return broughtWatched(this.#inner.event(test, this.#outward(options)), callSite(this.event));
  }

  onMessage(handler: (message: Record<string, unknown>) => void): void {
    this.#inner.onMessage((message) => handler(copyToRealm(message) as Record<string, unknown>));
  }

  answer(answerer: (question: never) => never): void {
    this.#inner.answer((question) => answerer(copyToRealm(question) as never));
  }

  unregister(): Promise<void> {
    return brought(this.#inner.unregister(), callSite(this.unregister));
  }

  address(): Promise<string> {
    return brought(this.#inner.address(), callSite(this.address));
  }

  evidence(): Promise<Evidence> {
    return brought(this.#inner.evidence());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#inner.closeReason === undefined) await this.unregister();
  }

  #outward<O extends { readonly signal?: AbortSignal }>(options: O | undefined): O | undefined {
    return options?.signal === undefined ? options : { ...options, signal: this.#bridge.signal(options.signal) };
  }
}

/** A promise of this realm. As in core, a call that the end of a test rejects is no failure if it is not awaited. */
export function brought<T>(
  promise: PromiseLike<unknown>,
  site?: CallSite,
  map: (value: never) => unknown = copyToRealm,
): Promise<T> {
  const here = new Promise<T>((resolve, reject) => {
    promise.then(
      (value) => resolve(map(value as never) as T),
      (thrown: unknown) => {
        if (isCarpoolError(thrown, 'SESSION_CLOSED')) here.catch(nothing);
        reject(copyErrorToRealm(thrown, site) as Error);
      },
    );
  });
  return here;
}

/** As `brought`; the promise in core learns what its caller does with this one, and not that it is brought here. */
export function broughtWatched<T>(
  inner: Promise<unknown>,
  site?: CallSite,
  map: (value: never) => unknown = copyToRealm,
): Promise<T> {
  const watched = asWatched(inner);
  if (watched === undefined) return brought(inner, site, map);
  const here = new WatchedPromise<T>((resolve, reject) => {
    watched.peek(
      (value) => resolve(map(value as never) as T),
      (thrown) => {
        if (isCarpoolError(thrown, 'SESSION_CLOSED')) here.quietAll();
        else if (watched.use.reported) here.quiet();
        reject(copyErrorToRealm(thrown, site));
      },
    );
  }, watched.use);
  return here;
}

async function* broughtEach(values: AsyncIterable<unknown>, site: CallSite): AsyncGenerator<never, void, undefined> {
  try {
    for await (const value of values) yield copyToRealm(value) as never;
  } catch (thrown) {
    throw copyErrorToRealm(thrown, site);
  }
}
