/** `carpool_join.py`: what a process in Python can do in the session of a test. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { python } from '@carpool/test-harness/programs';
import { describe, expect, test } from 'vitest';
import type { Session } from '../../src/session/types.ts';
import { serve, transport } from '../support/hubs.ts';
import { closing, program } from '../support/pools.ts';

type Answer = Readonly<Record<string, unknown>>;

interface Joined {
  /** What it says when it has joined, or could not. */
  readonly first: Answer;
  call(name: string, fields?: object): Promise<Answer>;
}

async function joined(address: string | undefined): Promise<Joined> {
  const env = {
    ...process.env,
    PYTHONPATH: fileURLToPath(new URL('../../python', import.meta.url)),
    PYTHONDONTWRITEBYTECODE: '1',
    CARPOOL_SESSION: address ?? '',
  };
  const file = fileURLToPath(new URL('../programs/joins.py', import.meta.url));
  const child = spawn(python.path ?? 'python3', [file], { env, stdio: ['pipe', 'pipe', 'inherit'] });
  closing({ close: () => child.kill('SIGKILL') });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<Answer> => JSON.parse((await answers.next()).value as string) as Answer;
  return {
    first: await next(),
    call: (name, fields = {}) => {
      child.stdin.write(`${JSON.stringify([name, fields])}\n`);
      return next();
    },
  };
}

const registered = async (line: string, options = {}): Promise<Session> =>
  await (await (await serve({ echoes: program(line, options) })).connect()).register('echoes');

describe.skipIf(python.path === undefined)(`in Python${python.reason}`, () => {
  test('by TLS, and to no other host than that of the address', async () => {
    transport.tls = true;
    const session = await registered('echo').finally(() => (transport.tls = false));
    const address = await session.address();
    expect(address).toMatch(/^carpool-session\+tls:/);
    expect((await joined(address.replace(/[\w-]{43}$/, 'a'.repeat(43)))).first).toMatchObject({
      code: 'HUB_REJECTED',
      words: expect.stringContaining('its certificate is not that of the address') as string,
    });
    const { first, call } = await joined(address);
    expect(first).toEqual({ id: 's1', pool: 'echoes', hello: session.hello });
    const text = 'x'.repeat(5_000_000);
    expect(await call('request', { message: { type: 'echo', text } })).toMatchObject({ found: { echo: { text } } });
  });

  test('requests, steps, refusals and time-outs', async () => {
    const session = await registered('steps');
    const { first, call } = await joined(await session.address());
    expect(first).toEqual({ id: 's1', pool: 'echoes', hello: session.hello });
    expect(await call('request', { message: { type: 'interact' } })).toMatchObject({
      steps: 3,
      found: { type: 'reply' },
    });
    expect(await call('request', { message: { type: 'refuse' } })).toMatchObject({
      code: 'SESSION_REFUSED',
      words: expect.stringContaining('come back tomorrow') as string,
    });
    expect(await call('event', { timeout: 0.05 })).toMatchObject({ code: 'REQUEST_TIMEOUT' });
    const echoed = await call('request', { message: { type: 'é', text: 'x'.repeat(1_000_000) } });
    expect(echoed).toMatchObject({ found: { echo: { type: 'é' } } });
    await call('unregister');
    expect(await call('request', { message: { type: 'x' } })).toMatchObject({ code: 'SESSION_CLOSED' });
    expect(await session.request({ type: 'on' })).toMatchObject({ echo: { type: 'on' } });
  });

  test('events, and the end of the session', async () => {
    const session = await registered('says-on-request');
    const { call } = await joined(await session.address());
    await call('send', { message: { type: 'say', messages: [{ session: session.id, type: 'news' }] } });
    expect(await call('event')).toMatchObject({ found: { type: 'news' } });
    await session.unregister();
    expect(await call('event')).toMatchObject({
      code: 'SESSION_CLOSED',
      words: 'Session s1 was closed by `unregister` [SESSION_CLOSED]',
    });
  });

  test('what cannot be joined is refused in a sentence', async () => {
    const session = await registered('echo');
    const address = await session.address();
    expect((await joined(address)).first).toMatchObject({ id: 's1' });
    expect((await joined(address)).first).toMatchObject({
      code: 'HUB_REJECTED',
      words: expect.stringContaining('has joined session s1 with this address already') as string,
    });
    expect((await joined(undefined)).first).toMatchObject({ code: 'SESSION_MISUSED' });
    expect((await joined(address.replace(/:.*#/, ':/nowhere#'))).first).toMatchObject({ code: 'HUB_UNREACHABLE' });
    const other = await registered('echo', { codec: 'msgpack' });
    expect((await joined(await other.address())).first).toMatchObject({
      code: 'SESSION_REFUSED',
      words: expect.stringContaining("in the format 'msgpack'") as string,
    });
  });
});
