import { expect, test } from 'vitest';
import { Frame } from '../codec/frame.ts';
import { json } from '../codec/json.ts';
import { Recent } from './recent.ts';

const frame = (n: number): Frame => Frame.of({ n }, json);

test('the last eight messages are shown, oldest first, with their direction', () => {
  const recent = new Recent();
  expect(recent.describe()).toEqual([]);
  for (let n = 0; n < 11; n++) recent.add(n % 2 === 0 ? 'out' : 'in', frame(n), 10);
  expect(recent.describe()).toEqual([
    '← {n: 3}',
    '→ {n: 4}',
    '← {n: 5}',
    '→ {n: 6}',
    '← {n: 7}',
    '→ {n: 8}',
    '← {n: 9}',
    '→ {n: 10}',
  ]);
});

test('a large message is remembered by its size alone', () => {
  const recent = new Recent();
  recent.add('in', frame(1), 5_000_000);
  expect(recent.describe()).toEqual(['← <5000000 bytes>']);
});
