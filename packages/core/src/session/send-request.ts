/** A request of a user, from its call to its reply. One promise, one timer: every message of a test passes here. */
import type { CarpoolError, CallSite } from '../base/errors.ts';
import type { Clock, Timer } from '../base/clock.ts';
import { Frame } from '../codec/frame.ts';
import type { OpenSession } from './ground.ts';
import { checkExpected, sendError } from './request.ts';
import type { RequestOptions } from './types.ts';

export interface RequestCall extends RequestOptions {
  /** Of the call. */
  readonly site: CallSite;
  /** Takes what precedes the reply. Absent: steps are passed over. */
  readonly step?: (frame: Frame) => void;
}

export interface SendRequestOptions extends RequestCall {
  readonly timeout: number;
  readonly clock: Clock;
  /** What to reject with at the deadline. */
  readonly expired: () => CarpoolError;
}

const nothing = (): void => {};

/** Resolves with the decoded reply. */
export function sendRequest(
  { conversation, format }: OpenSession,
  message: unknown,
  options: SendRequestOptions,
): Promise<unknown> {
  const { timeout, signal, expect, step, site, clock, expired } = options;
  if (signal?.aborted === true) return Promise.reject(signal.reason as Error);
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  let timer: Timer | undefined;
  let abandon = nothing;
  let waiting = true;
  const settleOnce = (): boolean => {
    const wasWaiting = waiting;
    waiting = false;
    timer?.cancel();
    signal?.removeEventListener('abort', aborted);
    return wasWaiting;
  };
  const failed = (thrown: unknown): void => {
    if (!settleOnce()) return;
    const error = sendError(thrown, site);
    // The end of a test rejects what it left waiting. Nobody may be there to catch that, and it is no failure.
    if (error.code === 'SESSION_CLOSED') promise.catch(nothing);
    reject(error);
  };
  const gaveUp = (reason: Error): void => {
    if (!settleOnce()) return;
    abandon();
    reject(reason);
  };
  const aborted = (): void => gaveUp(signal?.reason as Error);
  const reply = (frame: Frame): void => {
    if (!settleOnce()) return;
    try {
      if (expect !== undefined) checkExpected(frame, expect, message, site);
      resolve(frame.message);
    } catch (thrown) {
      reject(thrown as Error);
    }
  };
  try {
    const call = step === undefined ? { reply, failed } : { reply, failed, step };
    abandon = conversation.request(Frame.of(message, format), call);
  } catch (thrown) {
    failed(thrown);
    return promise;
  }
  if (Number.isFinite(timeout)) timer = clock.after(timeout, () => gaveUp(expired()));
  signal?.addEventListener('abort', aborted);
  return promise;
}
