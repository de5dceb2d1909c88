import { carpool } from '@carpool/vitest/config';
import { defineConfig } from 'vitest/config';
import { asInstalled } from './as-installed.ts';

export default defineConfig({
  plugins: [carpool()],
  test: {
    include: [
      'tests/*.test.ts',
      'demo/break-even.test.ts',
      'pages/*.test.ts',
      'three-runners/*.test.ts',
      'shared/*.test.ts',
      'redis/*.test.ts',
      'replay/*.test.ts',
    ],
    pool: 'forks',
    maxWorkers: 4,
    // Most files start a runner or a server.
    testTimeout: 60_000,
    // Leave it out of a copy.
    server: asInstalled,
  },
});
