/** Several children behind one pool: which one gets a session, and what becomes of the others when one ends. */
import type { Session } from '../../session/types.ts';
import { becomes, failing, on, type ContractPool, type SessionContract } from './subject.ts';

export function childrenContract(contract: SessionContract): void {
  const { expect } = contract;

  on(contract, 'exits-on-request', { children: 3, sessionsPerChild: 2 })(
    'sessions spread over the children, which start on demand',
    async (pool) => {
      const first = await pool.register();
      expect(await pool.stats()).toMatchObject({ maxSessions: 6, children: 1, running: 1, pids: [await pidOf(first)] });
      const sessions = [first, ...(await registered(pool, 5))];
      const pids = await Promise.all(sessions.map(pidOf));
      const three = pids.slice(0, 3);
      expect(new Set(three).size).toBe(3);
      expect(pids.slice(3)).toEqual(three);
      expect(await pool.stats()).toMatchObject({ open: 6, peak: 6, children: 3, running: 3, pids: three });
    },
  );

  on(contract, 'exits-on-request', { children: 3, sessionsPerChild: 1 })(
    'a child that runs and has no session comes before one that would have to start',
    async (pool) => {
      const [a, b] = (await registered(pool, 2)) as [Session, Session];
      const pid = await pidOf(b);
      await b.unregister();
      await becomes(pool, { open: 1 });
      const next = await pool.register();
      expect(await pidOf(next)).toBe(pid);
      await Promise.all([a.unregister(), next.unregister()]);
      for (let n = 0; n < 3; n++) await (await pool.register()).unregister();
      expect(await pool.stats()).toMatchObject({ children: 2, sessions: 6 });
    },
  );

  on(contract, 'exits-on-request', { children: 3, sessionsPerChild: 2 })(
    'a child that dies ends its own sessions alone, and is replaced',
    async (pool) => {
      const sessions = await registered(pool, 6);
      const pids = await Promise.all(sessions.map(pidOf));
      const [, doomed] = pids;
      const ofDoomed = sessions.filter((_, at) => pids[at] === doomed) as [Session, Session];
      const others = sessions.filter((_, at) => pids[at] !== doomed);
      ofDoomed[0].send({ type: 'die', code: 9 });
      for (const session of ofDoomed) {
        expect(await session.closed).toMatchObject({ by: 'child' });
        const error = await failing(contract, 'CHILD_EXITED', session.event());
        expect(error.evidence.exit).toBe('exited with code 9');
      }
      for (const session of others) expect(session.closeReason).toBe(undefined);
      expect((await Promise.all(others.map(pidOf))).includes(doomed ?? 0)).toBe(false);
      await becomes(pool, { running: 2, failures: 1, open: 4 });
      const next = await pool.register();
      expect(pids.includes(await pidOf(next))).toBe(false);
      expect(await pool.stats()).toMatchObject({ children: 4, running: 3, open: 5 });
    },
  );

  on(contract, 'never-confirms', { children: 2, sessionsPerChild: 2, maxQuarantined: 2, closeTimeout: 60 })(
    'a child that confirms no end loses slots, and is replaced, without a change for the others',
    async (pool) => {
      const [a, b, c, d] = (await registered(pool, 4)) as [Session, Session, Session, Session];
      const { pids } = await pool.stats();
      // One on each: no child has lost enough.
      await failing(contract, 'REQUEST_TIMEOUT', a.unregister());
      await failing(contract, 'REQUEST_TIMEOUT', b.unregister());
      await becomes(pool, { open: 2, quarantined: 2, running: 2 });
      const full = await failing(contract, 'POOL_FULL', pool.register({ wait: false }));
      expect(full.message).toContain('all 4 slots on 2 children are busy');
      expect(full.message).toContain('2 lost to sessions whose end the child did not confirm');
      await failing(contract, 'REQUEST_TIMEOUT', c.unregister());
      await becomes(pool, { open: 1, quarantined: 1, running: 1 });
      expect(await pool.stats()).toMatchObject({ pids: pids.slice(1), children: 2, failures: 0 });
      expect(await d.request({ type: 'query' })).toMatchObject({ type: 'reply', session: d.id });
      await registered(pool, 2);
      expect(await pool.stats()).toMatchObject({ open: 3, quarantined: 1, children: 3, running: 2 });
    },
  );

  on(contract, 'exits-on-request', { children: 2, sessionsPerChild: 1, idleTimeout: 50 })(
    'a child without a session is stopped while another one works',
    async (pool) => {
      const [a, b] = (await registered(pool, 2)) as [Session, Session];
      const pid = await pidOf(a);
      await b.unregister();
      await becomes(pool, { running: 1, open: 1 });
      expect(await pool.stats()).toMatchObject({ pids: [pid], failures: 0 });
      expect(await pidOf(a)).toBe(pid);
    },
  );

  on(contract, 'exits-on-request', { children: 2, sessionsPerChild: 1 })(
    'one queue serves all children, in the order of the calls',
    async (pool) => {
      const [a, b] = (await registered(pool, 2)) as [Session, Session];
      const pids = await Promise.all([a, b].map(pidOf));
      const waiting: Promise<Session>[] = [];
      for (let n = 1; n <= 3; n++) {
        waiting.push(pool.register({ timeout: 20_000 }));
        await becomes(pool, { queued: n });
      }
      const error = await failing(contract, 'POOL_QUEUE_TIMEOUT', pool.register({ timeout: 10 }));
      expect(error.message).toMatch(
        /all 2 slots on 2 children were busy .* for 10 ms, `timeout` of the call; .*raise `maxSessions` with `children`/,
      );
      await b.unregister();
      const first = (await waiting[0]) as Session;
      expect(await pidOf(first)).toBe(pids[1]);
      await a.unregister();
      const second = (await waiting[1]) as Session;
      expect(await pidOf(second)).toBe(pids[0]);
      await first.unregister();
      await waiting[2];
      expect(await pool.stats()).toMatchObject({ queued: 0, open: 2, peak: 2, children: 2 });
    },
  );

  on(contract, 'exits-on-request', { children: 2, sessionsPerChild: 1, recycleAfter: 1 })(
    'with one session to a child, and none after it, each session has a child of its own',
    async (pool) => {
      const pids = new Set<number>();
      const one = async (): Promise<void> => {
        await using session = await pool.register();
        pids.add(await pidOf(session));
        const { running, open } = await pool.stats();
        expect(running <= 2 && open <= 2).toBe(true);
      };
      await Promise.all(Array.from({ length: 8 }, one));
      expect(pids.size).toBe(8);
      await becomes(pool, { running: 0, open: 0 });
      expect(await pool.stats()).toMatchObject({ children: 8, sessions: 8, peak: 2, failures: 0, quarantined: 0 });
    },
  );
}

async function pidOf(session: Session): Promise<number> {
  const { pid } = (await session.request({ type: 'who' })) as { readonly pid: number };
  return pid;
}

/** One after another, so that each finds the children that the last one left. */
async function registered(pool: ContractPool, count: number): Promise<Session[]> {
  const sessions: Session[] = [];
  for (let n = 0; n < count; n++) sessions.push(await pool.register());
  return sessions;
}
