import { appendFileSync, readFileSync } from 'node:fs';
import { expect } from '@playwright/test';
import { test } from './test.ts';

const note = (error: { code: string; message: string }) => appendFileSync('late', `${error.code} ${error.message}\n`);
let goOn = () => {};
let wentOn: Promise<unknown> = Promise.resolve();

test('must fail: a body that waits for ever', async ({ echo }) => {
  test.setTimeout(1_500);
  await echo.request({ type: 'silence' }, { timeout: 20 }).catch(() => undefined);
  await new Promise(() => {});
});

test('must fail: a body that goes on after its time-out', async ({ echo, carpool }) => {
  test.setTimeout(1_500);
  await new Promise<void>((resolve) => (goOn = resolve));
  wentOn = Promise.all([
    echo.request({ type: 'get' }).catch(note),
    carpool.echo.register().catch(note),
    (async () => echo.send({ type: 'set', value: 'too late' }))().catch(note),
  ]);
  // The test does not await these: they must not fail another test.
  void echo.request({ type: 'get' });
  void carpool.echo.register();
});

test.afterAll(async () => {
  goOn();
  await new Promise((resolve) => setImmediate(resolve));
  await wentOn;
});

test('their late calls met a closed session', async () => {
  const late = readFileSync('late', 'utf8').trim().split('\n');
  expect(late).toHaveLength(3);
  for (const line of late) expect(line).toMatch(/^SESSION_CLOSED .*has ended/);
});
