import { carpool } from '@carpool/vitest/config';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: import.meta.dirname,
  plugins: [carpool()],
  test: { include: ['tests/*.test.ts'], maxWorkers: 2 },
});
