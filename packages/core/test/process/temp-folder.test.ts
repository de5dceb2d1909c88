/** The temporary folder of a child: where it is made, and that it is removed. */
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { PidFiles } from '../../src/process/pid-files.ts';
import { isTempFolderName, TempFolder } from '../../src/process/temp-folder.ts';
import { place } from '../support/pools.ts';

test('it is made at its first use, for its user alone, and removed with all that is in it', async () => {
  const folder = new TempFolder({ bases: [place().path] });
  expect(readdirSync(place().path)).toEqual([]);
  const { path } = folder;
  expect(statSync(path).mode & 0o777).toBe(0o700);
  expect(folder.path).toBe(path);
  mkdirSync(join(path, 'data'));
  writeFileSync(join(path, 'data/file'), 'x');
  await folder.remove();
  expect(existsSync(path)).toBe(false);
  expect(() => folder.path).toThrow('its process has ended');
  await folder.remove();
});

test('it is made in the first folder that allows it, and the error names all that do not', () => {
  const file = join(place().path, 'file');
  writeFileSync(file, '');
  const missing = join(place().path, 'missing');
  const folder = new TempFolder({ bases: [missing, file, place().path] });
  expect(join(folder.path, '..')).toBe(place().path);
  void folder.remove();
  expect(() => new TempFolder({ bases: [missing, file] }).path).toThrow(
    /^no temporary folder could be made for it: ENOENT.*\/missing\/.*; ENOTDIR.*\/file\//,
  );
});

test('outside a private folder it has a record while it is there', async () => {
  const records = new PidFiles(join(place().path, 'children'));
  const inside = new TempFolder({ private: place().path, records });
  expect(inside.path).toMatch(/\/t[0-9a-f]{8}$/);
  expect(existsSync(records.directory)).toBe(false);
  const outside = new TempFolder({ bases: [place().path], private: place().path, records });
  const { path } = outside;
  const name = path.slice(place().path.length + 1);
  expect(isTempFolderName(name)).toBe(true);
  expect(readdirSync(records.directory)).toEqual([`folder-${name}.json`]);
  await outside.remove();
  await inside.remove();
  expect(readdirSync(records.directory)).toEqual([]);
});

test.for(['carpool-child-', 'carpool-child-xyz', 'carpool-child-0123456789ab/..', 'home', '..'])(
  'a record that names %j removes nothing',
  (name) => expect(isTempFolderName(name)).toBe(false),
);
