/** A child that dies while a session is opened on it: which registrations are opened on the next child. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { TimelineEvent } from '../../src/base/timeline.ts';
import type { PoolOptions } from '../../src/pool/options.ts';
import { failure } from '../support/failure.ts';
import { serve } from '../support/hubs.ts';
import { place, pool, program, programPath, programProtocol } from '../support/pools.ts';

const asks: Partial<PoolOptions> = {
  protocol: { ...programProtocol, open: { send: { type: 'query' }, expect: { type: 'reply' } } },
};
const kill = (pids: readonly number[]): void => pids.forEach((pid) => void process.kill(pid, 'SIGKILL'));

test('a child that has died unnoticed: the registration is opened on the next one', async () => {
  const echoes = pool('echo', asks);
  const first = await echoes.register();
  kill(echoes.stats().pids);
  const next = await echoes.register({ owner: 'one', wait: false });
  expect(await next.request({ type: 'on' })).toMatchObject({ session: next.id });
  expect((await first.closed).error?.code).toBe('CHILD_EXITED');
  expect(echoes.stats()).toMatchObject({ open: 1, children: 2, failures: 1 });
  await failure(echoes.register({ owner: 'one' }), 'ALREADY_REGISTERED');
});

test('the timeline has one event for such a call, that of the session it has got; and one for a call that got none', async () => {
  const events: TimelineEvent[] = [];
  const timeline = { add: (event: TimelineEvent): void => void events.push(event) };
  const echoes = pool('echo', asks, { timeline });
  const first = await echoes.register({ holder: { test: 'first' } });
  kill(echoes.stats().pids);
  const next = await echoes.register({ holder: { test: 'opens again' } });
  kill(echoes.stats().pids);
  await failure(echoes.register({ params: { name: 'x' }, holder: { test: 'fails' } }), 'CHILD_EXITED');
  await next.closed;
  await echoes.close();
  const sessions = events.filter((event) => event.event === 'session');
  expect(
    sessions.map(({ id, test: name, opened }) => [name, id, opened === undefined ? 'not opened' : 'opened']),
  ).toEqual([
    ['first', first.id, 'opened'],
    ['opens again', next.id, 'opened'],
    ['fails', expect.stringMatching(/^s/), 'not opened'],
  ]);
  expect(events.filter(({ event }) => event === 'child')).toHaveLength(2);
});

test('the same through a host', async () => {
  const served = await serve({ echoes: program('echo', asks) });
  const client = await served.connect();
  await client.register('echoes');
  kill(served.pool().stats().pids);
  const next = await client.register('echoes');
  expect(await next.request({ type: 'on' })).toMatchObject({ session: next.id });
  expect(served.pool().stats()).toMatchObject({ open: 1, children: 2 });
});

test('a registration with `params` fails at once: they may be what ends the child', async () => {
  const echoes = pool('echo', asks);
  await echoes.register();
  kill(echoes.stats().pids);
  const { message } = await failure(echoes.register({ params: { name: 'x' } }), 'CHILD_EXITED');
  expect(message).toMatch(/^Cannot open a session: session s\d+ was closed because its child /);
  expect(echoes.stats()).toMatchObject({ open: 0, children: 1 });
});

test('a child that dies of the first `open` is not tried again', async () => {
  const open = { send: { type: 'die', code: 3 }, expect: { type: 'reply' } };
  const dies = pool('exits-on-request', { protocol: { ...programProtocol, open } });
  expect((await failure(dies.register(), 'CHILD_EXITED')).message).toContain('exited with code 3');
  expect(dies.stats()).toMatchObject({ open: 0, children: 1 });
});

test('one that ends the next child, too, fails with its exit, and no third child is started', async () => {
  const script = join(place().path, 'dies-when-told.mjs');
  const order = `${script}.die`;
  writeFileSync(
    script,
    `import { existsSync } from 'node:fs';
     import { reply, serve } from ${JSON.stringify(programPath('talk'))};
     serve({ query: (message) => (existsSync(${JSON.stringify(order)}) ? process.exit(3) : reply(message)) });`,
  );
  const dies = pool('echo', { ...asks, args: [script, '--hello'] });
  await dies.register();
  writeFileSync(order, '');
  expect((await failure(dies.register(), 'CHILD_EXITED')).message).toContain('exited with code 3');
  expect(dies.stats()).toMatchObject({ open: 0, children: 2, failures: 2 });
});
