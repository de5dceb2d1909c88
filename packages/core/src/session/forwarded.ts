/** Messages that a handler of the user takes as they come: `session.onMessage`. */
import { asCarpoolError, type CarpoolError } from '../base/errors.ts';
import type { Frame } from '../codec/frame.ts';

/** @param unreadable called with a message that cannot be decoded */
export function forwarded(
  handler: (message: Record<string, unknown>) => void,
  unreadable: (error: CarpoolError) => void,
): (frame: Frame) => void {
  return (frame) => {
    let message: Record<string, unknown>;
    try {
      message = frame.message as Record<string, unknown>;
    } catch (thrown) {
      unreadable(asCarpoolError(thrown, 'FRAME_MALFORMED', 'Cannot read a message'));
      return;
    }
    try {
      handler(message);
    } catch (thrown) {
      // A fault of the handler, not of the session: it surfaces as one of a listener would.
      queueMicrotask(() => {
        throw thrown;
      });
    }
  };
}
