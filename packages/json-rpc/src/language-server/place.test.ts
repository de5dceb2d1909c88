import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { makerOf, Place } from './place.ts';

const root = import.meta.dirname;
const uriOf = (path: string): string => pathToFileURL(join(root, path)).href;

test('a document of a session is in a folder of its own, below root', () => {
  const place = new Place(root);
  const uri = place.uriOf('s1', place.within(uriOf('a b/ü.ts')) ?? '');
  expect(uri).toBe(`${place.realUri}/node_modules/.carpool/${place.name}/s1-/a%20b/%C3%BC.ts`);
  expect(place.withoutFolders(uri)).toBe(uriOf('a b/ü.ts'));
  expect([...place.sessionsIn(uri)]).toEqual(['s1']);
});

test('however a URI is escaped, its file is the same', () => {
  const place = new Place(root);
  const escaped = uriOf('a.ts').replaceAll('-', '%2D');
  expect(escaped).not.toBe(uriOf('a.ts'));
  expect(place.within(escaped)).toBe('a.ts');
});

test.each([
  'file:///elsewhere/a.ts',
  'untitled:a',
  'file://host/a.ts',
  'no URI',
  `${pathToFileURL(root).href}-beside/a.ts`,
])('%s is no file below root', (uri) => {
  expect(new Place(root).within(uri)).toBeUndefined();
});

test('paths in texts for people lose the folder too, and sessions whose numbers begin alike are told apart', () => {
  const place = new Place(root);
  const text = `Cannot find ${join(place.folderOf('s1'), 'a.ts')}, imported by ${place.uriOf('s12', '3.ts')}`;
  expect(place.withoutFolders(text)).toBe(`Cannot find ${join(root, 'a.ts')}, imported by ${uriOf('3.ts')}`);
  expect([...place.sessionsIn(text)]).toEqual(['s1', 's12']);
});

test('so do paths that begin at root', () => {
  const place = new Place(root);
  const folder = `node_modules/.carpool/${place.name}/s3-`;
  expect(place.withoutFolders(`Project '${folder}/src/tsconfig.json' in ${folder}`)).toBe(
    "Project 'src/tsconfig.json' in ",
  );
  expect([...place.sessionsIn(`loading ${folder}/a.ts`)]).toEqual(['s3']);
  expect(place.withoutFolders(place.folderOf('s3'))).toBe(root);
});

test('a document that is no file has an address of its own', () => {
  const place = new Place(root);
  const uri = place.otherUriOf('s7', 'untitled:Untitled-1');
  expect(uri).toBe(`untitled:/node_modules/.carpool/${place.name}/s7-/Untitled-1`);
  expect([...place.sessionsIn(uri)]).toEqual(['s7']);
});

test('a folder says which process has made it', () => {
  expect(makerOf(new Place(root).name)).toBe(process.pid);
  expect(makerOf('elsewhere_1_1')).toBeUndefined();
  expect(makerOf('node_modules')).toBeUndefined();
});

test('a root that is not there is the fault of the config', () => {
  expect(() => new Place(join(root, 'missing'))).toThrow(/there is no folder .*missing, which is its `root`/);
});

test('sessions may have their folders elsewhere below root', () => {
  const place = new Place(root, './se.ssions/');
  const uri = place.uriOf('s1', 'a.ts');
  expect(uri).toBe(`${place.realUri}/se.ssions/${place.name}/s1-/a.ts`);
  expect(place.withoutFolders(uri)).toBe(uriOf('a.ts'));
  expect(place.leftOut).toBe('se.ssions');
  for (const wrong of ['..', '.', '../beside']) expect(() => new Place(root, wrong)).toThrow(/allowed: a path below/);
});
