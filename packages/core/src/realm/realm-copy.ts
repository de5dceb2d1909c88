/**
 * Copies values and errors into this realm. Jest runs tests in their own realm, whose `Object` and `Error` differ from the
 * worker's: `toStrictEqual`, `toBeInstanceOf(Error)` and `rejects.toThrow(RangeError)` see the difference.
 *
 *   value ─▶ an empty copy of the same kind, remembered ─▶ filled, when what it holds has been copied too
 *
 * Two passes (allocate, then fill) handle cycles, keep one object one, and keep depth off the stack.
 */
import type { ErrorCode } from '../base/error-kinds.ts';
import { CarpoolError, isCarpoolError, type CallSite } from '../base/errors.ts';
import { tagOf } from '../base/tag.ts';

/** The same value in this realm. What is not data stays as it is: functions, and objects of a class. */
export function copyToRealm(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return new RealmCopier().whole(value);
}

/**
 * Copies an error of another realm, with its causes, into this one.
 * @param site where the failed call was made; the stack of the copy begins there
 */
export function copyErrorToRealm(thrown: unknown, site?: CallSite): unknown {
  if (typeof thrown !== 'object' || thrown === null || tagOf(thrown) !== 'Error') return thrown;
  // It came from this realm: the reason of an abort signal.
  if (thrown instanceof Error) return thrown;
  const error = new RealmCopier().whole(thrown) as Error;
  if (site !== undefined) error.stack = headOf(error) + framesOf(site);
  return error;
}

class RealmCopier {
  readonly #copies = new Map<object, unknown>();
  readonly #toFill: (() => void)[] = [];

  whole(value: object): unknown {
    const copy = this.#of(value);
    for (let fill = this.#toFill.pop(); fill !== undefined; fill = this.#toFill.pop()) fill();
    return copy;
  }

  #of(value: unknown): unknown {
    if (typeof value !== 'object' || value === null) return value;
    const known = this.#copies.get(value);
    if (known !== undefined) return known;
    const copy = this.#make(value);
    this.#copies.set(value, copy);
    return copy;
  }

  #make(value: object): unknown {
    if (ArrayBuffer.isView(value)) return view(value);
    switch (tagOf(value)) {
      case 'Array':
        return this.#array(value as unknown[]);
      case 'Object':
        return isPlainObject(value) ? this.#record(value) : value;
      case 'Map':
        return this.#map(value as Map<unknown, unknown>);
      case 'Set':
        return this.#set(value as Set<unknown>);
      case 'Error':
        return value instanceof Error ? value : this.#error(value as Error);
      case 'Date':
        return new Date(Number(value));
      case 'RegExp':
        return new RegExp((value as RegExp).source, (value as RegExp).flags);
      case 'ArrayBuffer':
        return buffer(value as ArrayBuffer);
      case 'Number':
      case 'String':
      case 'Boolean':
      case 'BigInt':
        return Object((value as { valueOf(): unknown }).valueOf());
      default:
        return value;
    }
  }

  #array(old: readonly unknown[]): unknown[] {
    const copy: unknown[] = Array.from({ length: old.length });
    this.#toFill.push(() => {
      for (let at = 0; at < old.length; at += 1) {
        if (at in old) copy[at] = this.#of(old[at]);
        else Reflect.deleteProperty(copy, at);
      }
    });
    return copy;
  }

  #record(old: object): object {
    const copy = {};
    this.#toFill.push(() => {
      for (const [name, value] of Object.entries(old)) put(copy, name, this.#of(value), true);
    });
    return copy;
  }

  #map(old: Map<unknown, unknown>): Map<unknown, unknown> {
    const copy = new Map<unknown, unknown>();
    this.#toFill.push(() => old.forEach((value, name) => copy.set(this.#of(name), this.#of(value))));
    return copy;
  }

  #set(old: Set<unknown>): Set<unknown> {
    const copy = new Set<unknown>();
    this.#toFill.push(() => old.forEach((value) => copy.add(this.#of(value))));
    return copy;
  }

  #error(old: Error): Error {
    const copy = errorLike(old);
    this.#toFill.push(() => {
      for (const name of Reflect.ownKeys(old)) {
        const enumerable = Reflect.getOwnPropertyDescriptor(old, name)?.enumerable === true;
        const own = Reflect.getOwnPropertyDescriptor(copy, name);
        if (name !== 'message' && own?.configurable !== false)
          put(copy, name, this.#of(Reflect.get(old, name)), enumerable);
      }
      // A class may keep the name in its prototype.
      if (copy.name !== old.name) put(copy, 'name', old.name, false);
    });
    return copy;
  }
}

/** Defines, and does not assign: a message may have a key `__proto__`. */
function put(target: object, name: string | symbol, value: unknown, enumerable: boolean): void {
  Object.defineProperty(target, name, { value, enumerable, configurable: true, writable: true });
}

/** An error of the nearest class that this realm has. */
function errorLike(old: Error): Error {
  if (isCarpoolError(old)) return new CarpoolError(old.code satisfies ErrorCode, old.message);
  if (old.name === 'AggregateError') return new AggregateError([], old.message);
  const Own = (globalThis as Record<string, unknown>)[old.name];
  const known = typeof Own === 'function' && Own.prototype instanceof Error;
  return new (known ? (Own as ErrorConstructor) : Error)(old.message);
}

/** On the same memory, which may be much larger than the view. */
function view(old: ArrayBufferView): ArrayBufferView {
  const Own = (globalThis as Record<string, unknown>)[tagOf(old)] as Uint8ArrayConstructor | undefined;
  if (Own === undefined || old instanceof Own || old instanceof DataView) return old;
  return new Own(old.buffer, old.byteOffset, (old as Uint8Array).length);
}

function buffer(old: ArrayBuffer): ArrayBuffer {
  if (old instanceof ArrayBuffer) return old;
  const copy = new ArrayBuffer((old as ArrayBuffer).byteLength);
  new Uint8Array(copy).set(new Uint8Array(old));
  return copy;
}

/** The part before the frames: name and message, which may have many lines. */
function headOf({ name, message, stack = '' }: Error): string {
  const at = stack.indexOf(message);
  return at === -1 ? `${name}: ${message}` : stack.slice(0, at + message.length);
}

function framesOf({ stack }: CallSite): string {
  const at = stack.indexOf('\n');
  return at === -1 ? '' : stack.slice(at);
}

function isPlainObject(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
