import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Frame } from './frame.ts';
import { json } from './json.ts';
import { failure, onlyFrameErrors, utf8 } from '../../test/support/codec.ts';

test('JSON gives back what was written', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 3 }), (value) => {
      expect(json.decode(json.encode(value))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});

test('JSON leaves earlier payloads alone', () => {
  const kept = Array.from({ length: 2000 }, (_, index) => json.encode({ index, text: 'ü'.repeat(index % 90) }));
  expect(kept.map((one) => (json.decode(one) as { index: number }).index)).toEqual(kept.map((_, index) => index));
});

test('JSON counts brackets outside strings only', () => {
  const value = { text: '[{"\\'.repeat(200), quote: '\\"'.repeat(50), deep: [[['}]']]] };
  expect(json.decode(json.encode(value))).toEqual(value);
  const siblings = Array.from({ length: 500 }, () => [{}]);
  expect(json.decode(json.encode(siblings))).toEqual(siblings);
});

test('JSON refuses what nests deeper than the limit, both ways, however deep', () => {
  const text = (depth: number): Uint8Array => utf8('['.repeat(depth) + ']'.repeat(depth));
  expect(json.decode(text(128))).toHaveLength(1);
  for (const depth of [129, 1_000_000])
    expect(failure(() => json.decode(text(depth))).message).toContain('nests deeper than 128');
  const nested = (depth: number): unknown => Array.from({ length: depth }).reduce<unknown>((inner) => ({ inner }), {});
  expect(json.encode(nested(127)).length).toBeGreaterThan(0);
  for (const depth of [128, 100_000]) expect(failure(() => json.encode(nested(depth))).code).toBe('FRAME_MALFORMED');
});

test('JSON refuses what it cannot write, and blames the call', () => {
  const cyclic: Record<string, unknown> = {};
  cyclic['self'] = cyclic;
  for (const value of [cyclic, 1n, undefined, () => 1]) {
    const error = failure(() => json.encode(value));
    expect([error.code, error.scope, error.blame]).toEqual(['FRAME_MALFORMED', 'call', 'test']);
  }
});

test('JSON shows bytes that are no JSON, as text or as a hexdump', () => {
  expect(failure(() => json.decode(utf8('Warning: slow'))).evidence.stdout).toBe('Warning: slow');
  expect(failure(() => json.decode(Uint8Array.of(0x22, 0xff, 0x22))).evidence.stdout).toMatch(/^0000 {2}22 ff 22/);
  expect(failure(() => json.decode(utf8('x'.repeat(1000)))).evidence.stdout).toBe(
    `${'x'.repeat(256)}\n… (1000 bytes in all)`,
  );
});

test('JSON does not let a key pollute prototypes', () => {
  const decoded = json.decode(utf8('{"__proto__":{"x":1}}')) as Record<string, unknown>;
  expect(decoded['x']).toBeUndefined();
  expect({ ...decoded }['x']).toBeUndefined();
});

test('the fields of JSON are its scalars', () => {
  const fields = (text: string, names: readonly string[]) => Frame.encoded(utf8(text), json).fields(names);
  expect(
    fields('{"session":"s","id":7,"list":[1],"none":null}', ['session', 'list', 'none', 'absent', 'toString']),
  ).toEqual({ session: 's', none: null });
  expect(fields('[1]', ['0', 'length'])).toEqual({});
});

test('JSON refuses arbitrary bytes with FRAME_MALFORMED only', () => {
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 600 }), fc.string().map(utf8)), (bytes) => {
      onlyFrameErrors(() => json.decode(bytes));
    }),
  );
});

test('bytes are written as base64, wherever they are and whatever made them', () => {
  const large = new Uint8Array(20_000).map((_, index) => index % 251);
  const message = {
    a: Uint8Array.of(1, 2, 255),
    b: { c: [Buffer.from('hello')] },
    none: new Uint8Array(0),
    large,
    plain: {},
  };
  expect(json.decode(json.encode(message))).toEqual({
    a: 'AQL/',
    b: { c: ['aGVsbG8='] },
    none: '',
    large: Buffer.from(large).toString('base64'),
    plain: {},
  });
  expect(json.decode(json.encode({ '0': 'no bytes', type: 'Buffer' }))).toEqual({ '0': 'no bytes', type: 'Buffer' });
});
