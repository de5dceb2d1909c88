// With `fork=True`, each session of `carpool/child.py` is a forked copy of the process, and ends with its session.
import { readFileSync } from 'node:fs';
import { python } from '@carpool/test-harness/programs';
import { describe, expect, test } from 'vitest';
import { createPool } from '../../src/pool/create-pool.ts';
import type { PoolOptions } from '../../src/pool/options.ts';
import type { Pool } from '../../src/pool/types.ts';
import type { Session } from '../../src/session/types.ts';
import { failure } from '../support/failure.ts';
import { model } from '../support/models.ts';
import { closing, until } from '../support/pools.ts';

const poolOf = (flags = '', options: Partial<PoolOptions> = {}): Pool =>
  closing(createPool({ name: 'models', ...model(`python --fork${flags}`, options) }));

const pidOf = async (session: Session): Promise<number> => Number((await session.request({ type: 'pid' }))['pid']);

/** Not even a zombie. */
function isGone(pid: number): boolean {
  try {
    readFileSync(`/proc/${pid}/stat`);
    return false;
  } catch {
    return true;
  }
}

describe.skipIf(python.path === undefined)(`in Python${python.reason}`, () => {
  test('a forked process that is killed is one lost session, which says so, and the others live on', async () => {
    const pool = poolOf();
    const [doomed, other] = [await pool.register(), await pool.register()];
    const pid = await pidOf(doomed);
    const [parent] = pool.stats().pids;
    expect(new Set([pid, parent, await pidOf(other)]).size).toBe(3);
    const waiting = failure(doomed.request({ type: 'hang' }), 'SESSION_FAILED');
    process.kill(pid, 'SIGKILL');
    const { cause, evidence } = await waiting;
    expect(String(cause)).toContain(`(fork-ended): its process (pid ${pid}) was killed by SIGKILL`);
    // What came is quoted in whole.
    expect(evidence.messages?.join()).toMatch(/message: "its process \(pid \d+\) was killed by SIGKILL"/);
    expect(isGone(pid)).toBe(true);
    const exited = await failure((await pool.register()).request({ type: 'die' }), 'SESSION_FAILED');
    expect(String(exited.cause)).toContain('exited with code 3');
    expect(await other.request({ type: 'total' })).toMatchObject({ value: 0 });
    await other.unregister();
    expect(pool.stats()).toMatchObject({ children: 1, open: 0, quarantined: 0, failures: 0 });
  });

  test('the end of a session ends its process and what that has started, also in mid-request; nothing is left', async () => {
    for (const flags of ['', ' --without-close']) {
      const pool = poolOf(flags);
      const session = await pool.register();
      const pids = [await pidOf(session), Number((await session.request({ type: 'start' }))['pid'])];
      const waiting = failure(session.request({ type: 'hang' }), 'SESSION_CLOSED');
      await session.unregister();
      await waiting;
      expect(isGone(pids[0] ?? 0)).toBe(true);
      await until('what it has started is gone', () => pids.every(isGone));
      expect(pool.stats()).toMatchObject({ children: 1, quarantined: 0, unconfirmed: 0 });
    }
  });

  test.each(['close', 'SIGTERM', 'SIGKILL'] as const)(
    'forks end with their parent, also one that is busy: %s',
    async (end) => {
      const pool = poolOf();
      const sessions = [await pool.register(), await pool.register()];
      const pids = await Promise.all(sessions.map(pidOf));
      const [parent = 0] = pool.stats().pids;
      // One of them is busy.
      const waiting = sessions[0]?.request({ type: 'hang' }).catch(() => {});
      if (end === 'close') await pool.close();
      else process.kill(parent, end);
      await waiting;
      await until('all are gone', () => [parent, ...pids].every(isGone));
      expect([parent, ...pids].map(isGone)).toEqual([true, true, true]);
    },
  );

  test('200 sessions one after the other leave nothing, and sessions side by side compute at the same time', async () => {
    const pool = poolOf(' --without-close');
    const started = performance.now();
    for (let n = 0; n < 200; n++) await (await pool.register()).unregister();
    const each = (performance.now() - started) / 200;
    const [parent = 0] = pool.stats().pids;
    expect(readFileSync(`/proc/${parent}/task/${parent}/children`, 'utf8')).toBe('');
    expect(pool.stats()).toMatchObject({ children: 1, sessions: 200, quarantined: 0, failures: 0 });
    expect(each).toBeLessThan(100);
    const [hangs, works] = [await pool.register(), await pool.register()];
    const waiting = hangs.request({ type: 'hang' }).catch(() => {});
    expect(await works.request({ type: 'total' })).toMatchObject({ value: 0 });
    await hangs.unregister();
    await waiting;
  });
});
