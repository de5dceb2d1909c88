import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import type { LivingHost } from '../../hosts/living-hosts.ts';
import type { RunStatus, StatusResult } from '../../wire/status.ts';
import { chooseHost } from './choose-host.ts';

const hosts = vi.hoisted(() => new Map<string, readonly Pick<RunStatus, 'folder' | 'client'>[]>());

vi.mock(import('../../hosts/living-hosts.ts'), async (original) => {
  const real = await original();
  const hostAt = (address: string): LivingHost => ({ address, record: { pid: 4711 } }) as unknown as LivingHost;
  return {
    ...real,
    livingHosts: (bases) => (hosts.size > 0 ? [...hosts.keys()].map(hostAt) : real.livingHosts(bases)),
  };
});
vi.mock(import('../ps/ask.ts'), async (original) => ({
  ...(await original()),
  statusOf: async (address) => ({ kind: 'machine', runs: hosts.get(address) }) as unknown as StatusResult,
}));

afterEach(() => {
  vi.unstubAllEnvs();
  hosts.clear();
});

test('no host: a sentence; the one that the environment names, unless another is named', async () => {
  const path = mkdtempSync(join(tmpdir(), 'cp-'));
  try {
    const asked = { bases: [path], command: 'carpool tail' };
    vi.stubEnv('CARPOOL_ADDRESS', undefined);
    expect(await chooseHost(asked)).toEqual({ fault: 'no host is running' });
    vi.stubEnv('CARPOOL_ADDRESS', 'carpool:/somewhere');
    expect(await chooseHost(asked)).toEqual({ address: 'carpool:/somewhere' });
    expect((await chooseHost({ ...asked, host: '4711' })).fault).toContain('no host and no run of this user is 4711');
  } finally {
    rmSync(path, { recursive: true });
  }
});

test('the folder of a run that has come from another machine is not of this project, be its path the same', async () => {
  vi.stubEnv('CARPOOL_ADDRESS', undefined);
  const folder = process.cwd();
  hosts.set('of others', [{ folder, client: 'ci' }]);
  hosts.set('own', [{ folder }]);
  expect(await chooseHost({ command: 'carpool tail' })).toEqual({ address: 'own' });
  hosts.set('own', [{ folder: '/elsewhere' }]);
  expect((await chooseHost({ command: 'carpool tail' })).fault).toContain('2 hosts run: name one');
});
