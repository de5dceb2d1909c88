/** The handler of `onMessage`: what it throws is its own fault, and costs the session nothing. */
import { expect, test, vi } from 'vitest';
import { pool } from '../support/pools.ts';

test('what the handler throws surfaces as an uncaught exception, and the session goes on', async () => {
  const session = await pool('echo').register();
  const later = vi.spyOn(globalThis, 'queueMicrotask').mockImplementation(() => {});
  const heard: unknown[] = [];
  const both = new Promise<void>((resolve) => {
    session.onMessage(({ id }) => {
      if (heard.push(id) === 2) resolve();
      throw new Error(`the handler of ${String(id)}`);
    });
  });
  session.send({ type: 'query', id: 'a' });
  session.send({ type: 'query', id: 'b' });
  await both;
  const thrown = later.mock.calls.map(([rethrow]) => rethrow);
  later.mockRestore();
  expect(heard).toEqual(['a', 'b']);
  expect(thrown[0]).toThrow('the handler of a');
  expect(session.closeReason).toBeUndefined();
  await session.unregister();
});
