import { plushie } from '@carpool/plushie';
import { pooledBackend, pooledTransport } from '@carpool/plushie/backend';
import { withPools } from '@carpool/vitest';
import { createPool } from 'carpool';
import { expect } from 'vitest';
import { counter } from '../../app/counter.ts';
import config from '../carpool.config.ts';
import { start } from '../driver.ts';

const test = withPools(config);

test('an app on a session that the runtime registers', async ({ carpool }) => {
  const app = await start(counter, pooledBackend(carpool.renderer));
  await app.click('#more');
  expect(app.model()).toBe(1);
});

test('an app on the session of the fixture', async ({ renderer }) => {
  const app = await start(counter, () => pooledTransport(renderer));
  await app.click('#less');
  expect((await app.find('count'))?.props['content']).toBe('-1');
});

test('an app on a pool of this process', async () => {
  await using pool = createPool(config.pools.renderer);
  const app = await start(counter, pooledBackend(pool));
  await app.click('#more');
  expect(app.model()).toBe(1);
  await app.stop();
});

test('without a renderer it does not start, and says why', async () => {
  await using pool = createPool(plushie({ rendererPath: 'no-such-renderer' }));
  await expect(start(counter, pooledBackend(pool))).rejects.toThrow(/^The renderer did not start: .*no-such-renderer/s);
});
