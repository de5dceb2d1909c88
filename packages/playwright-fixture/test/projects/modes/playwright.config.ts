import type { CarpoolUse } from '@carpool/playwright';
import { defineConfig } from '@playwright/test';

export default defineConfig<CarpoolUse>({
  globalSetup: ['./my-setup.ts', '@carpool/playwright/global-setup'],
  fullyParallel: true,
  workers: 2,
  projects: [{ name: 'one' }, { name: 'two', use: { carpoolEvidence: 'always', carpoolTimeout: 400 } }],
});
