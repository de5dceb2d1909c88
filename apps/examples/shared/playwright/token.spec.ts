import { createTest, expect } from '@carpool/playwright';
import config from '../carpool.config.ts';
import { whoIs } from '../token/accounts.ts';
import { token } from '../token/token.ts';

const test = createTest(config);

for (const page of ['orders', 'settings', 'profile']) {
  test(`is logged in on the page of ${page}`, async () => {
    expect(whoIs(await token())).toBe('Ada');
  });
}
