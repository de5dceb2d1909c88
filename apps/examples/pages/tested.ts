/** Runs the Vitest project of a folder of the pages. */
import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';

/** @returns what it prints. @throws where a test fails */
export async function tested(folder: string, ...args: string[]): Promise<string> {
  const path = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');
  const binaries = join(import.meta.dirname, '../node_modules/.bin');
  const env = {
    ...process.env,
    PATH: `${binaries}${delimiter}${process.env['PATH']}`,
    NO_COLOR: '1',
    CARPOOL_ADDRESS: undefined,
  };
  const cwd = join(import.meta.dirname, folder);
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [path, 'run', ...args], { cwd, env });
  return stdout + stderr;
}
