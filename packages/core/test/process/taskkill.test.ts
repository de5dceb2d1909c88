import { expect, test } from 'vitest';
import { taskkillPath } from '../../src/process/taskkill.ts';

test.each([
  [{ SystemRoot: 'C:\\Windows' }, 'C:\\Windows\\System32\\taskkill.exe'],
  [{ windir: 'd:\\WINNT' }, 'd:\\WINNT\\System32\\taskkill.exe'],
  [{ SystemRoot: 'e:/Windows', windir: 'C:\\Windows' }, 'e:\\Windows\\System32\\taskkill.exe'],
  [{ SystemRoot: '\\\\share\\Windows', windir: 'C:\\Windows' }, 'C:\\Windows\\System32\\taskkill.exe'],
  [{ SystemRoot: 'Windows', PATH: 'C:\\elsewhere' }, undefined],
  [{ SystemRoot: '' }, undefined],
  [{}, undefined],
])("with %j it is the system's own: %s", (env, path) => {
  expect(taskkillPath(env)).toBe(path);
});
