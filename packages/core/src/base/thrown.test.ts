import { expect, test } from 'vitest';
import { fileFault } from './thrown.ts';

const fault = (code: string, path?: string): Error =>
  Object.assign(new Error(`${code}: permission denied, open${path === undefined ? '' : ` '${path}'`}`), {
    code,
    syscall: 'open',
    ...(path !== undefined && { path }),
  });

test('a fault of the file that the sentence names leaves out its path; one of another file names it', () => {
  expect(fileFault(fault('EACCES', '/a'), '/a')).toBe('EACCES: permission denied');
  expect(fileFault(fault('ENOENT', '/a'), '/a')).toBe('there is no such file');
  expect(fileFault(fault('EACCES', '/a/b'), '/a')).toBe("EACCES: permission denied, open '/a/b'");
  expect(fileFault(fault('ENOENT', '/a/b'), '/a')).toBe("ENOENT: permission denied, open '/a/b'");
  expect(fileFault(fault('EIO'), '/a')).toBe('EIO: permission denied');
  expect(fileFault(new Error('broken'), '/a')).toBe('broken');
});
