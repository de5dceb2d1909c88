import { readFileSync, writeFileSync } from 'node:fs';
import { expect } from '@playwright/test';
import { test } from './test.ts';

// The worker ends with a test that fails: the next one reads what it left.
const failed = 'failed-session';

test('must fail: an assertion', async ({ echo }) => {
  await echo.request({ type: 'log', text: 'the child saw something odd\n    at odd (child.mjs:1:2)' });
  await echo.request({ type: 'set', value: 'evidence' });
  writeFileSync(failed, echo.id);
  expect(1, 'it is so').toBe(2);
});

test('a failing test gave its session back', async ({ echo }) => {
  const { sessions } = await echo.request({ type: 'who' });
  expect(sessions).not.toContain(readFileSync(failed, 'utf8'));
});

test('must fail: a child that dies', async ({ narrow }) => {
  await narrow.request({ type: 'log', text: `last words\n    at odd (${import.meta.dirname}/child.mjs:1:2)` });
  await narrow.request({ type: 'exit', code: 3 }); // the line that killed it
});

test('must fail: a child that is killed', async ({ narrow }) => {
  await narrow.request({ type: 'log', text: 'did not see it coming' });
  const { pid } = await narrow.request({ type: 'who' });
  process.kill(pid as number, 'SIGKILL');
  await narrow.request({ type: 'silence' });
});

test('the next test has a new child', async ({ narrow }) => {
  expect(await narrow.request({ type: 'get' })).not.toHaveProperty('value');
});

test('must fail: something that is no error', async ({ echo }) => {
  await echo.request({ type: 'set', value: 1 });
  throw 'a string'; // oxlint-disable-line no-throw-literal
});

test('must fail: a hook after the test', async ({ echo }, testInfo) => {
  await echo.request({ type: 'log', text: 'said before the hook failed' });
  testInfo.annotations.push({ type: 'hook', description: 'fails' });
});

test('a test that is meant to fail gives its session back, and keeps its worker', async ({ echo }) => {
  test.fail();
  expect(await echo.request({ type: 'get' })).toHaveProperty('value');
});

test('a test that skips itself does too', async ({ echo }) => {
  test.skip(echo.id !== '', 'no reason');
});

test.afterEach(({}, { annotations }) => {
  if (annotations.some(({ type }) => type === 'hook')) throw new Error('the hook failed');
});
