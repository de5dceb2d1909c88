const { withPools } = require('@carpool/jest');

const test = withPools();
let goOn;
let late;
let wentOn;
let kept;

test('must fail: a body that waits for ever', async ({ echo }) => {
  late = echo.request({ type: 'silence' });
  await late;
}, 300);

test('a call that was waiting when its test timed out says so in its error', async () => {
  await expect(late).rejects.toMatchObject({ code: 'SESSION_CLOSED' });
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

test('must fail: waiting for a slot names its holder', async ({ carpool }) => {
  await carpool.narrow.register();
  await carpool.narrow.register();
}, 500);
