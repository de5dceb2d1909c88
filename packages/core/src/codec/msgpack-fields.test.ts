import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Fields, Scalar } from './codec.ts';
import { fieldsOf } from './fields.ts';
import { msgpack } from './msgpack.ts';
import { failure } from '../../test/support/codec.ts';

const { encode, decode } = msgpack;
const peek = msgpack.peek as NonNullable<typeof msgpack.peek>;
const has = msgpack.has as NonNullable<typeof msgpack.has>;
const stamp = msgpack.stamp as NonNullable<typeof msgpack.stamp>;

const names = ['session', 'type', 'id', 'größe', ''];
const text = fc.string({ unit: 'grapheme', maxLength: 60 }).filter((one) => !one.startsWith('\ufeff'));
const scalar: fc.Arbitrary<Scalar> = fc.oneof(
  text,
  fc.string({ minLength: 900, maxLength: 1100 }),
  fc.integer(),
  fc.maxSafeInteger(),
  fc.double({ noNaN: true }).filter((one) => !Object.is(one, -0)),
  fc.boolean(),
  fc.constant(null),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }).filter((one) => one > 2n ** 53n || one < -(2n ** 53n)),
);
// The decoder gives that one another name, wherever it is.
const named = text.filter((one) => one !== '__proto__');
const other = fc.oneof(
  fc.array(scalar),
  fc.uint8Array(),
  fc.date({ noInvalidDate: true, min: new Date(0), max: new Date(1e12) }),
  fc.dictionary(named, scalar, { noNullPrototype: true }),
);
const key = fc.oneof(fc.constantFrom(...names), named);
const message = fc.dictionary(key, fc.oneof(scalar, other), { noNullPrototype: true, maxKeys: 40 });

const utf8 = (one: string): number[] => [...new TextEncoder().encode(one)];

