import { defineConfig } from '@playwright/test';

export default defineConfig({
  globalSetup: '@carpool/playwright/global-setup',
  outputDir: '../../.tmp/playwright-shared',
  fullyParallel: true,
  workers: 2,
  // Two projects with the same tests, so that there is always another test to share with.
  projects: [{ name: 'one' }, { name: 'two' }],
});
