import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { withPools } from '@carpool/vitest';
import config from './carpool.config.ts';

const test = withPools(config);
const run = promisify(execFile);
/** The folder of the Python module. */
const PYTHONPATH = dirname(createRequire(import.meta.url).resolve('carpool/join.py'));

test('the script fills a column of the sheet', async ({ sheet, expect }) => {
  const env = { ...process.env, PYTHONPATH, CARPOOL_SESSION: await sheet.address() };
  const { stdout } = await run('python3', ['fill.py', '4', '5'], { env });
  expect(stdout.trim()).toBe('9');
});
