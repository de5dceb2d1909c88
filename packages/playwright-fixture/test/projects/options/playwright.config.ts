import { carpool } from '@carpool/playwright/config';
import { defineConfig } from '@playwright/test';

const part = carpool({
  configFile: 'pools/more.config.ts',
  pools: { plain: { command: process.execPath, args: ['../child.mjs'] } },
  summary: false,
});

export default defineConfig(part, { use: { locale: 'de' } });
