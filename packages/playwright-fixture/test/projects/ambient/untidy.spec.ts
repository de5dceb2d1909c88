import { test } from '@carpool/playwright';
import './observer.mjs';

test('must fail: Playwright blames the last test', () => {});