describe('peek', () => {
  test('finds what decoding finds', () => {
    fc.assert(
      fc.property(message, (one) => {
        expect(peek(encode(one), names)).toEqual(fieldsOf(decode(encode(one)), names));
      }),
      { numRuns: 500 },
    );
  });

  test('finds nothing in a value that is not a map', () => {
    for (const one of [7, 'session', [1, [2]], null]) expect(peek(encode(one), names)).toEqual({});
  });

  test.each<[string, number[], Scalar]>([
    ['uint 8', [0xcc, 5], 5],
    ['uint 16', [0xcd, 0, 5], 5],
    ['uint 32', [0xce, 0xff, 0, 0, 5], 0xff000005],
    ['uint 64', [0xcf, 0, 0, 0, 0, 0, 0, 0, 5], 5],
    ['large uint 64', [0xcf, 0xff, 0, 0, 0, 0, 0, 0, 5], 0xff00000000000005n],
    ['int 8', [0xd0, 0xfb], -5],
    ['int 16', [0xd1, 0xff, 0xfb], -5],
    ['int 32', [0xd2, 0xff, 0xff, 0xff, 0xfb], -5],
    ['int 64', [0xd3, 255, 255, 255, 255, 255, 255, 255, 0xfb], -5],
    ['float 32', [0xca, 0x3f, 0x80, 0, 0], 1],
    ['float 64', [0xcb, 0x3f, 0xf0, 0, 0, 0, 0, 0, 0], 1],
    ['str 8', [0xd9, 1, 0x78], 'x'],
    ['str 16', [0xda, 0, 1, 0x78], 'x'],
    ['str 32', [0xdb, 0, 0, 0, 1, 0x78], 'x'],
  ])('reads a value written as %s, however long-winded', (_, bytes, expected) => {
    const payload = Uint8Array.of(0x81, 0xa2, ...utf8('id'), ...bytes);
    expect(peek(payload, ['id'])).toEqual({ id: expected });
    expect(decode(payload)).toEqual({ id: expected });
  });

  test.each([
    ['str 8', [0xd9, 2]],
    ['str 16', [0xda, 0, 2]],
    ['str 32', [0xdb, 0, 0, 0, 2]],
    ['bin 8', [0xc4, 2]],
    ['bin 16', [0xc5, 0, 2]],
    ['bin 32', [0xc6, 0, 0, 0, 2]],
  ])('knows a key written as %s, in every map', (_, head) => {
    const pair = [...head, ...utf8('id'), 7];
    for (const map of [[0x81], [0xde, 0, 1], [0xdf, 0, 0, 0, 1]])
      expect(peek(Uint8Array.of(...map, ...pair), ['id'])).toEqual({ id: 7 });
  });

  test('passes over keys and values of every other type', () => {
    const others = [
      [0xd4, 1, 0],
      [0xd5, 1, 0, 0],
      [0xd6, 1, ...new Uint8Array(4)],
      [0xd7, 1, ...new Uint8Array(8)],
      [0xd8, 1, ...new Uint8Array(16)],
      [0xc7, 3, 1, 0, 0, 0],
      [0xc8, 0, 1, 1, 0],
      [0xc9, 0, 0, 0, 0, 1],
      [0xdc, 0, 1, 0x93, 1, 2, 0x80],
      [0xdd, 0, 0, 0, 0],
      [0xdf, 0, 0, 0, 1, 0xc2, 0xc3],
    ];
    for (const one of others) {
      expect(peek(Uint8Array.of(0x83, ...one, 1, 0xa1, 0x78, ...one, 0xa2, ...utf8('id'), 7), ['id'])).toEqual({
        id: 7,
      });
      expect(peek(Uint8Array.of(0x81, 0xa2, ...utf8('id'), ...one), ['id'])).toEqual({});
    }
  });

  test('leaves out text that is too long to be a name', () => {
    expect(peek(encode({ id: 'x'.repeat(1024), type: 'x'.repeat(1025) }), names)).toEqual({ id: 'x'.repeat(1024) });
    expect(fieldsOf({ id: 'é'.repeat(512), type: 'é'.repeat(513) }, names)).toEqual({ id: 'é'.repeat(512) });
  });

  test('refuses a name that is there twice, in whatever form, even as no scalar', () => {
    const pair = (value: number[]): number[] => [0xa2, ...utf8('id'), ...value];
    for (const second of [pair([8]), [0xd9, 2, ...utf8('id'), 8], [0xc4, 2, ...utf8('id'), 8], pair([0x80])]) {
      expect(failure(() => peek(Uint8Array.of(0x82, ...pair([7]), ...second), ['id'])).message).toContain(
        'two fields "id"',
      );
    }
    expect(peek(Uint8Array.of(0x82, ...pair([7]), ...pair([8])), ['type'])).toEqual({});
  });

  test('refuses a map that is cut off anywhere, followed by more, or too deep', () => {
    const bytes = encode({ session: 's', n: 1.5, list: [1, { a: 'b' }], id: 70_000 });
    for (let cut = 0; cut < bytes.length; cut += 1) {
      expect(failure(() => peek(bytes.subarray(0, cut), names)).code, `cut at ${cut}`).toBe('FRAME_MALFORMED');
    }
    expect(failure(() => peek(Uint8Array.of(...bytes, 1), names)).code).toBe('FRAME_MALFORMED');
    const deep = new Uint8Array(100_000).fill(0x91);
    deep.set([0x81, 0xa1, 0x78]);
    expect(failure(() => peek(deep, names)).message).toContain('nests deeper');
  });

  test('refuses a field that is not UTF-8, lest two ids become one', () => {
    expect(failure(() => peek(Uint8Array.of(0x81, 0xa2, ...utf8('id'), 0xa1, 0xff), ['id'])).code).toBe(
      'FRAME_MALFORMED',
    );
  });
});

