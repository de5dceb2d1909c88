import { readFileSync } from 'node:fs';
import { currentTestSlot, openedCurrentTest, owners, type Goldens } from 'carpool/adapter/test-process';
import { beforeAll, describe, expect, test } from 'vitest';

async function goldens(): Promise<Goldens | undefined> {
  return await openedCurrentTest(currentTestSlot(), owners)?.goldens?.();
}

const expected = { file: import.meta.filename, update: process.env['EXPECTED'], accept: 'Vitest with -u' };
const attachment = { path: import.meta.filename, contentType: 'text/plain' };

beforeAll(async () => {
  const found = await goldens();
  expect(found).toEqual(expected);
});

test('golden files are treated as snapshots are', async ({ task }) => {
  const found = await goldens();
  expect(found).toMatchObject(expected);
  await found?.attach?.({ name: 'this file', ...attachment });
  const [added] = task.annotations;
  expect(added).toMatchObject({ message: 'this file', attachment: { contentType: 'text/plain' } });
  expect(readFileSync(added?.attachment?.path ?? '', 'utf8')).toBe(readFileSync(import.meta.filename, 'utf8'));
});

describe.concurrent('side by side', () => {
  test.for([1, 2, 3])('an attachment reaches its test (%i)', async (number, { task }) => {
    const found = await goldens();
    await new Promise((resolve) => setImmediate(resolve));
    await found?.attach?.({ name: `${number}`, ...attachment });
    expect(task.annotations.map(({ message }) => message)).toEqual([`${number}`]);
  });
});
