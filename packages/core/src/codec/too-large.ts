import { CarpoolError } from '../base/errors.ts';
import type { FrameLimits } from './codec.ts';
import { describeBytes, looksLikeText } from './evidence.ts';

const option = 'maxFrameBytes';
const evidenceBytes = 64;
/** Of what follows a length. */
const shownBytes = 256;

/**
 * @param largest what a length of this framing can announce
 * @throws CarpoolError FRAME_TOO_LARGE for a payload that we send: only this call fails
 */
export function checkOutgoing(size: number, limits: FrameLimits, largest: number = Infinity): void {
  const limit = Math.min(limits.maxFrameBytes, largest);
  if (size <= limit) return;
  const ofFraming = largest < limits.maxFrameBytes;
  const attempt = `Cannot send frame: ${size} bytes are over the limit of ${limit}`;
  const message = ofFraming ? `${attempt}, the most that its length can say` : `${attempt}; raise ${option}`;
  const context = ofFraming ? { size, limit } : { size, limit, option };
  throw new CarpoolError('FRAME_TOO_LARGE', message, { scope: 'call', blame: 'test', context });
}

/**
 * The error for a frame of the other side that is over the limit.
 * @param bytes its beginning, header included
 * @param stray the bytes look like printed text, not like a frame
 */
export function tooLarge(size: number | bigint, limits: FrameLimits, bytes: Uint8Array, stray: boolean): CarpoolError {
  const limit = limits.maxFrameBytes;
  const advice = stray ? 'is something printing to stdout?' : `raise ${option} if it is meant to be that large`;
  return new CarpoolError(
    'FRAME_TOO_LARGE',
    `Cannot read frame: ${size} bytes are over the limit of ${limit}; ${advice}`,
    {
      context: { size: Number(size), limit, option },
      evidence: { stdout: describeBytes(bytes, evidenceBytes) },
    },
  );
}

/**
 * As `tooLarge`, for a length in bytes. Text that is read as one gives a number of a billion or more: the text is shown.
 * @param after what follows the length
 */
export function tooLargeLength(size: bigint, limits: FrameLimits, length: Uint8Array, after: Uint8Array): CarpoolError {
  const seen = Uint8Array.of(...length, ...after.subarray(0, shownBytes));
  return tooLarge(size, limits, seen, looksLikeText(length));
}
