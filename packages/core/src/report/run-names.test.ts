import { expect, test } from 'vitest';
import { runNames } from './run-names.ts';

const run = (runner: string | undefined, folder: string, pid: number) => ({ runner, folder, pid });

test('runs in one folder are told apart by their runner and their host', () => {
  expect(runNames([run('vitest', '/code/web', 1), run(undefined, '/code/web', 2)])).toEqual([
    'vitest, host 1',
    'host 2',
  ]);
});

test('runs in several folders have the last part of theirs, and the host where that is not enough', () => {
  const runs = [
    run('vitest', '/code/web', 1),
    run('jest', String.raw`C:\code\api\ `.trim(), 2),
    run(undefined, '/code/shop', 3),
    run('vitest', '/code/a/test', 4),
    run('vitest', '/code/b/test/', 5),
    run('vitest', '/', 6),
  ];
  expect(runNames(runs)).toEqual([
    'vitest in web',
    'jest in api',
    'shop',
    'vitest in test, host 4',
    'vitest in test, host 5',
    'vitest in /',
  ]);
});

test('runs of one project on one host of a machine have the number of each', () => {
  expect(runNames([run('vitest', '/code/web', 9), run('jest', '/code/web', 9), run('vitest', '/code/web', 9)])).toEqual(
    ['vitest, host 9, run 1', 'jest, host 9', 'vitest, host 9, run 3'],
  );
  const shop = run('vitest', '/code/shop', 9);
  expect(runNames([run('vitest', '/code/web', 9), shop, shop])).toEqual([
    'vitest in web',
    'vitest in shop, host 9, run 2',
    'vitest in shop, host 9, run 3',
  ]);
});
