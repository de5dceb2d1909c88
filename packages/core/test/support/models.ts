/** The programs `model.mjs` and `model.py`, which are written with `carpool/child` and its Python module, as pools. */
import { fileURLToPath } from 'node:url';
import { python } from '@carpool/test-harness/programs';
import { expect, test } from 'vitest';
import { childProtocol } from '../../src/protocol/child-protocol.ts';
import type { PoolOptions } from '../../src/pool/options.ts';
import { place } from './pools.ts';

/** @param line `node` or `python`, then the flags of the program */
export function model(line: string, options: Partial<PoolOptions> = {}): PoolOptions {
  const [language, ...flags] = line.split(' ');
  const script = fileURLToPath(new URL(`../programs/model.${language === 'node' ? 'mjs' : 'py'}`, import.meta.url));
  return {
    command: language === 'node' ? process.execPath : 'python3',
    args: [script, ...flags],
    codec: flags.includes('--msgpack') ? 'msgpack' : 'json-lines',
    protocol: childProtocol,
    stopTimeout: 1_000,
    closeTimeout: 4_000,
    ...options,
    env: { TMPDIR: place().path, ...options.env },
  };
}

/** The lines that can run here. For each of the others it declares a skipped test, with the reason. */
export function runnable<Line extends string>(lines: readonly Line[]): Line[] {
  return lines.filter((line) => {
    if (line.startsWith('node') || python.path !== undefined) return true;
    test.skipIf(true)(`${line}${python.reason}`, () => expect(python.path).toBeDefined());
    return false;
  });
}
