import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  factsOf,
  groupMembers,
  isRunning,
  parsePsLine,
  parseStat,
  startTimeOf,
  startedNoEarlier,
} from '../../src/process/identity.ts';
import { greeted, isThere, program, start, Talk, withGrandchild } from './cast.ts';

test('the start time of a process does not change, and no other process has it under the same number', async () => {
  const { child } = await greeted('echo');
  expect(child.startTime).toBeDefined();
  expect(startTimeOf(child.pid)).toBe(child.startTime);
  expect(isRunning(child)).toBe(true);
  expect(isRunning({ pid: child.pid, startTime: startTimeOf(process.pid) })).toBe(false);
  expect(isRunning({ pid: child.pid, startTime: undefined })).toBe(false);
  await child.kill();
  expect(isRunning(child)).toBe(false);
});

test('a child leads a group of its own, and what it starts is in it', async () => {
  const { child, grandchild } = await withGrandchild();
  expect(factsOf(child.pid)?.group).toBe(child.pid);
  const pids = groupMembers(child.pid).map(({ pid }) => pid);
  expect(new Set(pids)).toEqual(new Set([child.pid, grandchild]));
  expect(startedNoEarlier(startTimeOf(grandchild)!, child.startTime!)).toBe(true);
});

test('a program may have a name that looks like the rest of its line', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'carpool-identity-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const odd = join(directory, 'a) Z 1 1 (b');
  symlinkSync(process.execPath, odd);
  const child = await start({ ...program('echo', '--hello-at-once'), command: odd });
  await new Talk(child).hear('hello');
  expect(factsOf(child.pid)).toMatchObject({ group: child.pid, zombie: false });
});

test('nothing is known of a process that does not exist', async () => {
  const { child } = await greeted('echo');
  await child.kill();
  expect(isThere(child.pid)).toBe(false);
  expect(groupMembers(child.pid)).toEqual([]);
});

describe('what the system says is read', () => {
  test('from /proc', () => {
    const rest = 'S 1 77 77 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 123456 999';
    expect(parseStat(`12 (odd) name) ${rest}`)).toEqual({ state: 'S', group: 77, ticks: '123456' });
    expect(parseStat('')).toBeUndefined();
  });

  test('from ps', () => {
    expect(parsePsLine('  501   500 Ss   Fri Nov 21 09:30:00 2025')).toEqual({
      pid: 501,
      group: 500,
      startTime: '1763717400@',
      zombie: false,
      stopped: false,
    });
    expect(parsePsLine('  501   500 Z    Fri Nov  7 09:30:00 2025')?.zombie).toBe(true);
    expect(parsePsLine('  501   500 T    Fri Nov  7 09:30:00 2025')?.stopped).toBe(true);
    expect(parsePsLine('')).toBeUndefined();
  });

  test('start times of two boots cannot be compared', () => {
    expect(startedNoEarlier('2@a', '1@a')).toBe(true);
    expect(startedNoEarlier('1@a', '1@a')).toBe(true);
    expect(startedNoEarlier('1@a', '2@a')).toBe(false);
    expect(startedNoEarlier('2@b', '1@a')).toBe(false);
    expect(startedNoEarlier('10@a', '9@a')).toBe(true);
  });
});
