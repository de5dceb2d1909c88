/**
 * Messages on their way to those who subscribed. All subscriptions of one kind read one log, each from its own place: a
 * message costs the same however many are open, and one that nobody reads any more is free to go.
 *
 *   ○──▶○──▶○──▶○ end        a list that only its end holds; a reader holds the message it read last, and so what follows
 *       ▲       ▲
 *    reader   reader (waits for the next)
 */

/** How far a reader may fall behind. */
export interface LogLimits {
  readonly messages: number;
  readonly bytes: number;
}

export const defaultLogLimits: LogLimits = { messages: 10_000, bytes: 256 * 1024 * 1024 };

export interface LogOptions {
  readonly limits?: LogLimits;
  /** What a reader that fell behind is told. */
  readonly overflow: (unread: number) => Error;
  /** A reader begins to wait, or no longer waits. */
  readonly waits?: (by: 1 | -1) => void;
  /** The last reader has gone. */
  readonly unread?: () => void;
}

interface Link<T> {
  readonly item: T | undefined;
  /** How many messages, and how many bytes, came before its end. */
  readonly count: number;
  readonly bytes: number;
  next: Link<T> | undefined;
}

export class Log<T> {
  readonly options: LogOptions;
  readonly limits: LogLimits;
  readonly readers: Set<Reader<T>> = new Set();
  readonly waiting: Set<Reader<T>> = new Set();
  #last: Link<T> = { item: undefined, count: 0, bytes: 0, next: undefined };
  /** Not the link itself, which would hold all that came after it. */
  #swept = { count: 0, bytes: 0 };
  #end: { readonly error?: unknown } | undefined;

  constructor(options: LogOptions) {
    this.options = options;
    this.limits = options.limits ?? defaultLogLimits;
  }

  get last(): Link<T> {
    return this.#last;
  }

  /** Set when nothing more will come. */
  get end(): { readonly error?: unknown } | undefined {
    return this.#end;
  }

  push(item: T, size: number = 0): void {
    if (this.#end !== undefined || this.readers.size === 0) return;
    const { count, bytes } = this.#last;
    const link: Link<T> = { item, count: count + 1, bytes: bytes + size, next: undefined };
    this.#last.next = link;
    this.#last = link;
    if (this.waiting.size > 0) this.#wake();
    if (isBehind(this.#swept, link, this.limits)) this.#sweep();
  }

  /** No more messages; those that are there can still be read. */
  close(): void {
    this.#finish({});
  }

  /** As `close`, but readers fail when they have read what is there. */
  fail(error: unknown): void {
    this.#finish({ error });
  }

  #finish(end: { readonly error?: unknown }): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    this.#wake();
  }

  #wake(): void {
    for (const reader of this.waiting) reader.wake();
  }

  /** Once in so many messages; so it costs each of them next to nothing. Whoever fell behind lets go of what it holds. */
  #sweep(): void {
    const { count, bytes } = this.#last;
    this.#swept = { count, bytes };
    for (const reader of this.readers) reader.cutIfBehind();
  }
}

interface Position {
  readonly count: number;
  readonly bytes: number;
}

function isBehind(at: Position, last: Position, { messages, bytes }: LogLimits): boolean {
  return last.count - at.count > messages || last.bytes - at.bytes > bytes;
}

interface Waiter<T> {
  resolve(result: IteratorResult<T, undefined>): void;
  reject(error: unknown): void;
}

const done = { done: true, value: undefined } as const;

/** Lazy, as AVA's are: it begins with the first `next`, and nothing that came before is delivered to it. */
export class Reader<T> implements AsyncIterableIterator<T, undefined, unknown> {
  readonly #open: () => Log<T>;
  #log: Log<T> | undefined;
  #at: Link<T> | undefined;
  #waiters: Waiter<T>[] = [];
  #over = false;

  /** @param open called at the first `next` */
  constructor(open: () => Log<T>) {
    this.#open = open;
  }

  next(): Promise<IteratorResult<T, undefined>> {
    if (this.#log === undefined && !this.#over) this.#begin(this.#open());
    return new Promise((resolve, reject) => {
      this.#waiters.push({ resolve, reject });
      if (this.#waiters.length === 1) this.#serve();
    });
  }

  return(): Promise<IteratorResult<T, undefined>> {
    this.#finish();
    return Promise.resolve(done);
  }

  throw(error: unknown): Promise<IteratorResult<T, undefined>> {
    this.#finish();
    return Promise.reject(error as Error);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#finish();
  }

  /** There is something, or there will never be. */
  wake(): void {
    this.#serve();
  }

  cutIfBehind(): void {
    // What it reads next is that it fell behind. It keeps the number alone.
    const [log, at] = [this.#log, this.#at];
    if (log === undefined || at === undefined || !isBehind(at, log.last, log.limits)) return;
    this.#at = { ...at, item: undefined, next: undefined };
  }

  #begin(log: Log<T>): void {
    this.#log = log;
    this.#at = log.last;
    log.readers.add(this);
  }

  #serve(): void {
    while (this.#waiters.length > 0) {
      if (this.#over) {
        this.#waiters.shift()?.resolve(done);
        continue;
      }
      const [log, at] = [this.#log, this.#at];
      if (log === undefined || at === undefined) return;
      if (isBehind(at, log.last, log.limits)) {
        this.#fail(log.options.overflow(log.last.count - at.count));
      } else if (at.next !== undefined) {
        this.#at = at.next;
        this.#waiters.shift()?.resolve({ done: false, value: at.next.item as T });
      } else if (log.end !== undefined) {
        if ('error' in log.end) this.#fail(log.end.error);
        else this.#finish();
      } else {
        this.#wait(log, true);
        return;
      }
    }
    if (this.#log !== undefined) this.#wait(this.#log, false);
  }

  #fail(error: unknown): void {
    const waiter = this.#waiters.shift();
    this.#finish();
    waiter?.reject(error);
  }

  #finish(): void {
    this.#over = true;
    const log = this.#log;
    this.#log = undefined;
    this.#at = undefined;
    if (log !== undefined) {
      this.#wait(log, false);
      if (log.readers.delete(this) && log.readers.size === 0) log.options.unread?.();
    }
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const { resolve } of waiters) resolve(done);
  }

  #wait(log: Log<T>, waits: boolean): void {
    if (waits === log.waiting.has(this)) return;
    if (waits) log.waiting.add(this);
    else log.waiting.delete(this);
    log.options.waits?.(waits ? 1 : -1);
  }
}
