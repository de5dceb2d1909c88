import { expect, test } from 'vitest';
import { FakeClock } from '../../test/support/clock.ts';
import type { Child } from '../process/child.ts';
import { untilReady, untilReadyAgain, type ReadyOptions } from './ready.ts';
import { RunningServer } from './running-server.ts';

test('a `ready` that waits for the start itself says little of how long one that is well needs', async () => {
  const clock = new FakeClock();
  const server = new RunningServer('web', {} as Child, { port: 80, socket: undefined, temp: () => '' });
  const takes = (milliseconds: number): Omit<ReadyOptions, 'signal'> => ({
    pool: 'web',
    server,
    part: { ready: () => clock.pass(milliseconds), readyTimeout: 30_000, startTimeout: 0, stopSignal: 'SIGTERM' },
    lines: undefined,
    clock,
  });
  const { signal } = new AbortController();
  await untilReady({ ...takes(8_000), signal });
  expect(server.readyIn).toBe(2_000);
  await untilReadyAgain({ ...takes(30), signal });
  expect(server.readyIn).toBe(30);
});
