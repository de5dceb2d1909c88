import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Lines } from './lines.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (chunks: readonly Uint8Array[]): string => Buffer.concat(chunks).toString();

/** All that is printed of a text that comes in these pieces. */
function printed(lines: Lines, text: string, cuts: readonly number[] = []): string {
  const all = bytes(text);
  const places = [...new Set(cuts.map((cut) => cut % (all.length + 1)))].toSorted((a, b) => a - b);
  const pieces = [...places, all.length].map((to, at) => all.subarray(places[at - 1] ?? 0, to));
  return textOf([...pieces.map((piece) => lines.push(piece)), lines.end()]);
}

const words = fc.array(fc.constantFrom('', 'a', 'bc', 'é', '\u001b[31m', '🎉', '\r'));
const cuts = fc.array(fc.nat(100));

test('each line has the prefix, however the stream is cut', () => {
  fc.assert(
    fc.property(words, cuts, (lines, places) => {
      const text = lines.map((line) => `${line}\n`).join('');
      expect(printed(new Lines('[1/2] '), text, places)).toBe(lines.map((line) => `[1/2] ${line}\n`).join(''));
    }),
  );
});

test('without a prefix nothing is changed', () => {
  fc.assert(
    fc.property(words, cuts, (lines, places) => {
      const text = lines.join('\n');
      const end = text === '' || text.endsWith('\n') ? '' : '\n';
      expect(printed(new Lines(''), text, places)).toBe(text + end);
    }),
  );
});

describe('a line without an end', () => {
  test('is held back until it has one', () => {
    const lines = new Lines('> ');
    expect(textOf([lines.push(bytes('a\nb'))])).toBe('> a\n');
    expect(textOf([lines.push(bytes('c'))])).toBe('');
    expect(textOf([lines.push(bytes('\nd'))])).toBe('> bc\n');
  });

  test('gets one at the end of the stream', () => {
    const lines = new Lines('> ');
    lines.push(bytes('last'));
    expect(textOf([lines.end(), lines.end()])).toBe('> last\n');
  });

  test('is cut where it is too long, so that no more of it is held', () => {
    const lines = new Lines('> ', 4);
    expect(textOf([lines.push(bytes('1234'))])).toBe('');
    expect(textOf([lines.push(bytes('5'))])).toBe('> 12345\n');
    expect(textOf([lines.push(bytes('6\n'))])).toBe('> 6\n');
  });
});
