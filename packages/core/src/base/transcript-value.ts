/**
 * Values of messages ⇄ values of JSON, for transcripts. What JSON has is itself. What it has not is an object with one
 * key, which begins with `$` and says what it is; an object of the user that looks like that is put into `$object`:
 *
 *   {"$bytes": base64}   {"$bigint": "12"}   {"$number": "NaN" | "Infinity" | "-Infinity" | "-0"}   {"$undefined": true}
 *   {"$date": "2026-01-02T03:04:05.678Z" | null}   {"$map": [[key, value], …]}   {"$set": [value, …]}
 *   {"$view": ["Float32Array", base64]}   {"$object": {…}}   {"$lost": "a function"}
 */
import { base64, fromBase64 } from './base64.ts';
import { isSecretNumber, redactName, redactText } from './redact.ts';
import type { Secrecy } from './secret-keys.ts';
import { redacted } from './secret-text.ts';
import { isSecret, secrecyAfter, secrecyOfEntry } from './secret-values.ts';

/** A value that JSON has: it goes through `JSON.stringify` and `JSON.parse` unchanged. */
export type Recorded = null | boolean | number | string | readonly Recorded[] | { readonly [name: string]: Recorded };

/** In the place of a value that a transcript does not have. */
export class Unrecorded {
  /** What it was, half a sentence: "a function", "1048577 bytes". */
  readonly what: string;

  constructor(what: string) {
    this.what = what;
  }
}

/** Objects, lists and maps in each other; what is deeper is lost. No codec has as many by default. */
const deepest = 1_000;

const views = [
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
  DataView,
] as const;
const viewsByName = new Map<string, new (buffer: ArrayBuffer) => ArrayBufferView>(
  views.map((view) => [view.name, view]),
);

export interface RecordOptions {
  /** Default: that of this folder, which is not the fastest where there is Node. */
  readonly base64?: ((bytes: Uint8Array) => string) | undefined;
  /**
   * Secrets are `[redacted]`, by the rules that are in force in this process, in the names of fields, too; of names that
   * become equal, all but the first get a number: "[redacted] 2". Default false.
   */
  readonly redact?: boolean | undefined;
}

/**
 * The value as JSON has it. What JSON has already is not copied. Never throws, unless a getter or a proxy does: what is no
 * data, or part of itself, is `$lost`. Of objects of a class, the properties are kept, and not the class.
 */
export function recordValue(value: unknown, options: RecordOptions = {}): Recorded {
  return new Recorder(options).value(value, 0, undefined);
}

/**
 * The reverse: `Unrecorded` stands for what is lost.
 * @throws Error with half a sentence: what in it is not of this version
 */
export function recordedValue(recorded: Recorded): unknown {
  if (typeof recorded !== 'object' || recorded === null) return recorded;
  if (Array.isArray(recorded)) return changedList(recorded as readonly Recorded[], (value) => recordedValue(value));
  const object = recorded as { readonly [name: string]: Recorded };
  const [name, more] = Object.keys(object);
  if (name === undefined || more !== undefined || !name.startsWith('$')) return changedObject(object, recordedValue);
  const tagged = tags.get(name);
  if (tagged === undefined) throw new Error(`it has a value of an unknown kind, ${JSON.stringify(name)}`);
  try {
    return tagged(object[name] as never);
  } catch (cause) {
    throw new Error(`it has a value of kind ${JSON.stringify(name)} that is none`, { cause });
  }
}

class Recorder {
  readonly #base64: (bytes: Uint8Array) => string;
  readonly #redacts: boolean;
  readonly #around = new Set<object>();

  constructor({ base64: toBase64 = base64, redact = false }: RecordOptions) {
    this.#base64 = toBase64;
    this.#redacts = redact;
  }

