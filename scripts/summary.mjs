// Sums up a CI run: what failed and why, then the counts, then one last line, `N passed, N failed`. Often no more than the
// end of a log is seen, so all of it is bounded.
//
//   node scripts/summary.mjs CHECKS_FILE
//
// Tests are counted from the JSON that every Vitest run leaves in <package>/test-results/, by the reporter of
// packages/test-harness or by Vitest's own, which leaves out errors outside any test. The checks that are no tests
// are lines `passed NAME` or `failed NAME` of CHECKS_FILE. Exits 1 if anything failed, or if there was no test.
// Runs on any Node from 20: it must work even if the installation failed.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';

const root = fileURLToPath(new URL('..', import.meta.url));
const checksFile = process.argv[2];
const most = { failures: 20, lines: 12, columns: 300 };

/** The children of a folder, by path; none if there is no such folder. */
const within = (folder) =>
  existsSync(folder)
    ? readdirSync(folder)
        .map((name) => join(folder, name))
        .toSorted()
    : [];

/** What failed in one Vitest run, with the reason where the report has one. */
function failuresOf(report) {
  const ofFiles = report.testResults.flatMap((file) => {
    const path = relative(root, file.name);
    const failed = file.assertionResults.filter(({ status }) => status === 'failed');
    if (failed.length > 0) {
      return failed.map(({ fullName, failureMessages }) => ({ what: `${path}: ${fullName}`, why: failureMessages }));
    }
    // It did not load, say, or the hooks around its tests failed.
    return file.status === 'failed'
      ? [{ what: `${path}: the file failed, no test of it did`, why: [file.message] }]
      : [];
  });
  const unhandled = (report.unhandledErrors ?? []).map((error) => ({
    what: 'an error outside any test',
    why: [error],
  }));
  const found = [...ofFiles, ...unhandled];
  // A run can fail without naming anything.
  return report.success || found.length > 0 ? found : [{ what: 'the run failed, no file of it did', why: [] }];
}

/** The first lines of messages, and how many more there were. */
function firstLines(messages) {
  const lines = stripVTControlCharacters(messages.join('\n'))
    .split('\n')
    .filter((line) => line.trim() !== '');
  const shown = lines.slice(0, most.lines).map((line) => `    ${line.slice(0, most.columns)}`);
  return lines.length > most.lines ? [...shown, `    … ${lines.length - most.lines} more lines`] : shown;
}

/** How long the run took, in seconds. */
function secondsOf({ startTime, testResults }) {
  const end = Math.max(startTime, ...testResults.map((file) => file.endTime));
  return Math.round((end - startTime) / 1_000);
}

const reports = ['packages', 'apps']
  .flatMap((group) => within(join(root, group)))
  .flatMap((folder) => within(join(folder, 'test-results')))
  // Playwright keeps a file of its own there, `.last-run.json`.
  .filter((path) => /[\\/][^.\\/][^\\/]*\.json$/.test(path));

let [passed, failed, tests] = [0, 0, 0];
const counted = [];
const failures = [];
for (const path of reports) {
  const report = JSON.parse(readFileSync(path, 'utf8'));
  const name = relative(root, path);
  const found = failuresOf(report);
  failures.push(...found.map((failure) => ({ ...failure, report: name })));
  counted.push(`${name}: ${report.numPassedTests} passed, ${found.length} failed, in ${secondsOf(report)} s`);
  passed += report.numPassedTests;
  failed += found.length;
  tests += report.numPassedTests + found.length;
}

for (const { report, what, why } of failures.slice(0, most.failures)) {
  console.log(`\nfailed in ${report}\n  ${what}`);
  for (const line of firstLines(why)) console.log(line);
}
if (failures.length > most.failures) console.log(`\n… and ${failures.length - most.failures} more failures`);

console.log('');
for (const line of counted) console.log(line);
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
