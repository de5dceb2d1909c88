import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Tail } from './tail.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

test('a tail keeps the last bytes, however they were cut into chunks', () => {
  const chunks = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 12 });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 32 }), chunks, (limit, all) => {
      const tail = new Tail(limit);
      for (const chunk of all) tail.push(chunk);
      const whole = Buffer.concat(all);
      expect(Buffer.from(tail.bytes())).toEqual(whole.subarray(Math.max(0, whole.length - limit)));
    }),
  );
});

test('of a text, what had passed before is left out', () => {
  const tail = new Tail(6);
  tail.push(bytes('ab€'));
  const { total } = tail;
  expect(tail.text(total)).toBe('');
  tail.push(bytes('cd'));
  expect(tail.text(total)).toBe('cd');
  // More than is kept has come since.
  tail.push(bytes('efghij'));
  expect(tail.text(total)).toBe('efghij');
});

test('an empty tail is empty text', () => {
  expect(new Tail().text()).toBe('');
});

test('a tail does not begin in the middle of a character', () => {
  const text = 'aé€😀z';
  for (let limit = 1; limit <= bytes(text).length; limit++) {
    const tail = new Tail(limit);
    tail.push(bytes(text));
    expect(text.endsWith(tail.text()), `${limit} bytes: ${tail.text()}`).toBe(true);
    expect(bytes(tail.text()).length).toBeGreaterThan(limit - 4);
  }
});

test('a tail does not end in the middle of a character', () => {
  const tail = new Tail();
  tail.push(bytes('price: 5 €').subarray(0, -1));
  expect(tail.text()).toBe('price: 5 ');
});

test('a tail keeps a copy: the chunk may be used again', () => {
  const tail = new Tail();
  const chunk = bytes('kept');
  tail.push(chunk);
  chunk.fill(0);
  expect(tail.text()).toBe('kept');
});
