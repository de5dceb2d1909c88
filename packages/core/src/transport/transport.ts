/** Whole messages, both ways. A pipe, a socket and a pair in memory are transports; none knows what a message means. */
import type { CarpoolError } from '../base/errors.ts';
import type { Frame } from '../codec/frame.ts';

export interface TransportHandlers {
  frame(frame: Frame): void;
  /** Called once, last. `reason` is absent for an orderly end. */
  closed(reason: CarpoolError | undefined): void;
}

export interface Transport {
  /** Handlers are handed over here, so that nothing can arrive before its listener. Called once. */
  start(handlers: TransportHandlers): void;
  /**
   * Queues a frame; order is kept. After the end it does nothing: `closed` has told.
   * @throws CarpoolError FRAME_TOO_LARGE or FRAME_MALFORMED; nothing was sent then
   */
  send(frame: Frame): void;
  /** Bytes accepted by `send` that the other side has not taken yet. */
  readonly backlog: number;
  /** Sends what is queued, then ends. Bounded by whoever owns the other end: `abort` when it takes too long. */
  close(): void;
  /** Ends at once; what is queued is lost. */
  abort(reason: CarpoolError): void;
}
