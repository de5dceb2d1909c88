/** Requests that wait for their reply, by the numbers of the process that sent them: a worker, or one that has joined. */
import { CarpoolError, asCarpoolError } from '../../base/errors.ts';
import type { Frame } from '../../codec/frame.ts';
import type { Conversation } from '../../session/conversation.ts';
import type { PendingCall } from '../../session/pending.ts';
import { op, type Op } from '../../wire/frames.ts';

/** The process, and its session. */
export interface Requesting {
  /** Absent: the session is not open. */
  readonly conversation: Conversation | undefined;
  /** What it sent, for the child. @throws CarpoolError FRAME_TOO_LARGE, FRAME_MALFORMED */
  inbound(body: Uint8Array): Frame;
  /** @throws CarpoolError FRAME_MALFORMED if the message cannot be carried */
  deliver(kind: Op, call: number, frame: Frame): void;
  failed(call: number, error: CarpoolError): void;
}

export class Requests {
  readonly #from: Requesting;
  readonly #calls = new Map<number, PendingCall>();

  constructor(from: Requesting) {
    this.#from = from;
  }

  send(call: number, body: Uint8Array): void {
    const { conversation } = this.#from;
    if (conversation === undefined) {
      this.#failed(call, new CarpoolError('SESSION_REFUSED', 'Cannot send: there is no such session'));
      return;
    }
    try {
      const pending = conversation.request(this.#from.inbound(body), {
        reply: (frame) => {
          this.#calls.delete(call);
          this.#reply(call, frame);
        },
        step: (frame) => this.#from.deliver(op.STEP, call, frame),
        failed: (error) => this.#failed(call, error),
      });
      this.#calls.set(call, pending);
    } catch (thrown) {
      this.#failed(call, asCarpoolError(thrown, 'SESSION_REFUSED', 'Cannot send the request'));
    }
  }

  cancel(call: number): void {
    const pending = this.#calls.get(call);
    this.#calls.delete(call);
    if (pending !== undefined) this.#from.conversation?.abandon(pending);
  }

  /** The process is gone: nothing takes the replies. */
  abandon(): void {
    for (const call of this.#calls.keys()) this.cancel(call);
  }

  /** A value that cannot be carried fails its own request alone. */
  #reply(call: number, frame: Frame): void {
    try {
      this.#from.deliver(op.REPLY, call, frame);
    } catch (thrown) {
      this.#failed(call, asCarpoolError(thrown, 'FRAME_MALFORMED', 'Cannot pass on the reply'));
    }
  }

  #failed(call: number, error: CarpoolError): void {
    this.#calls.delete(call);
    this.#from.failed(call, error);
  }
}
