/** Carries whole messages, both ways, over a pipe or a socket, without knowing what they mean. */
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
   * Queues a frame; order is kept. After the end it does nothing, since `closed` has reported that.
   * @throws CarpoolError FRAME_TOO_LARGE or FRAME_MALFORMED; nothing was sent then
   */
  send(frame: Frame): void;
  /** As `send`, for what nothing waits for: it may leave a turn of the event loop later, with what is sent until then. */
  sendSoon(frame: Frame): void;
  /** Bytes accepted by `send` that the other side has not read yet. */
  readonly backlog: number;
  /** For the evidence of errors: what came of a frame whose end has not come, and what is missing. Default: not known. */
  unfinished?(): string | undefined;
  /** Sends what is queued, then ends. It has no deadline: the owner calls `abort` when it takes too long. */
  close(): void;
  /** Ends at once; what is queued is lost. */
  abort(reason: CarpoolError): void;
}
