import { expect, test } from 'vitest';
import { nats } from './index.ts';

test.each([
  [
    ['nats://a:4222', { tls: 'yes', conectTimeout: 3 }],
    '`nats`: it has no option "conectTimeout"; did you mean "connectTimeout"? it takes run, ',
  ],
  [[[]], '`nats`: it needs the address of a server'],
  [['nats://a:4222, nats://b:4222'], '`nats`: " nats://b:4222" is no address of a server'],
  [['nats://a:4222', { ttl: 10 }], '`nats`: `ttl` is 10; it is a number of milliseconds from 1000'],
  [['nats://a:4222', { replicas: 2 }], '`nats`: `replicas` is 2; it may be 1, 3 or 5'],
])('%j is refused when the config is read', (given, text) => {
  expect(() => nats(...(given as Parameters<typeof nats>))).toThrow(
    expect.objectContaining({ code: 'CONFIG_INVALID', message: expect.stringContaining(text) as string }),
  );
});

test('a password is in no error', () => {
  expect(nats('nats://ci:secret@a:4222').name).toBe('NATS at nats://a:4222');
});
