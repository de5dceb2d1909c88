// A child whose replies carry the id of their request alone: the session is found by it, in process and through a hub.
import { expect, test } from 'vitest';
import type { PoolOptions } from '../../src/pool/options.ts';
import { byKey } from '../../src/protocol/by-key.ts';
import type { Protocol } from '../../src/protocol/protocol.ts';
import { sessionField } from '../../src/protocol/session-field.ts';
import type { Session } from '../../src/session/types.ts';
import { failure } from '../support/failure.ts';
import { serve } from '../support/hubs.ts';
import { pool, program, programProtocol } from '../support/pools.ts';

const base = sessionField(programProtocol) as Protocol;
const names = ['session', 'type', 're'] as const;

/** Requests have the id `call`, or what the test puts in `own`; replies and steps have it in `re`, and no session. */
const protocol: Protocol = {
  ...base,
  route(frame) {
    const { type, re } = frame.fields(names);
    if (re === undefined) return base.route(frame);
    const key = String(re);
    if (type === 'step') return { as: 'step', to: byKey, key };
    if (type !== 'refusal') return { as: 'reply', to: byKey, key };
    return { as: 'refusal', to: byKey, key, refusal: { message: 'no' } };
  },
  address(outgoing) {
    const { own } = outgoing.frame.fields(['own']);
    const { frame } = base.address(outgoing);
    return { frame, key: own === undefined ? String(outgoing.call) : String(own) };
  },
};

const says = (...messages: object[]) => ({ type: 'say', messages });
const options = (): PoolOptions => program('says-on-request', { protocol });

const wheres: [string, () => Promise<() => Promise<Session>>][] = [
  [
    'in process',
    async () => {
      const echoes = pool('says-on-request', { protocol });
      return () => echoes.register();
    },
  ],
  [
    'through a hub',
    async () => {
      const served = await serve({ echoes: options() });
      const clients = [await served.connect(), await served.connect()];
      let next = 0;
      return async () => await clients[next++ % 2]!.register('echoes');
    },
  ],
];

test.each(wheres)('%s, replies, refusals and steps reach the session whose request waits', async (_, where) => {
  const register = await where();
  const sessions = [await register(), await register(), await register()];
  const [first, second, third] = sessions as [Session, Session, Session];
  const waiting = [
    first.request({ type: 'say', messages: [], own: 'a' }),
    second.request({ type: 'say', messages: [], own: 'b' }),
    failure(third.request({ type: 'say', messages: [], own: 'c' }), 'SESSION_REFUSED'),
  ];
  const steps: unknown[] = [];
  const interaction = second.interact({ type: 'say', messages: [], own: 'd' });
  const reading = (async () => {
    for await (const step of interaction) steps.push(step);
  })();
  first.send(
    says(
      { type: 'refusal', re: 'c' },
      { type: 'reply', re: 'b', n: 2 },
      { type: 'step', re: 'd', n: 4 },
      { type: 'reply', re: 'a', n: 1 },
      { type: 'reply', re: 'd', n: 5 },
    ),
  );
  const [one, two, refused] = await Promise.all(waiting);
  expect([one, two]).toMatchObject([{ n: 1 }, { n: 2 }]);
  expect((refused as Error).message).toContain('no');
  await reading;
  expect(steps).toMatchObject([{ n: 4 }]);
  expect(await interaction).toMatchObject({ n: 5 });
});

test('a reply for which no request waits is passed over, with the reason, and the same key may be used again', async () => {
  const echoes = pool('says-on-request', { protocol });
  const [first, second] = [await echoes.register(), await echoes.register()];
  first.send(says({ type: 'reply', re: 'none' }));
  const again = async (session: Session, n: number): Promise<unknown> => {
    const asking = session.request({ type: 'say', messages: [{ type: 'reply', re: 'k', n }], own: 'k' });
    return await asking;
  };
  expect(await again(first, 1)).toMatchObject({ n: 1 });
  expect(await again(second, 2)).toMatchObject({ n: 2 });
  second.send(says({ type: 'reply', re: 'k' }));
  await expect.poll(() => echoes.stats().strays).toBe(2);
  expect(await again(first, 3)).toMatchObject({ n: 3 });
  const strays = echoes.stats().lastStrays.join('\n');
  expect(strays).toContain('a reply to "none", for which no request waits, of whatever session');
  expect(strays).toContain('a reply to "k", for which no request waits');
});

test('a key that a request of another session waits under is refused, and free again with the end of that one', async () => {
  const echoes = pool('says-on-request', { protocol });
  const [first, second] = [await echoes.register(), await echoes.register()];
  await first.request({ type: 'say', messages: [{ type: 'reply', re: 'warm' }], own: 'warm' });
  const waiting = failure(first.request({ type: 'say', messages: [], own: 'k' }), 'SESSION_CLOSED');
  const error = await failure(second.request({ type: 'say', messages: [], own: 'k' }), 'SESSION_REFUSED');
  expect(error.message).toContain('a request of session s1 waits for its reply under the same key, "k"');
  expect(error.blame).toBe('protocol');
  await first.unregister();
  await waiting;
  const asking = second.request({ type: 'say', messages: [{ type: 'reply', re: 'k', n: 2 }], own: 'k' });
  expect(await asking).toMatchObject({ n: 2 });
});

test('requests of `hello`, `open` and `close`, and of what is outside all sessions, are found by their key too', async () => {
  const echo = (n: number) => ({ type: 'say', messages: [{ type: 'reply', re: `own-${n}`, n }], own: `own-${n}` });
  const asking: Protocol = {
    ...protocol,
    async hello(root) {
      await base.hello?.(root);
      return await root.request(echo(0));
    },
    async open(port) {
      await port.request(echo(1));
      await port.root.request(echo(2));
      return {
        wireId: port.freshId,
        close: async (ending) => void (await ending.request(echo(3))),
      };
    },
  };
  const echoes = pool('says-on-request', { protocol: asking });
  const session = await echoes.register();
  expect(session.hello).toMatchObject({ n: 0 });
  await session.unregister();
  expect(echoes.stats()).toMatchObject({ strays: 0, quarantined: 0 });
});
