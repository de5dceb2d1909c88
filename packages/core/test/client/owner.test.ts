// What a runner holds: its end, and the messages of its errors.
import { expect, test } from 'vitest';
import { callSite, CarpoolError } from '../../src/base/errors.ts';
import { FileOwner } from '../../src/client/file-owner.ts';
import { Owner } from '../../src/client/owner.ts';
import { noop } from '../../src/base/noop.ts';
import type { UserSession } from '../../src/session/session.ts';
import type { Client } from '../../src/client/types.ts';
import { failure } from '../support/failure.ts';
import { serve } from '../support/hubs.ts';
import { program } from '../support/pools.ts';

test.each([
  [['file', 'test'], 'the test has ended'],
  [['file'], 'the file has ended'],
  [[], 'the worker has ended'],
])('an owner %j that has ended holds nothing any more, and says so', async (path, message) => {
  const served = await serve({ echoes: program('echo') });
  const client = served.connect();
  const owner = new Owner({ path, holder: {}, connect: () => client });
  const session = await owner.session('echoes');
  expect(await owner.session('echoes')).toBe(session);
  await owner.end();
  expect(await session.closed).toMatchObject({ by: 'owner', reason: `because its ${message.slice(4)}` });
  const error = await failure(owner.register('echoes'), 'SESSION_CLOSED');
  expect(error.message).toBe(`Cannot register a session: ${message}`);
  // The end of a test does not wait for the child; the end of its file does.
  await (await client).release(path.slice(0, 1));
  expect(served.pool().stats()).toMatchObject({ open: 0, sessions: 1 });
});

test('the end of a file waits for what its tests left, although the file itself holds nothing', async () => {
  const served = await serve({ echoes: program('echo') });
  const client = await served.connect();
  const connect = (): Client => client;
  const file = new FileOwner({ path: ['file'], holder: {}, connect });
  const inside = new Owner({ path: ['file', 'test'], holder: {}, connect, outer: file });
  await inside.session('echoes');
  await inside.end();
  await file.end();
  expect(served.pool().stats()).toMatchObject({ open: 0, sessions: 1 });
});

test('the end of a test takes no answer away from a session that it was ending itself', async () => {
  const served = await serve({ echoes: { ...program('never-confirms'), closeTimeout: 100 } });
  const client = await served.connect();
  const owner = new Owner({ path: ['file', 'test'], holder: {}, connect: () => client });
  const session = await owner.session('echoes');
  const ending = failure(session.unregister(), 'REQUEST_TIMEOUT');
  await owner.end();
  expect((await ending).message).toContain('did not confirm its end');
});

test('each call reports at its own line why there is no connection', async () => {
  const reason = new CarpoolError('HUB_UNREACHABLE', 'There is no host');
  const connecting = Promise.reject(reason);
  const owner = new Owner({ path: ['file'], holder: {}, connect: () => connecting });
  function here(): Promise<unknown> {
    return owner.register('echoes', { site: callSite(here) });
  }
  const errors = [await failure(owner.register('echoes'), 'HUB_UNREACHABLE'), await failure(here(), 'HUB_UNREACHABLE')];
  for (const error of errors) {
    expect(error.message).toBe('There is no host');
    expect(error.stack?.split('\n')[1]).toContain('owner.test.ts');
  }
  const ofFixture = await failure(owner.session('echoes'), 'HUB_UNREACHABLE');
  expect(ofFixture.stack).not.toContain('    at ');
});

test('the key of an owner is its file\'s own; "test" stands for the test', async () => {
  const served = await serve({ echoes: program('echo') });
  const clients = [await served.connect(), await served.connect()] as const;
  const owner = (client: Client, ...path: readonly string[]): Owner =>
    new Owner({ path, holder: {}, connect: () => client });
  const one = owner(clients[0], 'a.test.ts', 'adds');
  const two = owner(clients[0], 'a.test.ts', 'removes');
  const others = [owner(clients[0], 'b.test.ts', 'adds'), owner(clients[1], 'a.test.ts', 'adds')];
  const all = [one, two, ...others];

  await one.register('echoes', { owner: 'the cart' });
  const again = await failure(two.register('echoes', { owner: 'the cart' }), 'ALREADY_REGISTERED');
  expect(again.context).toMatchObject({ owner: 'the cart' });
  for (const other of others) await other.register('echoes', { owner: 'the cart' });

  await Promise.all(all.map((each) => each.register('echoes', { owner: 'test' })));
  const twice = await failure(two.register('echoes', { owner: 'test' }), 'ALREADY_REGISTERED');
  expect(twice.message).toContain('"test" already has session');
  // Without a key a test may hold several.
  await one.register('echoes');
  await Promise.all(all.map((each) => each.end()));
  await Promise.all([...clients].map((client) => client.release([])));
  expect(served.pool().stats()).toMatchObject({ open: 0 });
});

test('a session that could not be had is evidence of its test, whichever code has asked for it', async () => {
  const served = await serve({ echoes: { ...program('echo'), maxSessions: 1 } });
  const client = await served.connect();
  const owner = new Owner({ path: ['file', 'test'], holder: {}, connect: () => client });
  await owner.register('echoes');
  const error = await failure(owner.register('echoes', { wait: false }), 'POOL_FULL');
  const [, refused] = await owner.evidence();
  expect(refused).toEqual({ pool: 'echoes', session: '', messages: [error.message] });
  await owner.end();
  await client.release(['file']);
});

test('what still comes for a session that its test has left is no evidence of another one', async () => {
  const served = await serve({ echoes: program('echo') });
  const client = await served.connect();
  const file = new FileOwner({ path: ['file'], holder: {}, connect: () => client });
  const left = new Owner({ path: ['file', 'first'], holder: {}, connect: () => client, outer: file });
  const session = await left.session('echoes');
  const next = new Owner({ path: ['file', 'second'], holder: {}, connect: () => client, outer: file });
  const other = (await next.session('echoes')) as UserSession;
  session.request({ type: 'query' }).catch(noop);
  await left.end({ passed: true });
  await other.request({ type: 'query' });
  await file.end();
  expect(await other.evidence()).toMatchObject({ strays: undefined });
});
