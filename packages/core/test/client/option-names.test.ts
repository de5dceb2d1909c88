// Options of calls that no compiler has checked: a name that a call does not have is refused, with what was meant.
import { describe, expect, test } from 'vitest';
import { sessionPools } from '../../src/client/session-pools.ts';
import { getPort, leasePort, lock, once, reservations, rwlock, semaphore } from '../../src/entry/coordination.ts';
import { createPool } from '../../src/entry/index.ts';
import { registerSharedWorker } from '../../src/entry/shared-worker.ts';
import type { ErrorCode } from '../../src/base/error-kinds.ts';
import { registerSession } from '../../src/test-api/register-session.ts';
import type { Session } from '../../src/session/types.ts';
import { failure } from '../support/failure.ts';
import { serve } from '../support/hubs.ts';
import { closing, program } from '../support/pools.ts';
import { running } from '../support/tests.ts';

type Call = (options: never) => unknown;

interface Row {
  readonly call: string;
  readonly code: ErrorCode;
  readonly wrong: object;
  readonly meant: string;
  readonly run: Call;
}

async function refused({ call, code, wrong, meant, run }: Row, as: <T>(body: () => T) => T): Promise<void> {
  const error = await failure(() => as(() => run(wrong as never)), code);
  expect(error.message).toContain(`Cannot call \`${call}\`: it has no option ${JSON.stringify(Object.keys(wrong)[0])}`);
  expect(error.message).toMatch(new RegExp(`; did you mean "${meant}"\\? it takes .*\\b${meant}\\b`));
  expect(error).toMatchObject({ scope: 'call', blame: 'test' });
  expect(error.stack).toContain('option-names.test.ts');
  // What spreads its options sees nothing of a number.
  if (call === 'register') return;
  const none = await failure(() => as(() => run(5_000 as never)), code);
  expect(none.message).toContain('no options: 5000; it takes ');
}

const here = <T>(body: () => T): T => body();
const timout = { wrong: { timout: 500 }, meant: 'timeout' };
const scpoe = { wrong: { scpoe: 'file' }, meant: 'scope' };

describe('of a session and its pool', () => {
  const rows: readonly (Omit<Row, 'run' | 'code'> & { readonly run: (session: Session) => Call })[] = [
    { call: 'request', ...timout, run: (session) => (options) => session.request({ type: 'query' }, options) },
    { call: 'event', ...timout, run: (session) => (options) => session.event(undefined, options) },
    { call: 'interact', ...timout, run: (session) => (options) => session.interact({ type: 'query' }, options) },
  ];

  test.each(rows)('$call', async (row) => {
    const session = await closing(createPool(program('echo'))).register();
    await refused({ ...row, code: 'SESSION_MISUSED', run: row.run(session) }, here);
    expect(await session.request({ type: 'query' }, { timeout: 5_000, expect: 'reply' })).toBeTruthy();
  });

  test('register, in process, in a test, and of a fixture', async () => {
    const code = 'SESSION_MISUSED';
    const pool = closing(createPool(program('echo')));
    const wait = { call: 'register', code, wrong: { wiat: false }, meant: 'wait' } as const;
    await refused({ ...wait, run: (options) => pool.register(options) }, here);
    const served = await serve({ echoes: program('echo') });
    const a = await running(served, 'a');
    const current = { file: a.file, test: () => a.test, worker: () => a.worker, timeLeft: () => Infinity };
    const register: Call = (options) => registerSession(current, 'echoes', options);
    await refused({ ...wait, run: register }, here);
    await refused({ call: 'register', code, ...scpoe, run: register }, here);
    const { echoes } = sessionPools((name, options) => a.test.register(name, options)) as {
      readonly echoes: { register(options: unknown): Promise<Session> };
    };
    await refused({ ...wait, run: (options) => echoes.register(options) }, here);
    expect(served.pool().stats()).toMatchObject({ sessions: 0 });
  });
});

const code = 'LEASE_INVALID';
const coordination: readonly Row[] = [
  { call: 'acquire', code, ...timout, run: (options) => lock('a').acquire(options) },
  { call: 'acquireNow', code, ...scpoe, run: (options) => lock('a').acquireNow(options) },
  { call: 'acquireRead', code, ...timout, run: (options) => rwlock('b').acquireRead(options) },
  { call: 'acquireWrite', code, ...timout, run: (options) => rwlock('b').acquireWrite(options) },
  { call: 'acquireReadNow', code, ...scpoe, run: (options) => rwlock('b').acquireReadNow(options) },
  { call: 'acquireWriteNow', code, ...scpoe, run: (options) => rwlock('b').acquireWriteNow(options) },
  { call: 'acquire', code, ...timout, run: (options) => semaphore('c', 2).acquire(1, options) },
  { call: 'acquireNow', code, ...scpoe, run: (options) => semaphore('c', 2).acquireNow(1, options) },
  { call: 'reserve', code, ...scpoe, run: (options) => reservations('d').reserve([1], options) },
  { call: 'lock', code, ...scpoe, run: (options) => lock('a', options).acquire() },
  { call: 'semaphore', code, ...scpoe, run: (options) => semaphore('c', 2, options).acquireNow() },
  { call: 'reservations', code, ...scpoe, run: (options) => reservations('d', options).reserve([1]) },
  { call: 'getPort', code, wrong: { prot: 8080 }, meant: 'port', run: (options) => getPort(options) },
  { call: 'leasePort', code, wrong: { hots: '::1' }, meant: 'host', run: (options) => leasePort(options) },
  { call: 'once', code, wrong: { kepe: {} }, meant: 'keep', run: (options) => once('e', () => 1, options) },
  {
    call: 'once` with `keep',
    code,
    wrong: { maxage: 1, maxAge: 1 },
    meant: 'maxAge',
    run: (keep) => once('e', () => 1, { keep }),
  },
];

test.each(coordination)('of $call', async (row) => {
  const served = await serve({});
  const { as } = await running(served, 'a');
  await refused(row, as);
  expect(served.hub.coordination.ledger.held).toBe(0);
});

test('of registerSharedWorker', async () => {
  const { as } = await running(await serve({}), 'a');
  const worker = { filename: new URL('echo.mjs', import.meta.url) };
  const options = { ...worker, initalData: 1 } as never;
  const error = await failure(() => as(() => registerSharedWorker(options)), 'SHARED_WORKER_FAILED');
  expect(error.message).toMatch(/it has no option "initalData"; did you mean "initialData"\? it takes filename, /);
});
