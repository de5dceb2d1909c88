/** A line of the contract, and what it needs of the place where it runs. */
import type { RegisterOptions, Session } from 'carpool';
import type { Matchers } from 'carpool/testing';
import type { lsp, rpc } from '../../../src/client.ts';
import type { JsonRpcMessages } from '../../../src/index.ts';

/** The pools, one process each. */
export type PoolName =
  /** TypeScript 7. */
  | 'typescript'
  /** A small language server, which does what tests ask for. */
  | 'small'
  /** The same, of which a test ends the process; each file has its own. */
  | `mortal${string}`
  /** A JSON-RPC process that knows sessions by a field. */
  | 'ledger'
  /** The same, without sessions, and with headers. */
  | 'stateless';

export interface Where {
  /** Unlike that of other files. */
  readonly file: string;
  expect(value: unknown): Matchers;
  /** Registers a session that ends with the test. */
  register(pool: PoolName, options?: RegisterOptions): Promise<Session<JsonRpcMessages>>;
  readonly lsp: typeof lsp;
  readonly rpc: typeof rpc;
}

export interface Line {
  /** The name of its test. */
  readonly title: string;
  readonly check: (where: Where) => Promise<void>;
}
