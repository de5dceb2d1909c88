/** scripts/summary.mjs, on what real runs of Vitest leave. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';

const core = fileURLToPath(new URL('../', import.meta.url));
let root: string;

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'cp-')));
  write('scripts/summary.mjs', '');
  copyFileSync(join(core, '../../scripts/summary.mjs'), join(root, 'scripts/summary.mjs'));
  write('checks', 'passed lint\n');
  mkdirSync(join(root, 'packages/some'), { recursive: true });
  symlinkSync(join(core, 'node_modules'), join(root, 'packages/some/node_modules'));
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

/** Runs Vitest on test files, by name, each of which may assume `test`, `expect` and so on. */
function run(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) write(`packages/some/${name}.test.mjs`, text);
  const vitest = join(core, 'node_modules/vitest/vitest.mjs');
  const reporter = '--reporter=@carpool/test-harness/report';
  const args = ['run', '--globals', reporter, '--outputFile.json=test-results/test.json'];
  const ran = spawnSync(process.execPath, [vitest, ...args], { cwd: join(root, 'packages/some'), encoding: 'utf8' });
  expect(ran.stdout).toContain('JSON report written');
}

function summary(): { readonly status: number | null; readonly lines: readonly string[]; readonly text: string } {
  const args = [join(root, 'scripts/summary.mjs'), join(root, 'checks')];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  expect(stderr).toBe('');
  return { status, text: stdout, lines: stdout.trimEnd().split('\n') };
}

test('a run without failures is counts only', () => {
  run({ fine: `test('one', () => {});` });
  write('packages/some/test-results/.last-run.json', '{ "status": "passed" }');
  expect(summary()).toEqual({
    status: 0,
    text: expect.stringMatching(
      /^\npackages\/some\/test-results\/test\.json: 1 passed, 0 failed, in \d s\npassed lint\n2 passed, 0 failed\n$/,
    ) as unknown,
    lines: expect.anything() as unknown,
  });
});

test('what failed comes with its reason before the counts: tests, files, hooks, errors outside any test', () => {
  run({
    fails: `describe('sums', () => { test('one and one', () => { expect(1 + 1).toBe(3); }); test('two', () => {}); });`,
    'is-not-loaded': `throw new Error('no such table');`,
    hook: `describe('with a hook', () => { beforeAll(() => { throw new Error('no server'); }); test('never', () => {}); });`,
    unhandled: `test('one', () => { void Promise.reject(new Error('nobody waits')); });`,
  });
  const { status, text, lines } = summary();
  const blocks = text.split('\n\n').map((block) => block.trim().split('\n'));
  expect(blocks.map((block) => block.slice(0, 3))).toEqual(
    expect.arrayContaining([
      [
        'failed in packages/some/test-results/test.json',
        '  packages/some/fails.test.mjs: sums one and one',
        '    AssertionError: expected 2 to be 3 // Object.is equality',
      ],
      [
        'failed in packages/some/test-results/test.json',
        '  packages/some/is-not-loaded.test.mjs: the file failed, no test of it did',
        '    Error: no such table',
      ],
      [
        'failed in packages/some/test-results/test.json',
        '  packages/some/hook.test.mjs: the file failed, no test of it did',
        '    Error: no server',
      ],
      ['failed in packages/some/test-results/test.json', '  an error outside any test', '    Error: nobody waits'],
    ]),
  );
  expect(lines.slice(-3)).toEqual([
    expect.stringMatching(/^packages\/some\/test-results\/test\.json: 2 passed, 4 failed, in \d+ s$/),
    'passed lint',
    '3 passed, 4 failed',
  ]);
  expect(status).toBe(1);
});

test('the list is bounded: 20 failures, 12 lines of each, and it says how many more there are', () => {
  run({
    many: `for (let i = 1; i <= 23; i++) test('number ' + i, () => {
      throw new Error(Array.from({ length: 30 }, (_, line) => 'line ' + line + ' ' + 'x'.repeat(1000)).join('\\n'));
    });`,
  });
  const { lines } = summary();
  expect(lines.filter((line) => line.includes('number '))).toHaveLength(20);
  expect(lines.filter((line) => line.startsWith('    '))).toHaveLength(20 * 13);
  expect(lines.filter((line) => /^ {4}… \d+ more lines$/.test(line))).toHaveLength(20);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(310);
  expect(lines).toContain('… and 3 more failures');
  expect(lines.at(-1)).toBe('1 passed, 23 failed');
});

test('no test at all is a failure', () => {
  expect(summary()).toMatchObject({ status: 1, text: '\npassed lint\nfailed: no test was run\n1 passed, 1 failed\n' });
});
