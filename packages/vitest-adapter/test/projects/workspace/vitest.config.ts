import { carpool } from '@carpool/vitest/config';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [carpool()],
  test: {
    projects: [
      { test: { name: 'inline', include: ['inline.test.ts'] } },
      { extends: true, test: { name: 'extends', include: ['extends.test.ts'] } },
      './with-plugin/vitest.config.ts',
      './without-plugin/vitest.config.ts',
      './own-config/vitest.config.ts',
    ],
  },
});
