/** A recorded value goes through JSON unchanged, and gives the value again, whatever that is. */
import assert from 'node:assert/strict';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { base64, fromBase64 } from './base64.ts';
import { recordedValue, recordValue, Unrecorded, type Recorded } from './transcript-value.ts';

const names = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('__proto__', 'constructor', 'toJSON', '$', '$bytes', '$object', '$map', '$lost', '$unknown', '0'),
);
const leaves = fc.oneof(
  fc.string({ unit: 'binary' }),
  // A half of a pair alone.
  fc.constantFrom('\ud800', 'a\udc00b', '\u2028'),
  fc.boolean(),
  fc.double(),
  fc.integer(),
  fc.bigInt(),
  fc.constantFrom<unknown>(undefined, null, -0, Number.NaN, Infinity, -Infinity),
  fc.date({ noInvalidDate: false }),
  fc.uint8Array(),
  fc.float32Array({ noNaN: true }),
  fc.bigUint64Array(),
  fc.uint8Array().map(({ buffer, byteOffset, byteLength }) => new DataView(buffer, byteOffset, byteLength)),
  fc.uint8Array().map((bytes) => bytes.slice().buffer),
  fc.string().map((what) => new Unrecorded(what)),
);
const values = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaves,
    fc.array(tie('value'), { maxLength: 5 }),
    fc.dictionary(names, tie('value'), { maxKeys: 5 }),
    fc.array(fc.tuple(names, tie('value')), { maxLength: 4 }).map((entries) => Object.fromEntries(entries)),
    fc.array(fc.tuple(tie('value'), tie('value')), { maxLength: 4 }).map((entries) => new Map(entries)),
    fc.array(tie('value'), { maxLength: 4 }).map((all) => new Set(all)),
  ),
})).value;

const throughJson = (value: unknown): unknown => {
  const text = JSON.stringify(recordValue(value));
  const parsed = JSON.parse(text) as Recorded;
  expect(JSON.stringify(parsed)).toBe(text);
  return recordedValue(parsed);
};

test('what was recorded is the value again', () => {
  fc.assert(
    fc.property(values, (value) => {
      assert.deepEqual(throughJson(value), plainly(value));
    }),
    { numRuns: 1_000 },
  );
});

test('the recorded value of what looks like one is that', () => {
  fc.assert(
    fc.property(values, (value) => {
      const recorded = recordValue(value);
      assert.deepEqual(throughJson(recorded), plainly(recorded));
    }),
  );
});

test('what JSON has already is not copied', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const made = JSON.parse(JSON.stringify(value)) as unknown;
      fc.pre(!/"\$/.test(JSON.stringify(value)));
      expect(recordValue(made)).toBe(made);
      expect(recordedValue(made as Recorded)).toBe(made);
    }),
  );
});

test('the value itself is never changed', () => {
  fc.assert(
    fc.property(values, (value) => {
      const before = structuredClone(value);
      recordValue(value);
      assert.deepEqual(structuredClone(value), before);
    }),
  );
});

test('values of another realm are recorded as those of this one', () => {
  const other: unknown = runInNewContext(
    '({ a: { b: [1, NaN, undefined] }, at: new Date(5), bytes: new Uint8Array([1, 2]), map: new Map([[1n, new Set([2])]]) })',
  );
  expect(throughJson(other)).toStrictEqual({
    a: { b: [1, Number.NaN, undefined] },
    at: new Date(5),
    bytes: new Uint8Array([1, 2]),
    map: new Map([[1n, new Set([2])]]),
  });
});

test('what is no data is lost, and what is beside it is kept', () => {
  const own: Record<string, unknown> = { name: 'a', run: () => 1, mark: Symbol('b') };
  own['self'] = [own];
  expect(throughJson(own)).toEqual({
    name: 'a',
    run: new Unrecorded('a function'),
    mark: new Unrecorded('a symbol'),
    self: [new Unrecorded('a part of itself')],
  });
  let deep: unknown = 1;
  for (let level = 0; level < 100_000; level++) deep = [deep];
  expect(JSON.stringify(recordValue(deep))).toContain('{"$lost":"deeper than 1000 levels"}');
});

test('an object of a class is its properties, also where it says how it is written as JSON', () => {
  class Money {
    readonly cents = 5;
    toJSON(): string {
      return 'money';
    }
  }
  expect(throughJson({ price: new Money() })).toStrictEqual({ price: { cents: 5 } });
});

test('the same object twice is no part of itself', () => {
  const shared = { a: 1 };
  expect(throughJson([shared, shared])).toEqual([{ a: 1 }, { a: 1 }]);
});

test('a value of a kind that is not known, or is none, says so', () => {
  expect(() => recordedValue({ a: [{ $complex: [1, 2] }] })).toThrow('it has a value of an unknown kind, "$complex"');
  expect(() => recordedValue({ $bigint: 'twelve' })).toThrow('it has a value of kind "$bigint" that is none');
  expect(() => recordedValue({ $view: ['Array', 'AA=='] })).toThrow('it has a value of kind "$view" that is none');
  expect(() => recordedValue({ $bytes: '%' })).toThrow('it has a value of kind "$bytes" that is none');
  expect(() => recordedValue({ $map: 5 })).toThrow('it has a value of kind "$map" that is none');
});

test('base64 is that of others', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 20_000 }), (bytes) => {
      const text = Buffer.from(bytes).toString('base64');
      expect(base64(bytes)).toBe(text);
      expect(fromBase64(text)).toEqual(bytes);
    }),
  );
});

/** Objects without a prototype are plain ones afterwards. */
function plainly(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plainly);
  if (value instanceof Map) return new Map([...value].map(([key, held]) => [plainly(key), plainly(held)]));
  if (value instanceof Set) return new Set([...value].map(plainly));
  const prototype: unknown = typeof value === 'object' && value !== null ? Object.getPrototypeOf(value) : undefined;
  if (prototype !== Object.prototype && prototype !== null) return value;
  return Object.fromEntries(Object.entries(value as object).map(([name, held]) => [name, plainly(held)]));
}
