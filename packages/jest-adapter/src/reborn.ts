/**
 * Values and errors as if they had been made where this module was evaluated. Jest runs tests in a realm of their own,
 * whose `Object` and `Error` are not those of the worker: `toStrictEqual`, `toBeInstanceOf(Error)` and
 * `rejects.toThrow(RangeError)` tell the difference.
 */
import type { CallSite } from 'carpool/client';
import type { ErrorBlame, ErrorCode, ErrorScope, Evidence } from 'carpool';

const brand: unique symbol = Symbol.for('carpool.error') as never;

/** What `carpool` throws, as an error of this realm. Tell it by `isCarpoolError`, or by `code`. */
export class CarpoolError extends Error {
  readonly code!: ErrorCode;
  readonly scope!: ErrorScope;
  readonly blame!: ErrorBlame;
  readonly context!: Readonly<Record<string, unknown>>;
  readonly evidence!: Evidence;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    Object.defineProperty(this, 'name', { value: 'CarpoolError', configurable: true, writable: true });
    Object.defineProperty(this, brand, { value: true, configurable: true });
    Object.assign(this, { code });
  }
}

/** True for an error of Carpool, whichever copy or realm made it; with `code`, only for that code. */
export function isCarpoolError(value: unknown, code?: ErrorCode): value is CarpoolError {
  if (typeof value !== 'object' || value === null || !(brand in value)) return false;
  return code === undefined || (value as { readonly code?: unknown }).code === code;
}

/** The same value in this realm. What is no plain data is handed on as it is. */
export function reborn(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (ArrayBuffer.isView(value)) return rebornView(value);
  switch (tagOf(value)) {
    case 'Array':
      return Array.from(value as unknown[], (item) => reborn(item));
    case 'Date':
      return new Date(Number(value));
    case 'Map':
      return new Map(Array.from(value as Map<unknown, unknown>, ([name, item]) => [reborn(name), reborn(item)]));
    case 'Set':
      return new Set(Array.from(value as Set<unknown>, (item) => reborn(item)));
    case 'Error':
      return rebornError(value);
    case 'Object':
      return isPlain(value) ? rebornRecord(value) : value;
    default:
      return value;
  }
}

/** @param site where the call was made that failed; the stack of the error will begin there */
export function rebornError(thrown: unknown, site?: CallSite): unknown {
  if (typeof thrown !== 'object' || thrown === null || tagOf(thrown) !== 'Error') return thrown;
  // What the test gave away itself: the reason of an abort signal.
  if (thrown instanceof Error) return thrown;
  const old = thrown as Error & { readonly code: ErrorCode };
  const options = 'cause' in old ? { cause: reborn(old.cause) } : undefined;
  const error = isCarpoolError(old)
    ? new CarpoolError(old.code, old.message, options)
    : new (native(old.name))(old.message, options);
  for (const name of Reflect.ownKeys(old)) {
    if (name === 'message' || name === 'cause') continue;
    const descriptor = Reflect.getOwnPropertyDescriptor(old, name);
    Object.defineProperty(error, name, {
      value: reborn(Reflect.get(old, name)),
      enumerable: descriptor?.enumerable === true,
      configurable: true,
      writable: true,
    });
  }
  if (site !== undefined) error.stack = headOf(old) + framesOf(site);
  return error;
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

function native(name: string): ErrorConstructor {
  const Own = (globalThis as Record<string, unknown>)[name];
  const isOwn = typeof Own === 'function' && Own.prototype instanceof Error && name !== 'AggregateError';
  return isOwn ? (Own as ErrorConstructor) : Error;
}

function rebornRecord(record: object): unknown {
  // Not by assignment: a message may have a key `__proto__`.
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, reborn(value)]));
}

function rebornView(view: ArrayBufferView): unknown {
  const Own = (globalThis as Record<string, unknown>)[tagOf(view)] as Uint8ArrayConstructor | undefined;
  if (Own === undefined || view instanceof Own || view instanceof DataView) return view;
  return new Own(view.buffer, view.byteOffset, (view as Uint8Array).length);
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** The kind of a built-in object, whichever realm it is of. */
function tagOf(value: object): string {
  return Object.prototype.toString.call(value).slice(8, -1);
}
