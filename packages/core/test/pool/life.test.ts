// The children of a pool, one after another: how they end, and what happens to their sessions.
import { copyFileSync, chmodSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Launch } from '../../src/pool/options.ts';
import type { Session } from '../../src/session/types.ts';
import { FakeClock } from '../support/clock.ts';
import { failure } from '../support/failure.ts';
import { place, pool, programPath, until } from '../support/pools.ts';

const silent = (promise: Promise<unknown>): void => void promise.catch(() => {});

describe('a child that dies', () => {
  test.each([
    [{ code: 7 }, /exited with code 7/],
    [{ signal: 'SIGSEGV' }, /was killed by SIGSEGV/],
  ])('by %j ends every session with its exit and the end of its stderr', async (how, message) => {
    const echoes = pool('exits-on-request');
    const sessions = await Promise.all([1, 2, 3].map(() => echoes.register()));
    const [first] = sessions as [Session, Session, Session];
    const waiting = sessions.map((session) => session.event());
    first.send({ type: 'die', ...how });
    for (const [n, session] of sessions.entries()) {
      const error = await failure(waiting[n]!, 'CHILD_EXITED');
      expect(error.message).toMatch(/^Cannot wait for an event: session s\d was closed because its child ended/);
      expect(error.message).toMatch(message);
      expect((await session.closed).error?.message.match(new RegExp(message, 'g'))).toHaveLength(1);
      expect(await session.closed).toMatchObject({ by: 'child' });
      const after = await failure(session.request({ type: 'query' }), 'CHILD_EXITED');
      expect(after.message).toMatch(message);
      await failure(session.events().next(), 'CHILD_EXITED');
      await session[Symbol.asyncDispose]();
    }
    expect(echoes.stats()).toMatchObject({ open: 0, failures: 1, running: 0, pids: [] });
  });

  test('fails the requests that wait for a reply', async () => {
    const echoes = pool('exits-on-request');
    const session = await echoes.register();
    const error = await failure(session.request({ type: 'die', code: 1 }), 'CHILD_EXITED');
    expect(error.message).toMatch(/The child of pool|exited with code 1/);
    expect(error.stack).toContain('life.test.ts');
  });

  test('in the middle of a frame is reported by its exit, with the part of the frame that arrived', async () => {
    const echoes = pool('dies-mid-frame');
    const session = await echoes.register();
    const error = await failure(session.request({ type: 'query' }), 'CHILD_EXITED');
    expect(error.evidence.exit).toBe('exited with code 1');
    expect(error.evidence.stdout).toContain('{"type":"reply"');
    expect((error.cause as { cause: unknown }).cause).toMatchObject({ code: 'FRAME_TRUNCATED' });
  });

  test('is replaced at the next register', async () => {
    const echoes = pool('exits-on-request', { maxSessions: 2 });
    const session = await echoes.register();
    session.send({ type: 'die' });
    await session.closed;
    const next = await echoes.register();
    expect(await next.request({ type: 'query' })).toMatchObject({ session: next.id });
    expect(echoes.stats()).toMatchObject({ open: 1, children: 2, failures: 1, peak: 1 });
  });

  test('leaves the waiting calls to its successor', async () => {
    const echoes = pool('exits-on-request', { maxSessions: 1 });
    const session = await echoes.register();
    const waiting = [echoes.register(), echoes.register()] as const;
    await until('two wait', () => echoes.stats().queued === 2);
    session.send({ type: 'die' });
    const second = await waiting[0];
    expect(await second.request({ type: 'query' })).toMatchObject({ session: second.id });
    await second.unregister();
    await (await waiting[1]).unregister();
    expect(echoes.stats()).toMatchObject({ open: 0, queued: 0, children: 2, quarantined: 0 });
  });

  test('too often within a minute is not replaced until some time has passed', async () => {
    const clock = new FakeClock();
    const echoes = pool(
      'exits-on-request',
      { restarts: { maxFailures: 2, window: 60_000 }, idleTimeout: Infinity },
      { clock },
    );
    for (let n = 0; n < 2; n++) {
      const session = await echoes.register();
      session.send({ type: 'die', code: 9 });
      await session.closed;
    }
    const error = await failure(echoes.register(), 'POOL_GAVE_UP');
    expect(error.message).toMatch(/it failed 2 times within 60000 ms/);
    expect(error.evidence).toMatchObject({ exit: 'exited with code 9' });
    expect(error.cause).toMatchObject({ code: 'CHILD_EXITED', evidence: {} });
    clock.pass(60_000);
    await (await echoes.register()).unregister();
  });
});

