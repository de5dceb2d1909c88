/** The basket is paid at a till that was recorded; and the real one still answers as the recorded one. */
import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { createPool } from 'carpool';
import { replay } from 'carpool/testing';
import { expect, test } from 'vitest';
import { pay } from './basket.ts';
import config from './carpool.config.ts';

const recording = join(import.meta.dirname, 'recorded/till.jsonl');
const { till } = config.pools;

test('a basket of more than 100 coins has its discount', async () => {
  await using pool = await replay(recording, till);
  await using session = await pool.register();
  expect(await pay(session, [60, 50])).toBe(105);
  expect(pool.stats().pids).toEqual([]);
});

test('another basket was not recorded, and the error says how it differs', async () => {
  await using pool = await replay(recording, till);
  const session = await pool.register();
  await expect(pay(session, [60, 51])).rejects.toThrow('.price: recorded 50, now 51');
});

test('at the real till it is the same', async () => {
  await using pool = createPool(till);
  await using session = await pool.register();
  expect(await pay(session, [60, 50])).toBe(105);
});

test('`carpool replay` plays the recording to the real till, which answers as it did', async () => {
  const command = join(dirname(createRequire(import.meta.url).resolve('carpool')), 'cli.js');
  const { stdout } = await promisify(execFile)(process.execPath, [command, 'replay', recording], {
    cwd: import.meta.dirname,
  });
  expect(stdout).toMatch(/^carpool: \d+ answers in 1 session, all as they were recorded\n$/);
});
