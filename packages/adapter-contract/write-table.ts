// Writes the table of docs/runners.md from the last run of this suite; the suite fails while they differ.
//
//   pnpm --filter @carpool/adapter-contract test; pnpm --filter @carpool/adapter-contract document
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { page, pageWith, type Cell } from './table.ts';

interface Report {
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly status: string; readonly meta: { readonly cell?: Cell } }[];
  }[];
}

const report = JSON.parse(readFileSync(join(import.meta.dirname, 'test-results/test.json'), 'utf8')) as Report;
const results = report.testResults
  .flatMap(({ assertionResults }) => assertionResults)
  .flatMap(({ status, meta: { cell } }) => (cell === undefined ? [] : [{ ...cell, passed: status === 'passed' }]));
writeFileSync(page, pageWith(results));
