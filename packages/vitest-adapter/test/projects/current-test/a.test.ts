import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { currentTest, look } from './observer.cjs';

/** In another turn of the event loop: what else runs side by side goes on meanwhile. */
const later = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

look('top level');
beforeAll(() => void look('beforeAll'));
afterAll(() => void look('afterAll'));

describe('one after another', () => {
  const seen: string[] = [];

  beforeEach(() => void seen.push(look('beforeEach')));
  afterEach(() => expect(look('afterEach')).toBe(seen[0]));

  test.for([1, 2])('a test and its hooks have one owner (%s)', async () => {
    const own = look('test');
    await later();
    expect([...seen.splice(0), look('later')]).toEqual([own, own]);
    seen.push(own);
    onTestFinished(() => void seen.splice(0));
  });
});

const attempts: string[] = [];

test('every attempt has its own owner', { retry: 2 }, async () => {
  await later();
  attempts.push(look('attempt'));
  expect(new Set(attempts).size).toBe(3);
});

describe.concurrent('side by side', () => {
  const seen = new Set<string>();

  beforeEach(() => void look('hook side by side'));

  test.for([1, 2, 3, 4, 5, 6, 7])('each has its own owner (%s)', async () => {
    const own = look('concurrent');
    expect(seen.has(own)).toBe(false);
    seen.add(own);
    for (let times = 0; times < 3; times += 1) {
      await later();
      expect(look('concurrent')).toBe(own);
    }
  });
});

const next = Promise.withResolvers<void>();
let own = '';
let late: Promise<string> | undefined;

test('a call that outlives its test belongs to it', () => {
  own = look('test');
  late = next.promise.then(() => look('late'));
});

test('the next test has begun', async () => {
  next.resolve();
  expect(await late).toBe(own);
  expect(currentTest().worker().path).toEqual([]);
});

test('must fail: it says what the file knows', () => {
  expect(1).toBe(2);
});
