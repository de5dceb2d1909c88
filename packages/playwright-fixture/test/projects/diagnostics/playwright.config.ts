import { defineConfig } from '@playwright/test';

export default defineConfig({ globalSetup: '@carpool/playwright/global-setup' });
