import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { defaultLimits } from './codec.ts';
import { varintPrefixed } from './varint-prefixed.ts';
import { chunksOf, failure, framed, plain, unframed, utf8 } from '../../test/support/codec.ts';

const varint = (size: bigint): number[] =>
  size < 0x80n ? [Number(size)] : [Number(size % 0x80n) + 0x80, ...varint(size / 0x80n)];

describe('varint-prefixed frames', () => {
  test.each([
    [0, [0]],
    [1, [1]],
    [127, [0x7f]],
    [128, [0x80, 1]],
    [300, [0xac, 2]],
    [16_384, [0x80, 0x80, 1]],
  ])('of %i bytes', (size, head) => {
    const payload = new Uint8Array(size).fill(7);
    expect([...varintPrefixed.frame(payload, defaultLimits).head]).toEqual(head);
    expect(unframed(varintPrefixed, chunksOf(framed(varintPrefixed, [payload, payload]), 5))).toEqual([
      plain(payload),
      plain(payload),
    ]);
  });

  test('may have a length in more bytes than it needs', () => {
    expect(unframed(varintPrefixed, [Uint8Array.of(0x81, 0x80, 0x80, 0, 7, 0x80, 0)])).toEqual(['7', '']);
  });

  test('over the limit are refused with all the digits of their length', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1001n, max: 2n ** 64n - 1n }), fc.integer({ min: 1, max: 10 }), (size, step) => {
        const head = Uint8Array.from(varint(size));
        const error = failure(() => unframed(varintPrefixed, chunksOf(head, step), { maxFrameBytes: 1000 }));
        expect([error.code, error.context['size']]).toEqual(['FRAME_TOO_LARGE', Number(size)]);
        expect(error.message).toContain(`${size} bytes are over the limit of 1000`);
      }),
    );
  });

  test('whose length has no end are malformed', () => {
    for (const step of [1, 20]) {
      const error = failure(() => unframed(varintPrefixed, chunksOf(new Uint8Array(20).fill(0xff), step)));
      expect(error.code).toBe('FRAME_MALFORMED');
      expect(error.message).toContain('its length has no end in 10 bytes');
    }
  });

  test('that are printed text are shown as it, where the stream ends', () => {
    const error = failure(() => unframed(varintPrefixed, [utf8('Listening on port 8080\n')]));
    expect(error.message).toContain('the stream ended after 22 of 76 bytes; is something printing to stdout?');
    expect(error.evidence.stdout).toBe('Listening on port 8080\n');
  });
});
