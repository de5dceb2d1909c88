// What may be given as `protocol`, and that children of one pool share none of its state.
import { expect, test } from 'vitest';
import { defineConfig } from '../../src/config/define.ts';
import { json } from '../../src/codec/json.ts';
import { server } from '../../src/config/define-server.ts';
import { createPool } from '../../src/pool/create-pool.ts';
import type { Protocol } from '../../src/protocol/protocol.ts';
import { sessionField } from '../../src/protocol/session-field.ts';
import { browserProtocol, nulCodec } from '../support/browser-protocol.ts';
import { failure } from '../support/failure.ts';
import { serve } from '../support/hubs.ts';
import { pool, program, programProtocol } from '../support/pools.ts';

const base = sessionField(programProtocol) as Protocol;

test('a function makes one protocol for each child, so that two that live together share no state', async () => {
  let made = 0;
  const protocol = (): Protocol => {
    made += 1;
    return browserProtocol();
  };
  const browser = { stdio: { in: 3, out: 4 }, codec: nulCodec, recycleAfter: 1 } as const;
  const pages = pool('browser', { ...browser, protocol });
  expect(made).toBe(0);
  // The second session is on a second child, while the first one lives.
  for (const page of [await pages.register(), await pages.register()]) {
    const { result } = (await page.request({ method: 'Page.open' })) as { result: { sessionId: string } };
    const evaluate = { method: 'Runtime.evaluate', sessionId: result.sessionId, params: { expression: 'popup' } };
    expect(await page.request(evaluate)).toMatchObject({
      result: { result: { value: `popup in ${result.sessionId}` } },
    });
  }
  expect(pages.stats()).toMatchObject({ children: 2, running: 2 });
  expect(made).toBe(2);
});

test('a host makes it for each child too', async () => {
  let made = 0;
  const protocol = (): Protocol => ({ ...base, name: `number ${++made}` });
  const served = await serve({ echoes: program('echo', { protocol, children: 2, sessionsPerChild: 1 }) });
  const client = await served.connect();
  await Promise.all([client.register('echoes'), client.register('echoes')]);
  expect(made).toBe(2);
});

test.each<[string, unknown, string]>([
  ['a function', () => ({}), 'found a function; allowed: its options, an object'],
  ['nothing', undefined, 'found undefined; allowed: its options, an object'],
  ['no command', {}, 'at `command`: found undefined; allowed: a path'],
  [
    'a protocol by name',
    { command: 'x', protocol: 'plushie' },
    'found "plushie" at `protocol`; allowed: a protocol, a fun',
  ],
  ['half a protocol', { command: 'x', protocol: { name: 'x', route() {} } }, 'found undefined at `protocol.address`'],
  [
    'a misspelt option',
    { command: 'x', protocol: { sesion: 's' } },
    'found an option of this name at `protocol.sesion`; did you mean "session"? allowed: a protocol, a function that returns one, or the options of `sessionField`',
  ],
  [
    'a misspelt option in another one',
    { command: 'x', protocol: { close: { sned: {} } } },
    'found an option of this name at `protocol.close.sned`; did you mean "send"? allowed: an object of send, expect',
  ],
  [
    'an exchange without what it needs',
    { command: 'x', protocol: { hello: { send: {} } } },
    'found nothing at `protocol.hello.expect`; allowed: an object of send, expect, version',
  ],
  [
    'a misspelt option of its own',
    { command: 'x', maxSesions: 2 },
    'Cannot call `createPool`: it has no option "maxSesions"; did you mean "maxSessions"? it takes name, command, ',
  ],
  [
    'half a codec',
    { command: 'x', codec: { name: 'x', framing: 'lines', format: json } },
    'Cannot use this codec: a Codec is an object of',
  ],
  ['an exchange that is none', { command: 'x', protocol: { open: 'x' } }, 'found "x" at `protocol.open`'],
])('createPool refuses %s, and says where', (_, options, says) => {
  const make = (): unknown => createPool(options as never);
  expect(make).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
  expect(make).toThrow(says);
});

test('`server` refuses a misspelt option by itself, and lists its own', () => {
  const make = (): unknown => server({ command: 'x', opne: () => {} } as never);
  expect(make).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
  expect(make).toThrow('Cannot call `server`: it has no option "opne"; did you mean "open"? it takes ready, ');
});

test('createPool takes every option of `sessionField` as plain data', () => {
  const probe = { send: { type: 'ping' }, expect: { type: 'pong' } };
  const protocol = { ...programProtocol, probe, refuse: { type: 'no' }, cancel: { type: 'stop' } };
  expect(createPool({ command: 'x', protocol }).name).toBe('pool');
});

test('defineConfig refuses what is no object', () => {
  const define = (): unknown => defineConfig((() => ({})) as never);
  expect(define).toThrow(
    'Cannot define a config: found a function; allowed: an object: { pools?, sharedWorkers?, locks?, host?, reach?, report?, transcript?, leaks?, redact? }',
  );
});

test.each<[string, () => Protocol, string]>([
  ['returns none', () => ({ name: 'x' }) as never, 'found a function that returned {name: "x"} at `protocol`'],
  [
    'throws',
    () => {
      throw new RangeError('no licence');
    },
    'its `protocol` function failed: no licence',
  ],
])('a protocol function that %s fails the start of the child', async (_, protocol, says) => {
  const error = await failure(pool('echo', { protocol }).register(), 'CONFIG_INVALID');
  expect(error.message).toContain(says);
});

test.each<[string, unknown, string]>([
  ['nothing', undefined, 'returned nothing'],
  ['no wireId', { close() {} }, 'returned something with no `wireId`'],
  ['no close', { wireId: 's1' }, 'returned something with no `close`'],
])('an `open` that returns %s is refused by name', async (_, opened, says) => {
  const echoes = pool('echo', { protocol: { ...base, name: 'mine', open: () => opened as never } });
  const error = await failure(echoes.register(), 'CONFIG_INVALID');
  expect(error.message).toContain(`\`open\` of the protocol "mine" ${says}`);
  expect(error.blame).toBe('setup');
  await expect.poll(() => echoes.stats()).toMatchObject({ open: 0, quarantined: 0 });
});
