/** What a recording has, as a mux has it. */
import { errorKinds, type ErrorCode } from '../base/error-kinds.ts';
import { CarpoolError } from '../base/errors.ts';
import type { Frame } from '../codec/frame.ts';
import type { RecordedLoss } from './recorded-session.ts';

/** As the child would read it: what its format leaves out is missing. */
export function decoded(frame: Frame): unknown {
  return frame.encodedBytes > 0 ? frame.message : frame.format.decode(frame.bytes);
}

export function lossError({ code, message, reason }: RecordedLoss): CarpoolError {
  return recordedError(code, message ?? `it ended ${reason} when it was recorded`, 'SESSION_FAILED');
}

/** The error that was recorded. */
export function recordedError(code: string | undefined, message: string, otherwise: ErrorCode): CarpoolError {
  const known = code !== undefined && Object.hasOwn(errorKinds, code) ? (code as ErrorCode) : otherwise;
  return new CarpoolError(known, message);
}
