/**
 * The message broker of a shared worker: its test workers, their messages and the subscriptions. Each incoming message is
 * delivered in its own turn of the event loop, so that code that awaits one can subscribe before the next.
 */
import { CarpoolError } from '../../base/errors.ts';
import { clone } from '../../realm/structured-clone.ts';
import { Log, Reader, type LogOptions } from '../../base/broadcast-log.ts';
import { Teardowns } from './teardowns.ts';
import { Received, TestWorker, type SendMessage } from './test-worker.ts';
import type { SharedWorker } from '../../wire/shared-worker-types.ts';

type RunEvent = SharedWorker.RunEvent;

/** Replies to one message, from one test worker; to a broadcast, from all. */
interface Replies {
  readonly log: Log<Received>;
  readonly of: TestWorker | undefined;
}

export class Broker {
  readonly teardowns: Teardowns = new Teardowns();
  readonly #worker: string;
  readonly #file: string;
  readonly #present = new Set<TestWorker>();
  readonly #replies = new Map<number, Replies>();
  readonly #messages: Log<Received>;
  readonly #joined: Log<TestWorker>;
  readonly #runs: Log<RunEvent>;
  #run: RunEvent;
  #numbers = 0;

  /** @param worker its name in message ids; `file` is for messages of errors */
  constructor(worker: string, file: string, run: number) {
    this.#worker = worker;
    this.#file = file;
    this.#run = { event: 'start', run };
    this.#messages = new Log(this.#logOptions('main.subscribe()'));
    this.#joined = new Log(this.#logOptions('main.testWorkers()'));
    this.#runs = new Log(this.#logOptions('main.runs()'));
  }

  get size(): number {
    return this.#present.size;
  }

  join(id: string, file: string, send: SendMessage): TestWorker {
    const log = new Log<Received>(this.#logOptions(`testWorker.subscribe() of ${file}`));
    const testWorker = new TestWorker({ id, file, send, log, publish: this.#publish });
    this.#present.add(testWorker);
    this.#joined.push(testWorker);
    return testWorker;
  }

  /** Runs its teardowns; its earlier messages have been delivered. Rejects with what the first of them threw. */
  async leave(testWorker: TestWorker): Promise<void> {
    this.#present.delete(testWorker);
    testWorker.leave();
    for (const [number, { log, of }] of this.#replies) {
      if (of !== testWorker) continue;
      log.close();
      this.#replies.delete(number);
    }
    await testWorker.teardowns.run();
  }

  /** The thread is about to exit. */
  startTeardowns(): void {
    for (const { teardowns } of this.#present) teardowns.start();
    this.teardowns.start();
  }

  deliver(from: TestWorker, number: number, answers: number, body: Uint8Array): void {
    if (answers !== 0) {
      const replies = this.#replies.get(answers);
      // A test worker may reply only to messages that it received.
      if (replies === undefined || (replies.of !== undefined && replies.of !== from)) return;
      replies.log.push(new Received(from, number, body), body.length);
      return;
    }
    if (this.#messages.readers.size === 0 && from.options.log.readers.size === 0) return;
    const message = new Received(from, number, body);
    this.#messages.push(message, body.length);
    from.options.log.push(message, body.length);
  }

  readonly #publish = (to: TestWorker, data: unknown, answers: number): SharedWorker.PublishedMessage => {
    const body = clone(data, `Cannot publish to the test worker of ${to.file}`);
    const number = ++this.#numbers;
    if (to.present) to.options.send(number, answers, body);
    return { id: this.#idOf(number), replies: () => new Reader(() => this.#repliesTo(number, to)) };
  };

  broadcast(data: unknown): SharedWorker.BroadcastMessage {
    const body = clone(data, `Cannot broadcast to the test workers`);
    const number = ++this.#numbers;
    for (const testWorker of this.#present) testWorker.options.send(number, 0, body);
    return { id: this.#idOf(number), replies: () => new Reader(() => this.#repliesTo(number, undefined)) };
  }

  subscribe(): Reader<Received> {
    return new Reader(() => this.#messages);
  }

  testWorkers(): Reader<TestWorker> {
    return new Reader(() => this.#joined);
  }

  /** During a run the first event is the one that began it. */
  async *runs(): AsyncGenerator<RunEvent, void, undefined> {
    const reader = new Reader(() => this.#runs);
    const next = reader.next();
    if (this.#run.event !== 'end') yield this.#run;
    try {
      const first = await next;
      if (first.done !== true) yield first.value;
      yield* reader;
    } finally {
      await reader.return();
    }
  }

  announceRun(event: RunEvent): void {
    this.#run = event;
    this.#runs.push(event);
  }

  #idOf(number: number): string {
    return `${this.#worker}/message/${number}`;
  }

  #repliesTo(number: number, of: TestWorker | undefined): Log<Received> {
    const known = this.#replies.get(number);
    if (known !== undefined) return known.log;
    const unread = (): void => void this.#replies.delete(number);
    const log = new Log<Received>({ ...this.#logOptions('replies()'), unread });
    if (of === undefined || this.#present.has(of)) this.#replies.set(number, { log, of });
    else log.close();
    return log;
  }

  #logOptions(what: string): LogOptions {
    return {
      overflow: (unread) => {
        const message = `${what} in the shared worker ${this.#file} fell behind: ${unread} messages are unread, and the limit is 10000, or 256 MiB; read faster, or end it`;
        return new CarpoolError('SESSION_OVERFLOW', message, { scope: 'shared worker', context: { unread } });
      },
    };
  }
}
