import { describe, expect, test, vi } from 'vitest';
import { defaultLimits } from './codec.ts';
import { lengthPrefixed } from './length-prefixed.ts';
import { chunksOf, failure, unframed, utf8 } from '../../test/support/codec.ts';

describe('length-prefixed frames', () => {
  test('may be empty, also at the end of a chunk', () => {
    expect(unframed(lengthPrefixed, [Uint8Array.of(0, 0, 0, 0), Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 1, 7)])).toEqual([
      '',
      '',
      '7',
    ]);
  });

  test('whose length is text suggest that something prints to stdout', () => {
    const error = failure(() => unframed(lengthPrefixed, chunksOf(utf8('Listening on port 8080\n'), 5)));
    expect(error.message).toContain('is something printing to stdout?');
    expect(error.evidence.stdout).toBe('Liste');
    const whole = failure(() => unframed(lengthPrefixed, [utf8('Listening on port 8080\n')]));
    expect(whole.evidence.stdout).toBe('Listening on port 8080\n');
  });

  test('whose length is no text are shown as a hexdump', () => {
    const error = failure(() => unframed(lengthPrefixed, [Uint8Array.of(0xff, 0xff, 0xff, 0xff, 1, 2)]));
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
      lengthPrefixed.unframer(defaultLimits).push(native.of(0x03, 0xff, 0xff, 0xff, 1, 2, 3), () => {});
    } finally {
      vi.unstubAllGlobals();
    }
    expect(Math.max(...sizes)).toBeLessThanOrEqual(1024);
  });
});
