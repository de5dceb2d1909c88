import { createTest, expect } from '@carpool/playwright';
import config from '../carpool.config.ts';
import { append } from '../file/journal.ts';

const test = createTest(config);

for (const number of [1, 2, 3, 4, 5]) {
  test(`writes entry ${number}`, async () => {
    const entry = `playwright ${number}`;
    expect(await append(entry)).toContain(entry);
  });
}
