import { describe, expect, test } from 'vitest';
import { defaultLimits } from './codec.ts';
import { newlineDelimited } from './delimited.ts';
import { chunksOf, failure, plain, unframed, utf8 } from '../../test/support/codec.ts';

describe('lines', () => {
  test('may end in CRLF, wherever it is cut, and blank ones are skipped', () => {
    const stream = utf8('\r\n{"a":1}\r\n\n\r\n{"b":2}\n\r\n');
    for (const size of [1, 2, 3, 100]) {
      expect(unframed(newlineDelimited, chunksOf(stream, size))).toEqual([
        plain(utf8('{"a":1}')),
        plain(utf8('{"b":2}')),
      ]);
    }
  });

  test('of exactly the limit may end in CRLF', () => {
    for (const size of [1, 4, 5, 100]) {
      expect(unframed(newlineDelimited, chunksOf(utf8('1234\r\n'), size), { maxFrameBytes: 4 })).toEqual([
        plain(utf8('1234')),
      ]);
      expect(
        failure(() => unframed(newlineDelimited, chunksOf(utf8('12345\r\n'), size), { maxFrameBytes: 4 })).code,
      ).toBe('FRAME_TOO_LARGE');
    }
  });

  test('are limited before they end', () => {
    const unframer = newlineDelimited.unframer({ maxFrameBytes: 4 });
    unframer.push(utf8('123'), () => {});
    expect(failure(() => unframer.push(utf8('45'), () => {})).evidence.stdout).toBe('123');
  });

  test('cannot hold a newline', () => {
    const error = failure(() => newlineDelimited.frame(utf8('a\nb'), defaultLimits));
    expect([error.code, error.scope]).toEqual(['FRAME_MALFORMED', 'call']);
  });
});
