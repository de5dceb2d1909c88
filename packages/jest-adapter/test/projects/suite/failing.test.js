const assert = require('node:assert');
const { withPools } = require('@carpool/jest');

const test = withPools();
let failed;

test('must fail: an assertion', async ({ echo }) => {
  await echo.request({
    type: 'log',
    text: 'the child saw something odd\n    at its own place (child.js:1:2)\nand went on',
  });
  await echo.request({ type: 'set', value: 'evidence' });
  failed = echo.id;
  expect(1).toBe(2);
});

test('a failing test gave its session back', async ({ echo }) => {
  const { sessions } = await echo.request({ type: 'who' });
  expect(sessions).not.toContain(failed);
});

test('must fail: a child that dies', async ({ carpool }) => {
  const narrow = await carpool.narrow.register();
  await narrow.request({ type: 'log', text: `last words\n    at odd (${__dirname}/child.mjs:1:2)` });
  await narrow.request({ type: 'exit', code: 3 });
});

test('must fail: an assertion of Node', async ({ echo }) => {
  await echo.request({ type: 'set', value: 'of Node' });
  assert.deepStrictEqual({ a: 1 }, { a: 2 });
});

test('must fail: a string', async ({ echo }) => {
  await echo.request({ type: 'set', value: 'a string' });
  throw 'no error at all';
});

test('must fail: a frozen error', async ({ echo }) => {
  await echo.request({ type: 'set', value: 'frozen' });
  throw Object.freeze(new Error('it cannot be changed'));
});

test.concurrent('must fail: a concurrent test', async ({ echo }) => {
  await echo.request({ type: 'set', value: 'concurrent' });
  expect(1).toBe(2);
});
