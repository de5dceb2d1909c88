import { withPools, isCarpoolError } from '@carpool/jest';
import { expect } from '@jest/globals';
import config from './carpool.config.ts';

const test = withPools(config);
const seen: string[] = [];

test('names and types come from the config', async ({ echo, carpool }) => {
  const reply = await echo.request({ type: 'set', value: { list: [1] } });
  expect(reply).toStrictEqual({ session: echo.id, id: expect.any(String), type: 'reply', value: { list: [1] } });
  const second = await carpool.echo.register();
  seen.push(echo.id, second.id);
});

test('the next test has its own', async ({ echo }) => {
  const { sessions } = (await echo.request({ type: 'who' })) as { sessions: string[] };
  for (const id of seen) expect(sessions).not.toContain(id);
});

test('errors are of this realm', async ({ echo }) => {
  const waiting = echo.request({ type: 'silence' }, { timeout: 20 });
  await expect(waiting).rejects.toBeInstanceOf(Error);
  const error = await waiting.catch((thrown: unknown) => thrown);
  expect(isCarpoolError(error, 'REQUEST_TIMEOUT')).toBe(true);
  await expect(echo.request({ type: 'get' }, { signal: AbortSignal.abort(new RangeError('no')) })).rejects.toThrow(
    RangeError,
  );
});

test.concurrent.each([1, 2])('concurrent tests have theirs (%i)', async (value, { echo }) => {
  await echo.request({ type: 'set', value });
  await echo.request({ type: 'wait', all: 2 });
  expect(await echo.request({ type: 'get' })).toMatchObject({ value });
});
