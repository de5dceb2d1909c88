import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { fileDigest } from '../../src/definitions/file-digest.ts';
import { fingerprint, type Fingerprint } from '../../src/process/files.ts';

function temporaryFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'cp-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, 'program');
}

function printOf(file: string): Fingerprint {
  const print = fingerprint(file);
  if (print === undefined) throw new Error(`${file} is not there`);
  return print;
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
  const [one, other] = [fileDigest(file, printOf(file)), fileDigest(file, printOf(file))];
  expect(other).toBe(one);
  expect(await one).toBe(sha256(bytes));
  clearImmediate(next);
  expect(turns).toBeGreaterThan(20);
  expect(fileDigest(file, printOf(file))).toBe(one);
});

test('what has changed is read again', async () => {
  const file = temporaryFile();
  writeFileSync(file, 'one');
  expect(await fileDigest(file, printOf(file))).toBe(sha256(Buffer.from('one')));
  writeFileSync(file, 'another');
  expect(await fileDigest(file, printOf(file))).toBe(sha256(Buffer.from('another')));
});

test('a file that cannot be read is tried again', async () => {
  const file = temporaryFile();
  writeFileSync(file, 'one');
  const print = printOf(file);
  rmSync(file);
  await expect(fileDigest(file, print)).rejects.toMatchObject({ code: 'ENOENT' });
  writeFileSync(file, 'one');
  expect(await fileDigest(file, print)).toBe(sha256(Buffer.from('one')));
});
