import { defineConfig } from '@playwright/test';

export default defineConfig({ globalSetup: '@carpool/playwright/global-setup', timeout: 300, workers: 1 });
