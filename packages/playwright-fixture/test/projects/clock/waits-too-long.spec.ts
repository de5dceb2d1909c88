import { withPools } from '@carpool/playwright';
import config from './carpool.config.ts';

const test = withPools(config);

test.describe.configure({ timeout: 2_500 });

test('must fail: waiting in the body', async ({ narrow, carpool }) => {
  void narrow;
  await carpool.narrow.register(); // this line
});

const holding = test.extend<{}, { held: unknown }>({
  held: [async ({ carpoolWorker }, use) => use(await carpoolWorker.narrow.register()), { scope: 'worker' }],
});

holding.describe('with an option', () => {
  holding.use({ carpoolTimeout: 300 });

  holding('must fail: waiting in the fixture', ({ held, narrow }) => void [held, narrow]);
});
