import { defineConfig } from '@playwright/test';

export default defineConfig({ globalSetup: '@carpool/playwright/global-setup', timeout: 20_000, workers: 1 });
