import { assertScreenshot, assertTreeHash } from '@carpool/plushie/golden';
import { withPools } from '@carpool/playwright';
import config from './carpool.config.mjs';
import { tree } from './tree.cjs';

const test = withPools(config);

test('the tree', async ({ renderer }) => {
  renderer.send({ type: 'snapshot', tree: tree() });
  await assertTreeHash(renderer, 'tree');
});

test('the picture', async ({ renderer }) => {
  renderer.send({ type: 'snapshot', tree: tree() });
  await assertScreenshot(renderer, 'pictures/whole', { width: 80, height: 40 });
});

test('nearly the picture', async ({ renderer }) => {
  renderer.send({ type: 'snapshot', tree: tree() });
  await assertScreenshot(renderer, 'nearly', { width: 80, height: 40, maxDifferentPixels: 3200 });
});

test('must fail: mock mode', async ({ mock }) => {
  mock.send({ type: 'snapshot', tree: tree() });
  await assertTreeHash(mock, 'tree');
  await assertScreenshot(mock, 'mock');
});
