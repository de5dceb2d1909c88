import { describe, expect, test } from 'vitest';
import { breakEven, median, medianOfKnown, separate, shared, type CarpoolCost, type ProcessCost } from './suite.ts';

const MiB = 1024 * 1024;
/** A start that waits more than it computes. */
const process: ProcessCost = { wall: 400, cpu: 100, memory: { total: 60 * MiB, files: 20 * MiB } };
const carpool: CarpoolCost = {
  hostWall: 100,
  hostCpu: 50,
  hostMemory: { total: 40 * MiB, files: 30 * MiB },
  fileWall: 20,
  fileCpu: 10,
  workerMemory: 5 * MiB,
};
const shape = { files: 50, workers: 2, processors: 2 };

describe('a process for each file', () => {
  test('starts as often as a worker has files, one after another', () => {
    expect(separate(process, shape).wall).toBe(25 * 400);
    // The last files do not fill all workers.
    expect(separate(process, { ...shape, files: 51 }).wall).toBe(26 * 400);
    expect(separate(process, { ...shape, files: 1 }).wall).toBe(400);
  });

  test('takes the processor time of all starts, and the wall time that the processors need for it', () => {
    const busy = { ...process, cpu: 400 };
    expect(separate(busy, shape)).toMatchObject({ wall: 25 * 400, cpu: 50 * 400 });
    // Four workers on two processors are no faster than two, if each start computes.
    expect(separate(busy, { ...shape, workers: 4 }).wall).toBe(25 * 400);
    expect(separate(process, { ...shape, workers: 4 }).wall).toBe(13 * 400);
    // One start that keeps both processors busy.
    expect(separate({ ...process, cpu: 800 }, shape).wall).toBe(50 * 400);
  });

  test('takes the memory of all that run at one time; what they read from files is there once', () => {
    expect(separate(process, shape).memory).toBe((20 + 2 * 40) * MiB);
    expect(separate(process, { ...shape, workers: 60 }).memory).toBe((20 + 50 * 40) * MiB);
  });
});

describe('one process for all', () => {
  test('is started once, by a host, and each file pays for its sessions', () => {
    expect(shared(process, carpool, shape)).toEqual({
      wall: 100 + 400 + 25 * 20,
      cpu: 50 + 100 + 50 * 10,
      memory: (60 + 40 + 2 * 5) * MiB,
    });
  });

  test('takes the wall time that the processors need for the files', () => {
    expect(shared(process, { ...carpool, fileCpu: 80 }, shape).wall).toBe(100 + 400 + (50 * 80) / 2);
  });
});

describe('the break-even', () => {
  test('is the start at which both take the same wall time', () => {
    const start = breakEven(process, carpool, shape);
    expect(start).toBe((100 + 25 * 20) / 24);
    const even = { ...process, wall: start, cpu: start / 4 };
    expect(shared(even, carpool, shape).wall).toBeCloseTo(separate(even, shape).wall);
  });

  test('depends on how busy a start is: the saved processor time is wall time where processors are scarce', () => {
    const four = { ...shape, workers: 4 };
    expect(breakEven({ ...process, cpu: 400 }, carpool, four)).toBeLessThan(breakEven(process, carpool, four));
  });

  test('is never reached where no worker starts a second process', () => {
    expect(breakEven(process, carpool, { ...shape, files: 2 })).toBe(Infinity);
    expect(breakEven(process, carpool, { ...shape, files: 1, workers: 1, processors: 8 })).toBe(Infinity);
  });
});

test('what the system does not show stays unknown, and wall time is counted all the same', () => {
  const unknown = { ...process, cpu: undefined, memory: undefined };
  expect(separate(unknown, shape)).toEqual({ wall: 25 * 400, cpu: undefined, memory: undefined });
  expect(shared(unknown, carpool, shape)).toEqual({ wall: 1000, cpu: undefined, memory: undefined });
  expect(shared(process, { ...carpool, hostMemory: undefined, fileCpu: undefined }, shape)).toEqual({
    wall: 1000,
    cpu: undefined,
    memory: undefined,
  });
  expect(breakEven(unknown, carpool, shape)).toBe(25);
});

test('medians', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 2, 3])).toBe(2.5);
  expect(medianOfKnown([3, 1, 2])).toBe(2);
  expect(medianOfKnown([3, undefined, 2])).toBeUndefined();
  expect(medianOfKnown([])).toBeUndefined();
});
