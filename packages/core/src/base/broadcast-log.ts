/**
 * Messages on their way to subscribers. All subscriptions of one kind read one log, each at its own position: a message
 * costs the same however many are open, and one that has been read by all is garbage.
 *
 *   ○──▶○──▶○──▶○ end        a linked list; the log holds its end, each reader the message it read last, and so the rest
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
  /** The error for a reader that fell behind. */
  readonly overflow: (unread: number) => Error;
  /** Called when a reader begins to wait (1), or no longer waits (-1). */
  readonly waits?: (by: 1 | -1) => void;
  /** Called when the last reader has gone. */
  readonly unread?: () => void;
  /** What comes before the first reader is kept for it, up to this limit. Default: nothing is. */
  readonly keep?: LogLimits;
}

interface LogEnd {
  readonly error?: unknown;
  readonly pending?: true;
}

interface Link<T> {
  readonly item: T | undefined;
  /** Messages and bytes up to and including this one. */
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
  /** Counts alone: the link itself would keep all later messages alive. */
  #swept = { count: 0, bytes: 0 };
  /** Where the first reader begins: before what was kept for it. */
  #kept: Link<T> | undefined;
  #full = false;
  #end: LogEnd | undefined;

  constructor(options: LogOptions) {
    this.options = options;
    this.limits = options.limits ?? defaultLogLimits;
    if (options.keep !== undefined) this.#kept = this.#last;
  }

  get last(): Link<T> {
    return this.#last;
  }

  /** Set when no more messages will come. */
  get end(): LogEnd | undefined {
    return this.#end;
  }

  /** Where a new reader begins. */
  begin(): Link<T> {
    const from = this.#kept ?? this.#last;
    this.#kept = undefined;
    return from;
  }

  push(item: T, size: number = 0): void {
    if (this.#end !== undefined || (this.readers.size === 0 && !this.#keeps(size))) return;
    const { count, bytes } = this.#last;
    const link: Link<T> = { item, count: count + 1, bytes: bytes + size, next: undefined };
    this.#last.next = link;
    this.#last = link;
    if (this.waiting.size > 0) this.#wake();
    if (isBehind(this.#swept, link, this.limits)) this.#sweep();
  }

  /** No more messages; unread ones can still be read. */
  close(): void {
    this.#finish({});
  }

  /** As `close`, but readers fail after they have read the rest. */
  fail(error: unknown): void {
    this.#finish({ error });
  }

  /** As `close`, but a read beyond the rest stays pending for ever: whatever it waits for is of no use any more. */
  abandon(): void {
    this.#finish({ pending: true });
  }

  #finish(end: LogEnd): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    this.#wake();
  }

  /** While there was no reader yet. Beyond the limit, later ones are lost, as they are for every late reader. */
  #keeps(size: number): boolean {
    const { keep } = this.options;
    if (this.#kept === undefined || keep === undefined || this.#full) return false;
    const { count, bytes } = this.#last;
    this.#full = count >= keep.messages || bytes + size > keep.bytes;
    return !this.#full;
  }

  #wake(): void {
    for (const reader of this.waiting) reader.wake();
  }

  /** Releases what readers that fell behind hold. Once in `limits.messages`, so that it costs each message next to nothing. */
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

/** Lazy, as in AVA: it begins at the first `next`, and receives no message from before. */
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

  /** There is a message, or there will be none. */
  wake(): void {
    this.#serve();
  }

  cutIfBehind(): void {
    // Its next read fails because it fell behind; for that it needs the counts alone.
    const [log, at] = [this.#log, this.#at];
    if (log === undefined || at === undefined || !isBehind(at, log.last, log.limits)) return;
    this.#at = { ...at, item: undefined, next: undefined };
  }

  #begin(log: Log<T>): void {
    this.#log = log;
    this.#at = log.begin();
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
        // Nothing refers to those that wait, so that they can be collected with what waits for them.
        if (log.end.pending === true) this.#waiters = [];
        else if ('error' in log.end) this.#fail(log.end.error);
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
