import { readFileSync, writeFileSync } from 'node:fs';
import { expect } from '@playwright/test';
import { test } from './test.ts';

test('must fail: a worker that is killed', async ({ echo }) => {
  const { pid } = await echo.request({ type: 'who' });
  writeFileSync('killed', `${echo.id} ${pid}`);
  process.kill(process.pid, 'SIGKILL');
  await new Promise(() => {});
});

test('what it held is free, and the child still there', async ({ echo }) => {
  const [id, child] = readFileSync('killed', 'utf8').split(' ');
  await expect.poll(async () => (await echo.request({ type: 'who' })).sessions).not.toContain(id);
  expect((await echo.request({ type: 'who' })).pid).toBe(Number(child));
});
