/** The contract from two test files, in two workers of each runner, on the processes of one host. */
import { existsSync } from 'node:fs';
import type { Outcome } from '@carpool/test-harness';
import { beforeAll, describe, expect, test } from 'vitest';
import { lines } from './contract/lines/contract.ts';
import { layOut } from './contract/project.ts';
import { runners } from './contract/runners.ts';

describe.for(runners)('the contract of @carpool/json-rpc, in two workers of $name', (runner) => {
  let outcome: Outcome;
  let leftFolders: boolean;

  beforeAll(async () => {
    using project = await layOut(runner);
    outcome = await project.run(runner.all, {});
    leftFolders = existsSync(project.path('root/node_modules'));
  }, 120_000);

  test.for(lines)('$title', ({ title }) => {
    const results = outcome.tests.filter((one) => one.title === title);
    const found = results.map((one) => `${one.title}: ${one.status} ${one.messages.join('\n')}`.trim());
    // In both files.
    expect(found).toEqual([`${title}: passed`, `${title}: passed`]);
  });

  test('every pool kept its process, and nothing is left behind', () => {
    expect(outcome.left).toEqual([]);
    expect(outcome.complaint).toBeUndefined();
    expect(leftFolders).toBe(false);
    for (const pool of ['typescript', 'small', 'ledger', 'stateless']) {
      expect(outcome.output).toMatch(new RegExp(`carpool: ${pool}: 1 child, \\d+ sessions`));
    }
  });
});
