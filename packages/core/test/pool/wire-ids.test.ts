// Which session an id of the child belongs to: one owner at a time, and the same rules in process and through a hub.
import { expect, test } from 'vitest';
import type { RegisterOptions } from '../../src/pool/types.ts';
import type { PoolOptions } from '../../src/pool/options.ts';
import type { Protocol, SessionPort } from '../../src/protocol/protocol.ts';
import { sessionField } from '../../src/protocol/session-field.ts';
import type { Session } from '../../src/session/types.ts';
import { failure } from '../support/failure.ts';
import { serve } from '../support/hubs.ts';
import { pool, program, programProtocol } from '../support/pools.ts';

const base = sessionField(programProtocol) as Protocol;

type Register = (options?: RegisterOptions) => Promise<Session>;
const wheres: [string, (options: Partial<PoolOptions>) => Promise<Register>][] = [
  [
    'in process',
    async (options) => {
      const echoes = pool('echo', options);
      return (given) => echoes.register(given);
    },
  ],
  [
    'through a hub',
    async (options) => {
      const served = await serve({ echoes: program('echo', options) });
      const clients = [await served.connect(), await served.connect()];
      let next = 0;
      return async (given) => await clients[next++ % 2]!.register('echoes', given);
    },
  ],
];

test.each(wheres)('%s, sessions are named by a number that counts those of the pool', async (_, where) => {
  const fresh: string[] = [];
  const open = (port: SessionPort): { wireId: string; close: () => void } => {
    fresh.push(port.freshId);
    return { wireId: port.freshId, close: () => {} };
  };
  const register = await where({ protocol: { ...base, open } });
  const sessions = [await register(), await register(), await register()];
  expect(sessions.map(({ id }) => id)).toEqual(['s1', 's2', 's3']);
  expect(fresh).toEqual(['s1', 's2', 's3']);
  for (const session of sessions)
    expect(await session.request({ type: 'query' })).toMatchObject({ session: session.id });
});

test.each(wheres)('%s, the second session with the id of an open one is refused', async (_, where) => {
  const open = (): { wireId: string; close: () => void } => ({ wireId: 'same', close: () => {} });
  const register = await where({ protocol: { ...base, open } });
  const first = await register();
  const error = await failure(register(), 'SESSION_REFUSED');
  expect(error.message).toContain('Cannot give session s2 the id "same": it is one of session s1, which is open');
  expect(error.blame).toBe('setup');
  expect(await first.request({ type: 'query' })).toMatchObject({ session: 'same' });
  // The first one has ended, so its id is free again.
  await first.unregister();
  expect(await (await register()).request({ type: 'query' })).toMatchObject({ session: 'same' });
});

test.each(wheres)('%s, an id that `open` adopts is refused too', async (_, where) => {
  const open = (port: SessionPort): { wireId: string; close: () => void } => {
    port.adopt('shared');
    return { wireId: port.freshId, close: () => {} };
  };
  const register = await where({ protocol: { ...base, open } });
  const first = await register();
  await failure(register(), 'SESSION_REFUSED');
  expect(await first.request({ type: 'query', session: 'shared' })).toMatchObject({ session: 's1' });
});

test.each(wheres)('%s, a session may name its own ids in what it sends, and no other', async (_, where) => {
  const ports: SessionPort[] = [];
  const protocol: Protocol = {
    ...base,
    open(port) {
      ports.push(port);
      return base.open!(port);
    },
    route(frame) {
      const route = base.route(frame);
      const { fork } = frame.message as { fork?: string };
      if (fork !== undefined) ports[0]!.adopt(fork);
      return route;
    },
    address: (outgoing) => {
      const { session } = outgoing.frame.fields(['session']);
      const addressed = base.address(outgoing);
      return session === undefined ? addressed : { ...addressed, frame: addressed.frame.with({ session }) };
    },
  };
  const register = await where({ protocol, args: program('says-on-request').args! });
  const [session, other] = [await register(), await register()];
  session.send({ type: 'say', messages: [{ session: 's1', type: 'forked', fork: 'f1' }] });
  await session.event(({ type }) => type === 'forked');
  session.send({ type: 'note', session: 'f1' });
  expect(await session.request({ type: 'query', session: 'f1' })).toMatchObject({ session: 'f1' });
  const error = await failure(other.request({ type: 'query', session: 'f1' }), 'SESSION_REFUSED');
  expect(error.message).toContain('names session "f1", and this session is "s2"');
  expect(() => other.send({ type: 'note', session: 'f1' })).toThrow('names session "f1"');
  expect(other.closeReason).toBeUndefined();
});

