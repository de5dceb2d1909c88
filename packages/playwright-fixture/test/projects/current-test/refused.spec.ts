import { test } from '@carpool/playwright';
import './observer.cjs';

test.beforeAll(() => {});

test('must fail: one', () => {});
test('must fail: two', () => {});
