import { defineConfig, type UserConfig } from 'tsdown';

const shared: UserConfig = {
  platform: 'node',
  target: 'node22.12',
  fixedExtension: true,
  dts: { oxc: true },
  sourcemap: false,
  checks: { legacyCjs: false },
};

const config: UserConfig[] = defineConfig([
  // Tests import it in both ways. Jest itself provides `@jest/globals`, nobody installs it.
  { ...shared, entry: { index: 'src/index.ts' }, format: ['esm', 'cjs'], deps: { neverBundle: ['@jest/globals'] } },
  {
    ...shared,
    entry: {
      config: 'src/config.ts',
      environment: 'src/environment.ts',
      'environment-jsdom': 'src/environment-jsdom.ts',
      'global-setup': 'src/global-setup.ts',
      'global-teardown': 'src/global-teardown.ts',
    },
    format: 'esm',
    outputOptions: { chunkFileNames: '[name]-[hash].mjs' },
  },
  // What `require` gives is the preset itself.
  { ...shared, entry: { 'jest-preset': 'src/jest-preset.ts' }, format: 'cjs' },
]);

export default config;
