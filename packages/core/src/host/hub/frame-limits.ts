/** How large a frame of one worker may be, by its head: looked at before a body is read. */
import { op, type WireHead } from '../../wire/frames.ts';
import type { HubLimits } from './limits.ts';

/** Where no session allows more. */
const smallFrame = 64 * 1024;

export class FrameLimits {
  readonly #maxCallBytes: number;
  readonly #ofSession: (session: number) => number | undefined;
  /** Of all sessions that the worker had. */
  #largest = smallFrame;

  /** @param ofSession undefined if the worker has no such session */
  constructor({ maxCallBytes }: HubLimits, ofSession: (session: number) => number | undefined) {
    this.#maxCallBytes = maxCallBytes;
    this.#ofSession = ofSession;
  }

  /** In bytes of the body. */
  of({ op: kind, session }: WireHead): number {
    // What is only too large gets an answer that says so; what is much larger is not read.
    if (kind === op.CALL) return this.#maxCallBytes * 8;
    // What comes for a session that has just ended must not end the others.
    const own = this.#ofSession(session) ?? 0;
    this.#largest = Math.max(this.#largest, own * 2);
    return own === 0 ? this.#largest : Math.max(own * 2, smallFrame);
  }
}
