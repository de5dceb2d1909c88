import { expect, test } from 'vitest';
import { differences } from '../goldens.ts';
import { places, runs } from '../plan.ts';
import { resultOf, total, type Report } from '../results.ts';
import { groupRows, summaryRows } from '../rows.ts';
import { table } from '../table.ts';

const report: Report = {
  testResults: [
    {
      name: '/copy/carpool/apps/todo.test.ts',
      startTime: 1000,
      endTime: 1410,
      assertionResults: [
        { status: 'passed', fullName: 'adds' },
        { status: 'failed', fullName: 'deletes', failureMessages: ['Error: it is still there'] },
        { status: 'pending', fullName: 'filters' },
      ],
    },
    {
      name: '/copy/carpool/apps/clock.test.tsx',
      startTime: 0,
      endTime: 100,
      message: 'SyntaxError',
      assertionResults: [],
    },
  ],
};

test('counts the tests of each file', () => {
  const { files, failures } = resultOf(report);
  expect([...files]).toEqual([
    ['/copy/carpool/apps/todo.test.ts', { passed: 1, failed: 1, skipped: 1, seconds: 0.41 }],
    ['/copy/carpool/apps/clock.test.tsx', { passed: 0, failed: 1, skipped: 0, seconds: 0.1 }],
  ]);
  expect(failures).toEqual([
    { test: '/copy/carpool/apps/todo.test.ts: deletes', message: 'Error: it is still there' },
    { test: '/copy/carpool/apps/clock.test.tsx', message: 'SyntaxError' },
  ]);
  expect(total(files, 3)).toEqual({ passed: 1, failed: 2, skipped: 1, seconds: 3 });
});

test('makes a table as wide as its texts', () => {
  const finished = { ...resultOf(report), seconds: 3, renderers: 1 };
  const [run] = runs;
  if (run === undefined) throw new Error('Nothing is planned');
  const byRun = new Map([[run, [finished, { ...finished, renderers: 9 }]]]);
  expect(table(places, [...groupRows(byRun), ...summaryRows(finished, byRun)])).toMatchInlineSnapshot(`
    "| tests                             | own pool                                  | in process                                 | through the host |
    | --------------------------------- | ----------------------------------------- | ------------------------------------------ | ---------------- |
    | TestSession, mock, msgpack: clock | 0, 1 FAILED, 0.1 s                        | 0, 1 FAILED, 0.1 s                         | not run          |
    | TestSession, mock, msgpack: todo  | 1, 1 FAILED, 1 skipped, 0.4 s             | 1, 1 FAILED, 1 skipped, 0.4 s              | not run          |
    | unit tests, without a renderer    | 1, 2 FAILED, 1 skipped, 3.0 s, 1 renderer | not run                                    | not run          |
    | TestSession, mock, msgpack        | 1, 2 FAILED, 1 skipped, 3.0 s, 1 renderer | 1, 2 FAILED, 1 skipped, 3.0 s, 9 renderers | not run          |"
  `);
});

test('finds goldens that have changed, came, or went', () => {
  const before = new Map([
    ['a', '1'],
    ['b', '1'],
    ['c', '1'],
  ]);
  expect(
    differences(
      before,
      new Map([
        ['a', '1'],
        ['b', '2'],
        ['d', '1'],
      ]),
    ),
  ).toEqual(['b', 'c', 'd']);
  expect(differences(before, before)).toEqual([]);
});
