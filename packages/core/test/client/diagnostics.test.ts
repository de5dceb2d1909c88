// What an owner's end reports of sessions in which the child found fault.
import { expect, test } from 'vitest';
import type { CarpoolError } from '../../src/base/errors.ts';
import { FileOwner } from '../../src/client/file-owner.ts';
import { Owner } from '../../src/client/owner.ts';
import type { Session } from '../../src/session/types.ts';
import { serve } from '../support/hubs.ts';
import { program } from '../support/pools.ts';

async function owners(endTimeout?: number) {
  const served = await serve({
    echoes: program('says-on-request', { diagnostics: 'fail', maxSessions: 4 }),
    silent: program('says-on-request'),
    late: program('never-confirms', { diagnostics: 'fail', closeTimeout: 500 }),
  });
  const client = await served.connect();
  const connect = () => client;
  const file = new FileOwner({ path: ['file'], holder: {}, connect });
  const inside = new Owner({ path: ['file', 'test'], holder: {}, connect, outer: file, endTimeout });
  return { served, client, file, test: inside };
}

function findFault({ id }: Session, by: Session, message = 'no such colour'): void {
  by.send({ type: 'say', messages: [{ type: 'diagnostic', session: id, message }] });
}

test('the end of a test waits for the child, and fails with what it found', async () => {
  const { served, file, test: inside } = await owners();
  const session = await inside.session('echoes');
  findFault(session, session);
  await inside.end();
  expect(served.pool().stats()).toMatchObject({ open: 0, quarantined: 0, sessions: 1 });
  const [error, ...others] = inside.failures as CarpoolError[];
  expect(others).toEqual([]);
  expect(error).toMatchObject({ code: 'SESSION_DIAGNOSTICS', context: { session: session.id, diagnostics: 1 } });
  expect(error?.message).toContain('no such colour');
  // No line of the test ended it.
  expect(error?.stack).not.toContain('    at ');
  await file.end();
  expect(file.failures).toEqual([]);
});

test('it fails once, with all of its sessions, also those that it has unregistered', async () => {
  const { test: inside } = await owners();
  const [first, second, third] = [
    await inside.session('echoes'),
    await inside.register('echoes'),
    await inside.register('echoes'),
  ];
  for (const session of [first, second, third]) findFault(session, session, `fault of ${session.id}`);
  // A runtime may unregister without waiting: nothing would handle a rejection.
  await second.unregister();
  await Promise.all([inside.end(), inside.end()]);
  const [error, ...others] = inside.failures as CarpoolError[];
  expect(others).toEqual([]);
  for (const { id } of [first, second, third]) expect(error?.message).toContain(`fault of ${id}`);
  expect(error?.context).toEqual({ sessions: expect.toSatisfy((ids: string[]) => new Set(ids).size === 3) });
});

test('what was found of a session that the child has ended since is not lost', async () => {
  const { test: inside } = await owners();
  const session = await inside.session('echoes');
  findFault(session, session);
  session.send({ type: 'say', messages: [{ type: 'lost', session: session.id, error: 'enough' }] });
  await session.closed;
  await inside.end();
  expect(inside.failures).toMatchObject([{ code: 'SESSION_DIAGNOSTICS' }]);
});

test('a session of the file fails the file, not the test that runs', async () => {
  const { file, test: inside } = await owners();
  const session = await file.session('echoes');
  await inside.session('echoes');
  findFault(session, session);
  await inside.end();
  expect(inside.failures).toEqual([]);
  await file.end();
  expect(file.failures).toMatchObject([{ code: 'SESSION_DIAGNOSTICS', context: { session: session.id } }]);
});

test('the end of a test on a pool that does not ask for it does not wait', async () => {
  const { client, test: inside } = await owners();
  const session = await inside.session('silent');
  findFault(session, session);
  expect(client.end(inside.path)).toBe(undefined);
  await inside.end();
  expect(inside.failures).toEqual([]);
});

test('an end that comes too late to say what was found fails the test with that', async () => {
  const { test: inside } = await owners(100);
  await inside.session('late');
  await inside.end();
  const [error, ...others] = inside.failures as CarpoolError[];
  expect(others).toEqual([]);
  expect(error).toMatchObject({ code: 'REQUEST_TIMEOUT', context: { timeout: 100 } });
  expect(error?.message).toMatch(
    /^Cannot end the test: its sessions have not ended within 100 ms, so what is to fail it, as `leaks` or `diagnostics` of their pools is 'fail', is not known\. .*`closeTimeout`/,
  );
});
