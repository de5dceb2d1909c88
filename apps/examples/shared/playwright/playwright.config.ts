import { defineConfig } from '@playwright/test';

export default defineConfig({
  globalSetup: '@carpool/playwright/global-setup',
  outputDir: '../../.tmp/playwright-shared',
  fullyParallel: true,
  workers: 2,
  // Two projects with the same tests: there is always somebody to share with.
  projects: [{ name: 'one' }, { name: 'two' }],
});
