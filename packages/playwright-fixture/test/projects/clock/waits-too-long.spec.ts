import { register, withPools } from '@carpool/playwright';
import config from './carpool.config.ts';

const test = withPools(config);

// The error comes a tenth before the time-out of the runner: on a busy machine, too.
test.describe.configure({ timeout: 5_000 });

test('must fail: waiting in the body', async ({ narrow, carpool }) => {
  void narrow;
  await carpool.narrow.register(); // this line
});

test.describe('a call that is never answered', () => {
  test('must fail: a request', async ({ narrow }) => {
    await narrow.request({ type: 'silence' }, { timeout: 20_000 });
  });

  test('must fail: an event', async ({ narrow }) => {
    await narrow.event();
  });

  test('must fail: a hook', () => undefined);
  test.beforeEach(async ({ narrow }, { title }) => {
    if (title.includes('a hook')) await narrow.request({ type: 'silence' });
  });
});

test.describe('before all', () => {
  test.beforeAll(async () => {
    test.setTimeout(5_000);
    await (await register('narrow', { scope: 'file' })).request({ type: 'silence' });
  });

  test('must fail: a hook for all', () => undefined);
});

const holding = test.extend<{}, { held: unknown }>({
  held: [async ({ carpoolWorker }, use) => use(await carpoolWorker.narrow.register()), { scope: 'worker' }],
});

holding.describe('with an option', () => {
  holding.use({ carpoolTimeout: 300 });

  holding('must fail: waiting in the fixture', ({ held, narrow }) => void [held, narrow]);
});
