import { expect, test } from 'vitest';
import { locateServer, versionIn, type Place, type RedisBinary } from './locate.ts';

const on = (places: readonly Place[], servers: Readonly<Record<string, number>>) => ({
  places,
  inspect: async (path: string): Promise<RedisBinary | string> => {
    const major = servers[path];
    return major === undefined ? `${path} does not run` : { path, product: 'Redis', version: `${major}.2`, major };
  },
});
const path: Place = { label: 'PATH', paths: ['/bin/redis-server', '/bin/valkey-server'] };
const debian: Place = { label: '/usr/bin', paths: ['/usr/bin/redis-server'] };

test('the first that is new enough counts', async () => {
  const servers = { '/bin/redis-server': 6, '/bin/valkey-server': 8, '/usr/bin/redis-server': 7 };
  expect(await locateServer(on([path, debian], servers))).toMatchObject({ binary: { path: '/bin/valkey-server' } });
  expect(await locateServer(on([debian, path], servers))).toMatchObject({ binary: { path: '/usr/bin/redis-server' } });
});

test('what was looked at is named, with what is there instead', async () => {
  const nothing: Place = { label: '/opt', paths: [] };
  expect(await locateServer(on([path, nothing], { '/bin/redis-server': 6 }))).toEqual({
    searched: [
      'PATH: Redis 6.2, which is too old: /bin/redis-server, /bin/valkey-server does not run',
      '/opt: nothing there',
    ],
  });
});

test('versions are read as `--version` prints them', () => {
  const redis = versionIn('Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64 build=ae4d7c971a948f0\n');
  expect(redis).toEqual({ product: 'Redis', version: '7.0.15', major: 7 });
  expect(versionIn('Valkey server v=8.1.1 sha=0')).toEqual({ product: 'Valkey', version: '8.1.1', major: 8 });
  expect(versionIn('hello')).toBeUndefined();
});
