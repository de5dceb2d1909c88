/**
 * Enough of a message to recognise it in an error, without the secrets in it. It never throws, since it runs after something
 * has failed.
 */
import { isSecretNumber, redactName, redactText } from '../base/redact.ts';
import type { Secrecy } from '../base/secret-keys.ts';
import { redacted } from '../base/secret-text.ts';
import { isSecret, secrecyAfter, secrecyOfEntry } from '../base/secret-values.ts';
import { sha256 } from '../base/sha256.ts';

const longestText = 60;
/** Characters of a text that are looked at for secrets, beyond those that may be shown: one at their end is whole. */
const looksAt = 16 * 1024;
const deepest = 4;
const mostEntries = 12;
/** Where parts are not shortened: more levels would fill the stack. */
const deepestOfWhole = 100;
/** Hexadecimal digits of a digest. */
const digits = 8;
/** Bytes: a digest of more takes too long. */
const mostDigested = 1024 * 1024;

/** Texts, lists and objects in a message are shortened, so that its structure is seen, or as long as there is room. */
export type Parts = 'short' | 'whole';

/**
 * At most `max` characters that look like a literal. Infinity: all of it. The work grows with `max`, and not with the message.
 * @param binary shows bytes. Default: they are counted
 */
export function describeMessage(
  message: unknown,
  max: number = 200,
  parts: Parts = 'short',
  binary: (bytes: ArrayBufferView) => string = describeBinary,
): string {
  const text = new Summary(max, parts, binary);
  try {
    text.value(message, 0);
  } catch {
    // A getter or a proxy of the user's threw.
    text.add('<cannot be shown>');
  }
  return text.toString();
}

/** Instead of bytes: "<Uint8Array 12 bytes, sha-256 1b2c3d4e>". Equal ones have the same digest. */
export function describeBinary(bytes: ArrayBufferView): string {
  const { byteLength, byteOffset, buffer } = bytes;
  const digest =
    byteLength > mostDigested
      ? ''
      : `, sha-256 ${sha256(new Uint8Array(buffer, byteOffset, byteLength)).slice(0, digits)}`;
  return `<Uint8Array ${byteLength} bytes${digest}>`;
}

class Summary {
  readonly #max: number;
  readonly #longestText: number;
  readonly #mostEntries: number;
  readonly #deepest: number;
  readonly #binary: (bytes: ArrayBufferView) => string;
  #text = '';

  constructor(max: number, parts: Parts, binary: (bytes: ArrayBufferView) => string) {
    this.#max = max;
    this.#binary = binary;
    const isShort = max !== Infinity && parts === 'short';
    this.#longestText = isShort ? longestText : max;
    this.#mostEntries = isShort ? mostEntries : Infinity;
    this.#deepest = isShort ? deepest : max === Infinity ? Infinity : deepestOfWhole;
  }

  add(text: string): void {
    if (this.#text.length <= this.#max) this.#text += text;
  }

  toString(): string {
    return this.#text.length > this.#max ? `${this.#text.slice(0, this.#max - 1)}…` : this.#text;
  }

  /** @param secrecy of the name under which it stands */
  value(value: unknown, depth: number, secrecy?: Secrecy): void {
    if (secrecy !== undefined && isSecret(value, secrecy)) this.add(redacted);
    else if (typeof value === 'string') this.add(this.#quoted(value));
    else if ((typeof value === 'bigint' || typeof value === 'number') && isSecretNumber(value)) this.add(redacted);
    else if (typeof value === 'bigint') this.add(`${value}n`);
    else if (typeof value !== 'object' || value === null) this.add(String(value));
    else if (ArrayBuffer.isView(value)) this.add(this.#binary(value));
    else if (Object.prototype.toString.call(value) === '[object Date]') this.add((value as Date).toISOString());
    else if (Array.isArray(value)) this.#list(value, depth, secrecy);
    else this.#object(value, depth, secrecy);
  }

  #list(list: readonly unknown[], depth: number, secrecy: Secrecy | undefined): void {
    this.add('[');
    for (const [place, value] of list.entries()) {
      if (!this.#hasRoom(place, depth)) break;
      this.value(value, depth + 1, secrecy ?? secrecyAfter(list[place - 1]));
    }
    this.add(']');
  }

  #object(object: object, depth: number, secrecy: Secrecy | undefined): void {
    this.add('{');
    let count = 0;
    for (const [key, value] of object instanceof Map ? (object as Map<unknown, unknown>) : entriesOf(object)) {
      if (!this.#hasRoom(count++, depth)) break;
      const name = String(key);
      this.add(`${redactName(name)}: `);
      this.value(value, depth + 1, secrecy ?? secrecyOfEntry(name, object));
    }
    this.add('}');
  }

  #hasRoom(count: number, depth: number): boolean {
    if (count > 0) this.add(', ');
    const isCut = depth >= this.#deepest || count >= this.#mostEntries;
    if (!isCut && this.#text.length <= this.#max) return true;
    this.add('…');
    return false;
  }

  #quoted(text: string): string {
    if (this.#max === Infinity) return JSON.stringify(redactText(text));
    const most = this.#longestText;
    const seen = text.slice(0, most + looksAt);
    const shown = redactText(seen);
    return JSON.stringify(shown.length > most || seen.length < text.length ? `${shown.slice(0, most)}…` : shown);
  }
}

function* entriesOf(value: object): Generator<[string, unknown]> {
  for (const name of Object.keys(value)) yield [name, (value as Readonly<Record<string, unknown>>)[name]];
}
