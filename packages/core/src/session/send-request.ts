/** A request of a user, from its call to its reply. One promise, one timer: every message of a test passes here. */
import { CarpoolError, type CallSite } from '../base/errors.ts';
import { noop } from '../base/noop.ts';
import type { Clock, Timer } from '../base/clock.ts';
import { Frame } from '../codec/frame.ts';
import { sendError } from './errors.ts';
import type { OpenSession } from './open-session.ts';
import type { PendingCall } from './pending.ts';
import type { RequestOptions } from './types.ts';

export interface RequestCall extends RequestOptions {
  /** Where the user called. */
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
  let call: PendingCall | undefined;
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
    // The end of a test rejects what it left waiting. If nothing catches that, it is no failure.
    if (error.code === 'SESSION_CLOSED') promise.catch(noop);
    reject(error);
  };
  const gaveUp = (reason: Error): void => {
    if (!settleOnce()) return;
    if (call !== undefined) conversation.abandon(call);
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
    call = conversation.request(Frame.of(message, format), { reply, step, failed });
  } catch (thrown) {
    failed(thrown);
    return promise;
  }
  if (Number.isFinite(timeout)) timer = clock.after(timeout, () => gaveUp(expired()));
  signal?.addEventListener('abort', aborted);
  return promise;
}

/** The request in a sentence. */
export function describeRequest(message: unknown): string {
  const type = typeof message === 'object' && message !== null && 'type' in message ? message.type : undefined;
  return typeof type === 'string' ? `"${type}"` : 'the request';
}

const typeField = ['type'] as const;

/** @throws CarpoolError SESSION_REFUSED if the reply has another `type` */
function checkExpected(reply: Frame, expect: string, request: unknown, site: CallSite): void {
  const { type } = reply.fields(typeField);
  if (type === expect) return;
  const found = `The reply to ${describeRequest(request)} has type ${JSON.stringify(type)}`;
  throw new CarpoolError('SESSION_REFUSED', `${found}, expected ${JSON.stringify(expect)}`, {
    blame: 'child',
    evidence: { messages: [reply.toString()] },
    site,
  });
}
