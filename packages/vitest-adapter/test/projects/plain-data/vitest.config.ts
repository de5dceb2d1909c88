import { carpool } from '@carpool/vitest/config';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [carpool({ pools: { echo: { command: process.execPath, args: ['child.mjs'] } }, summary: false })],
});
