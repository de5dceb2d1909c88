import { once } from 'node:events';
import { done, place, take, takeBack } from '../shop/orders.ts';
import { test } from '../test.ts';

test('each order is taken by one worker, the oldest first', async ({ redis, client, expect }) => {
  const { channelPrefix } = redis.opened;
  for (const order of ['1', '2', '3', '4']) await place(client, channelPrefix, order);
  const takes = ['a', 'b', 'a', 'b', 'a'].map((worker) => take(client, worker));
  expect(await Promise.all(takes)).toEqual(['1', '2', '3', '4', undefined]);
});

test('what a worker that has ended has not done is taken by others', async ({ redis, client, expect }) => {
  const { channelPrefix } = redis.opened;
  for (const order of ['1', '2', '3']) await place(client, channelPrefix, order);
  for (let count = 0; count < 3; count++) await take(client, 'a');
  await done(client, 'a', '1');
  await takeBack(client, 'a');
  expect([await take(client, 'b'), await take(client, 'b'), await take(client, 'b')]).toEqual(['2', '3', undefined]);
});

test('who waits for orders hears of each', async ({ redis, client, expect }) => {
  const { channelPrefix } = redis.opened;
  const listener = client.duplicate();
  await listener.subscribe(`${channelPrefix}orders`);
  const heard = once(listener, 'message');
  await place(client, channelPrefix, '1');
  expect(await heard).toEqual([`${channelPrefix}orders`, '1']);
  listener.disconnect();
});
