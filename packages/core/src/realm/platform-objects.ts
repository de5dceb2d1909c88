/**
 * Objects of the platform in a value that is cloned. V8 alone writes a `URL`, `Headers` or a `Blob` as `{}`, and a
 * `DOMException` without its message; Node's message ports, and so AVA, keep some of them and refuse the others.
 *
 *   value ─▶ looked through ─▶ as it is │ a copy with a mark for each DOMException │ refused, by name
 */
import { tagOf } from '../base/tag.ts';

/** What a clone keeps of a `DOMException`. */
export interface DomExceptionRecord {
  readonly message: string;
  readonly name: string;
  readonly stack: string | undefined;
}

/** Those of the language, which V8 clones or refuses as it should. */
const ofTheLanguage: ReadonlySet<string> = new Set(
  'Array Object Map Set Error Date RegExp ArrayBuffer Number String Boolean BigInt Symbol Function Promise WeakMap WeakSet WeakRef'.split(
    ' ',
  ),
);

const hints: Readonly<Record<string, string>> = {
  URL: 'send its `href`',
  URLSearchParams: 'send its text, `String(params)`',
  Headers: 'send `Object.fromEntries(headers)`',
  Blob: 'send its bytes, `await blob.bytes()`',
  File: 'send its bytes, `await file.bytes()`',
};

/** What stands for a `DOMException` in a copy: V8 hands views to the writer of this value. */
const marks = new WeakMap<object, DomExceptionRecord>();

/** Undefined for a view of the user's. */
export function markedException(view: object): DomExceptionRecord | undefined {
  return marks.get(view);
}

/** The value that V8 is to write. @throws Error the end of a sentence, if the value holds what cannot be cloned */
export function portable(value: unknown): unknown {
  return holdsException(value) ? new Marker().copy(value) : value;
}

function holdsException(value: unknown): boolean {
  const seen = new Set<object>();
  const open: object[] = [];
  let found = false;
  const look = (one: unknown): void => {
    if (typeof one !== 'object' || one === null || hasNoParts(one) || seen.has(one)) return;
    seen.add(one);
    open.push(one);
  };
  look(value);
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const tag = kindOf(next);
    if (tag === 'DOMException') found = true;
    else refusePlatform(next, tag);
    partsOf(next, tag, look);
  }
  return found;
}

/** The most usual ones. `writeView` looks at the memory of a view. */
function hasNoParts(object: object): boolean {
  return object instanceof Date || ArrayBuffer.isView(object);
}

/** As `tagOf`, which costs much more for an object that is plain. */
function kindOf(object: object): string {
  if (Array.isArray(object)) return 'Array';
  return Object.getPrototypeOf(object) === Object.prototype ? 'Object' : tagOf(object);
}

function refusePlatform(object: object, tag: string): void {
  if (tag === 'SharedArrayBuffer') throw new Error(sharedMemory);
  if (ofTheLanguage.has(tag) || typeof (globalThis as Record<string, unknown>)[tag] !== 'function') return;
  const name = object.constructor.name;
  const hint = hints[name];
  const article = /^[AEIO]/.test(name) ? 'an' : 'a';
  throw new Error(`${article} ${name} cannot be cloned${hint === undefined ? '' : `; ${hint}`}`);
}

/** For a view of it, too. */
export const sharedMemory = 'a SharedArrayBuffer cannot be shared across processes; send a copy of its bytes';

/** The values that V8 writes with it. */
function partsOf(object: object, tag: string, look: (part: unknown) => void): void {
  if (object instanceof Map) {
    for (const [key, item] of object) {
      look(key);
      look(item);
    }
  } else if (object instanceof Set) {
    for (const item of object) look(item);
  } else if (tag === 'Error') {
    look((object as Error).cause);
  } else if (Array.isArray(object)) {
    for (const item of object) if (typeof item === 'object') look(item);
  } else if (tag === 'Object') {
    for (const name of Object.keys(object)) look((object as Record<string, unknown>)[name]);
  }
}

function holes(length: number): unknown[] {
  const list: unknown[] = [];
  list.length = length;
  return list;
}

/** Copies what holds a `DOMException`, in the shape in which V8 writes it. */
class Marker {
  readonly #copies = new Map<object, object>();

  copy(value: unknown): unknown {
    if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
    return this.#copies.get(value) ?? this.#made(value);
  }

  #made(value: object): object {
    const tag = tagOf(value);
    if (tag === 'DOMException') return this.#mark(value as DOMException);
    if (value instanceof Map) {
      const copy = this.#keep(value, new Map<unknown, unknown>());
      for (const [key, item] of value) copy.set(this.copy(key), this.copy(item));
      return copy;
    }
    if (value instanceof Set) {
      const copy = this.#keep(value, new Set<unknown>());
      for (const item of value) copy.add(this.copy(item));
      return copy;
    }
    if (tag === 'Error') return this.#error(value as Error);
    if (!Array.isArray(value) && tag !== 'Object') return value;
    const copy = this.#keep(value, Array.isArray(value) ? holes(value.length) : {});
    for (const name of Object.keys(value)) {
      const item = this.copy((value as Record<string, unknown>)[name]);
      // Defined, not assigned: there may be a key `__proto__`.
      Object.defineProperty(copy, name, { value: item, enumerable: true, configurable: true, writable: true });
    }
    return copy;
  }

  #error(old: Error): Error {
    const { message, name, stack } = old;
    const copy = this.#keep(old, Object.assign(new Error(message), { name }));
    Object.defineProperty(copy, 'stack', { value: stack });
    if ('cause' in old) Object.defineProperty(copy, 'cause', { value: this.copy(old.cause) });
    return copy;
  }

  #mark(exception: DOMException): object {
    const { message, name, stack } = exception;
    const mark = this.#keep(exception, new Uint8Array(0));
    marks.set(mark, { message, name, stack });
    return mark;
  }

  #keep<T extends object>(old: object, copy: T): T {
    this.#copies.set(old, copy);
    return copy;
  }
}
