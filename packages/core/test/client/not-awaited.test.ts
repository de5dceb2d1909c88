// What a test forgot to await, and what of it fails its end.
import { expect, onTestFinished, test, vi } from 'vitest';
import { isCarpoolError } from '../../src/base/errors.ts';
import { Owner, type EndOptions } from '../../src/client/owner.ts';
import type { Session } from '../../src/session/types.ts';
import { serve } from '../support/hubs.ts';
import { program } from '../support/pools.ts';

interface Held {
  readonly owner: Owner;
  readonly session: Session;
  /** The codes and the first sentences of what its end brings. */
  end(options?: EndOptions): Promise<readonly string[]>;
}

async function holding(path: readonly string[] = ['file', 'test']): Promise<Held> {
  const served = await serve({ echoes: program('steps') });
  const client = served.connect();
  const owner = new Owner({ path, holder: {}, connect: () => client });
  return {
    owner,
    session: await owner.session('echoes'),
    end: async (options = { passed: true }) => {
      await owner.end(options);
      return owner.failures.map((thrown) =>
        isCarpoolError(thrown) ? `${thrown.code} ${thrown.message.split(/[:;\n]/, 1)[0]}` : String(thrown),
      );
    },
  };
}

test('calls that are pending', async () => {
  const { owner, session, end } = await holding();
  const one = owner.register('echoes');
  void session.event();
  void session.interact({ type: 'silence' });
  void session.request({ type: 'silence' });
  expect(await end()).toEqual([
    'CALL_NOT_AWAITED The test ended before it had a session of pool "echoes" (and 3 more)',
  ]);
  const [error] = owner.failures as readonly Error[];
  expect(error?.stack).toContain('not-awaited.test.ts');
  // It is reported, and settles no more.
  expect(await Promise.race([one, Promise.resolve('pending')])).toBe('pending');
});

test('the evidence of a test that fails names what it has not awaited so far', async () => {
  const { owner, session, end } = await holding();
  const forgotten = owner.register('echoes');
  const awaited = owner.register('echoes');
  await awaited;
  await session.request({ type: 'echo' });
  const calls = (await owner.evidence()).filter(({ pool }) => pool === 'calls');
  expect(calls).toEqual([
    {
      pool: 'calls',
      session: '',
      messages: [
        expect.stringMatching(
          /^the test has not awaited a session of pool "echoes", called at .*not-awaited\.test\.ts:\d+/,
        ) as unknown,
      ],
    },
  ]);
  await forgotten;
  expect((await owner.evidence()).filter(({ pool }) => pool === 'calls')).toEqual([]);
  expect(await end()).toEqual([]);
});

test('a session that came, and that nothing awaited', async () => {
  const { owner, session, end } = await holding();
  void owner.register('echoes');
  // The child opens one after another, and answers in order.
  await owner.register('echoes');
  await session.request({ type: 'echo' });
  expect(await end()).toEqual([
    'CALL_NOT_AWAITED The test called for a session of pool "echoes" and did not await it, so that it went on before it had it',
  ]);
});

test.each([['a test', ['file', 'test']] as const, ['a file', ['file']] as const])(
  'what was refused, and that nothing awaited, fails the end of %s, and is no unhandled rejection',
  async (_, path) => {
    const unhandled = vi.fn<(reason: unknown) => void>();
    process.on('unhandledRejection', unhandled);
    const { session, end } = await holding(path);
    void session.request({ type: 'refuse' });
    void session.interact({ type: 'refuse' });
    void session.request({ type: 'echo' }, { expect: 'another' });
    void session.request({ type: 'silence' }, { signal: AbortSignal.abort() }).catch(() => {});
    const leaving = new AbortController();
    void session.request({ type: 'silence' }, { signal: leaving.signal });
    leaving.abort();
    await session.request({ type: 'echo' });
    expect(await end({})).toEqual([
      expect.stringMatching(/^SESSION_REFUSED The child refused the request/),
      expect.stringMatching(/^SESSION_REFUSED The child refused the request/),
      expect.stringMatching(/^SESSION_REFUSED The reply to "echo" has type/),
    ]);
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', unhandled);
    expect(unhandled).not.toHaveBeenCalled();
  },
);

test('what was refused in a session of a worker is an unhandled rejection, as its end is reported to no user', async () => {
  const unhandled = Promise.withResolvers<unknown>();
  const listeners = process.listeners('unhandledRejection');
  process.removeAllListeners('unhandledRejection').once('unhandledRejection', unhandled.resolve);
  onTestFinished(() => listeners.forEach((listener) => process.on('unhandledRejection', listener)));
  const { session } = await holding([]);
  void session.request({ type: 'refuse' });
  expect(await unhandled.promise).toMatchObject({ code: 'SESSION_REFUSED' });
});

test('what a test awaits, also later, or ends on purpose', async () => {
  const { owner, session, end } = await holding();
  const refused = session.request({ type: 'refuse' });
  const other = owner.register('echoes');
  const steps = [];
  for await (const step of session.interact({ type: 'interact' })) steps.push(step);
  expect(steps).toHaveLength(3);
  await expect(refused).rejects.toThrow('come back tomorrow');
  const second = await other;
  void second.event();
  void second.interact({ type: 'silence' });
  await second.unregister();
  expect(await end()).toEqual([]);
});

test('what a failure or a time-out cut short', async () => {
  const { owner, session, end } = await holding();
  const event = session.event();
  void owner.register('echoes');
  expect(await end({ passed: false })).toEqual([]);
  await expect(event).rejects.toThrow('was closed because its test has ended');
});
