import { expect, test } from 'vitest';
import { Scope } from './scope.ts';

test('what is held is released once; releases begin newest first, and none waits for another', async () => {
  const scope = new Scope('a test');
  const order: string[] = [];
  for (const name of ['first', 'second', 'third']) {
    scope.hold(async () => {
      order.push(`${name}…`);
      await Promise.resolve();
      order.push(name);
    });
  }
  expect(scope.size).toBe(3);
  expect(await Promise.all([scope.end(), scope.end()])).toEqual([[], []]);
  expect(order).toEqual(['third…', 'second…', 'first…', 'third', 'second', 'first']);
  expect(scope.ended).toBe(true);
  await scope.end();
  expect(order).toHaveLength(6);
});

test('a release that fails does not keep the others from running', async () => {
  const scope = new Scope('a test');
  const order: string[] = [];
  scope.hold(() => void order.push('first'));
  scope.hold(() => {
    throw new Error('broken');
  });
  scope.hold(() => Promise.reject(new Error('broken too')));
  scope.hold(() => void order.push('last'));
  const failures = await scope.end();
  expect(order).toEqual(['last', 'first']);
  expect(failures.map((failure) => (failure as Error).message)).toEqual(['broken too', 'broken']);
});

test('what has ended by itself is not released', async () => {
  const scope = new Scope('a test');
  let released = 0;
  const release = (): void => void released++;
  const held = scope.hold(release);
  scope.hold(release);
  held.forget();
  held.forget();
  expect(scope.size).toBe(1);
  await scope.end();
  expect(released).toBe(1);
});

test('what comes after the end is released at once', async () => {
  const scope = new Scope('a test');
  await scope.end();
  const released = Promise.withResolvers<string>();
  scope.hold(() => released.resolve('released'));
  expect(await released.promise).toBe('released');
  expect(scope.size).toBe(0);
});

test('an inner scope ends with the outer one, before what that one holds', async () => {
  const file = new Scope('a file');
  const order: string[] = [];
  file.hold(() => void order.push('before the test'));
  file.inner('a test').hold(() => void order.push('of the test'));
  file.hold(() => void order.push('after the test'));
  await file.end();
  expect(order).toEqual(['of the test', 'after the test', 'before the test']);
});

test('an inner scope that has ended is forgotten by the outer one', async () => {
  const file = new Scope('a file');
  for (let n = 0; n < 100; n++) {
    const inner = file.inner(`test ${n}`);
    inner.hold(() => {});
    await inner.end();
  }
  expect(file.size).toBe(0);
});
