import { inspect } from 'node:util';
import { expect, onTestFinished, test, vi } from 'vitest';
import { nats } from './index.ts';

test.each([
  [
    ['nats://a:4222', { tls: 'yes', conectTimeout: 3 }],
    '`nats`: it has no option "conectTimeout"; did you mean "connectTimeout"? it takes run, ',
  ],
  [
    [undefined],
    '`nats`: it needs the address of a server, and got undefined: nats("nats://localhost:4222"); is a variable',
  ],
  [[''], '`nats`: it needs the address of a server, and got an empty text: '],
  [
    [{ servers: 'nats://a:4222' }],
    '`nats`: its first argument is an object; it is the address of a server, or a list of',
  ],
  [[null], '`nats`: its first argument is null; it is the address of a server, or a list of them: '],
  [
    [['nats://a:4222', undefined]],
    '`nats`: server 2 is undefined; it is an address, as in nats("nats://localhost:4222")',
  ],
  [[[['nats://a:4222']]], '`nats`: the server is a list; it is an address, as in '],
  [[[]], '`nats`: it needs the address of a server'],
  [['nats://a:4222, nats://b:4222'], '`nats`: " nats://b:4222" is no address of a server'],
  [
    ['nats://a:99999'],
    '`nats`: "nats://a:99999" is no address of a server, such as "nats://localhost:4222": a port is',
  ],
  [['a:0'], '"a:0" is no address of a server, such as "nats://localhost:4222": a port is a number from 1 to 65535'],
  [['nats://a:port'], '"nats://a:port" is no address of a server, such as "nats://localhost:4222"'],
  [['nats://a:4222/path'], '"nats://a:4222/path" is no address of a server'],
  [
    ['http://a:4222'],
    '"http://a:4222" is no address of a server, such as "nats://localhost:4222": it begins with "nats://"',
  ],
  [['nats://'], '"nats://" is no address of a server'],
  [['nats://a:4222', { ttl: 10 }], '`nats`: `ttl` is 10; it is a number of milliseconds from 1000'],
  [['nats://a:4222', { ttl: '10s' }], '`nats`: `ttl` is "10s"; it is a number of milliseconds from 1000'],
  [['nats://a:4222', { ttl: Infinity }], '`nats`: `ttl` is Infinity; it is 86400000 at most, a day'],
  [
    ['nats://a:4222', { connectTimeout: NaN }],
    '`nats`: `connectTimeout` is NaN; it is a number of milliseconds from 1',
  ],
  [['nats://a:4222', { replicas: 2 }], '`nats`: `replicas` is 2; it is 1, 3 or 5'],
  [['nats://a:4222', { hosts: 'no' }], '`nats`: `hosts` is "no"; it is true or false'],
  [
    ['nats://a:4222', { tls: 'yes' }],
    '`nats`: `tls` is "yes"; it is true, false, or an object of paths: { ca?, cert?, key? }',
  ],
  [['nats://a:4222', { tls: { ca: 1 } }], '`nats`: `tls.ca` is 1; it is the path of a file'],
  [
    ['nats://a:4222', { tls: { caFile: 'x' } }],
    '`nats`: `tls` has no `caFile`; it is true, false, or an object of paths',
  ],
  [['nats://a:4222', { tls: { cert: 'c' } }], '`nats`: `tls` has a `cert` without a `key`; give both'],
  [['nats://a:4222', { tls: { key: 'k' } }], '`nats`: `tls` has a `key` without a `cert`; give both'],
  [['tls://a:4222', { tls: false }], '`nats`: `tls` is false, and tls://a:4222 begins with "tls://"'],
  [['nats://a:4222', { credentials: '' }], '`nats`: `credentials` is ""; it is the path of a file'],
  ...['-----BEGIN NATS USER JWT-----', 'one\ntwo', 'one\rtwo'].flatMap((contents): [unknown[], string][] => [
    [['nats://a:4222', { credentials: contents }], '`credentials` is the contents of a file; it is the path of a file'],
    [['nats://a:4222', { tls: { key: contents } }], '`tls.key` is the contents of a file; it is the path of a file'],
    [['nats://a:4222', { tls: contents }], '`tls` is the contents of a file; it is true, false, or an object of paths'],
  ]),
  [['nats://a:4222', { user: 'u', token: 't' }], '`nats`: it has both `token` and `user`; give one of them'],
  [['nats://a:4222', { password: 'p' }], '`nats`: it has a `password` without a `user`'],
])('%j is refused when the config is read', (given, text) => {
  expect(() => nats(...(given as Parameters<typeof nats>))).toThrow(
    expect.objectContaining({ code: 'CONFIG_INVALID', message: expect.stringContaining(text) as string }),
  );
});

