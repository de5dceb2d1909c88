import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { msgpack, msgpackFormat } from './msgpack.ts';
import { failure, onlyFrameErrors } from '../../test/support/codec.ts';

const again = (value: unknown): unknown => msgpack.decode(msgpack.encode(value));
const nested = (depth: number): unknown => Array.from({ length: depth }).reduce<unknown>((inner) => [inner], []);
const text = fc.string({ unit: 'grapheme', maxLength: 80 }).filter((one) => !one.startsWith('\ufeff'));
const value = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    text,
    fc.integer(),
    fc.maxSafeInteger(),
    fc.double({ noNaN: true }).filter((one) => !Object.is(one, -0)),
    fc.boolean(),
    fc.constant(null),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }).filter((one) => one > 2n ** 53n || one < -(2n ** 53n)),
    fc.uint8Array(),
    fc.date({ noInvalidDate: true, min: new Date(-1e14), max: new Date(1e14) }),
    fc.array(tie('value')),
    fc.dictionary(
      text.filter((key) => key !== '__proto__'),
      tie('value'),
      { noNullPrototype: true },
    ),
  ),
})).value;

describe('MessagePack', () => {
  test('gives back what was written', () => {
    fc.assert(
      fc.property(value, (one) => {
        expect(again(one)).toEqual(one);
      }),
    );
  });

  test('writes integers beyond 32 bits as integers, and reads them as numbers where they are exact', () => {
    expect(msgpack.encode(2 ** 40)[0]).toBe(0xd3);
    expect(again([2 ** 40, -(2 ** 40), Number.MAX_SAFE_INTEGER, 5n, 2n ** 63n])).toEqual([
      2 ** 40,
      -(2 ** 40),
      Number.MAX_SAFE_INTEGER,
      5,
      2n ** 63n,
    ]);
    expect(failure(() => msgpack.encode(2n ** 64n)).code).toBe('FRAME_MALFORMED');
  });

  test('leaves undefined out of objects and writes nil for it in arrays, as JSON does', () => {
    expect(again({ a: undefined, b: [undefined], c: 2 ** 40, d: { e: undefined, f: 2 ** 41 } })).toEqual({
      b: [null],
      c: 2 ** 40,
      d: { f: 2 ** 41 },
    });
    expect(Object.keys(again({ a: undefined, c: 2 ** 40 }) as object)).toEqual(['c']);
    expect(failure(() => msgpack.encode(undefined)).message).toContain('undefined');
  });

  test('reads binary as Uint8Array that shares the payload, also from a Buffer', () => {
    const payload = Buffer.from(msgpack.encode({ rgba: Uint8Array.of(1, 2, 3) }));
    const { rgba } = msgpack.decode(payload) as { rgba: Uint8Array };
    expect(rgba.constructor).toBe(Uint8Array);
    expect(rgba.buffer).toBe(payload.buffer);
    expect(Object.keys(payload)).not.toContain('dataView');
  });

  test('writes the bytes of every kind of view and buffer', () => {
    const message = Uint16Array.of(1000, 2000);
    const bytes = new Uint8Array(message.buffer);
    expect(again([message, message.buffer, new DataView(message.buffer, 2)])).toEqual([bytes, bytes, bytes.slice(2)]);
  });

  test('writes Map, Set, toJSON and objects of other realms as what they are', () => {
    const other: unknown = runInNewContext(
      '({ when: new Date(1000), tags: new Set([1]), by: new Map([["a", [1]]]), list: [{}] })',
    );
    const plain = { when: new Date(1000), tags: [1], by: { a: [1] }, list: [{}] };
    expect(again(other)).toEqual(plain);
    expect(again({ home: new URL('http://a.test/'), when: new Date(0) })).toEqual({
      home: 'http://a.test/',
      when: new Date(0),
    });
  });

  test.each([[() => 1], [Symbol('s')], [/x/], [new Error('x')], [new Date(Number.NaN)]])(
    'refuses %s, which MessagePack cannot express',
    (odd) => {
      const error = failure(() => msgpack.encode({ deep: [odd] }));
      expect([error.code, error.scope, error.blame]).toEqual(['FRAME_MALFORMED', 'call', 'test']);
    },
  );

  test('never writes over a payload it has given out, and lends no large buffer to a small one', () => {
    const kept = Array.from({ length: 2000 }, (_, index) => msgpack.encode({ index, text: 'x'.repeat(index % 90) }));
    msgpack.encode(new Uint8Array(8_000_000));
    const small = msgpack.encode({ a: 1 });
    expect(small.buffer.byteLength).toBeLessThanOrEqual(64 * 1024);
    expect(kept.map((one) => (msgpack.decode(one) as { index: number }).index)).toEqual(kept.map((_, index) => index));
  });

  test('writes maps of any size', () => {
    for (const size of [15, 16, 65_535, 65_536]) {
      const map = Object.fromEntries(Array.from({ length: size }, (_, index) => [`k${index}`, index]));
      expect(again(map)).toEqual(map);
    }
  });

  test('does not let a key pollute prototypes', () => {
    const bytes = Uint8Array.of(0x81, 0xa9, ...new TextEncoder().encode('__proto__'), 0x81, 0xa1, 0x78, 0x01);
    const decoded = msgpack.decode(bytes) as Record<string, unknown>;
    expect(decoded['x']).toBeUndefined();
    expect(Object.getPrototypeOf(decoded)).toBe(Object.prototype);
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });

  test('decodes values that are not maps', () => {
    expect([again(7), again('x'), again([1])]).toEqual([7, 'x', [1]]);
  });
});

