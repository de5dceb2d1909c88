/** What only its user may read: complete in its place, or not there. */
import {
  chmodSync,
  closeSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { posix } from '@carpool/test-harness/programs';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { PrivateFile, writePrivately } from '../../src/cli/private-file.ts';
import { place } from '../support/pools.ts';

const names = (): string[] => readdirSync(place().path).toSorted();

test('until it is complete, what was there stays; a signal leaves nothing else', () => {
  const path = join(place().path, 'page.html');
  writeFileSync(path, 'before');
  const kill = vi.spyOn(process, 'kill').mockReturnValue(true);
  onTestFinished(() => kill.mockRestore());
  const listeners = process.listenerCount('SIGHUP');
  const file = new PrivateFile(path);
  writeFileSync(file.descriptor, 'half of');
  closeSync(file.descriptor);
  expect(names()).toEqual([expect.stringMatching(/^\.carpool-[0-9a-f]{16}\.part$/), 'page.html']);
  process.emit('SIGHUP', 'SIGHUP');
  expect(kill.mock.calls).toEqual([[process.pid, 'SIGHUP']]);
  expect(process.listenerCount('SIGHUP')).toBe(listeners);
  expect(names()).toEqual(['page.html']);
  expect(readFileSync(path, 'utf8')).toBe('before');

  writePrivately(path, 'after');
  expect(process.listenerCount('SIGHUP')).toBe(listeners);
  expect(names()).toEqual(['page.html']);
  expect(readFileSync(path, 'utf8')).toBe('after');
});

test('what cannot be written leaves nothing', () => {
  const folder = join(place().path, 'folder');
  mkdirSync(folder);
  expect(() => writePrivately(folder, 'text')).toThrow('EISDIR');
  expect(() => writePrivately(join(folder, 'none', 'page.html'), 'text')).toThrow('ENOENT');
  // It is a folder by the time that it is complete.
  const path = join(folder, 'page.html');
  const file = new PrivateFile(path);
  closeSync(file.descriptor);
  mkdirSync(path);
  expect(() => file.commit()).toThrow(/EISDIR|EPERM|EACCES/);
  file.discard();
  expect(readdirSync(folder)).toEqual(['page.html']);
});

describe.skipIf(!posix.holds)(`links and what is no file${posix.reason}`, () => {
  test('a link stays one, and what it leads to is private', () => {
    const [target, link] = [join(place().path, 'target.html'), join(place().path, 'link.html')];
    writeFileSync(target, 'before');
    chmodSync(target, 0o644);
    symlinkSync(target, link);
    writePrivately(link, 'after');
    expect(readlinkSync(link)).toBe(target);
    expect(readFileSync(target, 'utf8')).toBe('after');
    expect(statSync(target).mode & 0o777).toBe(0o600);
    expect(names()).toEqual(['link.html', 'target.html']);
  });

  test('a device stays one', () => {
    const link = join(place().path, 'null');
    symlinkSync('/dev/null', link);
    writePrivately(link, 'nothing');
    expect(statSync(link).isCharacterDevice()).toBe(true);
    expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
    expect(names()).toEqual(['null']);
  });
});
