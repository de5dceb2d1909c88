import { withPools } from '@carpool/vitest';
import { expect } from 'vitest';
import config from './carpool.config.ts';

// Vitest 3 overlooks options of extended tests: there it is given on the command line.
const short = { timeout: 1_500 };
const test = withPools(config);
let goOn: () => void;
let late: Promise<unknown>;
let wentOn: Promise<unknown>;

test('must fail: a body that waits for ever', short, async ({ echo }) => {
  late = echo.request({ type: 'silence' });
  await late;
});

test('a call that is never answered ends a little before its test does, and says so in its error', async () => {
  await expect(late).rejects.toMatchObject({ code: 'REQUEST_TIMEOUT' });
  await expect(late).rejects.toThrow('the rest of the time of this test or hook (instead of 30000 ms)');
});

test('must fail: a body that goes on after its time-out', short, async ({ echo, carpool }) => {
  await new Promise<void>((resolve) => (goOn = resolve));
  wentOn = Promise.allSettled([echo.request({ type: 'get' }), carpool.echo.register()]);
  // The test does not await these: they must not fail another test.
  void echo.request({ type: 'get' });
  void carpool.echo.register();
  echo.send({ type: 'set', value: 'too late' });
});

test('its late calls meet a closed session, not the next test', async ({ echo }) => {
  goOn();
  await Promise.resolve();
  const closed = { status: 'rejected', reason: { code: 'SESSION_CLOSED' } };
  expect(await wentOn).toMatchObject([closed, closed]);
  expect(await echo.request({ type: 'get' })).not.toHaveProperty('value');
});