describe('MessagePack refuses', () => {
  test('values that nest deeper than the limit, both ways, however deep', () => {
    expect(again(nested(127))).toEqual(nested(127));
    expect(failure(() => msgpack.encode(nested(128))).message).toContain('nests deeper than 128 levels');
    expect(failure(() => msgpack.encode(nested(100_000))).code).toBe('FRAME_MALFORMED');
    const bytes = new Uint8Array(1_000_000).fill(0x91);
    expect(failure(() => msgpack.decode(bytes)).message).toContain('nests deeper than 128 levels');
    expect(msgpackFormat({ maxDepth: 2 }).decode(msgpack.encode([[1]]))).toEqual([[1]]);
    expect(failure(() => msgpackFormat({ maxDepth: 1 }).decode(msgpack.encode([[1]]))).code).toBe('FRAME_MALFORMED');
  });

  test('cyclic values', () => {
    const cyclic: Record<string, unknown> = {};
    cyclic['list'] = [1, { cyclic }, cyclic];
    expect(failure(() => msgpack.encode(cyclic)).message).toContain('is it cyclic?');
    const itself = { toJSON: (): unknown => itself };
    expect(failure(() => msgpack.encode(itself)).code).toBe('FRAME_MALFORMED');
  });

  test('bytes after the message, and a message cut off anywhere', () => {
    const bytes = msgpack.encode({ a: [1, 'two', 3.5, new Uint8Array(3)], b: 'x'.repeat(300), c: new Date(1) });
    expect(failure(() => msgpack.decode(Uint8Array.of(...bytes, 0xc0))).message).toContain('1 bytes follow');
    for (let cut = 0; cut < bytes.length; cut += 1) {
      expect(failure(() => msgpack.decode(bytes.subarray(0, cut))).code, `cut at ${cut}`).toBe('FRAME_MALFORMED');
    }
  });

  test('counts that cannot be, without allocating for them', () => {
    for (const type of [0xdd, 0xdf, 0xc6, 0xdb, 0xc9]) {
      expect(failure(() => msgpack.decode(Uint8Array.of(type, 0xff, 0xff, 0xff, 0xff, 0, 0))).code).toBe(
        'FRAME_MALFORMED',
      );
    }
  });

  test.each([
    ['a record definition', [0xd4, 0x72, 0x40, 0x91, 0xa1, 0x61, 0x01]],
    ['a set', [0xd4, 0x73, 0x00, 0x91, 0x01]],
    ['a regular expression', [0x92, 0xd4, 0x78, 0x00, 0x92, 0xa1, 0x61, 0xa0]],
    ['a reference', [0xd6, 0x70, 0, 0, 0, 1]],
    ['an unknown extension', [0xc7, 2, 5, 0, 0]],
    ['a timestamp of another size', [0xd4, 0xff, 0]],
    ['the type that is never used', [0xc1]],
  ])('%s', (_, bytes) => {
    expect(failure(() => msgpack.decode(Uint8Array.from(bytes))).code).toBe('FRAME_MALFORMED');
  });

  test('arbitrary bytes with FRAME_MALFORMED only', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 400 }),
        fc.constantFrom(undefined, 0x81, 0x82, 0x92, 0xde),
        (bytes, first) => {
          const payload = first === undefined ? bytes : Uint8Array.of(first, ...bytes);
          for (const read of [
            msgpack.decode,
            (one: Uint8Array) => msgpack.peek?.(one, ['a', '']),
            (one: Uint8Array) => msgpack.stamp?.(one, { a: 1 }),
          ]) {
            onlyFrameErrors(() => read(payload));
          }
        },
      ),
      { numRuns: 1000 },
    );
  });
});

test('what msgpackr writes for undefined is read as undefined: a child in JavaScript sends it without knowing', () => {
  const packed = Uint8Array.of(0x82, 0xa1, 0x61, 0xd4, 0, 0, 0xa1, 0x62, 1);
  expect(msgpack.decode(packed)).toEqual({ a: undefined, b: 1 });
  expect(msgpack.peek?.(packed, ['a', 'b'])).toEqual({ b: 1 });
});
