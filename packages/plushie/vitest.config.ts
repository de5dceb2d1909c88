import { configOf, quick } from '@carpool/test-harness/suites';
import { configDefaults, type ViteUserConfigFnObject } from 'vitest/config';

const renderer = '{src,test}/**/*.renderer.test.ts';
const globalSetup = ['test/golden/home.ts'];

const config: ViteUserConfigFnObject = configOf({
  folder: import.meta.dirname,
  suites: {
    test: { include: ['{src,test}/**/*.test.ts'], exclude: [...configDefaults.exclude, renderer], globalSetup },
    quick,
    renderer: { include: [renderer], globalSetup },
  },
});

export default config;
