import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { fileDigest } from '../../src/definitions/file-digest.ts';

function temporaryFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'cp-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, 'program');
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

test('a large file is read once, and others get their turns meanwhile', async () => {
  const file = temporaryFile();
  const bytes = randomBytes(64 * 1024 * 1024);
  writeFileSync(file, bytes);
  let turns = 0;
  const count = (): void => {
    turns++;
    next = setImmediate(count);
  };
  let next = setImmediate(count);
  const [one, other] = [fileDigest(file), fileDigest(file)];
  expect(other).toBe(one);
  expect(await one).toBe(sha256(bytes));
  clearImmediate(next);
  expect(turns).toBeGreaterThan(20);
  expect(fileDigest(file)).toBe(one);
});

test('what has changed is read again, also where its size and its time are as before', async () => {
  const file = temporaryFile();
  writeFileSync(file, 'one');
  const { atime, mtime, ctimeMs } = statSync(file);
  expect(await fileDigest(file)).toBe(sha256(Buffer.from('one')));
  // Until the clock of the file system has gone on.
  do {
    writeFileSync(file, 'two');
    utimesSync(file, atime, mtime);
  } while (statSync(file).ctimeMs === ctimeMs);
  expect(await fileDigest(file)).toBe(sha256(Buffer.from('two')));
});

test('a file that cannot be read is tried again', async () => {
  const file = temporaryFile();
  mkdirSync(file);
  await expect(fileDigest(file)).rejects.toMatchObject({ code: 'EISDIR' });
  await expect(fileDigest(file)).rejects.toMatchObject({ code: 'EISDIR' });
  rmdirSync(file);
  expect(() => fileDigest(file)).toThrow('ENOENT');
  writeFileSync(file, 'one');
  expect(await fileDigest(file)).toBe(sha256(Buffer.from('one')));
});
