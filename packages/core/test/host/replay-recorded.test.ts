// What the host records, it answers from; and the process answers as it did, as `carpool replay` sees it.
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import type { Session } from '../../src/session/types.ts';
import { childProtocol } from '../../src/protocol/child-protocol.ts';
import { carpool } from '../cli/carpool.ts';
import { configured, run, worker } from '../machine/support.ts';
import { failure } from '../support/failure.ts';
import { place, programPath } from '../support/pools.ts';

afterEach(() => void vi.unstubAllEnvs());

/** All kinds of messages; what it has seen. */
async function conversation(session: Session): Promise<unknown[]> {
  const seen: unknown[] = [session.hello, session.opened];
  session.send({ type: 'add', value: 2 });
  const [total, echoed] = await Promise.all([
    session.request({ type: 'total' }),
    session.request({ type: 'echo', value: { password: 'hunter2', list: [1, 2.5, null], deep: { ok: true } } }),
  ]);
  seen.push(total, echoed);
  session.send({ type: 'poke', value: 'x' });
  seen.push(await session.event());
  const walk = session.interact({ type: 'walk', steps: 3 });
  for await (const step of walk) seen.push(step);
  seen.push(await walk);
  session.answer((question) => ({ rate: 2, of: question['type'] }));
  seen.push(await session.request({ type: 'convert', value: 3 }));
  const { message, context } = await failure(session.request({ type: 'fail' }), 'SESSION_REFUSED');
  seen.push(message.split('\n', 1)[0], context['childCode']);
  return seen;
}

async function runOnce(): Promise<unknown[]> {
  const host = await run({ host: 'run' });
  const client = await worker(host);
  const file = join(place().path, 'model.test.ts');
  const holder = (name: string) => ({ holder: { test: name, file }, under: [file, name] });
  const sessions = await Promise.all(
    ['adds', 'adds too'].map((name, n) => client.register('model', { ...holder(name), params: { n } })),
  );
  const seen = await Promise.all(sessions.map(conversation));
  for (const session of sessions) await session.unregister();
  const dying = await client.register('model', holder('dies'));
  const error = await failure(dying.request({ type: 'die' }), 'CHILD_EXITED');
  seen.push([error.code, (await dying.closed).reason]);
  client.close();
  await host.stop();
  return seen;
}

test.each(['json-lines', 'msgpack'] as const)('recorded, and replayed both ways: %s', async (codec) => {
  const { path } = place();
  const args = [programPath('model'), `--${codec}`];
  const model = { command: process.execPath, args, codec, protocol: childProtocol, maxSessions: 4 };
  configured({ pools: { model } });
  vi.stubEnv('CARPOOL_TRANSCRIPT', 'recorded');
  const recorded = await runOnce();
  vi.unstubAllEnvs();

  const again = await carpool('replay', join('recorded', readdirSync(join(path, 'recorded'))[0] ?? ''));
  expect(again.stderr).toBe('');
  expect(again.stdout).toMatch(
    /it still happens: CHILD_EXITED: .*\ncarpool: \d+ answers in 3 sessions, all as they were recorded\n$/,
  );
  expect(again.code).toBe(0);

  configured({ pools: { model: { ...model, command: 'no-such-program' } } });
  vi.stubEnv('CARPOOL_REPLAY', 'recorded');
  const replayed = await runOnce();
  expect(replayed).toEqual(JSON.parse(JSON.stringify(recorded).replaceAll('hunter2', '[redacted]')));
  rmSync(join(path, 'recorded'), { recursive: true });
});
