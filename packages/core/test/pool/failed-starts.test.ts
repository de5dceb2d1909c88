// Every way in which the start of a child can fail: one `register` fails with evidence, and nothing is left.
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { CarpoolError } from '../../src/base/errors.ts';
import type { ErrorCode, ErrorScope } from '../../src/base/error-kinds.ts';
import type { Launch, PoolOptions } from '../../src/pool/options.ts';
import { failure } from '../support/failure.ts';
import { place, pool, program, programPath, programProtocol } from '../support/pools.ts';

interface Row {
  readonly name: string;
  readonly line?: string;
  readonly options?: () => Partial<PoolOptions>;
  readonly code: ErrorCode;
  readonly scope: ErrorScope;
  readonly says: RegExp;
}

const rows: readonly Row[] = [
  {
    name: 'a command that is nowhere in PATH',
    options: () => ({ command: 'no-such-renderer', installHint: 'Get it with `cargo install no-such-renderer`.' }),
    code: 'CHILD_NOT_STARTED',
    scope: 'pool',
    says: /no-such-renderer[^]*cargo install no-such-renderer/,
  },
  {
    name: 'a path that does not exist',
    options: () => ({ command: './target/release/renderer', cwd: place().path }),
    code: 'CHILD_NOT_STARTED',
    scope: 'pool',
    says: /target\/release\/renderer/,
  },
  {
    name: 'a file that is not executable',
    options: () => {
      const command = join(place().path, 'renderer');
      writeFileSync(command, '#!/bin/sh\n');
      chmodSync(command, 0o644);
      return { command };
    },
    code: 'CHILD_NOT_STARTED',
    scope: 'pool',
    says: /renderer.*(not executable|may not be executed|chmod)/s,
  },
  {
    name: 'a folder that does not exist',
    options: () => ({ cwd: '/no/such/folder' }),
    code: 'CHILD_NOT_STARTED',
    scope: 'pool',
    says: /\/no\/such\/folder/,
  },
  {
    name: 'a child that exits at once',
    line: 'dies-at-once',
    code: 'CHILD_EXITED',
    scope: 'child',
    says: /The child of pool "echoes" exited with code 3[^]*cannot find the licence file/,
  },
  {
    name: 'a child that prints a banner before its hello, to JSON lines',
    line: 'prints-to-stdout',
    options: () => ({ strayOutput: 'fail' }),
    code: 'FRAME_MALFORMED',
    scope: 'child',
    says: /^Pool "echoes": The child printed a line .* that is no message, which ends it, because `strayOutput` of the pool is 'fail': "Welcome to Prints 1\.0!"/,
  },
  {
    name: 'a child that prints a banner before its hello, to MessagePack',
    line: 'prints-to-stdout',
    options: () => ({ codec: 'msgpack' }),
    code: 'FRAME_TOO_LARGE',
    scope: 'child',
    // In two lines of a hexdump, where the hello came in the same chunk.
    says: /Pool "echoes".*printing to stdout\? .*codec "msgpack" are not lines.*Print to stderr[^]*Welcome to Print[^]*s 1\.0!/,
  },
  {
    name: 'a child that never says hello',
    line: 'never-hello',
    options: () => ({ helloTimeout: 120 }),
    code: 'CHILD_NO_HELLO',
    scope: 'child',
    says: /Pool "echoes".*no hello within 120 ms/,
  },
  {
    name: 'a child that says something else instead of the hello',
    options: () => ({
      // Long enough for a child to start on a busy machine.
      helloTimeout: 2_000,
      protocol: { ...programProtocol, hello: { send: { type: 'settings' }, expect: { type: 'welcome' } } },
    }),
    code: 'CHILD_NO_HELLO',
    scope: 'child',
    says: /no hello within 2000 ms; expected \{type: "welcome"\} \(`hello\.expect`\), and \{type: "hello".*\} came\n[^]*last messages[^]*→ .*"settings"[^]*← .*"hello"/,
  },
  {
    name: 'a child of another version',
    options: () => ({
      protocol: {
        ...programProtocol,
        hello: { send: { type: 'settings' }, expect: { type: 'hello' }, version: { version: 2 } },
      },
    }),
    code: 'CHILD_VERSION',
    scope: 'pool',
    says: /Pool "echoes".*version 1.*wants 2/,
  },
];

describe.each(rows)('$name', ({ line = 'echo', options = () => ({}), code, scope, says }) => {
  test(`fails the register that wanted it with ${code}, and leaves nothing`, async () => {
    const echoes = pool(line, options());
    const error = await failure(echoes.register(), code);
    expect(error.message).toMatch(says);
    expect(error.scope).toBe(scope);
    expect(error.stack).toContain('failed-starts.test.ts');
    // By this a run knows that another host may have what it wants.
    expect(error.context).toMatchObject({ started: false });
    const children = code === 'CHILD_NOT_STARTED' ? 0 : 1;
    expect(echoes.stats()).toMatchObject({ open: 0, queued: 0, failures: 1, children, pids: [] });
  });
});

