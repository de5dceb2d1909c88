/**
 * Messages on a line that is none, because a newline is missing: `print('loading', end='')` in front of a message, or a
 * message that is written without its newline, and text after it. Only such a line is searched, and only a few places of it.
 */
import { Frame } from '../codec/frame.ts';

/** Places of a line at which a message is looked for. */
const tries = 8;
const opening: readonly number[] = [0x7b, 0x5b];
const closing: readonly number[] = [0x7d, 0x5d];

export interface Glued {
  readonly messages: readonly Frame[];
  /** Half a sentence: where the newline is missing. */
  readonly hint: string;
}

/** The messages on a line that is no message; `undefined`: there is none. */
export function gluedIn(line: Frame): Glued | undefined {
  const { bytes, format } = line;
  const part = (from: number, to: number): Frame | undefined => {
    const frame = Frame.encoded(bytes.subarray(from, to), format);
    return isMessage(frame) ? frame : undefined;
  };
  for (const at of places(bytes, opening)) {
    const last = part(at, bytes.length);
    if (last === undefined) continue;
    const first = part(0, at);
    return first === undefined
      ? { messages: [last], hint: `a newline is missing before ${last.toString()}` }
      : { messages: [first, last], hint: `a newline is missing between ${first.toString()} and ${last.toString()}` };
  }
  for (const at of places(bytes, closing, true)) {
    const first = part(0, at + 1);
    if (first !== undefined) return { messages: [first], hint: `a newline is missing after ${first.toString()}` };
  }
  return undefined;
}

/** Where one of `wanted` stands, but not at the beginning, and of those the first ones, or the last ones. */
function places(bytes: Uint8Array, wanted: readonly number[], backwards = false): number[] {
  const found: number[] = [];
  for (let n = 1; n < bytes.length && found.length < tries; n++) {
    const at = backwards ? bytes.length - n : n;
    if (wanted.includes(bytes[at] as number)) found.push(at);
  }
  return found;
}

/** An object, or a list of objects. A list of anything else is what programs print, too. */
function isMessage(frame: Frame): boolean {
  let message: unknown;
  try {
    ({ message } = frame);
  } catch {
    return false;
  }
  if (Array.isArray(message)) return message.length > 0 && message.every(isObject);
  return isObject(message);
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
