/**
 * Clocks and queues of the engine, captured when this module loads. A test that installs fake timers replaces them on the
 * global object, and must not stop a deadline or a message of Carpool. (Node calls captures of this kind primordials.)
 */
type Schedule = <Args extends unknown[]>(run: (...args: Args) => void, ...args: Args) => void;

export const setTimeout: typeof globalThis.setTimeout = globalThis.setTimeout;
export const clearTimeout: typeof globalThis.clearTimeout = globalThis.clearTimeout;
export const setImmediate: Schedule = globalThis.setImmediate;
/** Before any I/O of the event loop. Outside Node, which alone has it, a microtask. */
export const nextTick: Schedule =
  globalThis.process?.nextTick ?? ((run, ...args) => queueMicrotask(() => run(...args)));
/** Milliseconds from an unspecified origin; never runs backwards. */
export const now: () => number = performance.now.bind(performance);
/** Milliseconds since 1970. */
export const dateNow: () => number = Date.now;

/** The next turn of the event loop: what had come to this process before has been read by then. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
