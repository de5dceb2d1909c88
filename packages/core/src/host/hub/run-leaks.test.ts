import { expect, test } from 'vitest';
import { RunLeaks } from './run-leaks.ts';

test('equal lines are one, so that the same one, told again and again, hides no other', () => {
  const leaks = new RunLeaks();
  for (let times = 0; times < 50; times++) leaks.add(['noisy']);
  leaks.add(['quiet']);
  expect(leaks.summary()).toEqual({ count: 2, first: ['noisy (told 50 times)', 'quiet'] });
  leaks.clear();
  expect(leaks.summary()).toBe(undefined);
});

test('ten are named, others are counted, whatever a worker sends', () => {
  const leaks = new RunLeaks();
  leaks.add(Array.from({ length: 12 }, (_, at) => `line ${at}`));
  leaks.add([7, null]);
  leaks.add('no list');
  const first = Array.from({ length: 10 }, (_, at) => `line ${at}`);
  expect(leaks.summary()).toEqual({ count: 14, first });
});
