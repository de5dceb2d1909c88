import { defineConfig } from '@playwright/test';

export default defineConfig({ globalSetup: '@carpool/playwright/global-setup', timeout: 1_000, workers: 1 });
