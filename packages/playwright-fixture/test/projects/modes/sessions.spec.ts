import { withPools } from '@carpool/playwright';
import { expect, mergeTests, test as base } from '@playwright/test';
import config from './carpool.config.ts';

const other = base.extend<{ title: string }>({ title: async ({}, use, { title }) => use(title) });
const test = mergeTests(withPools(config), other);

for (const value of [1, 2, 3, 4]) {
  test(`has a session (${value})`, async ({ echo, title }) => {
    expect(await echo.request({ type: 'set', value })).toMatchObject({ value });
    expect(title).toBe(`has a session (${value})`);
    expect(process.env['MINE']).toBe('was here');
  });
}

test.describe('options', () => {
  test.use({ carpoolEvidence: 'off' });

  test('a group may have others', async ({ echo, carpoolTimeout }, { project }) => {
    expect(await echo.request({ type: 'get' })).not.toHaveProperty('value');
    expect(carpoolTimeout).toBe(project.name === 'two' ? 400 : undefined);
  });
});
