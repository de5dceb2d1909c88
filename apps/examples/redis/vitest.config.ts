import { carpool } from '@carpool/vitest/config';
import { defineConfig } from 'vitest/config';
import { asInstalled } from '../as-installed.ts';

export default defineConfig({
  root: import.meta.dirname,
  plugins: [carpool()],
  test: {
    include: ['tests/*.test.ts'],
    // Leave it out of a copy.
    server: asInstalled,
  },
});
