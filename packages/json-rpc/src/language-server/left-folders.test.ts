import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { keep, remove, sweep } from './left-folders.ts';
import { Place } from './place.ts';

function places(): { readonly root: string; readonly place: Place; readonly other: Place } {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'cp-left-')));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  return { root, place: new Place(root), other: new Place(root) };
}

test('what a killed process of this machine has left is removed, and nothing else', () => {
  const { root, place } = places();
  // More than any process has.
  const dead = place.name.replace(`_${process.pid}_`, '_99999999_');
  const folders = [dead, place.name, 'elsewhere_99999999_1', 'of-the-user'].map((name) => join(root, place.base, name));
  for (const folder of folders) mkdirSync(folder, { recursive: true });
  sweep(place);
  expect(folders.map((folder) => existsSync(folder))).toEqual([false, true, true, true]);
});

test('the end of a server removes its folder, and those above it that are empty then', () => {
  const { root, place, other } = places();
  for (const one of [place, other]) {
    mkdirSync(one.folder, { recursive: true });
    keep(one);
  }
  remove(place);
  expect([place, other].map(({ folder }) => existsSync(folder))).toEqual([false, true]);
  remove(other);
  expect(existsSync(join(root, 'node_modules'))).toBe(false);
});

test('where nothing was left there is nothing to do', () => {
  const { place } = places();
  sweep(place);
  expect(existsSync(join(place.real, place.base))).toBe(false);
});
