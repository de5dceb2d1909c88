/** The JSON bodies of frames: of CALL, RESULT, FAILED, CLOSED and the frames of leases. */
import { json } from '../codec/json.ts';

/** @throws CarpoolError FRAME_MALFORMED */
export function decodeJsonBody(body: Uint8Array): unknown {
  return json.decode(body);
}

/** MessagePack has larger numbers than JSON, and a child's hello or error may hold them: they become text. */
export function encodeJsonBody(body: unknown): Uint8Array {
  try {
    return json.encode(body);
  } catch {
    return json.encode(largeNumbersAsText(body));
  }
}

function largeNumbersAsText(value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  if (Array.isArray(value)) return value.map(largeNumbersAsText);
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, largeNumbersAsText(inner)]));
}