test.each([
  ['nats://ci:secret@a:4222', 'nats://a:4222'],
  ['nats://ci:secr@et/@a:4222', 'nats://a:4222'],
  ['nats://secret@a:4222/', 'nats://a:4222'],
  ['ci:secret@a:4222', 'a:4222'],
  ['secret@a', 'a'],
  ['nats+secret@a', 'a'],
  ['NATS://ci:secret@[::1]:4222', 'NATS://[::1]:4222'],
  ['tls://ci:secret@::1', 'tls://[::1]'],
  ['nats://ci:secret@a:4222,tls://ci:secret@b', 'nats://a:4222, tls://b'],
  [['nats://ci:secret@a:4222', 'b:4222'], 'nats://a:4222, b:4222'],
])('the name of %j has no password and no token', (servers, name) => {
  expect(inspect(nats(servers), { depth: 9 })).not.toContain('secr');
  expect(nats(servers).name).toBe(`NATS at ${name}`);
});

test.each([
  [['nats://ci:secret@a:99999']],
  [['ci:secret@a:port']],
  [['ci:secr et@']],
  [['http://ci:secret@a']],
  [['nats://ci@secret@a b']],
  [['nats://a:4222/?token=secret']],
  [['nats://ci:%secret@a:4222']],
  [['nats://%secret@a:4222']],
  [['nats://:secret@a:4222']],
  [['://secret@a']],
  [['nats://ci:12,secret@a:4222']],
  [['nats://ci:99999,secret@a:4222']],
  [['nats://ci:secret,x y@a:4222']],
  [['nats://ci:secret@a:4222,b:4222']],
  [[{ servers: 'nats://ci:secret@a:4222' }]],
  [[[{ url: 'nats://ci:secret@a:4222' }]]],
  [[['nats://ci:secret@a:4222', 'nats://secret2@b:4222']]],
  [['nats://ci:secret@a:4222', { user: 'ci', password: 'secret' }]],
  [['nats://ci:secret@a:4222', { credentials: 'x' }]],
  [['nats://a:4222', { password: 'secret' }]],
  [['nats://a:4222', { token: ['secret'] }]],
  [['nats://a:4222', { credentials: '-----BEGIN USER NKEY SEED-----\nsecret' }]],
  [['nats://a:4222', { tls: { cert: 'a', key: '-----BEGIN PRIVATE KEY-----secret' } }]],
  [['nats://a:4222', { tls: 'secret\n' }]],
  [['nats://a:4222', { token: 5_382_739 }]],
])('nothing of %j that may be secret is in its error', (given) => {
  let thrown: unknown;
  try {
    nats(...(given as Parameters<typeof nats>));
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toMatchObject({ code: 'CONFIG_INVALID' });
  expect(inspect(thrown, { depth: 9 }).split('\n    at ')[0]).not.toMatch(/secret|secr|5382739/);
});

test.each([
  [
    'nats://secret@a:4222',
    { user: 'u' },
    'the address of a server has a token, and there is the option `user`; give one',
  ],
  ['u:secret@a', { token: 't' }, 'the address of a server has a user and a password, and there is the option `token`;'],
  [
    'u:secret@a',
    { password: 'p' },
    'the address of a server has a user and a password, and there is the option `password`',
  ],
])('credentials in %s and in %j are a conflict', (server, options, text) => {
  expect(() => nats(server, options)).toThrow(text);
});

test('the run is that of the environment in which the config is evaluated, where that has none', async () => {
  onTestFinished(() => void vi.unstubAllEnvs());
  vi.stubEnv('CARPOOL_RUN', 'a run');
  const reach = nats('nats://127.0.0.1:1', { connectTimeout: 1 });
  // As a host of the machine does, which evaluates the configs of many runs.
  vi.stubEnv('CARPOOL_RUN', 'another');
  const connection = reach.open({ host: 'a test' });
  onTestFinished(() => connection.close());
  await expect(connection.load('x')).rejects.toMatchObject({
    code: 'REACH_UNAVAILABLE',
    message: expect.stringContaining('the id of the run is "a run"') as string,
  });
});
