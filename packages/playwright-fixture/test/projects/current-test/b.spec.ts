import { test } from '@carpool/playwright';
import { expect } from '@playwright/test';
import { look } from './observer.cjs';

look('top level');
test.afterAll(() => void look('afterAll'));

test('the next file is another one', () => {
  expect(look('test')).not.toBe('none');
});
