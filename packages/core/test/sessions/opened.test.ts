/** What `open` found out, and `params`: the same in process and through a hub, or refused by name. */
import { expect, test } from 'vitest';
import type { CarpoolError, PoolOptions, RegisterOptions, Session } from '../../src/entry/index.ts';
import { sessionField, type Protocol } from '../../src/entry/protocol.ts';
import { failure } from '../support/failure.ts';
import { serve } from '../support/hubs.ts';
import { pool, program, programProtocol } from '../support/pools.ts';

/** A protocol whose sessions find out what they were given as `params`. */
const giving: Protocol = {
  ...sessionField(programProtocol),
  open: ({ freshId, params }) => ({ wireId: freshId, opened: params, close: () => {} }),
};

type Register = (options: RegisterOptions) => Promise<Session>;

const wheres: { where: string; serving(options: Partial<PoolOptions>): Promise<Register> }[] = [
  {
    where: 'in process',
    serving: async (options) => {
      const made = pool('echo', options);
      return (call) => made.register(call);
    },
  },
  {
    where: 'through a hub',
    serving: async (options) => {
      const client = await (await serve({ echoes: program('echo', options) })).connect();
      return (call) => client.register('echoes', call);
    },
  },
];

const cyclic: { self?: unknown; list: unknown[] } = { list: [1, [2]] };
cyclic.self = cyclic;

test.for(
  wheres.flatMap(({ where, serving }) =>
    [
      undefined,
      null,
      'text',
      { contextId: 'c1', nested: [{ a: 1 }] },
      { when: new Date(0), tags: new Set(['a']), map: new Map([[1, { b: 2n }]]), gap: undefined, not: NaN, low: -0 },
      { bytes: new Uint8Array([1, 2, 3]), buffer: Buffer.from('abc') },
      { text: 'x'.repeat(100_000), many: Array.from({ length: 500 }, (_, at) => ({ at })) },
      cyclic,
    ].map((value) => ({ where, serving, value })),
  ),
)('$where it arrives as it is: $value', async ({ serving, value }) => {
  const register = await serving({ protocol: giving });
  const session = await register({ params: value });
  expect(session.opened).toEqual(value);
  expect(session.opened).toBe(session.opened);
  await session.unregister();
});

test('the reply to `open` of a session field is what it found out', async () => {
  for (const { serving } of wheres) {
    const open = { send: { type: 'open' }, expect: { type: 'reply' } };
    const register = await serving({ protocol: { ...programProtocol, open } });
    const session = await register({});
    expect(session.opened).toMatchObject({ type: 'reply', session: session.id });
  }
});

test('through a hub, what cannot be carried is refused by its place, and costs the session alone', async () => {
  class Connection {}
  const opened = (): object => ({ databases: [{ connection: new Connection() }] });
  const finding: Protocol = {
    ...giving,
    open: ({ freshId }) => ({ wireId: freshId, opened: opened(), close: () => {} }),
  };
  const served = await serve({ echoes: program('echo', { protocol: finding }) });
  const client = await served.connect();
  const error: CarpoolError = await failure(client.register('echoes'), 'FRAME_MALFORMED');
  expect(error.message).toMatch(
    /^Cannot pass what `open` of "session-field" returned as `opened` between a test and the host: `databases\[0\]\.connection` is an object of the class Connection/,
  );
  expect(error.blame).toBe('protocol');
  const wrong = await failure(client.register('echoes', { params: { run: () => {} } }), 'FRAME_MALFORMED');
  expect(wrong.message).toContain('Cannot pass `params` between a test and the host: `run` is a function');
  expect(wrong.blame).toBe('test');
  expect(wrong.stack).toContain('opened.test.ts');
  expect(served.pool().stats()).toMatchObject({ open: 0, quarantined: 0, children: 1 });
});