/** The messages of the child name further ids of their session in `forks`. */
const forking: Protocol = {
  ...base,
  route(frame) {
    const { forks } = frame.message as { forks?: string | string[] };
    const route = base.route(frame);
    return route.as === 'unknown' || route.as === 'lost' ? route : { ...route, adopt: forks };
  },
  address: (outgoing) => {
    const { session } = outgoing.frame.fields(['session']);
    const addressed = base.address(outgoing);
    return session === undefined ? addressed : { ...addressed, frame: addressed.frame.with({ session }) };
  },
};
const says = (...messages: object[]) => ({ type: 'say', messages });

test.each(wheres)('%s, a session owns the ids that the route of its message adopts', async (_, where) => {
  const register = await where({ protocol: forking, args: program('says-on-request').args! });
  const [session, other] = [await register(), await register()];
  session.send(
    says(
      { session: 's1', type: 'forked', forks: 'f1' },
      // Under the new id, right behind it.
      { session: 'f1', type: 'first' },
      { session: 's1', type: 'forked', forks: ['f2', 'f3', 'f1'] },
      { session: 'f3', type: 'second' },
    ),
  );
  for (const type of ['forked', 'first', 'forked', 'second']) expect(await session.event()).toMatchObject({ type });
  expect(await session.request({ type: 'query', session: 'f2' })).toMatchObject({ session: 'f2' });
  const error = await failure(other.request({ type: 'query', session: 'f1' }), 'SESSION_REFUSED');
  expect(error.message).toContain('names session "f1", and this session is "s2"');
});

test.each(wheres)('%s, one that would adopt the id of another open session ends alone', async (_, where) => {
  const register = await where({ protocol: forking, args: program('says-on-request').args! });
  const [first, second] = [await register(), await register()];
  first.send(says({ session: 's1', type: 'forked', forks: 'f1' }, { session: 's2', type: 'forked', forks: 'f1' }));
  await first.event();
  const { by, error } = await second.closed;
  expect([by, error?.code]).toEqual(['child', 'SESSION_REFUSED']);
  expect(error?.message).toContain('Cannot give session s2 the id "f1": it is one of session s1, which is open');
  expect(await first.request({ type: 'query', session: 'f1' })).toMatchObject({ session: 'f1' });
  // With its session the id is free again.
  await first.unregister();
  const third = await register();
  third.send(says({ session: 's3', type: 'forked', forks: 'f1' }));
  await third.event();
  expect(await third.request({ type: 'query', session: 'f1' })).toMatchObject({ session: 'f1' });
});

test('an id that is adopted outside all sessions is none, and is shown', async () => {
  const echoes = pool('says-on-request', { protocol: forking });
  const session = await echoes.register();
  session.send(says({ type: 'loose', forks: 'f1' }, { session: 's1', type: 'last' }));
  await session.event(({ type }) => type === 'last');
  expect(echoes.stats().lastStrays.join('\n')).toContain('`route` gives the id "f1" to no session');
});

test('a child that gives a new session the id of one whose end it never confirmed has ended that one', async () => {
  let made = 0;
  const protocol: Protocol = {
    ...base,
    open: (port) => ({
      wireId: 'again',
      close: () => (++made === 1 ? (port.next(() => false) as Promise<never>) : undefined),
    }),
  };
  const echoes = pool('echo', { protocol, closeTimeout: 30 });
  await failure((await echoes.register()).unregister(), 'REQUEST_TIMEOUT');
  const second = await echoes.register();
  expect(await second.request({ type: 'query' })).toMatchObject({ session: 'again' });
  await second.unregister();
});
