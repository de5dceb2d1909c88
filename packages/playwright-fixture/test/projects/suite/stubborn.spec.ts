import { test } from './test.ts';

test('a child that confirms no end delays other tests only briefly', async ({ stubborn }) => {
  await stubborn.request({ type: 'set', value: 1 });
});
