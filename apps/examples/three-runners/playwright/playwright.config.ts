import { defineConfig } from '@playwright/test';

export default defineConfig({
  globalSetup: '@carpool/playwright/global-setup',
  outputDir: '../../.tmp/playwright',
  fullyParallel: true,
  workers: 2,
});
