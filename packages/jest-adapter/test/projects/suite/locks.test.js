const { register, withPools } = require('@carpool/jest');
const { lock } = require('carpool/coordination');

const test = withPools();

beforeAll(async () => {
  const held = await lock('printer').acquire();
  const echo = await register('echo', { scope: 'file' });
  // Longer than the time of the test.
  void echo.request({ type: 'later', after: 900 }).then(() => held.release());
});

test('a lock of the config is taken before the time of the test starts', async ({ printer, desk }) => {
  expect(printer).toMatchObject({ name: 'printer', held: true });
  expect(desk.weight).toBe(2);
  desk.release(1);
  expect(desk.weight).toBe(1);
}, 500);

test('its own lock taken again is a deadlock, at once', async ({ printer }) => {
  expect(printer.held).toBe(true);
  await expect(lock('printer').acquire()).rejects.toThrow('this would deadlock');
});

test('a lock of the machine is another one than that of the run', async ({ device }) => {
  expect([device.name, device.held, device.lost.aborted]).toEqual(['phone', true, false]);
  await expect(lock('phone', { scope: 'machine' }).acquireNow()).rejects.toMatchObject({ code: 'LEASE_TAKEN' });
  const own = await lock('phone').acquireNow();
  expect([own.held, own.lost.aborted]).toEqual([true, false]);
});
