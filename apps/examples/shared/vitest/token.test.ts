import { expect, test } from 'vitest';
import { whoIs } from '../token/accounts.ts';
import { token } from '../token/token.ts';

for (const page of ['orders', 'settings', 'profile']) {
  test(`is logged in on the page of ${page}`, async () => {
    expect(whoIs(await token())).toBe('Ada');
  });
}
