/** The code cache of a process that is killed, and where there must be none. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

const source = (path: string): string => JSON.stringify(new URL(`../../src/${path}`, import.meta.url).href);
const script = `
  const { useCompileCache, saveCompileCache } = await import(${source('process/compile-cache.ts')});
  useCompileCache();
  await import(${source('base/errors.ts')});
  saveCompileCache();
  process.kill(process.pid, 'SIGKILL');
`;

/** How many files of a cache a process leaves that has loaded a module, and was killed. */
function cachedBy(more: (folder: string) => Readonly<Record<string, string>>): number {
  const folder = mkdtempSync(join(tmpdir(), 'cp-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const env = { PATH: process.env['PATH'], TMPDIR: folder, TEMP: folder, ...more(folder) };
  const { signal } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], { env });
  expect(signal).toBe('SIGKILL');
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile() && !entry.parentPath.endsWith('coverage')).length;
}

test('a process that is killed leaves what it has compiled', () => {
  expect(cachedBy(() => ({}))).toBeGreaterThan(0);
});

test.each([
  ['coverage is measured', (folder: string) => ({ NODE_V8_COVERAGE: join(folder, 'coverage') })],
  ['the user wants none', () => ({ NODE_DISABLE_COMPILE_CACHE: '1' })],
])('there is none where %s', (_, more) => {
  expect(cachedBy(more)).toBe(0);
});
