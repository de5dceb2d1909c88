import { defineConfig } from '@playwright/test';

export default defineConfig({ name: 'without Carpool' });
