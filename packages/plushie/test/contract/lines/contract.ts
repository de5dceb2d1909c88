/**
 * What Plushie's `session_pool` does, line by line, and how it is written here. It runs in process and in the workers of
 * any runner, which give their `test` and `expect`; so it imports nothing but types.
 */
import { eventLines } from './events.ts';
import type { Line, Where } from './line.ts';
import { registerLines } from './registering.ts';
import { sendLines } from './sending.ts';

export const lines: readonly Line[] = [...registerLines, ...sendLines, ...eventLines];

/** Declares the tests of the contract, each named `VARIANT: TITLE`. */
export function poolContract(where: Where, test: (name: string, body: () => Promise<void>) => void): void {
  for (const { title, needsFiles = false, check } of lines) {
    if (needsFiles && where.files === undefined) continue;
    test(`${where.variant.name}: ${title}`, () => check(where));
  }
}
