import { CarpoolError } from 'carpool';
import { expect, test } from 'vitest';
import { configText, type ConfigFile } from './config-file.ts';

const file = (more: Partial<ConfigFile> = {}): string =>
  configText({
    port: 7,
    folder: '/tmp/a "b"',
    databases: 3,
    adminPassword: 'secret',
    modules: [],
    config: {},
    ...more,
  });

test('directives are written as they stand in redis.conf, and lists as several', () => {
  const config = {
    maxmemory: '64mb',
    hz: 100,
    appendonly: true,
    'client-output-buffer-limit': ['normal 0 0 0', 'pubsub 1mb 1mb 1'],
  };
  const lines = file({ config, modules: ['/m/json.so a b'] }).split('\n');
  expect(lines).toEqual(
    expect.arrayContaining([
      String.raw`dir "/tmp/a \"b\""`,
      'maxmemory 64mb',
      'hz 100',
      'appendonly yes',
      'client-output-buffer-limit normal 0 0 0',
      'client-output-buffer-limit pubsub 1mb 1mb 1',
      'loadmodule /m/json.so a b',
    ]),
  );
  // The last of two counts.
  expect(lines.indexOf('appendonly yes')).toBeGreaterThan(lines.indexOf('appendonly no'));
});

test("what is Carpool's, and what is no line, is refused", () => {
  expect(() => file({ config: { User: 'default on' } })).toThrow(CarpoolError);
  expect(() => file({ config: { loadmodule: 'x' } })).toThrow(
    'is a directive that Carpool gives: use the option `modules`',
  );
  expect(() => file({ config: { hz: '1\nuser default on' } })).toThrow('"hz" is more than one line');
});
