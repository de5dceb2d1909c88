import { expect, onTestFinished, test, vi } from 'vitest';
import { nats } from './index.ts';

test.each([
  [
    ['nats://a:4222', { tls: 'yes', conectTimeout: 3 }],
    '`nats`: it has no option "conectTimeout"; did you mean "connectTimeout"? it takes run, ',
  ],
  [[[]], '`nats`: it needs the address of a server'],
  [['nats://a:4222, nats://b:4222'], '`nats`: " nats://b:4222" is no address of a server'],
  [['nats://a:4222', { ttl: 10 }], '`nats`: `ttl` is 10; it is a number of milliseconds from 1000'],
  [['nats://a:4222', { ttl: Infinity }], '`nats`: `ttl` is Infinity; it is 86400000 at most, a day'],
  [['nats://a:4222', { replicas: 2 }], '`nats`: `replicas` is 2; it may be 1, 3 or 5'],
])('%j is refused when the config is read', (given, text) => {
  expect(() => nats(...(given as Parameters<typeof nats>))).toThrow(
    expect.objectContaining({ code: 'CONFIG_INVALID', message: expect.stringContaining(text) as string }),
  );
});

test.each(['nats://ci:secret@a:4222', 'nats://ci:secr@et/@a:4222', 'ci:secret@a:4222'])(
  'the password of %s is in no error',
  (server) => {
    expect(nats(server).name).toMatch(/^NATS at (nats:\/\/)?a:4222$/);
  },
);

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
