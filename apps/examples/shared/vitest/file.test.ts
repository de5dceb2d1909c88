import { expect, test } from 'vitest';
import { append } from '../file/journal.ts';

for (const number of [1, 2, 3, 4, 5]) {
  test(`writes entry ${number}`, async () => {
    const entry = `vitest ${number}`;
    expect(await append(entry)).toContain(entry);
  });
}
