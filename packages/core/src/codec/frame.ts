/**
 * A message on its way, decoded only when its content is read. A frame that is routed by its fields and sent on, with or
 * without one more field, stays bytes from end to end; one that begins and ends in this process is never encoded.
 */
import { CarpoolError } from '../base/errors.ts';
import type { Fields, Format } from './codec.ts';
import { describeMessage } from './describe.ts';
import { describeBytes } from './evidence.ts';
import { fieldsOf, isRecord } from './fields.ts';

/** Characters of the longest `toString`. */
const shownCharacters = 200;
const shownBytes = 32;

/** Immutable: callers must not change its bytes, nor its message. */
export class Frame {
  readonly format: Format;
  #bytes: Uint8Array | undefined;
  #message: unknown;
  #decoded: boolean;
  #names: readonly string[] | undefined;
  #fields: Fields | undefined;

  private constructor(format: Format, bytes: Uint8Array | undefined, message: unknown) {
    this.format = format;
    this.#bytes = bytes;
    this.#message = message;
    this.#decoded = bytes === undefined;
  }

  /** A frame of bytes, which are decoded when they are read. */
  static encoded(bytes: Uint8Array, format: Format): Frame {
    return new Frame(format, bytes, undefined);
  }

  /** A frame of a message, which is encoded when its bytes are read. */
  static of(message: unknown, format: Format): Frame {
    return new Frame(format, undefined, message);
  }

  /** @throws CarpoolError FRAME_MALFORMED if the message cannot be written */
  get bytes(): Uint8Array {
    return (this.#bytes ??= this.format.encode(this.#message));
  }

  /** How many bytes it holds; 0 while it is not encoded. */
  get encodedBytes(): number {
    return this.#bytes?.length ?? 0;
  }

  /** @throws CarpoolError FRAME_MALFORMED if the bytes are no message */
  get message(): unknown {
    if (!this.#decoded) {
      this.#message = this.format.decode(this.bytes);
      this.#decoded = true;
    }
    return this.#message;
  }

  /**
   * The named top-level fields, see `Fields`. For the same array it is cached.
   * @throws CarpoolError FRAME_MALFORMED
   */
  fields(names: readonly string[]): Fields {
    if (this.#fields === undefined || this.#names !== names) {
      this.#fields = this.#read(names);
      this.#names = names;
    }
    return this.#fields;
  }

  /**
   * Whether the message has this top-level field, whatever its value is: `fields` gives scalars alone. MessagePack finds it
   * in the bytes. A field whose value is `undefined` is none, as it is not written.
   * @throws CarpoolError FRAME_MALFORMED
   */
  has(name: string): boolean {
    const { has } = this.format;
    if (!this.#decoded && has !== undefined) return has(this.bytes, name);
    const { message } = this;
    return isRecord(message) && Object.hasOwn(message, name) && message[name] !== undefined;
  }

  /**
   * The same message with these top-level fields, in place of any it has under these names.
   * @throws CarpoolError FRAME_MALFORMED if the message is no object
   */
  with(fields: Fields): Frame {
    if (this.#bytes !== undefined && this.format.stamp !== undefined) {
      const stamped = this.format.stamp(this.#bytes, fields);
      if (stamped !== undefined) return stamped === this.#bytes ? this : new Frame(this.format, stamped, undefined);
    }
    const message = this.message;
    if (!isRecord(message)) throw notAnObject(this);
    // First, so that a reader of the encoded message finds them first; again last, because these values win.
    return new Frame(this.format, undefined, { ...fields, ...message, ...fields });
  }

  /** A short description for errors. Never throws. */
  toString(): string {
    return this.describe(shownCharacters);
  }

  /**
   * The message as it is on the way: what the format leaves out is missing. Never throws.
   * @param max characters; Infinity: all of it
   * @param parts as of `describeMessage`
   */
  describe(max: number, parts?: 'short' | 'whole'): string {
    try {
      const message = this.#bytes === undefined ? this.#message : this.format.decode(this.#bytes);
      return describeMessage(message, max, parts);
    } catch {
      return `<${this.format.name}, cannot be decoded: ${describeBytes(this.bytes, shownBytes).replaceAll(/\s+/g, ' ')}>`.slice(
        0,
        shownCharacters,
      );
    }
  }

  #read(names: readonly string[]): Fields {
    // From the bytes if there are any: `peek` refuses a field that occurs twice, decoding would take one of the two.
    if (this.#bytes !== undefined && this.format.peek !== undefined) return this.format.peek(this.#bytes, names);
    return fieldsOf(this.message, names);
  }
}

function notAnObject(frame: Frame): CarpoolError {
  const message = `Cannot add fields to ${frame.toString()}: a message must be an object`;
  return new CarpoolError('FRAME_MALFORMED', message, { evidence: { messages: [frame.toString()] } });
}
