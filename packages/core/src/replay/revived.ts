/** What a recording has, as a mux has it. */
import { errorKinds, type ErrorCode } from '../base/error-kinds.ts';
import { CarpoolError } from '../base/errors.ts';
import { recordedValue } from '../base/transcript-value.ts';
import type { Frame } from '../codec/frame.ts';
import type { Stamps } from './recorded-form.ts';
import type { RecordedLoss } from './recorded-session.ts';
import type { Arriving } from './replay-session.ts';

/** As the child would read it: what its format leaves out is missing. */
export function decoded(frame: Frame): unknown {
  return frame.encodedBytes > 0 ? frame.message : frame.format.decode(frame.bytes);
}

/**
 * With the fields of its session and its request, which recordings do not have.
 * @param now `session`: its id; `ownIds`: the ids that requests had of their own, by their keys
 */
export function stamped(
  arriving: Exclude<Arriving, RecordedLoss>,
  { sessionField, idField }: Stamps,
  now: { readonly session: string; readonly ownIds: ReadonlyMap<string, string> },
): unknown {
  const message = recordedValue(arriving.m);
  if (typeof message !== 'object' || message === null || Array.isArray(message)) return message;
  const key = 'key' in arriving ? (now.ownIds.get(arriving.key) ?? `c${arriving.key}`) : undefined;
  const id = arriving.kind === 'ask' ? String(arriving.n) : key;
  return {
    ...(sessionField !== undefined && { [sessionField]: now.session }),
    ...(idField !== undefined && id !== undefined && { [idField]: id }),
    ...message,
  };
}

export function lossError({ code, message, reason }: RecordedLoss): CarpoolError {
  return recordedError(code, message ?? `it ended ${reason} when it was recorded`, 'SESSION_FAILED');
}

/** The error that was recorded. */
export function recordedError(code: string | undefined, message: string, otherwise: ErrorCode): CarpoolError {
  const known = code !== undefined && Object.hasOwn(errorKinds, code) ? (code as ErrorCode) : otherwise;
  return new CarpoolError(known, message);
}
