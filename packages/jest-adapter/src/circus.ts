/** The parts of Jest's test runner that the adapter relies on, the same in versions 29 and 30. */
export interface CircusTest {
  readonly type: 'test';
  readonly name: string;
  readonly parent: CircusBlock;
  readonly concurrent?: boolean;
  /** Defined by `test.failing`. */
  readonly failing?: boolean;
  readonly timeout?: number | null | undefined;
  /** The errors of the attempt that is under way. */
  readonly errors: unknown[];
  fn?: Callback | null | undefined;
}

export interface CircusHook {
  readonly type: 'beforeAll' | 'beforeEach' | 'afterEach' | 'afterAll';
  readonly timeout?: number | null | undefined;
  fn: Callback;
}

export interface CircusBlock {
  readonly type: 'describeBlock';
  readonly name: string;
  readonly parent?: CircusBlock | undefined;
  readonly children: readonly (CircusBlock | CircusTest)[];
  readonly hooks: readonly CircusHook[];
}

export interface CircusState {
  readonly rootDescribeBlock: CircusBlock;
  readonly testTimeout: number;
  /** Errors of no test: they fail the file. */
  readonly unhandledErrors: unknown[];
}

export interface CircusEvent {
  readonly name: string;
  readonly test?: CircusTest;
  readonly hook?: CircusHook;
  readonly fn?: unknown;
  /** Its stack says where a test stands. */
  readonly asyncError?: Error;
}

export type Callback = (this: unknown, ...args: unknown[]) => unknown;

/** Wraps what a test or a hook does. */
export function around(target: CircusTest | CircusHook, run: (call: () => unknown) => unknown): void {
  const { fn } = target;
  // Jest calls the steps of a generator one by one, each outside of this wrapper.
  if (fn === undefined || fn === null || isGenerator(fn)) return;
  const wrapped: Callback = function (...args) {
    return run(() => fn.apply(this, args));
  };
  // Jest reads from the length whether a function takes `done`.
  target.fn = Object.defineProperty(wrapped, 'length', { value: fn.length });
}

/** Its first parameter is destructured. */
export function destructures(fn: Callback): boolean {
  return fn.length > 0 && /^(?:async\b\s*)?(?:function\b[^(]*)?\(\s*\{/.test(String(fn));
}

/** Also true for a function of another realm. */
export function isGenerator(fn: Callback): boolean {
  return Object.prototype.toString.call(fn) === '[object GeneratorFunction]';
}

export function* everyBlock(block: CircusBlock): Generator<CircusBlock, void, undefined> {
  yield block;
  for (const child of block.children) if (child.type === 'describeBlock') yield* everyBlock(child);
}

/** "cart › adds an item" */
export function nameOf(test: CircusTest): string {
  const names = [test.name];
  // The outermost block is Jest's own.
  for (let block = test.parent; block.parent !== undefined; block = block.parent) names.unshift(block.name);
  return names.join(' › ');
}
