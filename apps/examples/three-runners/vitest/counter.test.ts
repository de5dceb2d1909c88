import { withPools } from '@carpool/vitest';
import { counter } from '../../app/counter.ts';
import { mount } from '../../app/mount.ts';
import config from '../carpool.config.ts';

const test = withPools(config);

test('starts at zero', async ({ renderer, expect }) => {
  const app = mount(renderer, counter);
  expect(await app.text('count')).toBe('0');
});

test.concurrent.for([1, 2, 3, 4, 5])('counts to %i', async (goal, { renderer, expect }) => {
  const app = mount(renderer, counter);
  for (let count = 0; count < goal; count++) await app.click('more');
  expect(await app.text('count')).toBe(String(goal));
});
