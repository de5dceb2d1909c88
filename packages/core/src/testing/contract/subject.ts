/** What a contract needs from its caller, and what all its parts share. */
import type { ErrorCode } from '../../base/error-kinds.ts';
import { isCarpoolError, type CarpoolError } from '../../base/errors.ts';
import type { PoolOptions } from '../../pool/options.ts';
import type { PoolStats, RegisterOptions } from '../../pool/types.ts';
import type { Session } from '../../session/types.ts';

/** The children of the contract, named for what they do besides echoing. */
export type ContractChild =
  /** Nothing else. */
  | 'echo'
  /** Asks a question, `{type: 'ask', session, id, about}`, before each reply; the reply holds the answer. */
  | 'asks'
  /** `{type: 'say', messages}`: sends exactly these messages. */
  | 'says-on-request'
  /** `interact`: three `step`s before the reply. `refuse`: a refusal. */
  | 'steps'
  /** Three events, `n` from 0, before each reply. */
  | 'tells'
  /** Keeps every message until `now`, then answers them, the newest first. */
  | 'answers-late'
  /** Confirms `open` only when another session sends `let-in`; `list` lists the open ones. */
  | 'opens-late'
  /** Confirms no `reset`, but answers the protocol's `probe`. */
  | 'never-confirms'
  /** `who`: the reply holds its `pid`. `die`: it exits. */
  | 'exits-on-request';

/** Options of the pool that a test of the contract needs. */
export type ContractOptions = Omit<Partial<PoolOptions>, 'command' | 'args' | 'codec'>;

/** A pool as the contract uses it. */
export interface ContractPool {
  /** `register` of the pool, bound and not wrapped: its errors must point at the line that calls it. */
  register(options?: RegisterOptions): Promise<Session>;
  /** The state of the pool now. */
  stats(): PoolStats | Promise<PoolStats>;
  /** Closes the pool. `stats` may be called afterwards. */
  end(): Promise<void>;
}

/** The matchers of `expect` that the contract uses. Those of Vitest, Jest and Playwright Test have them. */
export interface Matchers {
  /** The same value, by `Object.is`. */
  toBe(expected: unknown): void;
  /** An equal value, compared deeply. */
  toEqual(expected: unknown): void;
  /** An object that has at least these properties. */
  toMatchObject(expected: object): void;
  /** A string that matches. */
  toMatch(expected: RegExp | string): void;
  /** A string that contains this one. */
  toContain(expected: string): void;
}

/** What runs the contract: `test` and `expect` of a runner, and a way to make a pool. */
export interface SessionContract {
  /** Declares a test. */
  test(name: string, body: () => Promise<void>): void;
  /** Begins an expectation; `message` is shown if it fails. */
  expect(value: unknown, message?: string): Matchers;
  /** Makes a pool whose child behaves as its name says. */
  make(child: ContractChild, options?: ContractOptions): Promise<ContractPool> | ContractPool;
}

export type Body = (pool: ContractPool) => Promise<void>;

/** One test on its own pool, which must end with all slots free. */
export function on(
  contract: SessionContract,
  child: ContractChild,
  options: ContractOptions = {},
): (name: string, body: Body) => void {
  const { test, make, expect } = contract;
  return (name, body) =>
    test(name, async () => {
      const pool = await make(child, options);
      try {
        await body(pool);
      } finally {
        await pool.end();
      }
      const { open, queued } = await pool.stats();
      expect({ open, queued }, 'held after the end').toEqual({ open: 0, queued: 0 });
    });
}

/** The error of Carpool that `work` must fail with. */
export async function failing(
  contract: SessionContract,
  code: ErrorCode,
  work: PromiseLike<unknown> | (() => unknown),
): Promise<CarpoolError> {
  let result: unknown;
  try {
    result = await (typeof work === 'function' ? work() : work);
  } catch (thrown) {
    if (!isCarpoolError(thrown)) throw thrown;
    contract.expect(thrown.code, thrown.stack).toBe(code);
    return thrown;
  }
  throw new Error(`${code} was expected, and there was ${JSON.stringify(result)}`);
}

/** Waits for a state that no event announces. */
export async function becomes(pool: ContractPool, wanted: Partial<PoolStats>): Promise<void> {
  const deadline = performance.now() + 10_000;
  for (;;) {
    const stats = await pool.stats();
    const is = Object.entries(wanted).every(([name, value]) => stats[name as keyof PoolStats] === value);
    if (is) return;
    if (performance.now() > deadline) throw new Error(`It is ${JSON.stringify(stats)}, not ${JSON.stringify(wanted)}`);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

/** A promise that a test looks at later; until then its failure is not unhandled. */
export function later<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}
