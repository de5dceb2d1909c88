/** What the tests of codecs share. */
import { isCarpoolError, type CarpoolError } from '../../src/base/errors.ts';
import { defaultLimits, type FrameLimits, type Framing } from '../../src/codec/codec.ts';

/** The error of Carpool that `run` throws; any other error is rethrown. */
export function failure(run: () => unknown): CarpoolError {
  try {
    run();
  } catch (thrown) {
    if (isCarpoolError(thrown)) return thrown;
    throw thrown;
  }
  throw new Error('it did not throw');
}

/** Runs it with arbitrary bytes: it may return, or fail with one of the FRAME codes. */
export function onlyFrameErrors(run: () => unknown): void {
  try {
    run();
  } catch (thrown) {
    if (!isCarpoolError(thrown) || !thrown.code.startsWith('FRAME_')) throw thrown;
  }
}

export function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Bytes in a form that is quick to compare. */
export function plain(bytes: Uint8Array): string {
  return Array.from(bytes).join(' ');
}

/** The payloads as they go over the wire. */
export function framed(framing: Framing, payloads: readonly Uint8Array[]): Uint8Array {
  const pieces = payloads.flatMap((payload) => {
    const { head, tail } = framing.frame(payload, defaultLimits);
    return [head, payload, tail];
  });
  const whole = new Uint8Array(pieces.reduce((size, piece) => size + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/** The payloads in the chunks, each in `plain` form; the stream ends after them. */
export function unframed(
  framing: Framing,
  chunks: Iterable<Uint8Array>,
  limits: FrameLimits = defaultLimits,
): string[] {
  const payloads: string[] = [];
  const unframer = framing.unframer(limits);
  for (const chunk of chunks) unframer.push(chunk, (payload) => payloads.push(plain(payload)));
  unframer.end();
  return payloads;
}

export function* chunksOf(bytes: Uint8Array, size: number): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.slice(at, at + size);
}
