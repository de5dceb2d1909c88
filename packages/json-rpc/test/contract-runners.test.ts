/** The contract from two test files, in two workers of each runner, on the processes of one host. */
import { join } from 'node:path';
import { describeInRunners } from '@carpool/test-harness/dialect';
import { expectPassed } from '@carpool/test-harness/expect';
import { expect, test } from 'vitest';
import { lines } from './contract/lines/contract.ts';

const contract = join(import.meta.dirname, 'contract');
const body = (file: string): string => `contractIn('${file}', { test, expect, register, lsp, rpc });`;

const suite = {
  folder: join(import.meta.dirname, '..'),
  name: 'contract',
  config: `import { jsonRpc, languageServer } from '@carpool/json-rpc';
import { defineConfig } from 'carpool';
import { poolsOf } from './pools.ts';

// Relative to the config, as users write it.
const places = { programs: import.meta.dirname, root: 'root', files: ['a', 'b'] };
export default defineConfig({ pools: poolsOf({ jsonRpc, languageServer }, places) });
`,
  module: join(contract, 'lines/worker.ts'),
  exports: ['contractIn'],
  imports: { '@carpool/json-rpc/client': ['lsp', 'rpc'] },
  files: { a: body('a'), b: body('b') },
  sources: [join(contract, 'pools.ts'), join(contract, 'with-root'), join(import.meta.dirname, 'programs')],
  workers: 2,
};

describeInRunners('the contract of @carpool/json-rpc, in two workers of', suite, (run) => {
  test.for(lines)('$title', ({ title }) => expectPassed(run.outcome, [title], 2));

  test('every pool kept its process, and nothing is left behind', () => {
    const { outcome, project } = run;
    expect(outcome.left).toEqual([]);
    expect(outcome.complaint).toBeUndefined();
    expect(project.exists('root/node_modules')).toBe(false);
    expect(outcome.output).toMatch(/pool "small": the child has logged an error: [ab]: s\d+: no settings\n/);
    for (const pool of ['typescript', 'small', 'ledger', 'stateless']) {
      expect(outcome.output).toMatch(new RegExp(`carpool: ${pool}: 1 child, \\d+ sessions`));
    }
  });
});
