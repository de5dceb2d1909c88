import fc from 'fast-check';
import { expect, test } from 'vitest';
import { recordValue, type Recorded } from '../base/transcript-value.ts';
import { compare, isSame, pathText } from './compare.ts';
import { differenceLines } from './show.ts';

const recorded = fc
  .anything({ withBigInt: true, withDate: true, withTypedArray: true, withMap: true, withSet: true })
  .map((value) => recordValue(value));

const linesOf = (then: Recorded, now: Recorded): string[] => differenceLines(compare(then, now));

test('a value is the same as itself, and as a copy of itself: nothing differs', () => {
  fc.assert(
    fc.property(recorded, (value) => {
      const copy = JSON.parse(JSON.stringify(value)) as Recorded;
      expect(isSame(value, copy)).toBe(true);
      expect(compare(value, copy)).toEqual({ differences: [], more: 0, likeness: 1 });
    }),
  );
});

test('two values are the same if and only if nothing differs, whichever is the recorded one', () => {
  fc.assert(
    fc.property(recorded, recorded, (one, other) => {
      const same = isSame(one, other);
      expect(isSame(other, one)).toBe(same);
      expect(compare(one, other).differences.length === 0).toBe(same);
      expect(compare(other, one).differences.length === 0).toBe(same);
      expect(compare(one, other).likeness === 1).toBe(same);
    }),
  );
});

test('a field that is undefined is none, and -0 is 0', () => {
  const [one, other] = [
    { a: undefined, b: -0, c: { d: undefined } },
    { b: 0, c: {} },
  ].map((value) => recordValue(value));
  expect(isSame(one as Recorded, other as Recorded)).toBe(true);
  expect(linesOf(one as Recorded, other as Recorded)).toEqual([]);
  expect(isSame(recordValue([undefined]), recordValue([]))).toBe(false);
});

test('each difference has its place, what was recorded, and what is there now', () => {
  const then = { type: 'add', by: 2, to: { name: 'cart', 'the id': 1 }, gone: true };
  const now = { type: 'add', by: 3, to: { name: 'cart', 'the id': 2 }, tags: ['x'] };
  expect(linesOf(then, now)).toEqual([
    '.by: recorded 2, now 3',
    '.to["the id"]: recorded 1, now 2',
    '.gone: recorded true, now nothing',
    '.tags: recorded nothing, now ["x"]',
  ]);
  expect(linesOf('a', 1)).toEqual(['the message: recorded "a", now 1']);
});

test('one item more in a long list is one difference', () => {
  const then = Array.from({ length: 100 }, (_, at) => ({ at }));
  const now = [...then.slice(0, 40), { at: 'new' }, ...then.slice(40)];
  expect(linesOf(then, now)).toEqual(['[40]: recorded nothing, now {"at":"new"}']);
  expect(linesOf(now, then)).toEqual(['[40]: recorded {"at":"new"}, now nothing']);
});

test('of long texts the part is shown that differs', () => {
  const text = 'word '.repeat(100);
  const [line] = linesOf({ text }, { text: `${text.slice(0, 300)}!${text.slice(300)}` });
  expect(line).toMatch(/^\.text: from character 301 on, recorded …".{80}"…, now …".*!.*"…$/);
});

test('what is alike or ignored is no difference, and more than the limit is counted', () => {
  const then = { id: 's1', list: [1, 2, 3, 4], time: 1 };
  const now = { id: 's7', list: [5, 6, 7, 8], time: 2 };
  const alike = (a: Recorded, b: Recorded): boolean => a === 's1' && b === 's7';
  const ignored = (path: readonly (string | number)[]): boolean => pathText(path) === '.time';
  const { differences, more } = compare(then, now, { alike, ignored, most: 3 });
  expect(differences.map(({ path }) => path)).toEqual(['.list[0]', '.list[1]', '.list[2]']);
  expect(more).toBe(1);
});

test('what was redacted is equal to any value, and in a text to any part; the other way round it is not', () => {
  const then = { password: '[redacted]', keys: ['[redacted]', 1], url: 'https://ann:[redacted]@a.test/[redacted]/x' };
  const now = { password: { hash: 1 }, keys: [null, 1], url: 'https://ann:pw@a.test/@a.test/x' };
  expect(isSame(then, now)).toBe(true);
  expect(linesOf(then, now)).toEqual([]);
  expect(isSame(now, then)).toBe(false);
  expect(linesOf(then, { ...now, keys: [null, 2], url: 'https://ann:pw@b.test/y/x' })).toEqual([
    '.keys[1]: recorded 1, now 2',
    '.url: recorded "https://ann:[redacted]@a.test/[redacted]/x", now "https://ann:[redacted]@b.test/y/x"',
  ]);
  // Its parts do not overlap, and a field that is missing is no value.
  expect(isSame('ab[redacted]ba', 'aba')).toBe(false);
  expect(isSame('ab[redacted]ba', 'abba')).toBe(true);
  expect(isSame({ password: '[redacted]' }, {})).toBe(false);
});
