// What the error of a full pool, and `carpool ps`, say of those that hold its slots.
import { expect, test } from 'vitest';
import type { RegisterOptions } from '../../src/pool/types.ts';
import type { Session } from '../../src/session/types.ts';
import { FakeClock } from '../support/clock.ts';
import { failure } from '../support/failure.ts';
import { pool } from '../support/pools.ts';
import type { OpenOptions } from '../../src/pool/registration.ts';

test('a queue that moves on is not blamed on those that hold a slot now: they count from the grant of it', async () => {
  const clock = new FakeClock();
  const made = pool('echo', { maxSessions: 2, registerTimeout: 6_000 }, { clock });
  const all = Array.from({ length: 10 }, (_, number) => made.register({ holder: { test: `many ${number}` } }));
  const last = failure(made.register({ holder: { test: 'the last' } }), 'POOL_QUEUE_TIMEOUT');
  for (const call of all) call.catch(() => {}); // those that come after the last, at the end of the pool
  let holding: Session[] = await Promise.all(all.slice(0, 2));
  for (const turn of [1, 2, 3]) {
    clock.pass(1_500);
    for (const session of holding) await session.unregister();
    holding = await Promise.all(all.slice(2 * turn, 2 * turn + 2));
  }
  clock.pass(1_400);
  expect(made.status(10)).toMatchObject({
    sessions: [{ age: 1_400 }, { age: 1_400 }],
    waiting: [{ age: 5_900 }, { age: 5_900 }, { age: 5_900 }],
  });
  clock.pass(100);
  const { message, context } = await last;
  expect(message).toBe(
    'Cannot register a session: all 2 slots were busy in "echoes" for 6000 ms, `registerTimeout` of the pool; the queue moved on by 6 sessions meanwhile: too many wait for too few slots. Raise `maxSessions`, or `registerTimeout`, or run fewer tests at once',
  );
  expect(context).toMatchObject({ turns: 6, holders: [{ test: 'many 6', heldFor: 1_500 }, { heldFor: 1_500 }] });
});

test('one that has held a slot for as long as the call waited is named, although the queue moved on', async () => {
  const clock = new FakeClock();
  const made = pool('echo', { maxSessions: 2, registerTimeout: 6_000 }, { clock });
  await made.register({ holder: { test: 'keeps it' } });
  const short = await made.register({ holder: { test: 'is short' } });
  const next = made.register({ holder: { test: 'is next' } });
  const last = failure(made.register({ holder: { test: 'the last' } }), 'POOL_QUEUE_TIMEOUT');
  clock.pass(5_000);
  await short.unregister();
  await next;
  clock.pass(1_000);
  expect((await last).message).toMatch(
    /pool; the queue moved on by 1 session meanwhile; held for 6000 ms by "keeps it" \(.*\), held for 1000 ms by "is next" \(.*\)\. Unregister sessions /,
  );
});

test('a warm session counts from the call that took it', async () => {
  const clock = new FakeClock();
  const made = pool('echo', { maxSessions: 1, warm: 1 }, { clock });
  await (await made.register()).unregister();
  await expect.poll(() => made.stats().warm).toBe(1);
  clock.pass(9_000);
  await made.register({ holder: { test: 'takes it' } });
  clock.pass(10);
  expect(made.status(1).sessions).toMatchObject([{ test: 'takes it', age: 10 }]);
  expect((await failure(made.register({ wait: false }), 'POOL_FULL')).message).toContain(
    'held for 10 ms by "takes it"',
  );
});

test('what is said of a long wait names its run where there are several, which all read it', async () => {
  const sentences: ((seconds: number) => string)[] = [];
  const notices = {
    begin: (_pool: string, kind: string, describe: (seconds: number) => string) => {
      if (kind === 'slot') sentences.push(describe);
      return () => {};
    },
    renew: () => {},
  };
  const made = pool('echo', { maxSessions: 1 }, { notices });
  const registered = (options: OpenOptions): Promise<Session> => made.register(options as RegisterOptions);
  const held = await registered({ holder: { test: 'holds it' }, run: { id: 'a', name: '/code/api, pid 1' } });
  const waiting = [
    registered({ holder: { test: 'adds' }, run: { id: 'b', name: '/code/web, pid 2' } }),
    registered({ run: { id: 'b', name: '/code/web, pid 2' } }),
    registered({ holder: { test: 'adds' } }),
  ];
  expect(sentences.map((describe) => describe(12).split(' has waited ')[0])).toEqual([
    'a session of "adds", in the run /code/web, pid 2',
    'a session of a test, in the run /code/web, pid 2',
    'a session of "adds"',
  ]);
  for (const call of waiting) call.catch(() => {}); // they end with the pool
  await held.unregister();
});
