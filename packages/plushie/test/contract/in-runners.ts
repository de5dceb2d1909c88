/** The contract from two test files, in two workers of each runner, while the worker of a third file is killed. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Outcome } from '@carpool/test-harness';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Subject } from '../conformance/subject.ts';
import { rendererScript } from '../support/renderer-script.ts';
import { lines } from './lines/contract.ts';
import type { Variant } from './lines/line.ts';
import { poolName } from './lines/variants.ts';
import { layOut } from './project.ts';
import { runners } from './runners.ts';

/** @param subject The renderer; its mode and format do not count. */
export function inRunners(variants: readonly Variant[], subject: Subject): void {
  const names = variants.map(({ name }) => name);

  describe.for(runners)('session_pool, in two workers of $name', (runner) => {
    let outcome: Outcome;

    beforeAll(async () => {
      using project = await layOut(runner);
      const folder = mkdtempSync(join(tmpdir(), 'cp-'));
      const env = {
        CONTRACT_VARIANTS: names.join(','),
        PLUSHIE_BINARY_PATH: rendererScript(folder, subject),
      };
      outcome = await project.run(runner.all, { env });
      rmSync(folder, { recursive: true });
    }, 120_000);

    test.for(lines)('$title', ({ title }) => {
      const titles = names.map((name) => `${name}: ${title}`);
      const results = outcome.tests.filter((one) => titles.includes(one.title));
      const found = results.map((one) => `${one.title}: ${one.status} ${one.messages.join('\n')}`.trim());
      // In both files.
      const wanted = [...titles, ...titles].map((one) => `${one}: passed`);
      expect(found.toSorted()).toEqual(wanted.toSorted());
    });

    test('a worker was killed; every pool kept its renderer, and nothing is left behind', () => {
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
