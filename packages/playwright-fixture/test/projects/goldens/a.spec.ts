import { test } from '@carpool/playwright';
import { expect } from '@playwright/test';
import { currentTestSlot, type Goldens } from 'carpool/adapter/test-process';

const goldens = async (): Promise<Goldens | undefined> => await currentTestSlot().currentTest?.goldens?.();
const expected = { file: import.meta.filename, update: process.env['EXPECTED'], accept: 'Playwright with -u' };

test.beforeAll(async () => {
  expect(await goldens()).toMatchObject(expected);
});

test('golden files are treated as snapshots are', async ({}, testInfo) => {
  const found = await goldens();
  expect(found).toMatchObject(expected);
  expect(found?.outputPath?.('form/a.png')).toBe(testInfo.outputPath('form/a.png'));
  await found?.attach?.({ name: 'this file', path: import.meta.filename, contentType: 'text/plain' });
  expect(testInfo.attachments).toEqual([expect.objectContaining({ name: 'this file', contentType: 'text/plain' })]);
});
