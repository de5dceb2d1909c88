/** The contract in a test file of a runner. */
import type { RegisterOptions, Session } from 'carpool';
import type { JsonRpcMessages } from '../../../src/index.ts';
import { jsonRpcContract } from './contract.ts';
import type { Where } from './line.ts';

export interface Runner extends Pick<Where, 'expect' | 'lsp' | 'rpc'> {
  readonly test: (name: string, body: () => Promise<void>) => void;
  register(pool: string, options?: RegisterOptions): Promise<unknown>;
}

/** The test file `a`, or `b`: both share the processes, except for the one that a test ends. */
export function contractIn(file: 'a' | 'b', { test, register, ...runner }: Runner): void {
  const where: Where = {
    ...runner,
    file,
    register: async (pool, options) => (await register(pool, options)) as Session<JsonRpcMessages>,
  };
  jsonRpcContract(where, test);
}
