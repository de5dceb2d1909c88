import { expect, test } from 'vitest';
import { assess, type Measurements } from './assess.ts';
import { reportLines } from './report.ts';

const MiB = 1024 * 1024;
const measurements: Measurements = {
  subject: 'node server.mjs',
  ready: 'at its first output',
  endsByItself: false,
  process: {
    runs: 5,
    wall: 412,
    fastest: 398,
    slowest: 455,
    cpu: 505,
    memory: { total: 61 * MiB, files: 21 * MiB },
  },
  carpool: {
    hostWall: 104,
    hostCpu: 60,
    hostMemory: { total: 48 * MiB, files: 30 * MiB },
    fileWall: 22,
    fileCpu: 31,
    workerMemory: 8 * MiB,
  },
  shape: { files: 50, workers: 2, processors: 2 },
  load: 0.4,
  tests: 5,
  requests: 5,
};

const report = (changes: Partial<Measurements> = {}): string[] => reportLines(assess({ ...measurements, ...changes }));
const withStart = (wall: number): Partial<Measurements> => ({ process: { ...measurements.process, wall, cpu: wall } });

test('the whole report', () => {
  expect(report().join('\n')).toMatchInlineSnapshot(`
    "node server.mjs
      ready at its first output; medians of 5 starts, 398 ms to 455 ms

    What a start costs                          wall           CPU        memory
      your process                            412 ms        505 ms        61 MiB
      Carpool's host, once a run              104 ms         60 ms        48 MiB
      Carpool in a file of 5 tests             22 ms         31 ms         8 MiB

    Added to 50 files, 2 at a time              wall           CPU        memory
      a process for each file                 12.6 s        25.3 s       101 MiB
      one process, shared                      1.3 s         2.1 s       125 MiB
      sharing takes                       9.8 x less     12 x less    1.2 x more

    Measured without a runner: its own time comes on top. Loading an adapter in each file moves the limit up.
    If its first output comes before it is ready, give --ready with what it prints when it is.

    Sharing pays when your process takes more than 30 ms to start; yours takes 412 ms."
  `);
});

test('says so where sharing does not pay; the rule comes last in every case', () => {
  const lines = report(withStart(11));
  expect(lines.slice(-2)).toEqual([
    'Sharing does not pay here: start the process in each file.',
    'Sharing pays when your process takes more than 37 ms to start; yours takes 11 ms.',
  ]);
});

test('claims nothing where the two differ by less than a measurement can tell', () => {
  const lines = report(withStart(38));
  expect(lines.at(-2)).toBe('Sharing changes little here: the two differ by less than a measurement can tell.');
  expect(lines.at(-1)).toBe('Sharing pays when your process takes more than 37 ms to start; yours takes 38 ms.');
});

test('says that nothing is to be shared where no worker starts a second process', () => {
  const shape = { files: 2, workers: 2, processors: 2 };
  expect(report({ ...withStart(412), shape }).at(-1)).toMatch(
    /^Sharing does not pay with 2 files, 2 at a time, however slow the start is/,
  );
  expect(JSON.parse(JSON.stringify(assess({ ...measurements, ...withStart(412), shape })))).toMatchObject({
    breakEven: null,
  });
});

test('says what a command is that ends by itself', () => {
  const text = report({ endsByItself: true, ready: 'when it has ended by itself' }).join('\n');
  expect(text).toContain('It ends by itself. Carpool shares a process that stays');
  expect(text).not.toContain('--ready');
});

test('says what the system does not show', () => {
  const process = { ...measurements.process, cpu: undefined, memory: undefined };
  const text = report({ process }).join('\n');
  expect(text).toMatch(/your process +412 ms +not measured +not measured/);
  expect(text).toContain('This system does not show');
});

test('says so if the machine may have been busy', () => {
  expect(report({ load: 3.4 })).toContain(
    'The load of this machine was 3.4, on 2 processors: if it was busy, measure again.',
  );
  expect(report().join()).not.toContain('load of this machine');
});
