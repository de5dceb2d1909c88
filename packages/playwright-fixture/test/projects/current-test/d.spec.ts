import { test } from '@carpool/playwright';
import { expect } from '@playwright/test';
import './observer.cjs';

test('must fail: it says what the file knows', () => {
  expect(1).toBe(2);
});

test('the file goes on in another worker', () => {});
