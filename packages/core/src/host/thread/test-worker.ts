/** A test worker and its messages, as a shared worker sees them. */
import { Reader, type Log } from '../../base/broadcast-log.ts';
import { ClonedMessage } from '../../realm/cloned-message.ts';
import type { SharedWorker } from '../../wire/shared-worker-types.ts';
import { Teardowns } from './teardowns.ts';

/** Sends a message to a test worker. @param answers the number of the message that it is a reply to; 0: of none */
export type SendMessage = (number: number, answers: number, body: Uint8Array) => void;

export interface TestWorkerOptions {
  readonly id: string;
  /** The URL of the test file. */
  readonly file: string;
  readonly send: SendMessage;
  /** Its messages, for `subscribe`. */
  readonly log: Log<Received>;
  /** Publishes to a test worker. @param answers as of `SendMessage` */
  readonly publish: (to: TestWorker, data: unknown, answers: number) => SharedWorker.PublishedMessage;
}

export class TestWorker implements SharedWorker.TestWorker {
  readonly id: string;
  readonly file: string;
  // Private, so that printing or publishing the object does not show what is ours.
  readonly #options: TestWorkerOptions;
  readonly #teardowns = new Teardowns();
  #present = true;

  constructor(options: TestWorkerOptions) {
    this.#options = options;
    this.id = options.id;
    this.file = options.file;
  }

  get teardowns(): Teardowns {
    return this.#teardowns;
  }

  /** For the broker and for messages. An object, because the functions of a test worker are AVA's alone. */
  get options(): TestWorkerOptions {
    return this.#options;
  }

  /** False after it has left: messages to it are dropped then. */
  get present(): boolean {
    return this.#present;
  }

  // Bound, as are those of a message: users may take them out of the object. A getter costs nothing until it is used.
  get publish(): SharedWorker.TestWorker['publish'] {
    return (data) => this.#options.publish(this, data, 0);
  }

  get subscribe(): () => Reader<Received> {
    return () => new Reader(() => this.#options.log);
  }

  get teardown(): SharedWorker.TestWorker['teardown'] {
    return (run) => this.#teardowns.add(run);
  }

  leave(): void {
    this.#present = false;
    this.#options.log.close();
  }
}

export class Received extends ClonedMessage implements SharedWorker.ReceivedMessage {
  readonly testWorker: TestWorker;
  readonly #number: number;

  constructor(testWorker: TestWorker, number: number, body: Uint8Array) {
    super(body);
    this.testWorker = testWorker;
    this.#number = number;
  }

  get id(): string {
    return `${this.testWorker.id}/message/${this.#number}`;
  }

  get reply(): SharedWorker.ReceivedMessage['reply'] {
    const { testWorker } = this;
    return (data) => testWorker.options.publish(testWorker, data, this.#number);
  }
}
