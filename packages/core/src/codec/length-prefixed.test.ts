import { describe, expect, test, vi } from 'vitest';
import { defaultLimits } from './codec.ts';
import { lengthPrefixed } from './length-prefixed.ts';
import { chunksOf, failure, framed, plain, unframed, utf8 } from '../../test/support/codec.ts';

describe('length-prefixed frames', () => {
  test('may be empty, also at the end of a chunk', () => {
    expect(unframed(lengthPrefixed(), [Uint8Array.of(0, 0, 0, 0), Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 1, 7)])).toEqual([
      '',
      '',
      '7',
    ]);
  });

  test('whose length is text suggest that something prints to stdout', () => {
    const error = failure(() => unframed(lengthPrefixed(), chunksOf(utf8('Listening on port 8080\n'), 5)));
    expect(error.message).toContain('is something printing to stdout?');
    expect(error.evidence.stdout).toBe('Liste');
    const whole = failure(() => unframed(lengthPrefixed(), [utf8('Listening on port 8080\n')]));
    expect(whole.evidence.stdout).toBe('Listening on port 8080\n');
  });

  test('whose length is no text are shown as a hexdump', () => {
    const error = failure(() => unframed(lengthPrefixed(), [Uint8Array.of(0xff, 0xff, 0xff, 0xff, 1, 2)]));
    expect(error.message).not.toContain('printing');
    expect(error.evidence.stdout).toBe(`0000  ff ff ff ff 01 02${' '.repeat(30)}  ......`);
  });

  test('that announce much and send little get no memory in advance', () => {
    const sizes: number[] = [];
    const native = Uint8Array;
    vi.stubGlobal(
      'Uint8Array',
      new Proxy(native, { construct: (target, [size]: [number]) => (sizes.push(size), new target(size)) }),
    );
    try {
      lengthPrefixed()
        .unframer(defaultLimits)
        .push(native.of(0x03, 0xff, 0xff, 0xff, 1, 2, 3), () => {});
    } finally {
      vi.unstubAllGlobals();
    }
    expect(Math.max(...sizes)).toBeLessThanOrEqual(1024);
  });
});

describe('a length', () => {
  test.each([
    [1, 'big', [5]],
    [2, 'big', [0, 5]],
    [2, 'little', [5, 0]],
    [4, 'big', [0, 0, 0, 5]],
    [4, 'little', [5, 0, 0, 0]],
    [8, 'big', [0, 0, 0, 0, 0, 0, 0, 5]],
    [8, 'little', [5, 0, 0, 0, 0, 0, 0, 0]],
  ] as const)('of %i bytes, %s-endian', (bytes, endian, head) => {
    const framing = lengthPrefixed({ bytes, endian });
    expect([...framed(framing, [utf8('hello')])]).toEqual([...head, ...utf8('hello')]);
  });

  test.each([4, 8] as const)('of %i bytes is written and read with all its digits', (bytes) => {
    const payload = new Uint8Array(0x01_02_03);
    for (const [endian, low] of [
      ['big', [1, 2, 3]],
      ['little', [3, 2, 1]],
    ] as const) {
      const framing = lengthPrefixed({ bytes, endian });
      const { head } = framing.frame(payload, defaultLimits);
      const zeros = Array.from({ length: bytes - 3 }, () => 0);
      expect([...head]).toEqual(endian === 'big' ? [...zeros, ...low] : [...low, ...zeros]);
      expect(unframed(framing, [head, payload])).toEqual([plain(payload)]);
    }
  });

  test.each([
    [1, 255],
    [2, 65_535],
  ] as const)('of %i byte(s) announces no more than %i', (bytes, most) => {
    const framing = lengthPrefixed({ bytes });
    expect(unframed(framing, [framed(framing, [new Uint8Array(most)])])).toHaveLength(1);
    const error = failure(() => framing.frame(new Uint8Array(most + 1), defaultLimits));
    expect([error.code, error.scope, error.context]).toEqual([
      'FRAME_TOO_LARGE',
      'call',
      { size: most + 1, limit: most },
    ]);
    expect(error.message).toContain('the most that its length can say');
    expect(failure(() => framing.frame(new Uint8Array(most + 1), { maxFrameBytes: 9 })).message).toContain(
      'raise maxFrameBytes',
    );
  });

  test.each(['big', 'little'] as const)('of eight bytes, %s-endian, is refused with all its digits', (endian) => {
    const framing = lengthPrefixed({ bytes: 8, endian });
    for (const size of [2n ** 64n - 1n, 2n ** 53n + 1n, 9_007_199_254_740_993n, 0x0102_0304_0506_0708n]) {
      const head = new Uint8Array(8);
      new DataView(head.buffer).setBigUint64(0, size, endian === 'little');
      for (const limit of [1000, Number.MAX_SAFE_INTEGER]) {
        const error = failure(() => unframed(framing, chunksOf(head, 3), { maxFrameBytes: limit }));
        expect(error.message).toContain(`${size} bytes are over the limit of ${limit}`);
      }
    }
  });

  test('that may be text is shown with the text that follows it, where the stream ends or stands still', () => {
    for (const bytes of [1, 2] as const) {
      const unframer = lengthPrefixed({ bytes }).unframer(defaultLimits);
      unframer.push(utf8('Listening on port 8080\n'), () => {});
      const unfinished = unframer.unfinished?.();
      expect(new TextDecoder().decode(unfinished?.bytes)).toBe('Listening on port 8080\n');
      expect(unfinished?.missing).toMatch(/^\d+ of its \d+ bytes have not come$/);
      const error = failure(() => unframer.end());
      expect(error.message).toContain('is something printing to stdout?');
      expect(error.evidence.stdout).toBe('Listening on port 8080\n');
    }
    const error = failure(() => unframed(lengthPrefixed({ bytes: 1 }), [utf8('L{"a":')]));
    expect(error.message.split('\n', 1)).toEqual(['Cannot read frame: the stream ended after 5 of 76 bytes']);
  });
});
