import type { FullConfig } from '@playwright/test';
import { expect, test, vi } from 'vitest';

test('an option that there is not is refused by name, not in the config, which each worker evaluates', async () => {
  vi.doMock('carpool', () => {
    throw new Error('each worker would load it');
  });
  const { carpool } = await import('../src/config.ts');
  vi.doUnmock('carpool');
  const { default: setup } = await import('../src/global-setup.ts');
  const runWith = async (options: object) => await setup({ projects: [carpool(options)] } as unknown as FullConfig);
  await expect(runWith({ sumary: false })).rejects.toThrow(
    'Cannot call `carpool`: it has no option "sumary"; did you mean "summary"? it takes configFile, configTimeout, evidence, host, pools, summary',
  );
  await expect(runWith({ configfile: 'a.ts' })).rejects.toThrow('did you mean "configFile"?');
});
