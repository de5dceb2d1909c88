import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { failure } from '../../test/support/codec.ts';
import { formatAddress, parseAddress } from './address.ts';
import { bodyOf, headBytes, op, readHead, writeHead, writePayload } from './frames.ts';

const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
const kind = fc.constantFrom(...Object.values(op));

describe('the head of a frame', () => {
  test('is read as it was written, whatever the numbers', () => {
    fc.assert(
      fc.property(kind, u32, u32, fc.uint8Array({ maxLength: 50 }), (as, session, call, body) => {
        const payload = writePayload(as, session, call, body);
        expect(readHead(payload)).toEqual({ op: as, session, call });
        expect(bodyOf(payload)).toEqual(body);
        const head = writeHead(as, session, call, body.length);
        expect(Buffer.concat([head.subarray(4), body])).toEqual(Buffer.from(payload));
        expect(Buffer.from(head).readUInt32BE(0)).toBe(payload.length);
      }),
    );
  });

  test('is as docs/wire.md draws it', () => {
    const payload = writePayload(op.REQUEST, 0x01020304, 0xf0f1f2f3, new Uint8Array([0xaa]));
    expect(Buffer.from(payload).toString('hex')).toBe('03' + '01020304' + 'f0f1f2f3' + 'aa');
  });

  test.each([0, 1, headBytes - 1])('of %i bytes is none', (length) => {
    expect(() => readHead(new Uint8Array(length))).toThrow(/fewer than its head/);
  });
});

describe('an address', () => {
  test('is read as it was written', () => {
    const path = fc.string({ minLength: 1 }).filter((text) => !text.includes('\n') && !text.includes('\r'));
    const token = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString('hex'));
    fc.assert(
      fc.property(fc.record({ path, token }, { noNullPrototype: true }), (address) => {
        fc.pre(!/[\u2028\u2029]/.test(address.path));
        expect(parseAddress(formatAddress(address))).toEqual(address);
      }),
    );
  });

  test('that is none does not show its token in the error', () => {
    const secret = 'deadbeef'.repeat(7);
    const { message } = failure(() => parseAddress(`carpool:/tmp/hub#${secret}`));
    expect(message).not.toContain(secret);
  });
});
