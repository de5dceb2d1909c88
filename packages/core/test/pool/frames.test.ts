// Bytes of the child that are no message: its stream cannot be read any further, so the child is replaced.
import { describe, expect, test } from 'vitest';
import type { ErrorCode } from '../../src/base/error-kinds.ts';
import type { PoolOptions } from '../../src/pool/options.ts';
import { failure } from '../support/failure.ts';
import { pool } from '../support/pools.ts';

interface Row {
  readonly name: string;
  readonly codec: 'json-lines' | 'msgpack';
  readonly print: { readonly text: string; readonly times?: number };
  readonly options?: Partial<PoolOptions>;
  readonly code: ErrorCode;
  readonly says: RegExp;
}

const rows: readonly Row[] = [
  {
    name: 'a line that is not JSON',
    codec: 'json-lines',
    print: { text: 'Compiling 3 modules…\n' },
    options: { strayOutput: 'fail' },
    code: 'FRAME_MALFORMED',
    says: /printed a line to its stdout that is no message.*"Compiling 3 modules…"[^]*Compiling 3 modules…/,
  },
  {
    name: 'a message that nests too deeply',
    codec: 'json-lines',
    print: { text: `{"type":"event","session":"s1","deep":${'['.repeat(1_000)}${']'.repeat(1_000)}}\n` },
    code: 'FRAME_MALFORMED',
    says: /nests deeper than 128 levels/,
  },
  {
    name: 'a line over the limit, whatever follows',
    codec: 'json-lines',
    print: { text: '{"type":"event"},', times: 1_000 },
    options: { maxFrameBytes: 10_000 },
    code: 'FRAME_TOO_LARGE',
    says: /over the limit of 10000; raise maxFrameBytes/,
  },
  {
    name: 'text among MessagePack',
    codec: 'msgpack',
    print: { text: 'Compiling 3 modules…\n' },
    code: 'FRAME_TOO_LARGE',
    says: /printing to stdout\?[^]*Compiling 3 modules…/,
  },
  {
    name: 'a frame over the limit',
    codec: 'msgpack',
    print: { text: '\0\0\x7f\0' },
    options: { maxFrameBytes: 10_000 },
    code: 'FRAME_TOO_LARGE',
    says: /32512 bytes are over the limit of 10000/,
  },
  {
    name: 'a frame that is no MessagePack',
    codec: 'msgpack',
    print: { text: '\0\0\0\x03abc' },
    code: 'FRAME_MALFORMED',
    says: /Pool "echoes"/,
  },
];

describe.each(rows)('$name', ({ codec, print, options = {}, code, says }) => {
  test(`ends every session with ${code}, and the next child serves`, async () => {
    const echoes = pool('says-on-request', { codec, ...options });
    const [session, other] = [await echoes.register(), await echoes.register()];
    const waiting = other.event();
    session.send({ type: 'print', ...print });
    const error = await failure(waiting, code);
    // The sentence is the cause's; what the child printed is shown once.
    expect(`${(error.cause as Error).message}\n${error.message}`).toMatch(says);
    expect(error.scope).toBe('child');
    const again = await failure(session.request({ type: 'query' }), code);
    expect(again.stack).toContain('frames.test.ts');
    const next = await echoes.register();
    expect(await next.request({ type: 'query' })).toMatchObject({ session: next.id });
    expect(echoes.stats()).toMatchObject({ open: 1, children: 2, failures: 1 });
  });
});

test('a child that closes its output is stopped', async () => {
  const echoes = pool('closes-output', { stopTimeout: 50 });
  const session = await echoes.register();
  const error = await failure(session.request({ type: 'quiet' }), 'CHILD_EXITED');
  expect((error.cause as Error).message).toMatch(/closed its output and was stopped/);
  await (await echoes.register()).unregister();
  expect(echoes.stats()).toMatchObject({ children: 2, failures: 1 });
});

test('a child that says hello and exits at once serves no session', async () => {
  const echoes = pool('echo', { args: ['-e', `console.log('{"type":"hello","session":""}')`] });
  const session = await echoes.register().catch((thrown: unknown) => thrown);
  const error =
    session instanceof Error ? session : await failure(() => (session as { event(): never }).event(), 'CHILD_EXITED');
  expect(error).toMatchObject({ code: 'CHILD_EXITED' });
});
