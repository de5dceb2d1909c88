/**
 * What `@carpool/json-rpc` promises, line by line. It runs in process and in the workers of any runner, which give their
 * `test` and `expect`; so it imports nothing but types.
 */
import { documentLines } from './documents.ts';
import { errorLines } from './errors.ts';
import { jsonRpcLines } from './json-rpc.ts';
import type { Line, Where } from './line.ts';
import { questionLines } from './questions.ts';

export const lines: readonly Line[] = [...documentLines, ...questionLines, ...errorLines, ...jsonRpcLines];

/** Declares the tests of the contract. */
export function jsonRpcContract(where: Where, test: (name: string, body: () => Promise<void>) => void): void {
  for (const { title, check } of lines) test(title, () => check(where));
}
