/** A test worker, its messages and its teardowns, as a shared worker sees them. */
import { revive } from '../../realm/structured-clone.ts';
import type { Broker } from './broker.ts';
import { Reader, type Log } from '../../base/broadcast-log.ts';
import type { SharedWorker } from '../../wire/shared-worker-types.ts';

/** The way to a test worker. */
export interface Outlet {
  send(number: number, answers: number, body: Uint8Array): void;
}

export class TestWorker implements SharedWorker.TestWorker {
  readonly id: string;
  readonly file: string;
  // What is not the user's is not to be seen when the object is printed, and published by no accident.
  readonly #broker: Broker;
  readonly #teardowns = new Teardowns();
  readonly #log: Log<Received>;
  #outlet: Outlet | undefined;

  constructor(broker: Broker, id: string, file: string, outlet: Outlet) {
    this.#broker = broker;
    this.id = id;
    this.file = file;
    this.#outlet = outlet;
    this.#log = broker.logOf({ file });
  }

  /** None after it has left: what is said to it is dropped. */
  get outlet(): Outlet | undefined {
    return this.#outlet;
  }

  get teardowns(): Teardowns {
    return this.#teardowns;
  }

  get log(): Log<Received> {
    return this.#log;
  }

  get broker(): Broker {
    return this.#broker;
  }

  // Bound, and so those of a message: they may be taken out of their object. Getters cost nothing until then.
  get publish(): SharedWorker.TestWorker['publish'] {
    return (data) => this.#broker.publish(this, data, 0);
  }

  get subscribe(): () => Reader<Received> {
    return () => new Reader(() => this.#log);
  }

  get teardown(): SharedWorker.TestWorker['teardown'] {
    return (run) => this.#teardowns.add(run);
  }

  leave(): void {
    this.#outlet = undefined;
    this.#log.close();
  }
}

/** One object for each message, however often it is received. */
export class Received implements SharedWorker.ReceivedMessage {
  readonly testWorker: TestWorker;
  readonly #number: number;
  #body: Uint8Array | undefined;
  #data: unknown;

  constructor(testWorker: TestWorker, number: number, body: Uint8Array) {
    this.testWorker = testWorker;
    this.#number = number;
    this.#body = body;
  }

  get id(): string {
    return `${this.testWorker.id}/message/${this.#number}`;
  }

  get data(): unknown {
    if (this.#body !== undefined) {
      this.#data = revive(this.#body);
      this.#body = undefined;
    }
    return this.#data;
  }

  get reply(): SharedWorker.ReceivedMessage['reply'] {
    return (data) => this.testWorker.broker.publish(this.testWorker, data, this.#number);
  }
}

/** Newest first, one after another, each once; also by hand, and then its body runs at once. */
export class Teardowns {
  readonly #waiting = new Set<() => Promise<void>>();
  /** Called by hand, and not yet through. */
  readonly #running = new Set<Promise<void>>();
  #over = false;

  add(run: (() => Promise<void>) | (() => void)): () => Promise<void> {
    let done = false;
    const once = async (): Promise<void> => {
      if (done) return;
      done = true;
      this.#waiting.delete(once);
      const running = (async () => await run())();
      this.#running.add(running);
      await running.finally(() => this.#running.delete(running));
    };
    // Its time has passed: it runs soon.
    if (this.#over) setImmediate(() => void once());
    else this.#waiting.add(once);
    return once;
  }

  /** All of them, whatever fails. Rejects with the first failure. */
  async run(): Promise<void> {
    this.#over = true;
    await Promise.allSettled(this.#running); // whoever called them is told how they ended
    const failures: unknown[] = [];
    for (const once of [...this.#waiting].toReversed()) {
      try {
        await once();
      } catch (thrown) {
        failures.push(thrown);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}
