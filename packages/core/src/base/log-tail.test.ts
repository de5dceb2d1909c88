import { expect, test } from 'vitest';
import { LogTail } from './log-tail.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const noise = /^noise \d+$/;

test('lines that match are left out, however the log comes in pieces', () => {
  const log = bytes('ready\nnoise 1\r\nnoise 2 and more\nnoise 3\nä noise 4\n');
  for (let size = 1; size <= log.length; size++) {
    const tail = new LogTail(noise);
    for (let at = 0; at < log.length; at += size) tail.push(log.subarray(at, at + size));
    expect(tail.text()).toBe('ready\nnoise 2 and more\nä noise 4\n');
  }
});

test('a line without an end is shown, unless it matches', () => {
  const tail = new LogTail(/^noise/g);
  tail.push(bytes('waiting for '));
  expect(tail.text()).toBe('waiting for ');
  tail.push(bytes('input\nnoi'));
  expect(tail.text()).toBe('waiting for input\nnoi');
  tail.push(bytes('se'));
  expect(tail.text()).toBe('waiting for input\n');
  // Its chunks may be used again by those that have brought them.
  const chunk = bytes('a');
  tail.push(bytes('\n'));
  tail.push(chunk);
  chunk[0] = 98;
  expect(tail.text()).toBe('waiting for input\na');
});

test('what is kept is bounded, also of a line without an end, and has places', () => {
  const tail = new LogTail(noise, 100);
  tail.push(bytes('x'.repeat(100_000)));
  expect(tail.text().length).toBe(100);
  const since = tail.total;
  tail.push(bytes('\nnoise 1\nlast\n'));
  expect(tail.text(since)).toBe('\nlast\n');
});
