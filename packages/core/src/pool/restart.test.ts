import { expect, test } from 'vitest';
import { RestartPolicy } from './restart.ts';

const limits = { maxFailures: 3, window: 1_000, maxFailedStarts: 2, maxEarlyExits: 10 };

test('a child that has not failed may be started', () => {
  expect(new RestartPolicy(limits).givesUp(0)).toBe(undefined);
});

test('the pool gives up after failed starts in a row, however slow they were', () => {
  const policy = new RestartPolicy(limits);
  policy.failed('start', 0);
  expect(policy.givesUp(5_000)).toBe(undefined);
  policy.failed('start', 5_000);
  expect(policy.givesUp(90_000)).toBe('it failed to start 2 times in a row');
  expect(policy.total).toBe(2);
});

test('a start that succeeds ends the row of failures', () => {
  const policy = new RestartPolicy({ ...limits, maxFailures: 100 });
  for (let n = 0; n < 10; n++) {
    policy.failed('start', n);
    policy.started();
  }
  expect(policy.givesUp(10)).toBe(undefined);
});

test('failures count while they are recent', () => {
  const policy = new RestartPolicy(limits);
  for (const at of [0, 400, 800]) policy.failed('life', at);
  expect(policy.givesUp(999)).toBe('it failed 3 times within 1000 ms');
  expect(policy.givesUp(1_000)).toBe(undefined);
  policy.failed('life', 1_100);
  expect(policy.givesUp(1_100)).toBe('it failed 3 times within 1000 ms');
});

test('failures before a reset no longer count, but are still reported', () => {
  const policy = new RestartPolicy(limits);
  for (const at of [0, 1, 2]) policy.failed('start', at);
  policy.resetFailures();
  expect(policy.givesUp(3)).toBe(undefined);
  expect(policy.total).toBe(3);
});

test('the pool gives up sooner where no child in a row has answered anything', () => {
  const policy = new RestartPolicy({ ...limits, maxFailures: 10, maxEarlyExits: 3 });
  const useless = (times: number): void => {
    for (let n = 0; n < times; n++) policy.failed('useless life', n);
  };
  useless(2);
  policy.failed('life', 2);
  useless(2);
  expect(policy.givesUp(3)).toBe(undefined);
  useless(1);
  expect(policy.givesUp(3)).toBe('3 children in a row ended before they had answered anything');
  expect(policy.givesUp(5_000), 'a while later').toBe(undefined);
});
