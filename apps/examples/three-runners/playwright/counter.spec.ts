import { withPools, expect } from '@carpool/playwright';
import { counter } from '../../app/counter.ts';
import { mount } from '../../app/mount.ts';
import config from '../carpool.config.ts';

const test = withPools(config);

test('answers what it shows', async ({ renderer }) => {
  const app = mount(renderer, counter);
  await app.click('more');
  const selector = { by: 'id', value: 'count' } as const;
  await expect(renderer).toReply({ type: 'query', target: 'find', selector }, { data: { props: { content: '1' } } });
});

for (const goal of [1, 2, 3]) {
  test(`counts down to -${goal}`, async ({ renderer }) => {
    const app = mount(renderer, counter);
    for (let count = 0; count < goal; count++) await app.click('less');
    expect(await app.text('count')).toBe(`-${goal}`);
  });
}
