import { defineConfig } from '@playwright/test';

export default defineConfig({ globalSetup: './carpool.setup.ts' });
