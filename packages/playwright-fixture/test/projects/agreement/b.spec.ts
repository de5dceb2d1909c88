import { withPools } from '@carpool/playwright';
import config from './carpool.config.ts';

const shared = withPools(config, { scope: { echo: 'worker' } });
const test = withPools(config);

shared('a worker has one session for its tests', async ({ echo: all }) => {
  const { value = 0 } = (await all.request({ type: 'get' })) as { value?: number };
  await all.request({ type: 'set', value: value + 1 });
  console.log(`test ${value + 1} of this worker`);
});

// No text of this file, of which runners show lines.
const planted = (number: number): string => ['planted', number].join('-');

test('must fail: an error of Carpool', async ({ carpool }) => {
  const one = await carpool.echo.register({ owner: 'one' });
  await one.request({ type: 'set', value: 'said before', user: { password: planted(1), card_pin: planted(2) } });
  await one.request({ type: 'set', value: `${'long '.repeat(60)}end` });
  await one.request({ type: 'log', text: `PGPASSWORD=${planted(3)} pin: "${planted(4)}" keyboard=us` });
  void one.request({ type: 'silence', about: 'nothing' }).catch(() => {});
  await carpool.echo.register({ owner: 'one' });
});
