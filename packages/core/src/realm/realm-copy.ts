/**
 * Values and errors as if they had been made where this module was evaluated. Jest runs tests in a realm of their own,
 * whose `Object` and `Error` are not those of the worker: `toStrictEqual`, `toBeInstanceOf(Error)` and
 * `rejects.toThrow(RangeError)` tell the difference.
 *
 *   value ─▶ an empty one of the same kind, remembered ─▶ filled, once all that it holds has been born too
 *
 * So a value that holds itself is no trap, what was one object stays one, and the depth of a value costs no stack.
 */
import { CarpoolError, isCarpoolError, type CallSite, type ErrorCode } from '../base/errors.ts';
import { tagOf } from '../base/tag.ts';

/** The same value in this realm. What is no data is handed on as it is: functions, and objects of a class. */
export function copyToRealm(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return new RealmCopier().whole(value);
}

/** @param site where the call was made that failed; the stack of the error will begin there */
export function copyErrorToRealm(thrown: unknown, site?: CallSite): unknown {
  if (typeof thrown !== 'object' || thrown === null || tagOf(thrown) !== 'Error') return thrown;
  // What the test gave away itself: the reason of an abort signal.
  if (thrown instanceof Error) return thrown;
  const error = new RealmCopier().whole(thrown) as Error;
  if (site !== undefined) error.stack = headOf(error) + framesOf(site);
  return error;
}

class RealmCopier {
  readonly #born = new Map<object, unknown>();
  readonly #unfilled: (() => void)[] = [];

  whole(value: object): unknown {
    const born = this.#of(value);
    for (let fill = this.#unfilled.pop(); fill !== undefined; fill = this.#unfilled.pop()) fill();
    return born;
  }

  #of(value: unknown): unknown {
    if (typeof value !== 'object' || value === null) return value;
    const known = this.#born.get(value);
    if (known !== undefined) return known;
    const born = this.#make(value);
    this.#born.set(value, born);
    return born;
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
    const born: unknown[] = Array.from({ length: old.length });
    this.#unfilled.push(() => {
      for (let at = 0; at < old.length; at += 1) {
        if (at in old) born[at] = this.#of(old[at]);
        else Reflect.deleteProperty(born, at);
      }
    });
    return born;
  }

  #record(old: object): object {
    const born = {};
    this.#unfilled.push(() => {
      for (const [name, value] of Object.entries(old)) put(born, name, this.#of(value), true);
    });
    return born;
  }

  #map(old: Map<unknown, unknown>): Map<unknown, unknown> {
    const born = new Map<unknown, unknown>();
    this.#unfilled.push(() => old.forEach((value, name) => born.set(this.#of(name), this.#of(value))));
    return born;
  }

  #set(old: Set<unknown>): Set<unknown> {
    const born = new Set<unknown>();
    this.#unfilled.push(() => old.forEach((value) => born.add(this.#of(value))));
    return born;
  }

  #error(old: Error): Error {
    const born = errorLike(old);
    this.#unfilled.push(() => {
      for (const name of Reflect.ownKeys(old)) {
        const enumerable = Reflect.getOwnPropertyDescriptor(old, name)?.enumerable === true;
        const own = Reflect.getOwnPropertyDescriptor(born, name);
        if (name !== 'message' && own?.configurable !== false)
          put(born, name, this.#of(Reflect.get(old, name)), enumerable);
      }
      // A class may keep the name in its prototype.
      if (born.name !== old.name) put(born, 'name', old.name, false);
    });
    return born;
  }
}

/** Not by assignment: a message may have a key `__proto__`. */
function put(target: object, name: string | symbol, value: unknown, enumerable: boolean): void {
  Object.defineProperty(target, name, { value, enumerable, configurable: true, writable: true });
}

/** Of the nearest class that this realm has. */
function errorLike(old: Error): Error {
  if (isCarpoolError(old)) return new CarpoolError(old.code satisfies ErrorCode, old.message);
  if (old.name === 'AggregateError') return new AggregateError([], old.message);
  const Own = (globalThis as Record<string, unknown>)[old.name];
  const known = typeof Own === 'function' && Own.prototype instanceof Error;
  return new (known ? (Own as ErrorConstructor) : Error)(old.message);
}

/** On the memory that it has: it may be a small part of a large one. */
function view(old: ArrayBufferView): ArrayBufferView {
  const Own = (globalThis as Record<string, unknown>)[tagOf(old)] as Uint8ArrayConstructor | undefined;
  if (Own === undefined || old instanceof Own || old instanceof DataView) return old;
  return new Own(old.buffer, old.byteOffset, (old as Uint8Array).length);
}

function buffer(old: ArrayBuffer): ArrayBuffer {
  if (old instanceof ArrayBuffer) return old;
  const born = new ArrayBuffer((old as ArrayBuffer).byteLength);
  new Uint8Array(born).set(new Uint8Array(old));
  return born;
}

/** What stands before the frames: name and message, which may have many lines. */
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
