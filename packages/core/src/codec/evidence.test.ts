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
