/**
 * Bytes ⇄ messages. A codec is a *framing* (where one frame ends and the next begins) and a *format* (what the bytes of
 * one frame mean). Both are pure and synchronous: the bytes may come from a pipe, a socket or a test. Nothing above this
 * folder sees how a frame is delimited; nothing in it knows what a session is.
 */

/** The value of a field that can be read from a frame without decoding the rest. */
export type Scalar = string | number | bigint | boolean | null;

/** Top-level fields of a message, by name. A field that is absent, or is not a scalar, is not in it. */
export type Fields = Readonly<Record<string, Scalar>>;

/** Limits of one stream. */
export interface FrameLimits {
  /** Largest payload of one frame, in bytes. Default 64 MiB. */
  readonly maxFrameBytes: number;
}

export const defaultLimits: FrameLimits = { maxFrameBytes: 64 * 1024 * 1024 };

/** What came of a frame whose end has not come. */
export interface Unfinished {
  readonly bytes: Uint8Array;
  /** What has not come, half a sentence: "the newline that ends it has not come". */
  readonly missing: string;
}

/** Turns chunks, as they arrive, into whole payloads. */
export interface Unframer {
  /**
   * Calls `onPayload` for each payload that `chunk` completes, in order. A payload may share memory with `chunk`.
   * @throws CarpoolError FRAME_TOO_LARGE or FRAME_MALFORMED; the unframer cannot be used after that
   */
  push(chunk: Uint8Array, onPayload: (payload: Uint8Array) => void): void;
  /** The stream has ended. @throws CarpoolError FRAME_TRUNCATED if it ended inside a frame */
  end(): void;
  /** What came of a frame whose end has not come, for the evidence of errors; `undefined`: nothing. Default: not known. */
  unfinished?(): Unfinished | undefined;
}

/** Where each frame ends in a stream of bytes. */
export interface Framing {
  /** For error messages. */
  readonly name: string;
  /** Frames are lines of text, so that the next frame can be read where one is no message. Default false. */
  readonly lines?: boolean;
  /**
   * What surrounds one payload: `head` before it, `tail` after it.
   * @throws CarpoolError FRAME_TOO_LARGE, or FRAME_MALFORMED if the payload holds the delimiter
   */
  frame(payload: Uint8Array, limits: FrameLimits): { readonly head: Uint8Array; readonly tail: Uint8Array };
  /** A new unframer, for one stream. */
  unframer(limits: FrameLimits): Unframer;
}

/** What the bytes of one frame mean. */
export interface Format {
  /** For error messages. */
  readonly name: string;
  /** @throws CarpoolError FRAME_MALFORMED if the value cannot be written */
  encode(message: unknown): Uint8Array;
  /** @throws CarpoolError FRAME_MALFORMED if the bytes are no message, or nest too deeply */
  decode(payload: Uint8Array): unknown;
  /**
   * Reads the named top-level fields without decoding the rest. Without it the whole message is decoded.
   * @throws CarpoolError FRAME_MALFORMED
   */
  readonly peek?: (payload: Uint8Array, names: readonly string[]) => Fields;
  /**
   * Whether it has this top-level field, whatever its value is, without decoding the rest. Without it the whole message is
   * decoded.
   * @throws CarpoolError FRAME_MALFORMED
   */
  readonly has?: (payload: Uint8Array, name: string) => boolean;
  /**
   * `payload` with these top-level fields: itself if it has them all, else a copy. Undefined if it has one of them with
   * another value: with two fields of one name, readers of the message could disagree. In that case, and without this
   * method, the message is decoded and encoded again.
   * @throws CarpoolError FRAME_MALFORMED
   */
  readonly stamp?: (payload: Uint8Array, fields: Fields) => Uint8Array | undefined;
}

/** A framing and a format. `codec: 'msgpack'` and `codec: 'json-lines'` are built in. */
export interface Codec {
  readonly name: string;
  readonly framing: Framing;
  readonly format: Format;
}
