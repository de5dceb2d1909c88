import { expect, test } from 'vitest';
import { LogLines } from './log-lines.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** What is found when this has been printed, or "nothing". */
async function found(
  pattern: RegExp,
  ...chunks: readonly [text: string, from?: 'stdout' | 'stderr'][]
): Promise<unknown> {
  const lines = new LogLines(pattern);
  for (const [text, from = 'stdout'] of chunks) lines.push(bytes(text), from);
  return await Promise.race([lines.found, Promise.resolve('nothing')]);
}

test('a line is found in the chunks in which it comes, with its named groups', async () => {
  const pattern = /on port (?<port>\d+)$/;
  expect(await found(pattern, ['listening on po'], ['rt 40'], ['00\nmore'])).toEqual({ port: '4000' });
  expect(await found(pattern, ['listening on port 4000'])).toBe('nothing');
  expect(await found(pattern, ['listening on port 4000\r\n'])).toEqual({ port: '4000' });
});

test('the two outputs are not mixed', async () => {
  expect(await found(/ab/, ['a', 'stdout'], ['b', 'stderr'])).toBe('nothing');
  expect(await found(/ab/, ['a', 'stderr'], ['x\n', 'stdout'], ['b', 'stderr'])).toEqual({});
});

test('a prompt without an end of line is found, unless a group could still grow', async () => {
  expect(await found(/ready>/, ['ready> '])).toEqual({});
  expect(await found(/ready (?<n>\d+)/, ['ready 1'])).toBe('nothing');
});

test('a pattern with a flag that keeps a place finds each line anew', async () => {
  expect(await found(/ready/g, ['not yet\n'], ['ready\n'])).toEqual({});
  expect(await found(/ready/y, ['ready\n'])).toEqual({});
});

test('characters that a chunk cuts are whole', async () => {
  const lines = new LogLines(/größe (?<n>\d)$/);
  const all = bytes('größe 3\n');
  for (const byte of all) lines.push(Uint8Array.of(byte), 'stdout');
  expect(await lines.found).toEqual({ n: '3' });
});
