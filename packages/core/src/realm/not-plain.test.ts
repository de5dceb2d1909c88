import { expect, test } from 'vitest';
import { notPlainIn } from './not-plain.ts';

class Money {
  amount = 1;
}

test.each<[string, unknown]>([
  ['plain data', { a: [1, 'x', null, undefined, 2n, Number.NaN], b: { c: true } }],
  ['an object without a prototype', Object.create(null)],
  ['a key __proto__', JSON.parse('{"__proto__": 1}')],
  ['an object that names itself', { [Symbol.toStringTag]: 'Money' }],
  ['a Map and a Set', new Map<unknown, unknown>([[{}, new Set([1])]])],
  ['dates, expressions, errors', [new Date(), /x/, new TypeError('t')]],
  ['bytes', [new ArrayBuffer(1), new Uint8Array(1), new Float32Array(1), new DataView(new ArrayBuffer(1))]],
])('%s arrives as it is', (_, value) => {
  expect(notPlainIn(value)).toBeUndefined();
});

test('a cycle ends', () => {
  const value: { self?: unknown } = {};
  value.self = value;
  expect(notPlainIn(value)).toBeUndefined();
});

test.each<[unknown, string, string]>([
  [{ a: [0, new Money()] }, '.a[1]', 'an object of the class Money'],
  [new URL('file:///a'), '', 'an object of the class URL'],
  [new Map([['x', () => {}]]), ' (value 1 of the Map)', 'a function'],
  [new Set([Symbol('x')]), ' (item 1 of the Set)', 'a symbol'],
  [{ first: new Money(), second: new URL('file:///a') }, '.first', 'an object of the class Money'],
])('%o is named by its place', (value, path, what) => {
  expect(notPlainIn(value)).toEqual({ path, what });
});
