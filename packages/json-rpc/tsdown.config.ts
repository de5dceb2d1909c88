import { defineConfig, type UserConfig } from 'tsdown';

const common = {
  format: 'esm',
  platform: 'node',
  target: 'node22.12',
  fixedExtension: false,
  sourcemap: false,
} satisfies UserConfig;

const config: UserConfig[] = defineConfig([
  {
    ...common,
    entry: { index: 'src/index.ts', client: 'src/client.ts' },
    dts: { oxc: true },
    // A test file has `carpool` with its config; the other entry would load what a session needs at once.
    outputOptions: { chunkFileNames: '[name]-[hash].js', paths: { 'carpool/adapter/realm': 'carpool' } },
  },
  {
    // Tests load it in their own realm; in Jest that asks for CommonJS.
    ...common,
    entry: { client: 'src/client.ts' },
    format: 'cjs',
    clean: false,
    dts: { oxc: true },
    checks: { legacyCjs: false },
    // Errors are from the entry that `@carpool/jest` has loaded already: `carpool` itself is no CommonJS.
    outputOptions: { chunkFileNames: '[name]-[hash].cjs' },
  },
]);

export default config;
