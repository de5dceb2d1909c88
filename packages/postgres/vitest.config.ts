import { configOf, quick } from '@carpool/test-harness/suites';
import type { ViteUserConfigFnObject } from 'vitest/config';

const config: ViteUserConfigFnObject = configOf({
  folder: import.meta.dirname,
  suites: { test: { include: ['{src,test}/**/*.test.ts'] }, quick },
  // Servers are made.
  timeout: 120_000,
});

export default config;
