import { test } from '@carpool/playwright';
import './observer.cjs';

test('must fail: Playwright blames the last test', () => {});
