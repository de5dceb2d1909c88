import { withPools } from '@carpool/vitest';
import { expect } from 'vitest';
import config from './carpool.config.ts';

const test = withPools(config, { scope: { echo: 'file' } });
let id: string;

test('a file may share one session', async ({ echo, task }) => {
  id = echo.id;
  await echo.request({ type: 'set', value: 'kept' });
  Object.assign(task.meta, { session: id });
});

test('it is the same in every test of the file', async ({ echo }) => {
  expect(echo.id).toBe(id);
  expect(await echo.request({ type: 'get' })).toMatchObject({ value: 'kept' });
});

test('`carpool` still registers for one test', async ({ echo, carpool }) => {
  const own = await carpool.echo.register();
  expect(own.id).not.toBe(echo.id);
});
