import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { chooseHost } from './choose-host.ts';

afterEach(() => void vi.unstubAllEnvs());

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