describe('has', () => {
  test('finds what decoding finds', () => {
    fc.assert(
      fc.property(message, fc.oneof(fc.constantFrom(...names), text), (one, name) => {
        const decoded = decode(encode(one)) as object;
        expect(has(encode(one), name)).toBe(Object.hasOwn(decoded, name));
        for (const there of Object.keys(decoded)) expect(has(encode(one), there)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  test('refuses what `peek` refuses', () => {
    const twice = Uint8Array.of(0x82, 0xa2, ...utf8('id'), 0x80, 0xa2, ...utf8('id'), 0x90);
    expect(failure(() => has(twice, 'id')).message).toContain('two fields "id"');
    expect(has(twice, 'type')).toBe(false);
    const bytes = encode({ session: 's', list: [1, { a: 'b' }] });
    for (let cut = 0; cut < bytes.length; cut += 1)
      expect(failure(() => has(bytes.subarray(0, cut), 'list')).code).toBe('FRAME_MALFORMED');
  });
});

describe('stamp', () => {
  const fields: fc.Arbitrary<Fields> = fc.dictionary(fc.constantFrom('session', 'id', 'größe'), scalar, {
    noNullPrototype: true,
    minKeys: 1,
  });

  test('is the same as decoding, setting and encoding', () => {
    fc.assert(
      fc.property(message, fields, (one, added) => {
        const rest = Object.fromEntries(Object.entries(one).filter(([name]) => !Object.hasOwn(added, name)));
        const stamped = stamp(encode(rest), added) as Uint8Array;
        expect(decode(stamped)).toEqual({ ...rest, ...added });
      }),
      { numRuns: 500 },
    );
  });

  test.each([0, 14, 15, 16, 65_534, 65_535, 65_536])('grows the head of a map of %i, and comes first in it', (size) => {
    const map = Object.fromEntries(Array.from({ length: size }, (_, index) => [`k${index}`, 1]));
    const stamped = decode(stamp(encode(map), { session: 's' }) as Uint8Array);
    expect(stamped).toEqual({ session: 's', ...map });
    expect(Object.keys(stamped as object)[0]).toBe('session');
  });

  test('writes integers as msgpackr does, in the fewest bytes', () => {
    for (const value of [
      0,
      127,
      128,
      255,
      256,
      65_535,
      65_536,
      2 ** 32 - 1,
      -1,
      -32,
      -33,
      -128,
      -129,
      -32_768,
      -32_769,
      -(2 ** 31),
    ]) {
      expect(stamp(encode({}), { id: value })).toEqual(encode({ id: value }));
    }
  });

  test('gives the payload back if all is there already, nothing if it differs, and adds only what is missing', () => {
    const payload = encode({ session: 's', id: 1 });
    expect(stamp(payload, { session: 's', id: 1 })).toBe(payload);
    expect(stamp(payload, { session: 'other' })).toBeUndefined();
    expect(stamp(encode({ session: ['s'] }), { session: 's' })).toBeUndefined();
    expect(decode(stamp(payload, { session: 's', seq: 2 }) as Uint8Array)).toEqual({ seq: 2, session: 's', id: 1 });
  });

  test('leaves earlier results alone', () => {
    const stamped = Array.from({ length: 3000 }, (_, index) =>
      stamp(encode({ type: 'x' }), { id: index, note: 'y'.repeat(index % 50) }),
    );
    expect(stamped.map((one) => (decode(one as Uint8Array) as { id: number }).id)).toEqual(
      stamped.map((_, index) => index),
    );
  });

  test('refuses a value that is not a map, and integers of more than 64 bits', () => {
    expect(failure(() => stamp(encode([1]), { id: 1 })).message).toContain('a message must be an object');
    expect(failure(() => stamp(encode({}), { id: 2n ** 64n })).code).toBe('FRAME_MALFORMED');
  });

  test('does not mistake one name that looks like two for two names', () => {
    expect(decode(stamp(encode({}), { '["a","b"]': 1 }) as Uint8Array)).toEqual({ '["a","b"]': 1 });
    expect(decode(stamp(encode({}), { a: 1, b: 2 }) as Uint8Array)).toEqual({ a: 1, b: 2 });
  });
});
