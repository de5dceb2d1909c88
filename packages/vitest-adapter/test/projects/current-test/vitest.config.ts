import { carpool } from '@carpool/vitest/config';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [carpool()],
  // As if it came from a package.
  test: { testTimeout: 1_000, server: { deps: { external: [/observer\.cjs/] } } },
});
