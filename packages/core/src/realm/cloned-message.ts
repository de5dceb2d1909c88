/** A message that arrived as bytes. One object for each message, however often it is received. */
import { revive } from './structured-clone.ts';

export class ClonedMessage {
  // Private, so that printing or publishing the message does not show it.
  #body: Uint8Array | undefined;
  #data: unknown;

  /** @param body as `clone` made it */
  constructor(body: Uint8Array) {
    this.#body = body;
  }

  /** Decoded at the first look. @throws CarpoolError FRAME_MALFORMED */
  get data(): unknown {
    if (this.#body !== undefined) {
      this.#data = revive(this.#body);
      this.#body = undefined;
    }
    return this.#data;
  }
}
