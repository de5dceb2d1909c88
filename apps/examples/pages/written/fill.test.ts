import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { withPools } from '@carpool/vitest';
import config from './carpool.config.ts';

const test = withPools(config);
const run = promisify(execFile);

test('the command fills a column of the sheet', async ({ sheet, expect }) => {
  const env = { ...process.env, CARPOOL_SESSION: await sheet.address() };
  const { stdout } = await run(process.execPath, ['fill.mjs', '1', '2', '3'], { env });
  expect(stdout.trim()).toBe('6');
  expect(await sheet.request({ type: 'sum', column: 'A' })).toMatchObject({ value: 6 });
});