test('without a hello a child has not started either that ends before it has said anything, unless `params` may have ended it', async () => {
  const protocol = {
    open: { send: { type: 'open' }, expect: { type: 'opened' } },
    close: { send: { type: 'reset' }, expect: { type: 'closed' } },
  };
  const dying = pool('dies-at-once', { protocol });
  expect((await failure(dying.register(), 'CHILD_EXITED')).context).toMatchObject({ started: false });
  expect((await failure(dying.register({ params: { n: 1 } }), 'CHILD_EXITED')).context).not.toHaveProperty('started');
});

test('each way of failing is told once until a child starts', async () => {
  const told: string[] = [];
  const fails = ['dies-at-once', 'dies-at-once', 'echo', 'dies-at-once'];
  const failed = ({ code, message }: CarpoolError): number => told.push(`${code}: ${message.split('\n', 1)[0]}`);
  const command = (): Launch => ({ command: process.execPath, args: [programPath(fails.shift()!), '--hello'] });
  const echoes = pool('echo', { command, restarts: { maxFailedStarts: 10 } }, { failed });
  for (let n = 0; n < 2; n++) await failure(echoes.register(), 'CHILD_EXITED');
  const exited = expect.stringMatching(/^CHILD_EXITED: The child of pool "echoes" exited with code 3, /) as string;
  expect(told).toEqual([exited]);
  const session = await echoes.register();
  const closed = session.closed;
  process.kill(echoes.stats().pids[0]!, 'SIGKILL');
  await closed;
  await failure(echoes.register(), 'CHILD_EXITED');
  expect(told).toHaveLength(3);
});

test('every call that waits for a child that does not start gets the error', async () => {
  const echoes = pool('dies-at-once', { restarts: { maxFailedStarts: 10 } });
  const waiting = [1, 2, 3].map(() => echoes.register());
  await Promise.all(waiting.map((register) => failure(register, 'CHILD_EXITED')));
  expect(echoes.stats()).toMatchObject({ open: 0, children: 1 });
});

test('a call in the queue behind a failing start gets its own start', async () => {
  const echoes = pool('dies-at-once', { maxSessions: 1, restarts: { maxFailedStarts: 10 } });
  const waiting = [1, 2, 3].map(() => echoes.register());
  await Promise.all(waiting.map((register) => failure(register, 'CHILD_EXITED')));
  expect(echoes.stats()).toMatchObject({ open: 0, queued: 0, children: 3, failures: 3 });
});

test('after three failed starts in a row the pool gives up, and says what the last failure was', async () => {
  const echoes = pool('dies-at-once');
  for (let n = 0; n < 3; n++) await failure(echoes.register(), 'CHILD_EXITED');
  const error = await failure(echoes.register(), 'POOL_GAVE_UP');
  expect(error.message).toMatch(/"echoes" starts no more children, because it failed to start 3 times in a row/);
  expect(error.message).toContain('cannot find the licence file');
  expect(error.cause).toMatchObject({ code: 'CHILD_EXITED' });
  expect(echoes.stats()).toMatchObject({ open: 0, children: 3, failures: 3 });
  echoes.resetFailures();
  await failure(echoes.register(), 'CHILD_EXITED');
});

test('a pool whose command is a function calls it at every start; it may return the whole launch', async () => {
  let asked = 0;
  const echoes = pool('echo', {
    command: ({ env, find }) => {
      asked++;
      expect(env['PATH']).toBe(process.env['PATH']);
      expect(find('no-such-renderer')).toBe(undefined);
      if (asked === 1) return 'no-such-renderer';
      return { command: process.execPath, args: [programPath('echo'), '--hello'] };
    },
  });
  const error = await failure(echoes.register(), 'CHILD_NOT_STARTED');
  expect(error.message).toContain('no-such-renderer');
  const session = await echoes.register();
  expect(await session.request({ type: 'query' })).toMatchObject({ type: 'reply' });
  expect(asked).toBe(2);
});

test('a function that throws fails the register with its message', async () => {
  const echoes = pool('echo', {
    command: () => {
      throw new Error('the licence server is down');
    },
  });
  const error = await failure(echoes.register(), 'CHILD_NOT_STARTED');
  expect(error.message).toContain('the licence server is down');
});

test('a program that uses other descriptors may print anything', async () => {
  const echoes = pool('prints-to-stdout --fds=3,4', { stdio: { in: 3, out: 4 } });
  const session = await echoes.register();
  expect(await session.request({ type: 'query' })).toMatchObject({ type: 'reply' });
});

test('a caller that gives up while the child starts leaves the child to the others', async () => {
  const echoes = pool('slow-start --delay=100');
  const given = new AbortController();
  const waiting = echoes.register({ signal: given.signal });
  const other = echoes.register();
  const reason = new Error('the test is over');
  given.abort(reason);
  await expect(waiting).rejects.toBe(reason);
  await (await other).unregister();
  expect(echoes.stats()).toMatchObject({ open: 0, children: 1, failures: 0 });
});

test('what the pool needs is checked before anything is started', async () => {
  const { args, ...rest } = program('echo');
  expect(args).toBeDefined();
  const echoes = pool('echo', { ...rest, stdio: { in: 1, out: 1 } });
  const error = await failure(echoes.register(), 'CONFIG_INVALID');
  expect(error.message).toContain('stdio');
});
