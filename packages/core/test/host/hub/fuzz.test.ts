// Whatever a worker sends, it costs that worker alone.
import fc from 'fast-check';
import { onTestFinished, expect, test, vi } from 'vitest';
import { json } from '../../../src/codec/json.ts';
import { op } from '../../../src/wire/frames.ts';
import { serve } from '../../support/hubs.ts';
import { program, until } from '../../support/pools.ts';
import { RawPeer } from '../../support/raw-peer.ts';

const number = fc.oneof(fc.nat(3), fc.nat(), fc.constantFrom(0xffff_ffff, 2 ** 31));
const odd = fc.oneof(fc.nat(5), fc.constantFrom(-1, 1.5, 2 ** 60), fc.string(), fc.boolean(), fc.constant(null));
const name = fc.oneof(fc.constantFrom('echoes', 'lock', '__proto__', ''), fc.string(), odd);
const path = fc.oneof(fc.array(fc.constantFrom('a', 'b', '__proto__'), { maxLength: 3 }), odd);
const methods = [
  'register',
  'unregister',
  'release',
  'evidence',
  'start',
  'pools',
  'stats',
  'acquire',
  'reserve',
  'once',
];
const call = fc.record(
  {
    method: fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...methods, 'settle', 'sharedWorker') }, name),
    session: odd,
    lease: odd,
    pool: fc.oneof({ weight: 3, arbitrary: fc.constant('echoes') }, name),
    owner: path,
    under: path,
    flow: path,
    wait: odd,
    timeout: odd,
    holder: odd,
    at: odd,
    stack: odd,
    params: odd,
    name,
    key: name,
    lost: odd,
    value: odd,
    stored: odd,
    failure: odd,
    kind: fc.constantFrom('lock', 'rwlock', 'semaphore', 'once'),
    size: odd,
    weight: odd,
    space: name,
    values: fc.oneof(fc.array(name, { maxLength: 3 }), odd),
  },
  { requiredKeys: ['method'] },
);
const body = fc.oneof(
  fc.record({ type: fc.constantFrom('query', 'note', 'ask'), session: odd, id: odd }, { requiredKeys: [] }),
  fc.uint8Array({ maxLength: 40 }),
  fc.record({ owner: path, amount: odd, at: odd }, { requiredKeys: [] }),
);
// A kind that no worker may send ends the connection, so few of them.
const kinds = [op.CALL, op.SEND, op.REQUEST, op.ANSWER, op.CANCEL, op.RELEASE, op.LOCATE, op.END];
const kind = fc.oneof(
  { weight: 19, arbitrary: fc.constantFrom<number>(...kinds) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 0xff }) },
);
const frame = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant<number>(op.CALL), session: fc.constant(0), call: number, body: call }),
  },
  { weight: 2, arbitrary: fc.record({ kind: kind, session: number, call: number, body }) },
);

test('a worker that sends anything at all costs the others nothing, and leaves nothing', async () => {
  const failed = vi.fn<(reason: unknown) => void>();
  process.on('unhandledRejection', failed);
  onTestFinished(() => void process.off('unhandledRejection', failed));
  const options = { maxSessions: 4, maxQuarantined: 4, queueTimeout: 200 };
  const served = await serve({ echoes: program('echo', options) });
  const client = await served.connect();
  const session = await client.register('echoes');
  await fc.assert(
    fc.asyncProperty(fc.array(frame, { maxLength: 40 }), async (frames) => {
      const peer = await RawPeer.join(served);
      for (const one of frames) {
        const bytes = one.body instanceof Uint8Array ? one.body : json.encode(one.body);
        peer.say(one.kind, one.session, one.call, bytes);
      }
      const held = await client.leases.acquire({ name: 'of another', kind: 'lock', size: 1, weight: 1 });
      held.held.release();
      expect(await session.request({ type: 'query' })).toMatchObject({ type: 'reply' });
      peer.close();
      await until('it has left', () => served.hub.peers === 1);
      expect(served.pool().stats()).toMatchObject({ open: 1, queued: 0 });
      expect(served.hub.coordination.ledger).toMatchObject({ held: 0, waiting: 0 });
      expect(served.hub.coordination.reservations.size).toBe(0);
    }),
    { numRuns: 40 },
  );
  expect(failed).not.toHaveBeenCalled();
});
