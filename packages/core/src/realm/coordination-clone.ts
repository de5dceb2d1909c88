/** Values as bytes, by structured clone: Map, Set, Date, BigInt, typed arrays, Error, cycles. */
import { deserialize, serialize } from 'node:v8';
import { CarpoolError } from '../base/errors.ts';
import { copyToRealm } from './realm-copy.ts';

/** @throws CarpoolError LEASE_INVALID if it holds something that cannot be cloned */
export function bytesOf(value: unknown, what: string): Uint8Array {
  try {
    return serialize(value);
  } catch (thrown) {
    const text = `Cannot pass on ${what}: ${(thrown as Error).message.replace(/\.$/, '')}; give back plain data`;
    throw new CarpoolError('LEASE_INVALID', text, { cause: thrown });
  }
}

/** Of this realm, whichever has the engine's functions. */
export function valueOf(bytes: Uint8Array): unknown {
  const value: unknown = deserialize(bytes);
  return isForeign() ? copyToRealm(value) : value;
}

function isForeign(): boolean {
  return Object.getPrototypeOf(deserialize(serialize({}))) !== Object.prototype;
}
