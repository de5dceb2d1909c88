/** A child whose memory grows by far more than that of its neighbour. */
import { expect, test } from 'vitest';
import { FakeClock } from '../support/clock.ts';
import { pool } from '../support/pools.ts';

const linux = process.platform === 'linux';

test.skipIf(!linux)(
  `is named in the stats, with the test that made it grow${linux ? '' : ' (skipped: elsewhere memory is not looked at)'}`,
  async () => {
    const clock = new FakeClock();
    const shared = pool('grows', { children: 2, maxSessions: 2 }, { clock });
    const use = async (name: string, megabytes: number): Promise<number> => {
      // Two at a time, so that each child has one.
      const both = [
        await shared.register({ holder: { test: `${name} (1)` } }),
        await shared.register({ holder: { test: `${name} (2)` } }),
      ];
      const asked = both.map((session) => session.request({ type: 'who' }) as Promise<{ pid: number }>);
      const pids = (await Promise.all(asked)).map(({ pid }) => pid);
      const first = Math.min(...pids);
      const at = pids.indexOf(first);
      await both[at]?.request({ type: 'grow', megabytes });
      clock.pass(600);
      for (const session of both) await session.unregister();
      return first;
    };
    for (const name of ['warms up', 'is modest', 'is modest, too']) await use(name, 0);
    expect(shared.stats().grown).toEqual([]);
    const grown = await use('leaks', 200);
    const [line, ...others] = shared.stats().grown ?? [];
    expect(line).toMatch(
      new RegExp(`^child ${grown} grew by (?:19|20|21|22)\\d MiB in 3 sessions, others by .*"leaks \\([12]\\)"$`),
    );
    expect(others).toEqual([]);
    shared.countAnew();
    expect(shared.statsOfRun().grown).toEqual([]);
  },
);
