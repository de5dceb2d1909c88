import { expect, test } from 'vitest';
import { changes } from '../subscriptions.ts';

const frames = { kind: 'on_animation_frame', tag: 'frames' };
const keys = { kind: 'on_key_press', tag: 'keys' };

test('what is new is subscribed, what is gone is unsubscribed by its tag', () => {
  expect(changes([frames], [keys])).toEqual([
    { type: 'unsubscribe', kind: 'on_animation_frame', tag: 'frames' },
    { type: 'subscribe', kind: 'on_key_press', tag: 'keys' },
  ]);
});

test('what stays causes no message', () => {
  expect(changes([frames, keys], [{ ...keys }, { ...frames }])).toEqual([]);
});

test.for([{ max_rate: 30 }, { window_id: 'main' }])('a change of %o ends the old subscription first', (change) => {
  expect(changes([keys], [{ ...keys, ...change }])).toEqual([
    { type: 'unsubscribe', kind: 'on_key_press', tag: 'keys' },
    { type: 'subscribe', kind: 'on_key_press', tag: 'keys', ...change },
  ]);
});
