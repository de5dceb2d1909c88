/** The contract from two test files, in two workers of each runner, while the worker of a third file is killed. */
import { join } from 'node:path';
import { describeInRunners, type DialectSuite } from '@carpool/test-harness/dialect';
import { expectPassed } from '@carpool/test-harness/expect';
import { expect, test } from 'vitest';
import type { Subject } from '../conformance/subject.ts';
import { rendererScript } from '../support/renderer-script.ts';
import { lines } from './lines/contract.ts';
import type { Variant } from './lines/line.ts';
import { poolName } from './lines/variants.ts';

const body = (file: string): string => `contractIn('${file}', { test, expect, register, pooledBackend });`;

const suite: DialectSuite = {
  folder: join(import.meta.dirname, '../..'),
  name: 'contract',
  config: `import { plushie } from '@carpool/plushie';
import { defineConfig } from 'carpool';
import { poolName, poolsOf, variants } from './variants.ts';

const { CONTRACT_VARIANTS, PLUSHIE_BINARY_PATH } = process.env;
const pools = variants
  .filter(({ name }) => CONTRACT_VARIANTS.split(',').includes(name))
  .flatMap((variant) => {
    const options = poolsOf(variant, { folder: import.meta.dirname, renderer: PLUSHIE_BINARY_PATH });
    return Object.entries(options).map(([kind, one]) => [poolName(variant, kind), plushie(one)]);
  });

export default defineConfig({ pools: Object.fromEntries(pools) });
`,
  module: join(import.meta.dirname, 'lines/worker.ts'),
  exports: ['contractIn', 'victim'],
  imports: { '@carpool/plushie/backend': ['pooledBackend'] },
  files: { a: body('a'), b: body('b'), victim: 'victim({ test, register });' },
  // The same number as of files: two of them wait for each other, and for the third.
  workers: 3,
  killsWorkers: true,
};

/** @param subject The renderer; its mode and format do not count. */
export function inRunners(variants: readonly Variant[], subject: Subject): void {
  const names = variants.map(({ name }) => name);
  const env = (folder: string): Readonly<Record<string, string>> => ({
    CONTRACT_VARIANTS: names.join(','),
    PLUSHIE_BINARY_PATH: rendererScript(folder, subject),
  });

  describeInRunners('session_pool, in two workers of', { ...suite, env }, (run) => {
    test.for(lines)('$title', ({ title }) => {
      const titles = names.map((name) => `${name}: ${title}`);
      expectPassed(run.outcome, titles, 2);
    });

    test('a worker was killed; every pool kept its renderer, and nothing is left behind', () => {
      const { outcome } = run;
      expect(outcome.output).toContain('SIGKILL');
      expect(outcome.left).toEqual([]);
      expect(outcome.complaint).toBeUndefined();
      for (const variant of variants) {
        for (const kind of ['renderer', 'single'] as const) {
          expect(outcome.output).toMatch(new RegExp(`carpool: ${poolName(variant, kind)}: 1 child, \\d+ sessions`));
        }
      }
    });
  });
}
