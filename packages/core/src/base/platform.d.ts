// What pure code may use of the platform, for tsconfig.pure.json only: there neither Node's types nor the DOM's exist.
// But for two, every name here is the same object in Node, in a browser and in a thread.

interface ErrorConstructor {
  captureStackTrace(error: object, above?: Function): void;
  stackTraceLimit: number;
}

interface Event {
  readonly type: string;
}

interface EventTarget {
  addEventListener(
    type: string,
    listener: (event: Event) => void,
    options?: { once?: boolean; signal?: AbortSignal },
  ): void;
  removeEventListener(type: string, listener: (event: Event) => void): void;
}

interface AbortSignal extends EventTarget {
  readonly aborted: boolean;
  readonly reason: any;
  throwIfAborted(): void;
}

declare var AbortSignal: {
  prototype: AbortSignal;
  abort(reason?: unknown): AbortSignal;
  any(signals: Iterable<AbortSignal>): AbortSignal;
};

declare class AbortController {
  readonly signal: AbortSignal;
  abort(reason?: unknown): void;
}

interface PlatformTimer {
  unref(): this;
}

declare function setTimeout(run: () => void, milliseconds?: number): PlatformTimer;
declare function clearTimeout(timer: PlatformTimer | undefined): void;
declare function queueMicrotask(run: () => void): void;

// Node alone has these two; natives.ts captures them, and pure code calls neither.
declare function setImmediate<Args extends unknown[]>(run: (...args: Args) => void, ...args: Args): unknown;
declare var process:
  | { nextTick<Args extends unknown[]>(run: (...args: Args) => void, ...args: Args): void }
  | undefined;

declare var performance: { now(): number };

declare class TextEncoder {
  encode(text?: string): Uint8Array<ArrayBuffer>;
  encodeInto(text: string, into: Uint8Array): { read: number; written: number };
}

declare class TextDecoder {
  constructor(label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean });
  decode(bytes?: ArrayBuffer | ArrayBufferView, options?: { stream?: boolean }): string;
}

/** Bytes as characters 0 to 255, to base64. */
declare function btoa(binary: string): string;
/** The reverse. */
declare function atob(text: string): string;
