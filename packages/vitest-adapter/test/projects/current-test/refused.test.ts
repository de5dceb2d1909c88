import { beforeAll, expect, test } from 'vitest';
import './observer.cjs';

beforeAll(() => {});

test('must fail: one', () => {});
test.concurrent('must fail: two', async () => {});
test('must fail: three', () => expect(1).toBe(1));
