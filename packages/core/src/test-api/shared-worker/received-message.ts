/** A message of a shared worker, as a test receives it. */
import { ClonedMessage } from '../../realm/cloned-message.ts';
import type { SharedWorker } from '../../wire/shared-worker-types.ts';

type Published = SharedWorker.Plugin.PublishedMessage;

/** What has received it. */
interface Receiver {
  /** The id of a message by its number. */
  idOf(number: number, own: boolean): string;
  publish(data: unknown, answers: number, above: (...args: never[]) => unknown): Published;
}

export class ReceivedMessage extends ClonedMessage implements SharedWorker.Plugin.ReceivedMessage {
  readonly #receiver: Receiver;
  readonly #number: number;

  constructor(receiver: Receiver, number: number, body: Uint8Array) {
    super(body);
    this.#receiver = receiver;
    this.#number = number;
  }

  get id(): string {
    return this.#receiver.idOf(this.#number, false);
  }

  /** Bound: users may take it out of the message. */
  get reply(): (data: unknown) => Published {
    const reply = (data: unknown): Published => this.#receiver.publish(data, this.#number, reply);
    return reply;
  }
}
