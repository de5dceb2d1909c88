import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { sessionFolder, SessionFolder } from './session-folder.ts';

function folders(): { readonly root: string; readonly own: string; readonly session: SessionFolder } {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'cp-folder-')));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  mkdirSync(join(root, 'project/src/deep'), { recursive: true });
  mkdirSync(join(root, 'project/.git'));
  writeFileSync(join(root, 'project/tsconfig.json'), '{}');
  writeFileSync(join(root, 'project/src/disk.ts'), 'disk');
  const own = join(root, 'own');
  return { root: join(root, 'project'), own, session: new SessionFolder(join(root, 'project'), own) };
}

test('what is in root is there, by links', () => {
  const { own } = folders();
  expect(readFileSync(join(own, 'src/disk.ts'), 'utf8')).toBe('disk');
  expect(lstatSync(join(own, 'src')).isSymbolicLink()).toBe(true);
  expect(existsSync(join(own, '.git'))).toBe(false);
});

test('a new document has a file in the folder of the session, and root keeps what it has', () => {
  const { root, own, session } = folders();
  expect(session.opened(join('src', 'deep', 'new.ts'), 'new')).toBe('created');
  expect(readFileSync(join(own, 'src/deep/new.ts'), 'utf8')).toBe('new');
  expect(readFileSync(join(own, 'src/disk.ts'), 'utf8')).toBe('disk');
  expect(existsSync(join(root, 'src/deep/new.ts'))).toBe(false);
  expect(session.closed(join('src', 'deep', 'new.ts'))).toBe('deleted');
  expect(existsSync(join(own, 'src/deep/new.ts'))).toBe(false);
});

test('a document with the text of its file in root stays the link that it is', () => {
  const { own, session } = folders();
  expect(session.opened(join('src', 'disk.ts'), 'disk')).toBeUndefined();
  expect(session.closed(join('src', 'disk.ts'))).toBeUndefined();
  expect(lstatSync(join(own, 'src')).isSymbolicLink()).toBe(true);
});

test('a document with another text than its file in root has that text on disk, until it is closed', () => {
  const { root, own, session } = folders();
  expect(session.opened(join('src', 'disk.ts'), 'other')).toBe('changed');
  expect(readFileSync(join(own, 'src/disk.ts'), 'utf8')).toBe('other');
  expect(readFileSync(join(root, 'src/disk.ts'), 'utf8')).toBe('disk');
  expect(session.closed(join('src', 'disk.ts'))).toBe('changed');
  expect(readFileSync(join(own, 'src/disk.ts'), 'utf8')).toBe('disk');
  expect(readFileSync(join(root, 'src/disk.ts'), 'utf8')).toBe('disk');
});

test('the end of a session removes links, and nothing behind them', async () => {
  const { root, own, session } = folders();
  session.opened(join('src', 'new.ts'), 'new');
  await session.remove();
  expect(existsSync(own)).toBe(false);
  expect(readFileSync(join(root, 'src/disk.ts'), 'utf8')).toBe('disk');
});

test('a folder that cannot be made says so, and what else there is', () => {
  const { root } = folders();
  writeFileSync(join(root, 'node_modules'), '');
  expect(() => sessionFolder(root, join(root, 'node_modules/.carpool/s1-'))).toThrow(
    /Cannot make the folder of a session, .*: (ENOTDIR|EEXIST).*folders: 'virtual'/,
  );
});
