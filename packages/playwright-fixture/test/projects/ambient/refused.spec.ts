import { test } from '@carpool/playwright';
import './observer.mjs';

test.beforeAll(() => {});

test('must fail: one', () => {});
test('must fail: two', () => {});
