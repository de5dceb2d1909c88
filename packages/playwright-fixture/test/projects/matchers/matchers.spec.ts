import { withPools, expect } from '@carpool/playwright';
import { expect as plain, mergeExpects } from '@playwright/test';
import config from './carpool.config.ts';

const test = withPools(config);

test('a reply', async ({ echo }) => {
  await expect(echo).toReply({ type: 'set', value: { a: [1, { b: 2, c: 3 }] } }, { value: { a: [1, { b: 2 }] } });
  await expect(echo).toReply({ type: 'get' }, { type: 'reply', value: expect.anything(), id: expect.any(String) });
  await expect(echo).not.toReply({ type: 'get' }, { value: { a: [1] } });
  await expect(echo, 'with a message').toReply({ type: 'get' }, {});
  await expect.soft(echo).toReply({ type: 'get' }, {});
});

test('an event', async ({ echo }) => {
  echo.send({ type: 'tell', word: 'first' });
  echo.send({ type: 'tell', word: 'second' });
  await expect(echo).toReceiveEvent({ type: 'news', word: 'second' });
  await expect(echo).toReceiveEvent({ word: expect.stringContaining('irs') });
  await expect(echo).not.toReceiveEvent({ type: 'news' });
  echo.send({ type: 'tell', word: 'late', after: 500 });
  await expect(echo).not.toReceiveEvent({ word: 'late' });
  await expect(echo).toReceiveEvent({ word: 'late' }, { timeout: 2_000 });
});

test('other things', async ({ echo }) => {
  expect(1).toBe(1);
  expect(echo.id).toEqual(expect.any(String));
  expect(echo).toBeDefined();
  await mergeExpects(plain, expect)(echo).toReply({ type: 'get' }, {});
});

test('must fail: another reply', async ({ echo }) => {
  await expect(echo).toReply({ type: 'set', value: 'this' }, { value: 'that' }); // this line
});

test('must fail: an answer without that field', async ({ echo }) => {
  await expect(echo).toReply({ type: 'set', value: 'this' }, { valu: 'this' });
});

test('must fail: not that reply', async ({ echo }) => {
  await expect(echo).not.toReply({ type: 'set', value: 'this' }, { value: 'this' });
});

test('must fail: no event', async ({ echo }) => {
  echo.send({ type: 'tell', word: 'other' });
  await expect(echo).toReceiveEvent({ word: 'mine' }, { timeout: 300 }); // this line
});

test('must fail: not that event', async ({ echo }) => {
  echo.send({ type: 'tell', word: 'mine' });
  await echo.request({ type: 'later', after: 20 }); // it has come by then
  await expect(echo).not.toReceiveEvent({ word: 'mine' });
});

test('must fail: a session that has ended', async ({ carpool }) => {
  const echo = await carpool.echo.register();
  await echo.unregister();
  await expect(echo).not.toReply({ type: 'get' }, { value: 1 });
});
