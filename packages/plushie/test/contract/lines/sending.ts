/** `send_message` and `send_async`. */
import type { PlushieSend } from '../../../src/index.ts';
import type { Line } from './line.ts';
import { failure, tree, treeOf } from './subject.ts';

export const sendLines: readonly Line[] = [
  {
    theirs: '`send_message` → `SendOk(data)`',
    ours: '`await session.request(message)`',
    title: 'SendOk: each request gets its own reply, decoded',
    async check({ register, expect }) {
      const session = await register('renderer');
      session.send({ type: 'snapshot', tree: tree('asked') });
      const names = ['one', 'two', 'three'];
      const replies = await Promise.all(names.map((name) => session.request({ type: 'tree_hash', name })));
      expect(replies.map(({ name }) => name)).toEqual(names);
      expect(replies[0]?.hash).toMatch(/^[0-9a-f]{64}$/);
    },
  },
  {
    theirs: '`send_message(…, response_type)`',
    ours: '`session.request(message, { expect })`; `SESSION_REFUSED` for another type',
    title: 'SendError: a reply of another type than the expected one is refused',
    async check(where) {
      const session = await where.register('renderer');
      const query = { type: 'query', target: 'tree' } as const;
      where.expect(await session.request(query, { expect: 'query_response' })).toMatchObject({ data: null });
      const wrong = (): PromiseLike<unknown> => session.request(query, { expect: 'tree_hash_response' });
      const { message } = await failure('SESSION_REFUSED', wrong);
      where.expect(message).toContain('query_response');
    },
  },
  {
    theirs: '`SendError`, for a session that is not there',
    ours: '`send` and `request` fail with `SESSION_CLOSED`',
    title: 'SendError: after the end of the session nothing is sent',
    async check(where) {
      const session = await where.register('renderer');
      await session.unregister();
      await failure('SESSION_CLOSED', () => session.send({ type: 'snapshot', tree: tree('late') }));
      const { message } = await failure('SESSION_CLOSED', () => treeOf(session));
      where.expect(message).toContain(session.id);
    },
  },
  {
    theirs: '`SendError`, for the session of another process',
    ours: '`send` and `request` fail with `SESSION_REFUSED`',
    title: "SendError: a message that names another's session is refused",
    async check(where) {
      const [one, other] = [await where.register('renderer'), await where.register('renderer')];
      const foreign = { type: 'snapshot', tree: tree('foreign'), session: other.id };
      await failure('SESSION_REFUSED', () => one.send(foreign as PlushieSend));
      where.expect(await treeOf(other)).toBe(null);
    },
  },
  {
    theirs: '`SendError`, for a message that cannot be encoded',
    ours: '`send` and `request` fail with `FRAME_MALFORMED`; the session goes on',
    title: 'SendError: what cannot be encoded is refused',
    async check(where) {
      const session = await where.register('renderer');
      const endless: Record<string, unknown> = { type: 'snapshot' };
      endless['tree'] = endless;
      await failure('FRAME_MALFORMED', () => session.send(endless as unknown as PlushieSend));
      where.expect(await treeOf(session)).toBe(null);
    },
  },
  {
    theirs: '`send_async`',
    ours: '`session.send(message)`',
    title: 'send_async: messages without a reply arrive in order',
    async check({ register, expect }) {
      const session = await register('renderer');
      session.send({ type: 'snapshot', tree: tree('0') });
      for (let count = 1; count <= 50; count++) {
        const props = { content: `${count}` };
        session.send({ type: 'patch', ops: [{ op: 'update_props', path: [0, 0], props }] });
      }
      expect(await treeOf(session)).toEqual(tree('50'));
    },
  },
];
