import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { defaultLimits } from './codec.ts';
import { contentLength } from './content-length.ts';
import { newlineDelimited, nulDelimited } from './delimited.ts';
import { lengthPrefixed } from './length-prefixed.ts';
import { varintPrefixed } from './varint-prefixed.ts';
import { chunksOf, failure, framed, onlyFrameErrors, plain, unframed, utf8 } from '../../test/support/codec.ts';

/** With the largest payload that its length can announce. */
const fixed = ([1, 2, 4, 8] as const).flatMap((bytes) =>
  (['big', 'little'] as const).map((endian) => ({
    framing: lengthPrefixed({ bytes, endian }),
    largest: 2 ** (8 * bytes) - 1,
  })),
);
const others = [varintPrefixed, contentLength, newlineDelimited, nulDelimited];
const framings = [...fixed, ...others.map((framing) => ({ framing, largest: Infinity }))].map((one) => ({
  ...one,
  name: one.framing.name,
}));

/** Counts bytes instead of time: what was copied by `set` meanwhile, and the sizes of the buffers that were begun. */
function copying(run: () => void): { copied: number; allocated: number } {
  const native = Uint8Array.prototype.set;
  let copied = 0;
  let allocated = 0;
  Object.defineProperty(Uint8Array.prototype, 'set', {
    configurable: true,
    value(this: Uint8Array, source: ArrayLike<number>, at?: number) {
      copied += source.length;
      if (at === undefined) allocated += this.length;
      native.call(this, source, at);
    },
  });
  try {
    run();
  } finally {
    Reflect.deleteProperty(Uint8Array.prototype, 'set');
  }
  return { copied, allocated };
}

/** What every framing may carry: no delimiter, and for lines neither a blank one nor one that ends in a return. */
const payloadUpTo = (maxLength: number) => fc.uint8Array({ minLength: 1, maxLength, min: 0x0e, max: 0xff });

describe.each(framings)('$name frames arrive', ({ framing, largest }) => {
  const payloads = fc.array(payloadUpTo(Math.min(300, largest)), { maxLength: 12 });

  test('chunked by frame', () => {
    fc.assert(
      fc.property(payloads, (all) => {
        const chunks = all.map((one) => framed(framing, [one]));
        expect(unframed(framing, chunks)).toEqual(all.map(plain));
      }),
    );
  });

  test('by multiple frames', () => {
    fc.assert(
      fc.property(payloads, (all) => {
        expect(unframed(framing, [framed(framing, all)])).toEqual(all.map(plain));
      }),
    );
  });

  test('by partial frame', () => {
    fc.assert(
      fc.property(payloads, fc.integer({ min: 2, max: 64 }), (all, size) => {
        expect(unframed(framing, chunksOf(framed(framing, all), size))).toEqual(all.map(plain));
      }),
    );
  });

  test('one byte at a time', () => {
    fc.assert(
      fc.property(payloads, (all) => {
        expect(unframed(framing, chunksOf(framed(framing, all), 1))).toEqual(all.map(plain));
      }),
    );
  });

  test('chaotically', () => {
    fc.assert(
      fc.property(payloads, fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1 }), (all, cuts) => {
        const stream = framed(framing, all);
        const chunks: Uint8Array[] = [];
        for (let at = 0, turn = 0; at < stream.length; turn += 1) {
          const size = turn % 50 === 49 ? 1 : (cuts[turn % cuts.length] as number);
          chunks.push(stream.slice(at, at + size));
          at += size;
        }
        expect(unframed(framing, chunks)).toEqual(all.map(plain));
      }),
    );
  });

  test('whole in a chunk without being copied', () => {
    const chunk = framed(framing, [utf8('one'), utf8('two')]);
    framing.unframer(defaultLimits).push(chunk, (one) => expect(one.buffer).toBe(chunk.buffer));
  });

  test.each([1, 64 * 1024])('in chunks of %i bytes at a cost linear in their size', (size) => {
    const whole = new Uint8Array(Math.min(size === 1 ? 200_000 : 63 * 1024 * 1024, largest)).fill(0x61);
    const stream = framed(framing, [whole]);
    let arrived = 0;
    const { copied, allocated } = copying(() => {
      const unframer = framing.unframer(defaultLimits);
      for (let at = 0; at < stream.length; at += size) {
        unframer.push(stream.subarray(at, at + size), (one) => void (arrived += one.length));
      }
    });
    expect(arrived).toBe(whole.length);
    expect(copied).toBeLessThan(whole.length * 3);
    // The smallest buffer has 1 KiB.
    expect(allocated).toBeLessThan(whole.length * 3 + 1024);
  });

  test('up to the limit and not beyond', () => {
    const limits = { maxFrameBytes: 10 };
    const fits = framed(framing, [utf8('0123456789')]);
    for (const size of [1, 100]) expect(unframed(framing, chunksOf(fits, size), limits)).toHaveLength(1);
    const over = framed(framing, [utf8('0123456789a')]);
    for (const size of [1, 100]) {
      const error = failure(() => unframed(framing, chunksOf(over, size), limits));
      expect(error.code).toBe('FRAME_TOO_LARGE');
      expect(error.context).toEqual({ size: 11, limit: 10, option: 'maxFrameBytes' });
    }
    const refused = failure(() => framing.frame(utf8('0123456789a'), limits));
    expect([refused.code, refused.scope, refused.context['limit']]).toEqual(['FRAME_TOO_LARGE', 'call', 10]);
  });

  test('whole or not at all: a stream that ends inside one is truncated', () => {
    const stream = framed(framing, [utf8('hello')]);
    for (let cut = 1; cut < stream.length; cut += 1) {
      expect(failure(() => unframed(framing, [stream.subarray(0, cut)])).code, `cut at ${cut}`).toBe('FRAME_TRUNCATED');
    }
    expect(unframed(framing, [])).toEqual([]);
  });

  test('and arbitrary bytes end in payloads or in a FRAME error', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 200 })), (chunks) => {
        onlyFrameErrors(() => unframed(framing, chunks, { maxFrameBytes: 1000 }));
      }),
    );
  });
});
