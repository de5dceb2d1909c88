import { test } from './test.ts';

test('a child that confirms no end holds up nobody for long', async ({ stubborn }) => {
  await stubborn.request({ type: 'set', value: 1 });
});
