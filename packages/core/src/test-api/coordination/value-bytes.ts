import { CarpoolError } from '../../base/errors.ts';
import { clone } from '../../realm/structured-clone.ts';

/** A value of `once` as bytes, for `revive`; a `Buffer` in it stays one. @throws CarpoolError LEASE_INVALID */
export function bytesOf(value: unknown, what: string): Uint8Array {
  const failed = (message: string, cause: unknown): CarpoolError =>
    new CarpoolError('LEASE_INVALID', `${message.replace(/\.$/, '')}; return plain data`, { cause });
  return clone(value, `Cannot pass on ${what}`, { keepBuffers: true, failed });
}
