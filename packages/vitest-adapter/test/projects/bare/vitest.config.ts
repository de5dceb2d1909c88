import { defineConfig } from 'vitest/config';

export default defineConfig({ test: { globalSetup: ['@carpool/vitest/global-setup'] } });
