// Sums up a CI run in one last line, `N passed, N failed`.
//
//   node scripts/summary.mjs CHECKS_FILE
//
// Tests are counted from the JSON that every Vitest run leaves in <package>/test-results/. The checks that are no tests
// are lines `passed NAME` or `failed NAME` of CHECKS_FILE. Exits 1 if anything failed, or if there was no test.
// Runs on any Node from 20: it must work even if the installation failed.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

const root = join(import.meta.dirname, '..');
const checksFile = process.argv[2];

/** Counts one Vitest run. A file that failed without a failed test (it did not load, say) is one failure. */
function countTests(report) {
  const counts = { passed: report.numPassedTests, failed: report.numFailedTests };
  for (const file of report.testResults) {
    const hasFailedTest = file.assertionResults.some(({ status }) => status === 'failed');
    if (file.status === 'failed' && !hasFailedTest) counts.failed += 1;
  }
  // Errors outside any test, such as an unhandled rejection, only show in `success`.
  if (!report.success && counts.failed === 0) counts.failed = 1;
  return counts;
}

/** The children of a folder, by path; none if there is no such folder. */
const within = (folder) =>
  existsSync(folder)
    ? readdirSync(folder)
        .map((name) => join(folder, name))
        .toSorted()
    : [];

const reports = ['packages', 'apps']
  .flatMap((group) => within(join(root, group)))
  .flatMap((folder) => within(join(folder, 'test-results')))
  .filter((path) => path.endsWith('.json'));

let [passed, failed, tests] = [0, 0, 0];
console.log('');
for (const path of reports) {
  const counts = countTests(JSON.parse(readFileSync(path, 'utf8')));
  console.log(`${relative(root, path)}: ${counts.passed} passed, ${counts.failed} failed`);
  passed += counts.passed;
  failed += counts.failed;
  tests += counts.passed + counts.failed;
}
for (const line of readFileSync(checksFile, 'utf8').split('\n')) {
  if (line === '') continue;
  console.log(line);
  if (line.startsWith('passed ')) passed += 1;
  else failed += 1;
}
if (tests === 0) {
  console.log('failed: no test was run');
  failed += 1;
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
