import { CarpoolError } from '../base/errors.ts';
import type { FrameLimits } from './codec.ts';
import { describeBytes } from './evidence.ts';

const option = 'maxFrameBytes';
const evidenceBytes = 64;

/** @throws CarpoolError FRAME_TOO_LARGE for a payload that we send: only this call fails */
export function checkOutgoing(size: number, limits: FrameLimits): void {
  const limit = limits.maxFrameBytes;
  if (size <= limit) return;
  throw new CarpoolError(
    'FRAME_TOO_LARGE',
    `Cannot send frame: ${size} bytes are over the limit of ${limit}; raise ${option}`,
    {
      scope: 'call',
      blame: 'test',
      context: { size, limit, option },
    },
  );
}

/**
 * The error for a frame of the other side that is over the limit.
 * @param bytes its beginning, header included
 * @param stray the bytes look like printed text, not like a frame
 */
export function tooLarge(size: number, limits: FrameLimits, bytes: Uint8Array, stray: boolean): CarpoolError {
  const limit = limits.maxFrameBytes;
  const advice = stray ? 'is something printing to stdout?' : `raise ${option} if it is meant to be that large`;
  return new CarpoolError(
    'FRAME_TOO_LARGE',
    `Cannot read frame: ${size} bytes are over the limit of ${limit}; ${advice}`,
    {
      context: { size, limit, option },
      evidence: { stdout: describeBytes(bytes, evidenceBytes) },
    },
  );
}
