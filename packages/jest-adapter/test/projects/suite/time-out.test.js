const { register, withPools } = require('@carpool/jest');

const test = withPools();
let goOn;
let late;
let wentOn;
let kept;

test('must fail: a body that waits for ever', async ({ echo }) => {
  late = echo.request({ type: 'silence' });
  await late;
}, 300);

test('a call that is never answered ends a little before its test does, and says so in its error', async () => {
  await expect(late).rejects.toMatchObject({ code: 'REQUEST_TIMEOUT' });
  await expect(late).rejects.toThrow('the rest of the time of this test or hook (instead of 30000 ms)');
});

test('must fail: a body that goes on after its time-out', async ({ echo, carpool }) => {
  await new Promise((resolve) => (goOn = resolve));
  wentOn = Promise.allSettled([echo.request({ type: 'get' }), carpool.echo.register()]);
  // The test does not await these: they must not fail another test.
  void echo.request({ type: 'get' });
  void carpool.echo.register();
  echo.send({ type: 'set', value: 'too late' });
}, 300);

test('its late calls meet a closed session, not the next test', async ({ echo }) => {
  goOn();
  await Promise.resolve();
  const closed = { status: 'rejected', reason: { code: 'SESSION_CLOSED' } };
  expect(await wentOn).toMatchObject([closed, closed]);
  expect(await echo.request({ type: 'get' })).not.toHaveProperty('value');
});

test('a session may be kept', async ({ echo }) => {
  kept = echo;
});

test('but its test has ended it', async () => {
  const words = /Cannot request: session \S+ was closed because its test has ended \d+ ms ago/;
  await expect(kept.request({ type: 'get' })).rejects.toThrow(words);
  expect(kept.closeReason).toMatchObject({ by: 'owner' });
});

// The errors of these come a tenth before the time-out of Jest: on a busy machine, too.
test('must fail: waiting for a slot names its holder', async ({ carpool }) => {
  await carpool.narrow.register();
  await carpool.narrow.register();
}, 2_000);

describe('a hook', () => {
  beforeEach(async () => {
    await (await register('echo')).event();
  }, 2_000);

  test('must fail: an event that never comes', () => {});
});

describe('before all', () => {
  beforeAll(async () => {
    await (await register('echo', { scope: 'file' })).interact({ type: 'silence' });
  }, 2_000);

  test('must fail: an interaction that never ends', () => {});
});
