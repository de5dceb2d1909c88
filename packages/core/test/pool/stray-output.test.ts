// A line on a child's stdout that is no message: where frames are lines, the child lives.
import { describe, expect, test } from 'vitest';
import { createPool } from '../../src/pool/create-pool.ts';
import { failure } from '../support/failure.ts';
import { pool, program, until } from '../support/pools.ts';

test('a stray line is passed over, reported once, and shown in the evidence of what times out', async () => {
  const warnings: string[] = [];
  const echoes = pool('says-on-request', {}, { warn: (message) => warnings.push(message) });
  const [session, other] = [await echoes.register(), await echoes.register()];
  session.send({ type: 'print', text: 'Compiling 3 modules…\n' });
  session.send({ type: 'print', text: '42\n' });
  session.send({ type: 'print', text: 'Done\n' });
  for (const each of [session, other]) {
    expect(await each.request({ type: 'query' })).toMatchObject({ session: each.id });
  }
  expect(warnings).toHaveLength(1);
  expect(warnings[0]).toMatch(/^pool "echoes": the child printed to its stdout .*: Compiling 3 modules…\n.*stderr/);
  const error = await failure(
    other.event(() => true, { timeout: 20 }),
    'REQUEST_TIMEOUT',
  );
  const lines = ['← Compiling 3 modules… (no message)', '← 42 (no message)', '← Done (no message)'];
  expect(error.evidence.strays).toEqual(lines);
  expect(error.message).toContain(`--- what no session took ---\n  │ ${lines.join('\n  │ ')}`);
  expect((await session.evidence()).strays).toEqual(lines);
  expect(echoes.stats()).toMatchObject({ children: 1, failures: 0, strays: 3, lastStrays: lines });
  // A session that begins later has nothing to do with them.
  expect((await (await echoes.register()).evidence()).strays).toBe(undefined);
});

test('a banner before the hello does no harm', async () => {
  const warnings: string[] = [];
  const echoes = pool('prints-to-stdout', {}, { warn: (message) => warnings.push(message) });
  await using session = await echoes.register();
  expect(await session.request({ type: 'query' })).toMatchObject({ session: session.id });
  expect(warnings.join()).toContain('Welcome to Prints 1.0!');
});

test('one message is no more than its line: the rest of a chunk is read', async () => {
  const echoes = pool('says-on-request', {}, { warn: () => {} });
  const session = await echoes.register();
  session.send({
    type: 'print',
    text: `oops {"type":"event","session":"s1"}\n{"type":"event","session":"s1","n":1}\n`,
  });
  expect(await session.event()).toMatchObject({ n: 1 });
  await until('both are known', () => echoes.stats().strays === 1);
});

describe('`strayOutput`', () => {
  test('"fail" ends the child', async () => {
    const echoes = pool('says-on-request', { strayOutput: 'fail' });
    const session = await echoes.register();
    const waiting = session.event();
    session.send({ type: 'print', text: 'Compiling\n' });
    const error = await failure(waiting, 'FRAME_MALFORMED');
    expect((error.cause as Error).message).toMatch(/printing to stdout\?.*`strayOutput` of the pool is 'fail'/);
  });

  test('is "fail", and cannot be another, where the frames are not lines', () => {
    expect(pool('echo', { codec: 'msgpack' }).settings.strayOutput).toBe('fail');
    const make = (): unknown =>
      createPool({ ...program('echo'), codec: 'msgpack', strayOutput: 'pass', name: 'echoes' });
    expect(make).toThrow(
      'Cannot make pool "echoes": found `strayOutput` "pass"; allowed: "fail", because the frames of this codec are not lines',
    );
  });
});
