import { describe, expect, test } from 'vitest';
import type { Format } from './codec.ts';
import { jsonLinesCodec, loadCodec } from './codecs.ts';
import { Frame } from './frame.ts';
import { json } from './json.ts';
import { msgpack } from './msgpack.ts';

/** The format with the calls of it that cost counted. */
function counted(format: Format) {
  const calls = { encode: 0, decode: 0, peek: 0 };
  const { peek } = format;
  const counting: Format = {
    ...format,
    encode: (message) => ((calls.encode += 1), format.encode(message)),
    decode: (payload) => ((calls.decode += 1), format.decode(payload)),
    ...(peek === undefined ? {} : { peek: (payload, wanted) => ((calls.peek += 1), peek(payload, wanted)) }),
  };
  return { format: counting, calls };
}

const names = ['session', 'type'];

describe.each([msgpack, json])('a frame of $name', (format) => {
  test('encodes once and decodes once', () => {
    const { format: counting, calls } = counted(format);
    const sent = Frame.of({ type: 'a' }, counting);
    expect(sent.bytes).toBe(sent.bytes);
    const got = Frame.encoded(sent.bytes, counting);
    expect(got.message).toBe(got.message);
    expect(got.message).toEqual({ type: 'a' });
    expect(calls).toEqual({ encode: 1, decode: 1, peek: 0 });
  });

  test('reads its fields from bytes and from a message alike, once for the same names', () => {
    const { format: counting, calls } = counted(format);
    const frame = Frame.encoded(format.encode({ session: 's', type: ['x'] }), counting);
    expect(frame.fields(names)).toEqual({ session: 's' });
    expect(frame.fields(names)).toBe(frame.fields(names));
    expect(calls.peek + calls.decode).toBe(1);
    expect(frame.fields(['type'])).toEqual({});
    expect(frame.message).toEqual({ session: 's', type: ['x'] });
    expect(calls.decode).toBe(1);
    expect(Frame.of({ session: 's', type: ['x'] }, format).fields(names)).toEqual({ session: 's' });
  });

  test('has a field, whatever its value is', () => {
    const message = {
      object: { a: 1 },
      list: [],
      text: 'x'.repeat(2000),
      none: null,
      no: false,
      zero: 0,
      absent: undefined,
    };
    const encoded = (): Frame => Frame.encoded(format.encode(message), format);
    const decoded = encoded();
    void decoded.message;
    for (const frame of [Frame.of(message, format), encoded(), decoded]) {
      for (const name of ['object', 'list', 'text', 'none', 'no', 'zero'])
        expect([name, frame.has(name)]).toEqual([name, true]);
      for (const name of ['absent', 'a', 'toString', 'objec', ''])
        expect([name, frame.has(name)]).toEqual([name, false]);
    }
    for (const other of [[1], 'length', null, 7]) {
      expect(Frame.of(other, format).has('length')).toBe(false);
      expect(Frame.encoded(format.encode(other), format).has('length')).toBe(false);
    }
    expect(() => Frame.encoded(Uint8Array.of(0xc1), format).has('a')).toThrow('Cannot read message');
  });

  test('takes on fields, and leaves the frame it was made from alone', () => {
    for (const before of [
      { type: 'a' },
      { type: 'a', session: 'other' },
      { type: 'a', session: ['odd'] },
      { session: 's', type: 'a' },
    ]) {
      for (const frame of [Frame.of(before, format), Frame.encoded(format.encode(before), format)]) {
        const after = frame.with({ session: 's' });
        expect(after.message).toEqual({ type: 'a', session: 's' });
        expect(format.decode(after.bytes)).toEqual({ type: 'a', session: 's' });
        expect(after.fields(names)).toEqual({ type: 'a', session: 's' });
        expect(Object.keys(after.message as object)[0]).toBe('session');
        expect(frame.message).toEqual(before);
      }
    }
  });

  test('can take on fields only if it is an object', () => {
    for (const frame of [
      Frame.of([1], format),
      Frame.of('x', format),
      Frame.of(null, format),
      Frame.encoded(format.encode([1]), format),
    ]) {
      expect(() => frame.with({ session: 's' })).toThrow('a message must be an object');
    }
  });

  test('describes itself whatever it holds', () => {
    expect(Frame.of({ type: 'shot', rgba: new Uint8Array(1234) }, format).toString()).toBe(
      '{type: "shot", rgba: <Uint8Array 1234 bytes, sha-256 ad47fd9e>}',
    );
    expect(Frame.encoded(Uint8Array.of(0xc1), format).toString()).toContain('cannot be decoded');
    expect(
      Frame.of({ text: 'x'.repeat(999), list: Array.from({ length: 999 }) }, format).toString().length,
    ).toBeLessThanOrEqual(200);
  });
});

test('a frame of bytes is stamped and read without being decoded', () => {
  const { format, calls } = counted(msgpack);
  const stamped = Frame.encoded(msgpack.encode({ type: 'a' }), format).with({ session: 's' });
  expect(stamped.fields(names)).toEqual({ session: 's', type: 'a' });
  expect(stamped.with({ session: 's' })).toBe(stamped);
  expect(stamped.bytes.length).toBeGreaterThan(0);
  expect(calls).toEqual({ encode: 0, decode: 0, peek: 1 });
});

test('MessagePack finds a field in the bytes; a format of the user may leave that out', () => {
  const bytes = msgpack.encode({ error: { code: 1 }, twice: 1 });
  const packed = counted(msgpack);
  expect(Frame.encoded(bytes, packed.format).has('error')).toBe(true);
  expect(packed.calls.decode).toBe(0);
  const plain = counted({ name: 'plain', encode: msgpack.encode, decode: msgpack.decode });
  const frame = Frame.encoded(bytes, plain.format);
  expect([frame.has('error'), frame.has('other'), plain.calls.decode]).toEqual([true, false, 1]);
});

test('a frame of a message is stamped without being encoded', () => {
  const { format, calls } = counted(msgpack);
  expect(Frame.of({ type: 'a' }, format).with({ session: 's' }).message).toEqual({ session: 's', type: 'a' });
  expect(calls.encode).toBe(0);
});

test('a field that is there twice does not travel on behind the one that was routed by', () => {
  const twice = new TextEncoder().encode('{"session":"victim","session":"mine"}');
  const text = new TextDecoder().decode(Frame.encoded(twice, json).with({ session: 'mine' }).bytes);
  expect(text).toBe('{"session":"mine"}');
  const packed = Uint8Array.of(0x82, 0xa1, 0x73, 1, 0xa1, 0x73, 2);
  const frame = Frame.encoded(packed, msgpack);
  expect(frame.message).toEqual({ s: 2 });
  expect(() => frame.fields(['s'])).toThrow('two fields');
  expect(() => frame.with({ s: 2 })).toThrow('two fields');
});

test('a codec is chosen by name or given', async () => {
  expect((await loadCodec('msgpack')).format).toBe(msgpack);
  expect(await loadCodec('json-lines')).toBe(jsonLinesCodec);
  expect(await loadCodec(jsonLinesCodec)).toBe(jsonLinesCodec);
  await expect(loadCodec('yaml' as 'msgpack')).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    message: expect.stringContaining('allowed are "msgpack", "json-lines"'),
  });
});