describe('what is said of a child that dies', () => {
  test('the last messages before it, with session and test, and the sessions that were open', async () => {
    const echoes = pool('exits-on-request');
    const holder = (test: string): { holder: { test: string; file: string } } => ({
      holder: { test, file: 'a.test.ts' },
    });
    const [culprit, neighbour] = [await echoes.register(holder('crashes')), await echoes.register(holder('waits'))];
    await neighbour.request({ type: 'query' });
    const waiting = failure(neighbour.event(), 'CHILD_EXITED');
    // Its test does not wait for anything, and passes.
    culprit.send({ type: 'die', code: 7 });
    await culprit.unregister();
    const error = await waiting;
    expect(error.evidence.messages).toEqual([
      expect.stringMatching(/^→ \{type: "query".* \(session s2 of "waits" \(a\.test\.ts\)\)$/),
      expect.stringMatching(/^← \{type: "reply".* \(session s2 of "waits" \(a\.test\.ts\)\)$/),
      '→ {type: "die", code: 7} (session s1 of "crashes" (a.test.ts))',
      '→ {type: "reset"} (session s1 of "crashes" (a.test.ts))',
    ]);
    expect((error.cause as Error).message).toMatch(
      /^The child of pool "echoes" exited with code 7, \d+ ms after its start, with 2 sessions open: session s1 of "crashes" \(a\.test\.ts\), session s2 of "waits" \(a\.test\.ts\)$/,
    );
  });

  test('what a signal may mean is said once, and by each error once how it ended', async () => {
    const echoes = pool('exits-on-request');
    const session = await echoes.register();
    const waiting = failure(session.event(), 'CHILD_EXITED');
    session.send({ type: 'die', signal: 'SIGKILL' });
    const error = await waiting;
    expect(`${error.message}\n${(error.cause as Error).message}`.match(/out of memory\?/g)).toHaveLength(1);
    for (const { message } of [error, error.cause as Error])
      expect(message.match(/killed by SIGKILL/g)).toHaveLength(1);
  });

  test('a line that it repeats on stderr stands once', async () => {
    const script = "for (let n = 0; n < 40; n++) console.error('retrying'); process.exit(3)";
    const error = await failure(pool('echo', { args: ['-e', script] }).register(), 'CHILD_EXITED');
    expect(error.evidence.stderr).toBe('retrying (40 times)\n');
  });

  test('one that dies of each first message is started five times, and not ten', async () => {
    const echoes = pool('exits-on-request');
    for (let n = 0; n < 5; n++) {
      const session = await echoes.register();
      session.send({ type: 'die' });
      await session.closed;
    }
    const error = await failure(echoes.register(), 'POOL_GAVE_UP');
    expect(error.message).toContain('because 5 children in a row ended before they had answered anything');
    expect(echoes.stats()).toMatchObject({ children: 5, failures: 5 });
  });
});

describe('a session whose end is not confirmed', () => {
  test('is lost to the pool; when too many are, the child is replaced', async () => {
    const echoes = pool('never-confirms', { maxSessions: 4, closeTimeout: 30 });
    const [a, b, c] = [await echoes.register(), await echoes.register(), await echoes.register()];
    await failure(a.unregister(), 'REQUEST_TIMEOUT');
    const { pids } = echoes.stats();
    expect(echoes.stats()).toMatchObject({ quarantined: 1, open: 2, children: 1, running: 1 });
    await failure(b.unregister(), 'REQUEST_TIMEOUT');
    // It finishes its last session, and takes no other.
    expect(echoes.stats()).toMatchObject({ quarantined: 0, open: 1, pids });
    const next = await echoes.register();
    expect(await next.request({ type: 'query' })).toMatchObject({ session: next.id });
    expect(await c.request({ type: 'query' })).toMatchObject({ session: c.id });
    expect(echoes.stats()).toMatchObject({
      children: 2,
      open: 2,
      failures: 0,
      running: 2,
      pids: [...pids, expect.any(Number)],
    });
    await failure(c.unregister(), 'REQUEST_TIMEOUT');
    expect(echoes.stats()).toMatchObject({ quarantined: 0, open: 1 });
  });

  test('appears in the error of a full pool as a lost slot', async () => {
    const echoes = pool('never-confirms', { maxSessions: 2, closeTimeout: 30, maxQuarantined: 2 });
    const [a] = [await echoes.register(), await echoes.register()];
    await failure(a.unregister(), 'REQUEST_TIMEOUT');
    const error = await failure(echoes.register({ wait: false }), 'POOL_FULL');
    expect(error.message).toContain('1 lost to sessions whose end the child did not confirm');
  });

  test('still closes with its pool', async () => {
    const echoes = pool('never-confirms', { closeTimeout: 30 });
    await echoes.register();
    await echoes.close();
    expect(echoes.stats()).toMatchObject({ open: 0, queued: 0 });
  });
});

describe('a child is replaced', () => {
  test('after so many sessions, when the last of them has ended', async () => {
    const echoes = pool('echo', { recycleAfter: 2 });
    const [a, b] = [await echoes.register(), await echoes.register()];
    const c = await echoes.register();
    expect(echoes.stats()).toMatchObject({ children: 2, open: 3 });
    for (const session of [a, b, c]) {
      expect(await session.request({ type: 'query' })).toMatchObject({ session: session.id });
      await session.unregister();
    }
    expect(echoes.stats()).toMatchObject({ children: 2, sessions: 3, open: 0, failures: 0 });
  });

  test('when its binary has changed and no session is open', async () => {
    const command = join(place().path, 'renderer');
    const rebuild = (version: number): void => {
      writeFileSync(command, `#!/bin/sh\n# ${version}\nexec "$NODE" "${programPath('echo')}" "$@"\n`);
      chmodSync(command, 0o755);
    };
    rebuild(1);
    const echoes = pool('echo', { command, args: ['--hello'], env: { NODE: process.execPath } });
    const first = await echoes.register();
    rebuild(22);
    const second = await echoes.register();
    expect(echoes.stats()).toMatchObject({ children: 1 });
    await first.unregister();
    await second.unregister();
    const third = await echoes.register();
    expect(await third.request({ type: 'query' })).toMatchObject({ session: third.id });
    expect(echoes.stats()).toMatchObject({ children: 2, failures: 0 });
  });

  test.each([
    { watch: undefined, children: 2 },
    { watch: true, children: 2 },
    { watch: false, children: 1 },
  ])('when its script was edited and no session is open, with `watch: $watch`', async ({ watch, children }) => {
    const script = join(place().path, 'edited.mjs');
    const edit = (): void => writeFileSync(script, `import ${JSON.stringify(programPath('echo'))};\n`, { flag: 'a' });
    edit();
    const echoes = pool('echo', { args: [script, '--hello'], ...(watch === undefined ? {} : { watch }) });
    await (await echoes.register()).unregister();
    edit();
    await (await echoes.register()).unregister();
    expect(echoes.stats()).toMatchObject({ children, failures: 0 });
  });

  test('when a file that `watch` names was edited, relative to the pool, wherever `command` has the child run', async () => {
    const [cwd, elsewhere] = [join(place().path, 'project'), join(place().path, 'temp')];
    for (const folder of [cwd, elsewhere]) mkdirSync(folder);
    const seed = join(cwd, 'seed.sql');
    writeFileSync(seed, '');
    const command = (): Launch => ({
      command: process.execPath,
      args: [programPath('echo'), '--hello'],
      cwd: elsewhere,
    });
    const echoes = pool('echo', { command, cwd, watch: ['*.sql'] });
    await (await echoes.register()).unregister();
    expect(echoes.watched.files).toContain(seed);
    expect(echoes.watched.globs).toEqual([join(cwd, '*.sql')]);
    writeFileSync(seed, 'edited');
    await echoes.replaceIfChanged();
    await (await echoes.register()).unregister();
    expect(echoes.stats()).toMatchObject({ children: 2, failures: 0 });
  });

  test('is not, when its binary has not changed', async () => {
    const command = join(place().path, 'node');
    copyFileSync('/bin/sh', command);
    chmodSync(command, 0o755);
    utimesSync(command, 1_000, 1_000);
    const line = `exec "${process.execPath}" "${programPath('echo')}" --hello`;
    const echoes = pool('echo', { command, args: ['-c', line] });
    for (let n = 0; n < 3; n++) await (await echoes.register()).unregister();
    expect(echoes.stats()).toMatchObject({ children: 1, sessions: 3 });
  });
});

describe('an idle pool', () => {
  test('stops its child after a while, and starts another when it is wanted', async () => {
    const clock = new FakeClock();
    const echoes = pool('echo', { idleTimeout: 1_000 }, { clock });
    const first = await echoes.register();
    const { pids } = echoes.stats();
    clock.pass(5_000);
    expect(echoes.stats()).toMatchObject({ pids, open: 1 });
    await first.unregister();
    clock.pass(999);
    const second = await echoes.register();
    clock.pass(10_000);
    await second.request({ type: 'query' });
    expect(echoes.stats()).toMatchObject({ children: 1, pids });
    await second.unregister();
    clock.pass(1_000);
    await until('the pool has let it go', () => echoes.stats().running === 0);
    await until('the child is gone', () => !pids.some(isThere));
    await (await echoes.register()).unregister();
    expect(echoes.stats()).toMatchObject({ children: 2, failures: 0 });
  });
});

describe('a pool that is closed', () => {
  test('takes no more sessions', async () => {
    const echoes = pool('echo');
    await echoes.close();
    const error = await failure(echoes.register(), 'POOL_CLOSED');
    expect(error.message).toBe('Cannot register a session: pool "echoes" is closed');
    expect(error.stack).toContain('life.test.ts');
    expect(echoes.stats()).toMatchObject({ children: 0 });
    await echoes.close();
  });

  test('ends its sessions, and says so', async () => {
    const echoes = pool('answers-late');
    const session = await echoes.register();
    const request = session.request({ type: 'query' });
    silent(request);
    await Promise.all([echoes.close(), echoes.close()]);
    expect(await session.closed).toMatchObject({ by: 'pool' });
    const error = await failure(request, 'SESSION_CLOSED');
    expect(error.message).toContain('because its pool was closed');
  });

  test('refuses all calls in its queue', async () => {
    const echoes = pool('echo', { maxSessions: 2 });
    await echoes.register();
    await echoes.register();
    const waiting = [1, 2, 3, 4, 5].map(() => echoes.register());
    waiting.forEach(silent);
    await until('they wait', () => echoes.stats().queued === 5);
    await echoes.close();
    for (const register of waiting) await failure(register, 'POOL_CLOSED');
    expect(echoes.stats()).toMatchObject({ open: 0, queued: 0 });
  });

  test('does not wait for a child that is just starting', async () => {
    const clock = new FakeClock();
    const echoes = pool('never-hello', {}, { clock });
    const registering = echoes.register();
    silent(registering);
    await until('the child is there', () => clock.pending > 0);
    await echoes.close();
    await failure(registering, 'POOL_CLOSED');
    expect(echoes.stats()).toMatchObject({ open: 0, queued: 0 });
  });

  test('ends the grandchildren too', async () => {
    const echoes = pool('forks-grandchild --stubborn');
    await echoes.register();
    await echoes.close();
    // The census at the end of every test finds processes that are left.
    expect(echoes.stats()).toMatchObject({ open: 0 });
  });

  test.each(['ignores-end-of-input', 'ignores-everything'])('ends a child that %s', async (name) => {
    const echoes = pool(name, { stopTimeout: 50 });
    await echoes.register();
    await echoes.close();
    expect(echoes.stats()).toMatchObject({ open: 0, failures: 0 });
  });

  test('is closed at the end of `await using`', async () => {
    let session: Session;
    {
      await using echoes = pool('echo');
      session = await echoes.register();
    }
    expect(session.closeReason).toMatchObject({ by: 'pool' });
  });
});

describe('what the child writes to stderr', () => {
  const script = `process.stderr.write('warming up\\n'); import(${JSON.stringify(programPath('echo'))})`;
  const args = ['--input-type=module', '-e', script, '--', '--hello'];

  test('is forwarded if that is configured', async () => {
    const heard: string[] = [];
    const onStderr = (text: Uint8Array): void => void heard.push(Buffer.from(text).toString());
    const echoes = pool('echo', { args, forwardStderr: true }, { onStderr });
    await echoes.register();
    await expect.poll(() => heard.join('')).toBe('warming up\n');
  });
});

test('a child gets the environment of its pool, and no variables of Carpool', async () => {
  process.env['CARPOOL_TOKEN_OF_TEST'] = 'secret';
  const script = `process.stderr.write(JSON.stringify(process.env)); import(${JSON.stringify(programPath('echo'))})`;
  const args = ['--input-type=module', '-e', script, '--', '--hello'];
  let stderr = '';
  const onStderr = (text: Uint8Array): void => void (stderr += Buffer.from(text).toString());
  const env = { ADDED: '1', HOME: undefined, CARPOOL_X: '2' };
  const echoes = pool('echo', { args, env, inheritEnv: ['HOME', 'PATH'], forwardStderr: true }, { onStderr });
  await echoes.register();
  delete process.env['CARPOOL_TOKEN_OF_TEST'];
  await until('it was read', () => stderr.endsWith('}'));
  expect(Object.keys(JSON.parse(stderr) as object).toSorted()).toEqual(['ADDED', 'CARPOOL_CHILD', 'PATH', 'TMPDIR']);
});

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

test('a child that has closed its output takes no session any more, however long it takes to find out why', async () => {
  const twice = pool('closes-output', { stopTimeout: 200 });
  const first = await twice.register();
  const gone = first.closed;
  first.send({ type: 'quiet' });
  // The end of its output is known before its exit: the child has to be killed, and its exit is not reported yet.
  await until('the pool has let it go', () => twice.stats().running === 0);
  const second = await twice.register();
  expect(await second.request({ type: 'ping' })).toMatchObject({ type: 'reply' });
  expect(await gone).toMatchObject({ by: 'child' });
  expect(second.closeReason).toBeUndefined();
  expect(twice.stats().children).toBe(2);
});
