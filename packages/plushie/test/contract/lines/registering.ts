/** `start`, `register` and `unregister`. */
import type { Line, PlushieSession } from './line.ts';
import { failure, tree, treeOf } from './subject.ts';

export const registerLines: readonly Line[] = [
  {
    theirs: '`start(PoolConfig(mode, format, max_sessions, renderer_path))`',
    ours: '`createPool(plushie({ mode, format, maxSessions, rendererPath }))`, or `pools` in the config',
    title:
      'PoolConfig: the renderer runs in the mode and the format; by default mock, msgpack, found in the environment',
    async check({ variant: { mode, format }, register, expect }) {
      const session = await register('renderer');
      expect(session.hello).toMatchObject({ mode, codec: format });
      expect(session.format).toBe(format);
    },
  },
  {
    theirs: '`Registered(session_id)`',
    ours: '`await pool.register()`, `session.id`',
    title: 'Registered: a session with an id of its own, and with nothing of the others',
    async check({ register, expect }) {
      const [one, other] = [await register('renderer'), await register('renderer')];
      expect(one.id === other.id).toBe(false);
      one.send({ type: 'snapshot', tree: tree('of one') });
      expect(await treeOf(one)).toEqual(tree('of one'));
      expect(await treeOf(other)).toBe(null);
    },
  },
  {
    theirs: '`PoolFull(max)`',
    ours: '`register({ wait: false })` fails with `POOL_FULL`, `error.context.max`; by default it waits',
    title: 'PoolFull: the error says how many sessions there may be, 8 by default',
    async check(where) {
      const fill = async (): Promise<void> => {
        // Other files hold some of the slots.
        for (let time = 0; time <= 8; time++) await where.register('renderer', { wait: false });
      };
      const { context } = await failure('POOL_FULL', fill);
      where.expect(context).toMatchObject({ max: 8 });
    },
  },
  {
    theirs: '`AlreadyRegistered(session_id)`',
    ours: '`register({ owner })` fails with `ALREADY_REGISTERED`, `error.context.session`',
    title: 'AlreadyRegistered: a key has one session, which the error names',
    async check(where) {
      const { id } = await where.register('renderer', { owner: 'the cart' });
      await where.register('renderer', { owner: 'the till' });
      const again = (): Promise<PlushieSession> => where.register('renderer', { owner: 'the cart' });
      const { context } = await failure('ALREADY_REGISTERED', again);
      where.expect(context).toMatchObject({ owner: 'the cart', session: id });
    },
  },
  {
    theirs: '`AlreadyRegistered`, for the same process',
    ours: "`register({ owner: 'test' })`; without a key a test registers as often as it wants",
    title: "AlreadyRegistered: a test that registers twice is refused where it says `owner: 'test'`",
    async check(where) {
      const [one, other] = [await where.register('renderer'), await where.register('renderer')];
      where.expect(one.id === other.id).toBe(false);
      const { id } = await where.register('renderer', { owner: 'test' });
      const again = (): Promise<PlushieSession> => where.register('renderer', { owner: 'test' });
      const { context } = await failure('ALREADY_REGISTERED', again);
      where.expect(context).toMatchObject({ session: id });
    },
  },
  {
    theirs: '`Registered`, for another process',
    ours: '`register({ owner })`: the key belongs to the test file',
    title: 'Registered: the same key in two files is two keys',
    needsFiles: true,
    async check({ variant, register, files, expect }) {
      const session = await register('renderer', { owner: 'the same key' });
      // Both files hold theirs now, and keep it until the other has seen that.
      await files?.meet(variant);
      expect(session.closeReason).toBe(undefined);
    },
  },
  {
    theirs: '`Unregistered`',
    ours: '`await session.unregister()`, or `await using session = …`',
    title: 'Unregistered: the renderer has confirmed the end, and the slot is free',
    async check({ register, expect }) {
      const first = await register('single');
      first.send({ type: 'snapshot', tree: tree('of the first') });
      await first.unregister();
      expect(first.closeReason === undefined).toBe(false);
      const next = await register('single');
      expect(await treeOf(next)).toBe(null);
    },
  },
  {
    theirs: '`UnregisterError`, for a session that is not there',
    ours: '`unregister()` fails with `SESSION_CLOSED`',
    title: 'UnregisterError: a session is unregistered once',
    async check(where) {
      const session = await where.register('renderer');
      await session.unregister();
      const { message } = await failure('SESSION_CLOSED', () => session.unregister());
      where.expect(message).toContain(session.id);
    },
  },
  {
    theirs: '`UnregisterError`, for a renderer that fails',
    ours: '`unregister()` fails with `REQUEST_TIMEOUT` after `closeTimeout`; another renderer takes over',
    title: 'UnregisterError: the renderer does not confirm, and is replaced',
    async check(where) {
      const session = await where.register('hasty');
      session.send({ type: 'snapshot', tree: tree('not confirmed') });
      where.expect(await treeOf(session)).toEqual(tree('not confirmed'));
      where.freeze();
      await failure('REQUEST_TIMEOUT', () => session.unregister());
      where.expect(await treeOf(await where.register('hasty'))).toBe(null);
    },
  },
  {
    theirs: 'the owner process dies: its slot is free',
    ours: 'the socket of the worker closes: the renderer resets its sessions, and their slots are free',
    title: 'OwnerDown: a worker is killed in mid-session, and its slot goes to the next',
    needsFiles: true,
    async check({ variant, register, files, expect }) {
      const killed = await files?.killed(variant);
      const session = await register('single');
      expect(killed).toMatch(/./);
      expect(session.id === killed).toBe(false);
      expect(await treeOf(session)).toBe(null);
    },
  },
];