  /** @param secrecy of the name under which it stands */
  value(value: unknown, depth: number, secrecy: Secrecy | undefined): Recorded {
    if (secrecy !== undefined && isSecret(value, secrecy)) return redacted;
    switch (typeof value) {
      case 'string':
        return this.#redacts ? redactText(value) : value;
      case 'boolean':
        return value;
      case 'number':
        if (this.#redacts && isSecretNumber(value)) return redacted;
        return Number.isFinite(value) && !Object.is(value, -0)
          ? value
          : { $number: Object.is(value, -0) ? '-0' : String(value) };
      case 'bigint':
        if (this.#redacts && isSecretNumber(value)) return redacted;
        return { $bigint: String(value) };
      case 'undefined':
        return { $undefined: true };
      case 'object':
        return value === null ? null : this.#object(value, depth, secrecy);
      default:
        return { $lost: `a ${typeof value}` };
    }
  }

  #object(object: object, depth: number, secrecy: Secrecy | undefined): Recorded {
    if (object instanceof Unrecorded) return { $lost: object.what };
    const kind = Object.prototype.toString.call(object).slice(8, -1);
    if (ArrayBuffer.isView(object) || kind === 'ArrayBuffer') return this.#bytes(object as ArrayBufferView, kind);
    if (kind === 'Date') {
      const time = Number(object);
      return { $date: Number.isNaN(time) ? null : new Date(time).toISOString() };
    }
    if (this.#around.has(object)) return { $lost: 'a part of itself' };
    if (depth >= deepest) return { $lost: `deeper than ${deepest} levels` };
    this.#around.add(object);
    try {
      return this.#parts(object, kind, (value, own) => this.value(value, depth + 1, secrecy ?? own?.()));
    } finally {
      this.#around.delete(object);
    }
  }

  /** @param part records one of them. `own`: what its place says of it */
  #parts(object: object, kind: string, part: (value: unknown, own?: () => Secrecy | undefined) => Recorded): Recorded {
    if (Array.isArray(object)) {
      const list: readonly unknown[] = object;
      return changedList(list, (value, at) =>
        part(
          value,
          this.#own(() => secrecyAfter(list[at - 1])),
        ),
      ) as Recorded;
    }
    const entry = (value: unknown, name: unknown): Recorded =>
      part(value, typeof name === 'string' ? this.#own(() => secrecyOfEntry(name, object)) : undefined);
    if (kind === 'Map') {
      const map = object as Map<unknown, unknown>;
      // A map under the name of a secret has secrets as its keys, too.
      const names = this.#names([...map.keys()], (key) => part(key) as string);
      const nameOf = (key: unknown): Recorded => (typeof key === 'string' ? (names?.get(key) ?? key) : part(key));
      return { $map: Array.from(map, ([key, value]) => [nameOf(key), entry(value, key)]) };
    }
    if (kind === 'Set') return { $set: Array.from(object as Set<unknown>, (value) => part(value)) };
    const own = Object.keys(object);
    const recorded = renamed(
      changedObject(object as Readonly<Record<string, unknown>>, entry) as Readonly<Record<string, Recorded>>,
      this.#names(own, redactName),
    );
    const [name, more] = own;
    return name?.startsWith('$') === true && more === undefined ? { $object: recorded } : recorded;
  }

  /** As they are recorded, each another one. Absent: as they are. */
  #names(keys: readonly unknown[], redact: (name: string) => string): ReadonlyMap<string, string> | undefined {
    if (!this.#redacts || keys.every((key) => typeof key !== 'string' || redact(key) === key)) return undefined;
    const all = keys.filter((key) => typeof key === 'string');
    const shown = all.map(redact);
    // One that stays as it is keeps its name.
    const taken = new Set(all.filter((name, at) => name === shown[at]));
    const names = new Map<string, string>();
    shown.forEach((name, at) => {
      const before = all[at] as string;
      if (name === before) return;
      let free = name;
      for (let number = 2; taken.has(free); number++) free = `${name} ${number}`;
      taken.add(free);
      names.set(before, free);
    });
    return names;
  }

  #own(secrecy: () => Secrecy | undefined): (() => Secrecy | undefined) | undefined {
    return this.#redacts ? secrecy : undefined;
  }

  #bytes(of: ArrayBufferView | ArrayBuffer, kind: string): Recorded {
    const bytes = ArrayBuffer.isView(of) ? new Uint8Array(of.buffer, of.byteOffset, of.byteLength) : new Uint8Array(of);
    return kind === 'Uint8Array' ? { $bytes: this.#base64(bytes) } : { $view: [kind, this.#base64(bytes)] };
  }
}

const tags = new Map<string, (held: never) => unknown>([
  ['$bytes', (held: string) => fromBase64(held)],
  ['$bigint', (held: string) => BigInt(held)],
  ['$number', (held: string) => Number(held)],
  ['$undefined', () => undefined],
  ['$date', (held: string | null) => new Date(held ?? Number.NaN)],
  [
    '$map',
    (held: readonly (readonly [Recorded, Recorded])[]) =>
      new Map(held.map(([key, value]) => [recordedValue(key), recordedValue(value)])),
  ],
  ['$set', (held: readonly Recorded[]) => new Set(held.map(recordedValue))],
  ['$view', ([kind, held]: readonly [string, string]) => viewOf(kind, fromBase64(held).buffer)],
  ['$object', (held: { readonly [name: string]: Recorded }) => changedObject(held, recordedValue)],
  ['$lost', (held: string) => new Unrecorded(held)],
]);

function viewOf(kind: string, buffer: ArrayBuffer): unknown {
  if (kind === 'ArrayBuffer') return buffer;
  const View = viewsByName.get(kind);
  if (View === undefined) throw new Error(`there is no ${kind}`);
  return new View(buffer);
}

/** Itself, where nothing in it changes. */
function changedList<From, To>(list: readonly From[], change: (value: From, at: number) => To): readonly To[] {
  let changed: To[] | undefined;
  // By place: a hole is `undefined`.
  for (let at = 0; at < list.length; at++) {
    const to = change(list[at] as From, at);
    if (changed === undefined && ((to as unknown) !== list[at] || !Object.hasOwn(list, at)))
      changed = list.slice(0, at) as unknown as To[];
    changed?.push(to);
  }
  return changed ?? (list as unknown as readonly To[]);
}

/** Itself, where it is a plain object and nothing in it changes. */
function changedObject<From, To>(
  object: Readonly<Record<string, From>>,
  change: (value: From, name: string) => To,
): Readonly<Record<string, To>> {
  let isChanged = !isPlain(object);
  const entries: [string, To][] = [];
  for (const name of Object.keys(object)) {
    const to = change(object[name] as From, name);
    isChanged ||= (to as unknown) !== object[name];
    entries.push([name, to]);
  }
  // Not by assignment: a key may be `__proto__`.
  return isChanged ? Object.fromEntries(entries) : (object as unknown as Readonly<Record<string, To>>);
}

function renamed(
  object: Readonly<Record<string, Recorded>>,
  names: ReadonlyMap<string, string> | undefined,
): Readonly<Record<string, Recorded>> {
  if (names === undefined) return object;
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [names.get(name) ?? name, value]));
}

/** Of any realm. Others may have a `toJSON`. */
function isPlain(object: object): boolean {
  const prototype = Object.getPrototypeOf(object) as object | null;
  return (
    prototype === null || (Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, 'hasOwnProperty'))
  );
}
