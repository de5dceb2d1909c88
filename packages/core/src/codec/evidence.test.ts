import fc from 'fast-check';
import { expect, test } from 'vitest';
import { describeMessage } from './describe.ts';
import { describeBytes, looksLikeText } from './evidence.ts';
import { utf8 } from '../../test/support/codec.ts';

test('text is shown as text, even when the cut goes through a character', () => {
  expect(describeBytes(utf8('größer\tals\r\n'))).toBe('größer\tals\r\n');
  expect(describeBytes(utf8('größer'), 3)).toBe('gr\n… (8 bytes in all)');
});

test('colours are quoted, so that they do not colour the report', () => {
  expect(describeBytes(utf8('\x1b[31mred'))).toBe('␛[31mred');
});

test('what is no text is shown as a hexdump', () => {
  expect(describeBytes(Uint8Array.of(0x81, 0xa1, 0x61, 0x01))).toBe(`0000  81 a1 61 01${' '.repeat(36)}  ..a.`);
  expect(describeBytes(new Uint8Array(100), 32).split('\n')).toHaveLength(3);
});

test('no bytes are no text', () => {
  expect(looksLikeText(new Uint8Array(0))).toBe(false);
  expect(describeBytes(new Uint8Array(0))).toBe('');
});

test('a message is described like a literal, binary by its size', () => {
  expect(describeMessage({ type: 'shot', id: 7n, at: [1, null], rgba: new Uint8Array(1234) })).toBe(
    '{type: "shot", id: 7n, at: [1, null], rgba: <Uint8Array 1234 bytes, sha-256 ad47fd9e>}',
  );
});

test('of a message whose parts are not shortened all is shown that has room, and nothing else is looked at', () => {
  const text = 'y'.repeat(5_000);
  const list = Array.from({ length: 100 }, (_, n) => n);
  expect(describeMessage({ text, list }, 16_384, 'whole')).toBe(`{text: "${text}", list: [${list.join(', ')}]}`);
  const message = { text: '\0'.repeat(60 * 1024 * 1024), after: 1 };
  expect(describeMessage(message, 2_000, 'whole')).toMatch(/^\{text: "(?:\\u0000)+[\\u0]*…$/);
  let looked = 0;
  const endless = new Map(
    Array.from({ length: 10_000 }, (_, n) => [
      n,
      {
        get n(): number {
          return ++looked;
        },
      },
    ]),
  );
  expect(describeMessage(endless, 1_000, 'whole')).toHaveLength(1_000);
  expect(looked).toBeLessThan(200);
  // Each level has the one below twice: all of it would never end.
  let deep: unknown[] = [];
  for (let level = 0; level < 5_000; level++) deep = [deep, deep];
  expect(describeMessage(deep, 10_000, 'whole')).toMatch(/^\[{100}\[?….*…$/);
});

test('a secret at the end of what is shown of a long text is not shown in part', () => {
  const secret = `sk_live_${'a1B2c3D4'.repeat(6)}`;
  for (const before of [1_950, 1_980, 1_990])
    expect(describeMessage({ text: `${'x '.repeat(before / 2)}${secret}` }, 2_000, 'whole')).not.toContain(
      'sk_live_a1',
    );
});

test('a description never throws and never grows long', () => {
  const cyclic: Record<string, unknown> = { name: 'x'.repeat(500) };
  cyclic['self'] = cyclic;
  const vicious = {
    get trap(): never {
      throw new Error('no');
    },
  };
  expect(describeMessage(cyclic).length).toBeLessThanOrEqual(200);
  expect(describeMessage(vicious)).toBe('{<cannot be shown>');
  expect(describeMessage(Symbol('s'))).toBe('Symbol(s)');
  fc.assert(
    fc.property(fc.anything(), (value) => {
      expect(describeMessage(value).length).toBeLessThanOrEqual(200);
    }),
  );
});
