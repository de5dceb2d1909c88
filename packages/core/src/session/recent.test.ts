import { afterEach, expect, test } from 'vitest';
import { useEvidence } from '../base/evidence-option.ts';
import { Frame } from '../codec/frame.ts';
import { json } from '../codec/json.ts';
import { Journal } from './journal.ts';
import { Recent } from './recent.ts';

afterEach(() => useEvidence(undefined));

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

test('where evidence is turned off nothing is kept but how many came, and who waits for an answer', () => {
  useEvidence(false);
  const [own, other] = [{ id: 's1' }, { id: 's2' }];
  const journal = new Journal();
  const recent = new Recent(own, journal);
  recent.add('in', frame(1), 10);
  recent.add('out', frame(2), 20);
  journal.answered(own, frame(2), 5);
  expect(recent.received).toBe(1);
  expect(recent.lastReceived()).toBeUndefined();
  expect(recent.describe()).toEqual([]);
  expect(journal.describe()).toEqual([]);
  expect(journal.describeAnswered(9, other)).toBeUndefined();
  expect(journal.unanswered().map(({ speaker, frame: kept }) => [speaker, kept])).toEqual([[own, 20]]);
});
